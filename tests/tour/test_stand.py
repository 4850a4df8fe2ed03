"""At a stand the demonstration begins anew when its visitor has gone, and nothing of theirs is left."""

from __future__ import annotations

import os
import signal
import termios
import time
from pathlib import Path

import pytest

from tests.journeys.terminal import PATIENCE, Terminal
from tui.cli import main
from tui.commands.exits import NOT_UNDERSTOOD

THREE_SECONDS = "0.05"
ONE_SECOND = "0.017"
ANOTHER_SCREEN, SCREEN_GIVEN_BACK = b"\x1b[?1049h", b"\x1b[?1049l"


def begun_anew(terminal: Terminal, times: int = 1) -> None:
    """Wait until so many showings have ended, and the door of the next one stands."""
    deadline = time.monotonic() + PATIENCE
    while terminal.raw.count(SCREEN_GIVEN_BACK) < times:
        assert time.monotonic() < deadline, terminal.text
        terminal.read_for(0.05)
    terminal.wait_for("Choose a counter")


def sign_in(terminal: Terminal) -> None:
    """As Marta, from the door."""
    terminal.wait_for("Choose a counter", "GoToAssist")
    terminal.press("enter")
    terminal.wait_for("User ID")
    terminal.press("marta@acme.example", "enter", "ventanilla", "enter")
    terminal.wait_for("To pay", "ACME")


def test_whoever_is_silent_is_asked_and_any_key_goes_on() -> None:
    with Terminal(["demo", "--reset-after", THREE_SECONDS, "--lang", "en"]) as terminal:
        sign_in(terminal)
        terminal.wait_for("Are you still there?", "the demonstration begins")
        terminal.press("f3")  # would open the history
        terminal.wait_until(lambda text: "Are you still there?" not in text)
        assert "To pay" in terminal.text
        terminal.press("f3")
        terminal.wait_for("Issued")


def test_it_begins_anew_as_at_the_first_start() -> None:
    with Terminal(["demo", "--reset-after", THREE_SECONDS, "--lang", "en"]) as terminal:
        terminal.wait_for("Choose a counter", "GoToAssist")
        terminal.press("down", "down", "down", "enter")
        terminal.wait_until(lambda text: "Salir" in text)
        begun_anew(terminal)
        sign_in(terminal)
        terminal.raw.clear()
        begun_anew(terminal)
        assert "ACME" not in terminal.text
        between = terminal.raw.split(SCREEN_GIVEN_BACK, 1)[1]
        assert between.index(ANOTHER_SCREEN) < 40, "what the terminal showed before is covered again at once"
        terminal.press("enter")
        assert "marta" not in terminal.wait_for("User ID")
        terminal.press("\x03")
        terminal.wait_for("Leave?")
        terminal.press("down", "enter")
        modes: int = termios.tcgetattr(terminal._handle)[3]
        assert terminal.wait_until_closed() == 0
        assert not modes & termios.ECHO, "until the end nothing is echoed"
        assert termios.tcgetattr(terminal._handle)[3] & termios.ECHO
        assert termios.tcgetattr(terminal._handle)[3] & termios.ISIG


def test_where_nobody_has_typed_nobody_is_asked() -> None:
    with Terminal(["demo", "--reset-after", ONE_SECOND, "--lang", "en"]) as terminal:
        begun_anew(terminal, 3)
        assert b"still there" not in terminal.raw
        terminal.press("f10")
        terminal.wait_for("Close Ventanilla")
        terminal.press("down", "enter")
        assert terminal.wait_until_closed() == 0


def test_a_tour_plays_again_from_its_start() -> None:
    with Terminal(["demo", "--tour", "--reset-after", ONE_SECOND, "--lang", "en"]) as terminal:
        for times in (1, 2):
            terminal.wait_for("This is the counter's front door", "leave the tour")
            terminal.press("escape")
            terminal.wait_for("The tour is over")
            terminal.wait_for("Are you still there?")
            begun_anew(terminal, times)
        terminal.wait_for("This is the counter's front door")


def test_a_tour_that_was_paused_and_left_goes_on_by_itself() -> None:
    with Terminal(["demo", "--tour", "--reset-after", THREE_SECONDS, "--lang", "en"]) as terminal:
        terminal.wait_for("front door", "leave the tour")
        terminal.press(" ")
        terminal.wait_for("Paused")
        terminal.wait_until(lambda text: "Paused" not in text and "leave the tour" in text)
        assert b"still there" not in terminal.raw


@pytest.mark.parametrize("arguments", [["--reset-after", ONE_SECOND], ["--tour"], ["--tour", "--reset-after", "5"]])
def test_a_closed_terminal_and_a_signal_end_it(arguments: list[str]) -> None:
    for ends in ("hang up", "SIGTERM"):
        with Terminal(["demo", *arguments, "--lang", "en"]) as terminal:
            terminal.wait_for("Choose a counter")
            if arguments == ["--reset-after", ONE_SECOND]:
                begun_anew(terminal, 2)
            if ends == "SIGTERM":
                os.kill(terminal.pid, signal.SIGTERM)
            else:
                os.close(terminal._handle)
                terminal._handle = os.open(os.devnull, os.O_RDWR)
            deadline = time.monotonic() + PATIENCE
            while not os.waitpid(terminal.pid, os.WNOHANG)[0]:
                assert time.monotonic() < deadline, ends
                time.sleep(0.05)
            terminal.pid = 0


def test_threads_and_files_do_not_grow_with_the_showings() -> None:
    with Terminal(["demo", "--reset-after", ONE_SECOND, "--lang", "en"]) as terminal:
        process = Path(f"/proc/{terminal.pid}")
        begun_anew(terminal, 2)
        before = len(list((process / "task").iterdir())), len(list((process / "fd").iterdir()))
        begun_anew(terminal, 5)
        after = len(list((process / "task").iterdir())), len(list((process / "fd").iterdir()))
        assert after[0] <= before[0] + 2, "one that is ending, and its successor"
        assert after[1] <= before[1] + 2


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "1441", "soon"])
def test_minutes_that_are_none_are_refused_in_words(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", f"--reset-after={minutes}"]) == NOT_UNDERSTOOD
    assert "must be a number of minutes above 0 and at most 1440" in capsys.readouterr().err


def test_it_is_not_offered_for_ones_own_store(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["desk"]):
        assert main([*command, "--reset-after=5"]) == NOT_UNDERSTOOD
        assert "--reset-after=5" in capsys.readouterr().err
