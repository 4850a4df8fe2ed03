"""Passwords by Argon2id.

Parameters: t=3, 64 MiB, one lane (OWASP ASVS 5.0 appendix C asks for at least t=3 with 12 MiB). One hash holds 64 MiB
while it runs, so at most `AT_ONCE` run in this process and others wait their turn.
"""

from __future__ import annotations

import threading
from functools import cached_property

AT_ONCE = 2


class Argon2Passwords:
    """The Argon2id implementation of `billing.credentials.Passwords`. The library is loaded on first use."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._cost = {"time_cost": time_cost, "memory_cost": memory_kib, "parallelism": 1}
        self._turn = threading.BoundedSemaphore(AT_ONCE)

    @cached_property
    def _hasher(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        from argon2 import PasswordHasher

        return PasswordHasher(**self._cost)

    @cached_property
    def dummy(self) -> str:
        """A hash of random bytes nobody knows, with today's parameters."""
        import secrets

        return self.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """A new salted Argon2id hash in PHC format."""
        with self._turn:
            return str(self._hasher.hash(password))

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether the password fits; false for a damaged hash too."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        try:
            with self._turn:
                return bool(self._hasher.verify(password_hash, password))
        except (Argon2Error, InvalidHashError):
            return False

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return bool(self._hasher.check_needs_rehash(password_hash))
