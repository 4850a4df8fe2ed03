"""The process that keeps the terminal: it starts the counter as its child, and again whenever that ends.

Only the operator's exit code, SIGTERM, and the end of the terminal itself end it. The keyboard sends no signals
(`quiet_terminal`), and what others send is ignored. Between two counters the terminal is wiped: what was on it, what
had scrolled off it, and what was typed ahead.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from billing.errors import N_
from billing.language import Language

OPERATOR_LEFT = 86
"""The exit code after the operator's way out: the service manager then starts nothing anew (`deploy/kiosk`)."""

HUNG_UP = 129
"""The exit code when the terminal itself is gone (128 + SIGHUP)."""

END_WITHIN = 8.0
"""Seconds a counter has to end by itself after SIGTERM; what was confirmed is on disk already."""

SETTLED = 10.0
"""Seconds after which a counter that ends did not end at once."""

LONGEST_PAUSE = 1.0
"""Seconds before a counter that ends at once again and again is started anew."""

IGNORED = (
    signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1,
    signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO, signal.SIGPWR,
)  # fmt: skip
"""Signals that would end or stop a process and mean nothing here; the counter inherits this."""

_WATCHED = (signal.SIGCHLD, signal.SIGTERM)

WIPE = (
    "\x1b[?1049l"  # out of the alternate screen
    "\x1b[?1000l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l"  # no reports of mouse, focus, pastes
    "\x0f\x1b[r\x1b[?6l\x1b[4l\x1b[?7h\x1b[0m"  # plain characters, whole screen, no insertion, wrapping, no colour
    "\x1b[H\x1b[2J\x1b[3J"  # nothing on the screen, nothing above it (ED 3: the Linux console since 3.0, xterm)
)
"""The terminal as nobody had used it."""

AGAIN = N_("One moment: the counter opens again.")

_ISIG_KEYS = (termios.VINTR, termios.VQUIT, termios.VSUSP)
_PR_SET_PDEATHSIG = 1


class Supervisor:
    """Keeps one terminal, which is standard input, and one counter in it."""

    def __init__(self, counter: Callable[[], int], language: Language, terminal: int = 0) -> None:
        """`counter` shows the counter and returns its exit code; it runs in a child process."""
        self._counter, self._language, self._terminal = counter, language, terminal
        self._stopping = False

    def run(self) -> int:
        """Until the operator leaves (`OPERATOR_LEFT`), SIGTERM (0), or the terminal is gone (`HUNG_UP`)."""
        for sign in IGNORED:
            signal.signal(sign, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
        before = termios.tcgetattr(self._terminal)
        quick = 0
        try:
            self._wipe()
            while True:
                began = time.monotonic()
                code = self._await(self._start())
                if code == OPERATOR_LEFT:
                    return OPERATOR_LEFT
                quick = quick + 1 if time.monotonic() - began < SETTLED else 0
                if self._stopping or self._pause(quick):
                    return 0
                if self._hung_up(0):
                    return HUNG_UP
        finally:
            with suppress(OSError, termios.error):
                self._wipe()
                os.write(self._terminal, b"\x1b[?25h")
                termios.tcsetattr(self._terminal, termios.TCSANOW, before)

    def _start(self) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
            _end_with(parent)
            code = self._counter()
        finally:
            os._exit(code)  # nothing of the parent's is to be done twice, whatever happened

    def _await(self, pid: int) -> int:
        """Wait for a counter to end; its exit code. A stopped one is woken; one is ended where we are to end."""
        killed_at = float("inf")
        while True:
            ended, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
            if ended and os.WIFSTOPPED(status):
                os.kill(pid, signal.SIGCONT)
            elif ended:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > killed_at:
                os.kill(pid, signal.SIGKILL)
            if self._told_to_stop(1.0) or (killed_at == float("inf") and self._hung_up(0)):
                os.kill(pid, signal.SIGTERM)
                killed_at = min(killed_at, time.monotonic() + END_WITHIN)

    def _told_to_stop(self, seconds: float) -> bool:
        """Wait until something happens to a child or SIGTERM comes; whether it was SIGTERM."""
        came = signal.sigtimedwait(_WATCHED, seconds)
        told = came is not None and came.si_signo == signal.SIGTERM
        self._stopping |= told
        return told

    def _pause(self, quick: int) -> bool:
        """A moment before the next try, longer where tries end at once; whether to stop instead."""
        until = time.monotonic() + (min(0.1 * 2 ** (quick - 2), LONGEST_PAUSE) if quick > 1 else 0.0)
        with suppress(OSError):
            self._wipe()
            os.write(self._terminal, f"\r\n  {self._language.say(AGAIN)}\r\n".encode())
        while (left := until - time.monotonic()) > 0:
            if self._told_to_stop(left):
                return True
        return False

    def _wipe(self) -> None:
        with suppress(OSError, termios.error):
            quiet_terminal(self._terminal)
            os.write(self._terminal, f"{WIPE}\x1b[?25l".encode())
            termios.tcflush(self._terminal, termios.TCIFLUSH)

    def _hung_up(self, milliseconds: int) -> bool:
        line = select.poll()
        line.register(self._terminal, 0)  # a hang-up is reported unasked
        return bool(line.poll(milliseconds))


def quiet_terminal(terminal: int) -> None:
    """No key sends a signal, stops the output or is echoed; not even where somebody turned signals on again."""
    settings: list[Any] = termios.tcgetattr(terminal)
    settings[0] &= ~(
        termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR | termios.BRKINT | termios.PARMRK
    )
    settings[0] |= termios.IGNBRK
    settings[3] &= ~(termios.ISIG | termios.ICANON | termios.ECHO | termios.ECHONL | termios.IEXTEN)
    settings[6] = [*settings[6]]
    for key in _ISIG_KEYS:
        settings[6][key] = b"\x00"  # _POSIX_VDISABLE of Linux
    settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
    termios.tcsetattr(terminal, termios.TCSANOW, settings)


def _end_with(parent: int) -> None:
    """Die with the supervisor, however it dies (prctl(2)): a terminal without one could be left."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
