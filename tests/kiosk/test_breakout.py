"""Nobody leaves a kiosk but its operator: attempts in a real pseudo-terminal."""

from __future__ import annotations

import os
import signal
import termios
import time
from pathlib import Path

import pytest

from tests.journeys.terminal import PATIENCE
from tests.kiosk.conftest import CODE, OPERATOR_KEYS, KioskTerminal, Place
from tests.kiosk.keyboards import ATTEMPTS, noise, sweep
from tui.kiosk.supervisor import HUNG_UP, OPERATOR_LEFT


@pytest.mark.parametrize("keys", ATTEMPTS.values(), ids=ATTEMPTS)
def test_no_keys_lead_out(attacked: KioskTerminal, keys: bytes) -> None:
    before = attacked.counters
    attacked.type(keys)
    attacked.read_for(0.1)
    attacked.type(b"\x1b")  # where it led nowhere, to the front door
    attacked.read_for(0.2)
    attacked.type(keys)
    attacked.finish()
    assert attacked.counters == before
    assert not attacked.settings & (termios.ISIG | termios.ICANON | termios.ECHO)


def test_every_key_of_the_keyboard_leaves_it_running(attacked: KioskTerminal) -> None:
    before = attacked.counters
    attacked.type(sweep())
    attacked.finish()
    attacked.sign_in()
    attacked.type(sweep())
    attacked.finish()
    attacked.type(noise(64 * 1024, seed=5))
    attacked.finish()
    assert attacked.counters == before


def test_signals_lead_nowhere(attacked: KioskTerminal) -> None:
    before = attacked.counters
    for process in (attacked.pid, *before):
        for name in ("HUP", "INT", "QUIT", "TSTP", "TTIN", "TTOU", "USR1", "USR2", "ALRM", "PIPE", "CONT", "WINCH"):
            os.kill(process, getattr(signal, f"SIG{name}"))
    os.kill(before[0], signal.SIGSTOP)  # the supervisor wakes it
    attacked.finish()
    assert attacked.counters == before


def test_a_killed_counter_is_back_at_once_and_shows_nothing_of_before(place: Place) -> None:
    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        terminal.sign_in()
        for sign in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
            (counter,) = terminal.counters
            terminal.raw.clear()
            os.kill(counter, sign)
            terminal.wait_for_another(counter)
            terminal.wait_until_waiting()
            assert b"\x1b[3J" in terminal.raw
            assert "ACME" not in terminal.text
        terminal.sign_in()


def test_after_silence_the_visit_ends_and_leaves_nothing(place: Place) -> None:
    with place.kiosk("--idle", "3", "--notice", "1") as terminal:
        terminal.wait_until_waiting()
        terminal.sign_in()
        terminal.wait_for("Are you still there?")
        terminal.type(b"\x1b[20~")  # a key that would pay
        terminal.wait_for("To pay", "ACME")
        terminal.wait_for("Are you still there?")
        terminal.raw.clear()
        terminal.wait_until_waiting()
        terminal.read_for(0.2)
        assert b"\x1b[3J" in terminal.raw
        assert "ACME" not in terminal.text
        terminal.begin()
        terminal.press("enter")
        assert "marta" not in terminal.wait_for("User ID")


def test_the_next_person_begins_in_the_kiosks_own_language(place: Place) -> None:
    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        terminal.type(b"1")
        terminal.wait_for("Elija una ventanilla")
        terminal.type(b"\x03")
        terminal.press("down", "enter")
        terminal.wait_until_waiting()
        terminal.begin()


def test_the_operator_leaves_with_the_code_and_with_no_other(place: Place) -> None:
    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        terminal.press(OPERATOR_KEYS)
        terminal.wait_for("Close this kiosk")
        terminal.press(CODE.upper(), "enter")
        terminal.wait_for("This is not the operator's code")
        terminal.press(CODE, "enter")
        assert terminal.wait_until_closed() == OPERATOR_LEFT
        assert CODE.encode() not in terminal.raw
        assert terminal.settings & termios.ISIG
        assert terminal.settings & termios.ECHO


def test_nobody_signed_in_is_asked_for_the_operators_code(place: Place) -> None:
    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        terminal.sign_in()
        terminal.press(OPERATOR_KEYS)
        terminal.press("f1")
        terminal.wait_for("Help")
        assert "Close this kiosk" not in terminal.text


def test_the_service_manager_stops_it_cleanly(place: Place) -> None:
    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        (counter,) = terminal.counters
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_until_closed() == 0
        assert terminal.settings & termios.ISIG
        assert not Path(f"/proc/{counter}").exists()


def test_a_counter_does_not_outlive_its_supervisor(place: Place) -> None:
    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        (counter,) = terminal.counters
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.wait_until_closed() == -signal.SIGKILL
        _wait_until_gone(counter)


def test_where_the_terminal_is_gone_it_ends(place: Place) -> None:
    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        (counter,) = terminal.counters
        terminal.hang_up()
        _, status = os.waitpid(terminal.pid, 0)
        terminal.pid = 0
        assert os.waitstatus_to_exitcode(status) == HUNG_UP
        _wait_until_gone(counter)


def test_nothing_is_saved_on_the_machine(place: Place) -> None:
    with place.kiosk("--no-printer") as terminal:
        terminal.wait_until_waiting()
        terminal.sign_in()
        terminal.press("f3")
        terminal.wait_for("F-2")
        terminal.press("\x1b[18~", "\x1b[19~")
        terminal.wait_for("Nothing is saved")
        terminal.finish()
    assert place.files() == {"data/ventanilla/kiosk_code"}


def test_only_what_the_consoles_font_has_is_drawn(place: Place) -> None:
    from tui.kiosk.console_font import DRAWN

    with place.kiosk() as terminal:
        terminal.wait_until_waiting()
        terminal.sign_in("mallory@evil.example", sees="Mallory")
        terminal.press("f1")
        terminal.wait_for("Help")
        drawn = set(terminal.raw.decode()) - set("\x1b\r\n\x0f")
        assert drawn <= DRAWN, drawn - DRAWN


def _wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{process}").exists() and "zombie" not in Path(f"/proc/{process}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
