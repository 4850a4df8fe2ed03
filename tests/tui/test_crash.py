"""A fault of the program: the person gets a reference, the operator gets the facts, nobody gets the secrets."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from textual.app import ScreenStackError
from textual.worker import WorkerFailed

from billing.language import Language
from tests.conftest import Visit
from tui.crash import record_crash


class Fault(Exception):
    """Not one of ours."""


async def test_a_fault_closes_kindly_and_keeps_secrets(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    shown: list[str] = []

    def faulty() -> None:
        password = "CANARY-1234"
        raise Fault(f"broken after {len(password)} characters")

    with pytest.raises(Fault):
        async with visit() as visitor:
            app = visitor.app
            monkeypatch.setattr(
                app, "_print_error_renderables", lambda: shown.extend(str(each) for each in app._exit_renderables)
            )
            app.call_later(faulty)
            await visitor.pilot.pause()
    log = tmp_path / "ventanilla" / "crash.log"
    text = log.read_text()
    reference = re.search(r"E-[0-9A-F]{8}", text)
    assert reference
    assert "Fault" in text
    assert "CANARY" not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert any(reference[0] in line for line in shown)
    assert not any("CANARY" in line for line in shown)


async def test_of_what_fails_behind_a_screen_the_facts_are_kept_too(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def faulty() -> None:
        raise Fault("behind")

    with pytest.raises(WorkerFailed):
        async with visit() as visitor:
            visitor.app.run_worker(faulty())
            await visitor.pilot.pause()
    text = (tmp_path / "ventanilla" / "crash.log").read_text()
    assert "Traceback" in text
    assert "in faulty" in text
    assert "Fault: behind" in text


def test_the_sentence_gives_the_reference_in_the_persons_language(tmp_path: Path) -> None:
    said = record_crash(Fault("x"), Language("es"), tmp_path)
    assert re.search(r"referencia E-[0-9A-F]{8}", said)
    assert "guardado" in said


def test_where_the_log_cannot_be_written_the_sentence_still_comes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "E-" in record_crash(Fault("x"), Language("en"), tmp_path / "file" / "folder")


async def test_a_key_on_its_way_while_all_is_closed_is_no_fault(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with visit() as visitor:
        visitor.app.exit()
        visitor.app._handle_exception(ScreenStackError())
        assert visitor.app._exception is None
    assert not (tmp_path / "ventanilla" / "crash.log").exists()
