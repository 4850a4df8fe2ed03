"""Passwords by Argon2id.

Parameters: t=3, 64 MiB, one lane (OWASP ASVS 5.0 appendix C asks for at least t=3 with 12 MiB). One hash holds 64 MiB
while it runs, so at most `AT_ONCE` run in this process, at most `QUEUE` wait their turn, and none waits longer than
`LONGEST_WAIT`: a flood of sign-ins takes neither the memory nor the threads of everybody else (trust notes, 4.5).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from billing.credentials import Crowded

AT_ONCE = 4
"""Hashes that run at a time: 256 MiB together."""

QUEUE = 32
"""Those that wait beside them."""

LONGEST_WAIT = 5.0
"""Seconds in the queue."""


class Argon2Passwords:
    """The Argon2id implementation of `billing.credentials.Passwords`. The library is loaded on first use."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536, longest_wait: float = LONGEST_WAIT) -> None:
        self._time_cost, self._memory_kib, self._longest_wait = time_cost, memory_kib, longest_wait
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._room = threading.BoundedSemaphore(AT_ONCE + QUEUE)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise _crowded()
        try:
            if not self._turn.acquire(timeout=self._longest_wait):
                raise _crowded()
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._room.release()

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._time_cost, memory_cost=self._memory_kib, parallelism=1)

    @cached_property
    def dummy(self) -> str:
        """A hash of random bytes nobody knows, with today's parameters."""
        import secrets

        return self.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """A new salted Argon2id hash in PHC format. Raises `Crowded`."""
        with self._in_turn():
            return self._hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether the password fits; false for a damaged hash too. Raises `Crowded`."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        try:
            with self._in_turn():
                return self._hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def _crowded() -> Crowded:
    from billing.credentials import Crowded  # the records it comes with are not needed to paint the first screen

    return Crowded()
