"""Paper, with stand-ins for CUPS' commands that note what they were given."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from billing.documents import NoPrinter, PrinterSilent, PrintFailed
from billing.language import Language
from gateways.printer import CupsPrinter

PDF = b"%PDF-1.4 not really"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def command(folder: Path, name: str, body: str) -> None:
    """A command of this name: notes its arguments, input and language, then does `body`."""
    path = folder / name
    path.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys, time\n"
        "noted = {'argv': sys.argv[1:], 'input': sys.stdin.buffer.read().decode(), 'language': os.environ['LC_ALL']}\n"
        f"open({str(folder / (name + '.json'))!r}, 'w').write(json.dumps(noted))\n"
        f"{body}\n",
        encoding="utf-8",
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def noted(folder: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_a_document_goes_to_the_chosen_queue_and_the_job_comes_back(folder: Path) -> None:
    command(folder, "lp", "print('request id is Office-12 (1 file(s))')")
    assert CupsPrinter().submit(PDF, "Factura F-2026-00042", "Office") == "Office-12"
    assert noted(folder, "lp") == {
        "argv": ["-d", "Office", "-t", "Factura F-2026-00042", "--", "-"],
        "input": PDF.decode(),
        "language": "C.UTF-8",
    }


def test_without_a_queue_the_default_printer_is_left_to_cups(folder: Path) -> None:
    command(folder, "lp", "print('request id is Home-1 (0 file(s))')")
    assert CupsPrinter().submit(PDF, "F-1", "") == "Home-1"
    assert noted(folder, "lp")["argv"] == ["-t", "F-1", "--", "-"]


def test_a_title_can_be_no_option_and_carries_no_controls(folder: Path) -> None:
    command(folder, "lp", "print('request id is Home-1 (0 file(s))')")
    CupsPrinter().submit(PDF, "--\x1b[2J -o raw; $(reboot)\n" + "x" * 200, "Home")
    title = noted(folder, "lp")["argv"][3]  # type: ignore[index]
    assert title.startswith("[2J -o raw; $(reboot)")
    assert len(title) == 80


@pytest.mark.parametrize("queue", ["-o raw", "--help", "a;b", "a b", "../x", "a\nb"])
def test_a_queue_that_is_no_name_never_reaches_the_command(folder: Path, queue: str) -> None:
    command(folder, "lp", "")
    with pytest.raises(PrintFailed):
        CupsPrinter().submit(PDF, "F-1", queue)
    assert not (folder / "lp.json").exists()


def test_the_default_printer_is_listed_first(folder: Path) -> None:
    command(
        folder, "lpstat", "print('Attic\\nOffice\\nZoo' if '-e' in sys.argv else 'system default destination: Office')"
    )
    assert CupsPrinter().queues() == ("Office", "Attic", "Zoo")


def test_without_a_default_the_printers_are_listed_all_the_same(folder: Path) -> None:
    command(folder, "lpstat", "print('Attic\\nZoo' if '-e' in sys.argv else 'no system default destination')")
    assert CupsPrinter().queues() == ("Attic", "Zoo")


def test_a_machine_without_cups_says_to_save_the_pdf(folder: Path) -> None:
    for use in (CupsPrinter().queues, lambda: CupsPrinter().submit(PDF, "F-1", "")):
        with pytest.raises(NoPrinter) as refused:
            use()
        assert "Guarde el PDF" in Language("es").refusal(refused.value)
    assert folder.is_dir()


def test_a_machine_with_cups_but_no_printer_says_the_same(folder: Path) -> None:
    command(folder, "lpstat", "")
    command(folder, "lp", "sys.exit('lp: Error - No default destination.')")
    with pytest.raises(NoPrinter):
        CupsPrinter().queues()
    with pytest.raises(NoPrinter):
        CupsPrinter().submit(PDF, "F-1", "")


def test_a_refusal_carries_what_the_printing_system_said_without_controls(folder: Path) -> None:
    command(folder, "lp", "sys.exit('lp: The printer or class \\x1b[31mdoes not exist.')")
    with pytest.raises(PrintFailed) as refused:
        CupsPrinter().submit(PDF, "F-1", "Office")
    said = Language("en").refusal(refused.value)
    assert "The printer or class \ufffd[31mdoes not exist." in said
    assert "save the PDF" in said


def test_a_printer_that_does_not_answer_is_not_waited_for(folder: Path) -> None:
    command(folder, "lp", "time.sleep(30)")
    with pytest.raises(PrinterSilent) as refused:
        CupsPrinter(seconds=0.5).submit(PDF, "F-1", "Office")
    assert "See its queue" in Language("en").refusal(refused.value)


def test_a_command_that_cannot_be_run_is_a_refusal_too(folder: Path) -> None:
    (folder / "lp").write_bytes(b"\x00not a program")
    os.chmod(folder / "lp", 0o755)  # noqa: PTH101
    with pytest.raises(PrintFailed):
        CupsPrinter().submit(PDF, "F-1", "Office")
