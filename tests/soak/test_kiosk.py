"""A cat on the kiosk's keyboard for a long time, and a counter that is killed again and again."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.kiosk.conftest import WAITING, KioskTerminal, made
from tests.kiosk.keyboards import ATTEMPTS, every_key, noise, sweep

pytestmark = pytest.mark.soak


def test_a_cat_on_the_keyboard_for_a_long_time(tmp_path: Path) -> None:
    with made(tmp_path).kiosk() as terminal:
        terminal.wait_until_waiting()
        before = terminal.counters
        for seed in range(32):
            terminal.type(noise(64 * 1024, seed))
            terminal.type(sweep())
            terminal.type(b"".join(ATTEMPTS.values()))
            terminal.finish()
        assert terminal.counters == before


def test_every_key_by_itself_on_the_screens_of_somebody_who_is_signed_in(tmp_path: Path) -> None:
    with made(tmp_path).kiosk() as terminal:
        terminal.wait_until_waiting()
        before = terminal.counters
        for opens in ("", "f3", "f4", "f6", "f9"):
            terminal.sign_in()
            for key in every_key():
                if opens:
                    terminal.press(opens)
                terminal.type(key)
                if WAITING in terminal.text:
                    terminal.wait_until_waiting()
                    terminal.sign_in()
            terminal.finish()
        assert terminal.counters == before


def test_a_counter_that_is_killed_again_and_again_comes_back(tmp_path: Path) -> None:
    with made(tmp_path).kiosk() as terminal:
        terminal.wait_until_waiting()
        for _ in range(50):
            (counter,) = terminal.counters
            os.kill(counter, signal.SIGKILL)
            terminal.wait_for_another(counter)
            terminal.wait_until_waiting()
        terminal.sign_in()


def test_rounds_of_the_tour_one_after_the_other_take_no_more_memory(tmp_path: Path) -> None:
    made(tmp_path)
    with KioskTerminal("--demo", "--page", "1", "--pace", "0.02", home=tmp_path) as terminal:
        terminal.wait_until_waiting()
        (counter,) = terminal.counters
        held = []
        for number in range(24):
            terminal.wait_for("is invented" if number % 2 == 0 else "muestra es inventado")
            terminal.wait_until_gone("is invented", "es inventado", within=300)
            held.append(_resident(counter))
        assert terminal.counters == [counter]
        assert held[-1] < held[3] * 1.1, held


def _resident(process: int) -> int:
    """KiB of memory that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1])
