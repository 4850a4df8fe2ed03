"""Passwords by Argon2id.

Parameters: t=3, 64 MiB, one lane (OWASP ASVS 5.0 appendix C asks for at least t=3 with 12 MiB). One hash holds 64 MiB
while it runs, so at most `AT_ONCE` run in this process and others wait their turn.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = 2


class Argon2Passwords:
    """The Argon2id implementation of `billing.credentials.Passwords`. The library is loaded on first use."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._time_cost, self._memory_kib = time_cost, memory_kib
        self._turn = threading.BoundedSemaphore(AT_ONCE)

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
        """A new salted Argon2id hash in PHC format."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether the password fits; false for a damaged hash too."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        try:
            with self._turn:
                return self._hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)
