"""A terminal for tests: the real program in a pseudo-terminal, its keys pressed and its screen read by `pyte`."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "backspace": "\x7f",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f6": "\x1b[17~", "f7": "\x1b[18~",
    "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~",
}  # fmt: skip

INHERITED_NOT = ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")
"""What the test run says of its own terminal is not true of this one."""

PATIENCE = 30.0
"""Seconds to wait for something to appear before the test fails."""


class Terminal:
    """A program on a pseudo-terminal of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        program: Sequence[str] = (sys.executable, "-m", "tui.cli"),
    ) -> None:
        """Start `ventanilla`, or another program, with these arguments in a window of `size` columns and rows."""
        self.raw = bytearray()
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            clean = {name: value for name, value in os.environ.items() if name not in INHERITED_NOT}
            about = {**clean, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})}
            os.execvpe(program[0], [*program, *arguments], about)

    @property
    def text(self) -> str:
        """What the window shows."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        """Press named keys, or type text."""
        for key in keys:
            os.write(self._handle, KEYS.get(key, key).encode())
            if key == "escape":
                self.read_for(0.2)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_for(self, seconds: float) -> None:
        """Take in what the program draws meanwhile."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self._read(left):
            pass

    def _read(self, seconds: float) -> bool:
        if not select.select([self._handle], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._handle, 65536)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(_without_private(data))
        return bool(data)

    def wait_for(self, *texts: str) -> str:
        """Wait until all of `texts` show; the window's text."""
        return self.wait_until(lambda shown: all(text in shown for text in texts), f"{texts} did not appear")

    def wait_until(self, stands: Callable[[str], bool], otherwise: str = "it did not come") -> str:
        """Wait until something is true of the window's text; the text."""
        deadline = time.monotonic() + PATIENCE
        while not stands(self.text):
            left = deadline - time.monotonic()
            if left <= 0 or not (self._read(left) or self._alive()):
                raise AssertionError(f"{otherwise} in:\n{self.text}")
        return self.text

    def wait_until_closed(self) -> int:
        """Wait for the program to end; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                while self._read(0):  # what it wrote last
                    pass
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"still running:\n{self.text}")

    def _alive(self) -> bool:
        if self.pid:
            pid, _ = os.waitpid(self.pid, os.WNOHANG)
            self.pid = 0 if pid else self.pid
        return bool(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._handle)


def _without_private(data: bytes) -> bytes:
    """Leave out the keyboard protocol's sequences, which `pyte` takes for others: `CSI > … u`, `CSI < u`."""
    import re

    return re.sub(rb"\x1b\[[<>=?][0-9;]*[$]?[up]", b"", data)
