"""The operator's code: made once, kept as a hash, guessed slowly."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from billing.errors import Refusal
from billing.throttle import TooManyTries
from gateways.passwords import Argon2Passwords
from tests.kiosk.conftest import CODE, KioskTerminal, Place
from tui.kiosk.operator import CodeExposed, CodeMissing, CodeWrong, OperatorCode

QUICK = Argon2Passwords(time_cost=1, memory_kib=64)


class Clock:
    """Seconds that pass when they are told to."""

    seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def code(place: Place, clock: Clock) -> OperatorCode:
    return OperatorCode(place.home / "data" / "ventanilla" / "kiosk_code", QUICK, clock)


def test_a_kiosk_that_nobody_could_close_does_not_open(tmp_path: Path) -> None:
    with KioskTerminal("--demo", home=tmp_path) as terminal:
        assert terminal.wait_until_closed() == 1
        assert "ventanilla kiosk --set-code" in terminal.text
        assert b"\x1b[?1049h" not in terminal.raw


def test_a_code_is_typed_twice_unseen_and_kept_as_a_hash_of_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "code"
    with KioskTerminal("--set-code", "--code-file", str(file), home=tmp_path) as terminal:
        for asked in ("Operator's code", "Once more"):
            terminal.wait_for(asked)
            terminal.press(CODE, "enter")
        assert terminal.wait_until_closed() == 0
        assert CODE.encode() not in terminal.raw
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().startswith("$argon2id$")
    OperatorCode(file, QUICK).check(CODE)


@pytest.mark.parametrize(
    ("typed", "again", "said"),
    [
        ("short-1", "short-1", "8 to 128 characters"),
        ("x-" * 65, "x-" * 65, "8 to 128 characters"),
        (CODE, CODE + "8", "not the same"),
        ("password123", "password123", "tried first"),
        ("11111111", "11111111", "tried first"),
    ],
)
def test_a_weak_code_or_one_typed_otherwise_is_refused(tmp_path: Path, typed: str, again: str, said: str) -> None:
    made = OperatorCode(tmp_path / "code", QUICK)
    with pytest.raises(Refusal, match=said):
        made.make(typed, again)
    assert not list(tmp_path.iterdir())


def test_a_file_that_others_can_read_or_that_holds_no_hash_opens_nothing(code: OperatorCode) -> None:
    code.file.chmod(0o640)
    with pytest.raises(CodeExposed):
        code.check(CODE)
    code.file.chmod(0o600)
    code.check(CODE)
    code.file.write_text(CODE)
    with pytest.raises(CodeMissing):
        code.check(CODE)


def test_wrong_codes_cost_growing_waiting_which_a_restart_does_not_shorten(code: OperatorCode, clock: Clock) -> None:
    waits = []
    for _ in range(12):
        while True:
            try:
                OperatorCode(code.file, QUICK, clock).check("not the code")
            except TooManyTries as wait:
                waits.append(wait.seconds)
                with pytest.raises(TooManyTries):
                    code.check(CODE)  # nor the right one meanwhile
                clock.seconds += wait.seconds
            except CodeWrong:
                break
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    with pytest.raises(TooManyTries):
        code.check(CODE)
    clock.seconds -= 10_000_000  # a clock that was put back
    with pytest.raises(TooManyTries) as late:
        code.check(CODE)
    assert late.value.seconds <= 300
    clock.seconds += 10_000_300
    code.check(CODE)
    with pytest.raises(CodeWrong):
        code.check("not the code")


def test_where_tries_cannot_be_written_this_process_remembers_them(code: OperatorCode) -> None:
    code.file.with_name("kiosk_code.tries").mkdir()
    for _ in range(4):
        with pytest.raises(CodeWrong):
            code.check("not the code")
    with pytest.raises(TooManyTries):
        code.check(CODE)


def test_the_code_is_the_kiosks_own_users(code: OperatorCode, monkeypatch: pytest.MonkeyPatch) -> None:
    code.require()
    about = os.stat_result((0o100600, 0, 0, 1, 12345, 12345, 100, 0, 0, 0))
    monkeypatch.setattr(os, "fstat", lambda _: about)
    with pytest.raises(CodeExposed):
        code.require()
