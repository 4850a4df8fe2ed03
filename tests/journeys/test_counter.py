"""Whole stories through the real program, in a pseudo-terminal, by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from billing.desk import Desk
from billing.history import Question, list_invoices
from billing.language import Language
from billing.sign_in import open_desk, standings
from billing.store import Store
from tests.conftest import MARTA, standing_of
from tests.journeys.terminal import Terminal
from tui.cli import main
from tui.demo.stage import DEMO_PASSWORD, demo_clock


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An empty home of one's own."""
    (tmp_path / "Downloads").mkdir()
    return {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_STATE_HOME": str(tmp_path / "state")}


def sign_in(terminal: Terminal, user: str, *, wait: str) -> None:
    terminal.wait_for("GoToAssist Remote Support 5")
    terminal.press("enter")
    terminal.wait_for("User ID")
    terminal.press(user, "enter", DEMO_PASSWORD, "enter")
    terminal.wait_for(wait)


def desk_of(store: Store, user: str) -> Desk:
    credential, standing = standing_of(store, user)
    return open_desk(store, demo_clock(), standings(store, credential), standing)


def test_from_the_front_door_to_a_pdf_in_at_most_twelve_keys(store: Store, home: dict[str, str]) -> None:
    invoice = list_invoices(desk_of(store, MARTA), Question()).rows[0]
    total, due = (Language(invoice.language).money(invoice.money(m)) for m in (invoice.gross, invoice.due))
    with Terminal(["demo", "--as-of", "2026-11-23", "--lang", "en"], env=home) as terminal:
        sign_in(terminal, MARTA, wait=invoice.number)
        keys = ("enter", "f7", "enter")
        terminal.press(keys[0])
        terminal.wait_for("Cliente", "Overdue")
        terminal.press(keys[1])
        terminal.wait_for("Folder")
        terminal.press(keys[2])
        terminal.wait_for("Saved:")
        assert len(keys) <= 12
        pdf = Path(home["HOME"]) / "Downloads" / f"{invoice.number}.pdf"
        text = _spaced("\n".join(page.extract_text() for page in PdfReader(pdf).pages))
        assert invoice.number in text
        assert _spaced(total) in text
        assert _spaced(due) in text
        terminal.press("f10")
        terminal.wait_for("Close Ventanilla")
        terminal.press("down", "down", "enter")
        assert terminal.wait_until_closed() == 0


def _spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_one_invoice_among_hundreds_is_found_by_typing(store: Store, home: dict[str, str]) -> None:
    talleres = desk_of(store, "pagos@talleres.example")
    count = list_invoices(talleres, Question()).total
    assert count > 400
    wanted = list_invoices(talleres, Question(), offset=count // 2, limit=1).rows[0]
    with Terminal(["demo", "--as-of", "2026-11-23", "--lang", "en"], env=home) as terminal:
        sign_in(terminal, "pagos@talleres.example", wait="History")
        terminal.press("f3")
        terminal.wait_for(f"{count} documents")
        terminal.press(wanted.number.lower())
        terminal.wait_for("1 document\n", wanted.number)
        terminal.press("enter")
        terminal.wait_for(wanted.number, Language("es").date(wanted.issued_on))


def test_a_store_of_ones_own_is_made_and_opened(home: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    url = f"tinydb:{home['HOME']}/own/store.json"
    assert main(["init", "--demo", "--store", url, "--lang", "en"]) == 0
    assert "was made" in capsys.readouterr().err
    with Terminal(["--store", url, "--lang", "es"], env=home) as terminal:
        terminal.wait_for("Centro de facturación", "GoToAssist")
        with Terminal(["--store", url, "--lang", "en"], env=home) as second:
            second.wait_for("is in use by ventanilla", "Close that program first")
        terminal.press("f10")
        terminal.wait_for("Cerrar Ventanilla")
        terminal.press("down", "enter")
        assert terminal.wait_until_closed() == 0


def test_without_any_data_the_door_says_how_to_make_some(home: dict[str, str]) -> None:
    with Terminal(["--lang", "en"], env=home) as terminal:
        terminal.wait_for("There is no data at", "ventanilla init")


@pytest.mark.parametrize(("size", "shown"), [((20, 5), "enlarge"), ((500, 200), "Choose a counter")])
def test_any_window_size_ends_in_something_readable(home: dict[str, str], size: tuple[int, int], shown: str) -> None:
    with Terminal(["demo", "--as-of", "2026-11-23", "--lang", "en"], env=home, size=size) as terminal:
        assert shown in terminal.wait_for(shown)
