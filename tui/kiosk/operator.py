"""The operator's code: what closes a kiosk, beside the keys that ask for it.

Only its Argon2id hash is kept, in a file of its owner's alone. Wrong codes cost growing waiting, which also a restart
does not shorten: they are counted in a file beside it, before anything is hashed.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from billing.errors import N_, Refusal

if TYPE_CHECKING:
    from billing.credentials import Passwords

SHORTEST, LONGEST = 8, 128
"""Characters of a code. Few, for it is typed at the kiosk's own keyboard and guessing is slow."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class CodeMissing(Refusal):
    """A kiosk that nobody could close."""

    message = N_("This kiosk has no operator's code, so nobody could close it. Nothing was started. "
                 "Make one with ventanilla kiosk --set-code.")  # fmt: skip


class CodeExposed(Refusal):
    """Others than the kiosk's own user can read or change the code's file."""

    message = N_("The operator's code in {file} must be its owner's alone. Nothing was started. "
                 "Set its permissions to 0600, or make a new code with ventanilla kiosk --set-code.")  # fmt: skip


class CodeUnkept(Refusal):
    """The code's file cannot be read or written."""

    message = N_("The operator's code in {file} cannot be read or written: {reason}. Nothing was changed.")


class CodeTooShort(Refusal):
    """Too few characters, or too many."""

    message = N_("An operator's code has {least} to {most} characters. Nothing was saved. Choose another.")


class CodeCommon(Refusal):
    """A code that is tried first."""

    message = N_("This code is among those that are tried first. Nothing was saved. Choose another.")


class CodesDiffer(Refusal):
    """It was not typed the same twice."""

    message = N_("The two codes are not the same. Nothing was saved. Type it again.")


class CodeWrong(Refusal):
    """Not the operator."""

    message = N_("This is not the operator's code. Nothing was changed.")


class OperatorCode:
    """One kiosk's code, in `file`."""

    def __init__(self, file: Path, passwords: Passwords, now: Callable[[], float] = time.time) -> None:
        """`now` is in seconds since 1970: a wait outlasts a restart of the machine."""
        self.file, self._passwords, self._now = file, passwords, now
        self._tries_file = file.with_name(f"{file.name}.tries")
        self._lock = threading.Lock()
        self._tries = (0, 0.0)

    def make(self, code: str, again: str) -> None:
        """Keep a code that was typed twice. Raises `CodesDiffer`, `CodeTooShort`, `CodeCommon` or `CodeUnkept`."""
        from billing.common_passwords import common

        if code != again:
            raise CodesDiffer
        if not SHORTEST <= len(code) <= LONGEST:
            raise CodeTooShort(least=SHORTEST, most=LONGEST)
        if common(code) or len(set(code)) < 3:
            raise CodeCommon
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self.file, self._passwords.hash(code))
            self._tries_file.unlink(missing_ok=True)
        except OSError as fault:
            raise CodeUnkept(file=self.file, reason=fault.strerror or fault) from fault

    def require(self) -> str:
        """The hash that is kept. Raises `CodeMissing`, `CodeExposed` or `CodeUnkept`."""
        try:
            with self.file.open(encoding="ascii") as file:
                about = os.fstat(file.fileno())
                if about.st_mode & _OTHERS or about.st_uid not in (os.geteuid(), 0):
                    raise CodeExposed(file=self.file)
                kept = file.read(1024).strip()
        except FileNotFoundError:
            raise CodeMissing from None
        except (OSError, ValueError) as fault:
            raise CodeUnkept(file=self.file, reason=getattr(fault, "strerror", None) or fault) from fault
        if not kept.startswith("$argon2id$"):
            raise CodeMissing
        return kept

    def check(self, code: str) -> None:
        """Let the operator pass. Slow on purpose: not on the event loop. Raises `TooManyTries` or `CodeWrong`."""
        kept = self.require()
        with self._lock:
            self._reserve()
            if not code or len(code) > LONGEST or not self._passwords.verify(kept, code):
                raise CodeWrong
            self._count(0)

    def _reserve(self) -> None:
        from billing.throttle import LONGEST_WAIT, TooManyTries, wait_after

        count, last = max(self._tries, self._read_tries())
        # A clock that was put back makes nobody wait longer than the longest wait.
        since = min(max(self._now() - last, 0.0), LONGEST_WAIT)
        if (wait := wait_after(count) - int(since)) > 0:
            raise TooManyTries(wait)
        self._count(count + 1)

    def _read_tries(self) -> tuple[int, float]:
        try:
            count, last = self._tries_file.read_text(encoding="ascii").split()
            return min(int(count), 1000), float(last)
        except (OSError, ValueError):
            return 0, 0.0

    def _count(self, count: int) -> None:
        self._tries = (count, self._now())
        with suppress(OSError):  # a disk that is full or read-only: this process remembers
            _write(self._tries_file, f"{count} {self._tries[1]:.0f}")


def _write(file: Path, text: str) -> None:
    """Put a file in the old one's place, whole, for its owner alone."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as made:
        made.write(f"{text}\n")
        made.flush()
        os.fsync(made.fileno())
    new.replace(file)
