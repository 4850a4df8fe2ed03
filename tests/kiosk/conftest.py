"""A kiosk in a pseudo-terminal of its own, and somebody who wants to get out of it."""

from __future__ import annotations

import gc
import os
import re
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateways.passwords import Argon2Passwords
from tests.journeys.terminal import PATIENCE, Terminal
from tui.kiosk.demonstration import Demonstration
from tui.kiosk.operator import OperatorCode

CODE = "abre-sesamo-7"
OPERATOR_KEYS = "\x1b[24~" * 3
WAITING = "Press any key to begin."
"""What shows while nobody is at it, and then only."""


class KioskTerminal(Terminal):
    """A Linux console with `ventanilla kiosk` in it."""

    def __init__(self, *arguments: str, home: Path, **env: str) -> None:
        about = {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_STATE_HOME": str(home / "state")}
        super().__init__(["kiosk", *arguments], env={"TERM": "linux", "LANG": "en_US.UTF-8", **about, **env})

    def __enter__(self) -> KioskTerminal:
        return self

    def type(self, keys: bytes) -> None:
        """Send bytes as a keyboard would, in pieces that fit the terminal, reading meanwhile what is drawn."""
        for start in range(0, len(keys), 1024):
            os.write(self._handle, keys[start : start + 1024])
            self.read_for(0.01)

    @property
    def counters(self) -> list[int]:
        """The processes that the supervisor has started and that live."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    @property
    def settings(self) -> int:
        """The terminal's local modes, such as whether keys send signals."""
        modes: int = termios.tcgetattr(self._handle)[3]
        return modes

    def wait_for_another(self, counter: int) -> None:
        """Wait until the supervisor has started another counter in the place of this one."""
        deadline = time.monotonic() + PATIENCE
        while self.counters in ([], [counter]):
            assert time.monotonic() < deadline, self.text
            self.read_for(0.02)
        self.wait_for("One moment: the counter opens again")

    def wait_until_waiting(self) -> None:
        """Wait for the attract screen, and for it to take keys."""
        self.wait_for(WAITING)
        self.read_for(0.1)

    def wait_until_gone(self, *texts: str, within: float = PATIENCE) -> None:
        """Wait until none of `texts` shows: a screen is drawn in pieces."""
        deadline = time.monotonic() + within
        while any(text in self.text for text in texts):
            assert time.monotonic() < deadline, self.text
            self.read_for(0.02)

    def finish(self) -> None:
        """By the ordinary way, from wherever we are, back to the attract screen."""
        deadline = time.monotonic() + PATIENCE
        self.settle()
        while WAITING not in self.text:
            assert time.monotonic() < deadline, self.text
            if "Finish?" in self.text:
                self.press("home", "down", "enter")
            elif "Close this kiosk" in self.text:
                self.press("escape")
            else:
                self.type(b"\x03")
            self.settle()

    def begin(self) -> None:
        """Press a key at the attract screen; again where it was taken for the rest of something before."""
        for _ in range(100):
            if WAITING in self.text:
                self.type(b"x")
            for _ in range(20):
                if WAITING not in self.text and "Choose a counter" in self.text and "GoToAssist" in self.text:
                    return
                self.read_for(0.02)
        raise AssertionError(self.text)

    def settle(self) -> None:
        """Wait until nothing more is drawn."""
        deadline = time.monotonic() + PATIENCE
        drawn = -1
        while len(self.raw) != drawn:
            assert time.monotonic() < deadline, self.text
            drawn = len(self.raw)
            self.read_for(0.12)

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._handle)
        self._handle = os.open(os.devnull, os.O_RDWR)

    def sign_in(self, user: str = "marta@acme.example", sees: str = "ACME") -> None:
        """As somebody of the demonstration, from the attract screen."""
        self.begin()
        self.press("enter")
        self.wait_for("User ID")
        self.press(user, "enter", "ventanilla", "enter")
        self.wait_for("To pay", sees)


@dataclass(frozen=True, slots=True)
class Place:
    """A machine with an operator's code."""

    home: Path

    def kiosk(self, *arguments: str, **env: str) -> KioskTerminal:
        """A kiosk on the demonstration's data, where nothing moves while nobody is there."""
        return KioskTerminal("--demo", "--no-tour", *arguments, home=self.home, **env)

    def touring(self, *arguments: str) -> KioskTerminal:
        """A kiosk that plays the tour, at once and fast. Without arguments on the demonstration's data."""
        return KioskTerminal("--page", "1", "--pace", "0.1", *(arguments or ("--demo",)), home=self.home)

    def files(self) -> set[str]:
        """Everything that lies on its disk."""
        return {str(file.relative_to(self.home)) for file in self.home.rglob("*") if file.is_file()}


def demonstrations() -> list[Demonstration]:
    """The programs that were not taken apart."""
    return [kept for kept in gc.get_objects() if isinstance(kept, Demonstration) and vars(kept)]


def made(home: Path) -> Place:
    """A machine whose operator has chosen a code."""
    quick = Argon2Passwords(time_cost=1, memory_kib=64)
    OperatorCode(home / "data" / "ventanilla" / "kiosk_code", quick).make(CODE, CODE)
    return Place(home)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A machine of the test's own."""
    return made(tmp_path)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskTerminal]:
    """One kiosk that all attacks of a module are tried on, in the same process to the end."""
    with made(tmp_path_factory.mktemp("kiosk")).kiosk() as terminal:
        terminal.wait_until_waiting()
        first = terminal.counters
        yield terminal
        assert terminal.counters == first
        assert not re.search(rb"Traceback", terminal.raw)
