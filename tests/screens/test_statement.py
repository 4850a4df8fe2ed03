"""Reading the statement of account by keys, and taking it away."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rich.cells import cell_len

from billing.language import NAMES
from billing.statement import statement
from screens.center.invoice import InvoiceScreen
from screens.center.save_statement import SaveStatement
from screens.center.statement import StatementScreen
from screens.counter_screen import CounterScreen
from screens.help_screen import help_page
from tests.conftest import LARGE, LUIS, MARTA, SMALL, Visit, Visitor
from tui.look import Borders, Look, Palette
from tui.widgets.window_list import WindowList

TALLERES = "pagos@talleres.example"


async def open_statement(visitor: Visitor) -> StatementScreen:
    screen = StatementScreen()
    visitor.app.push_screen(screen)
    await visitor.settle()
    return screen


async def test_it_shows_this_year_with_both_balances_and_the_ages(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        await open_statement(visitor)
        for words in ("This year", "Opening balance, 1 Jan 2026", "Closing balance, 23 Nov 2026", "overdue", "Invoice"):
            assert words in visitor.screen_text
        desk = visitor.app.session.desk
        assert desk is not None
        found = statement(desk, desk.today.replace(month=1, day=1), desk.today)
        assert found.closing > 0
        assert visitor.app.session.language.money(found.money(found.closing)) in visitor.screen_text


async def test_left_and_right_change_the_period(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_statement(visitor)
        first = screen.query_one(WindowList).total
        await visitor.press("right")
        assert "1 Jan 2025" in visitor.screen_text
        assert "31 Dec 2025" in visitor.screen_text
        await visitor.press("right")
        assert (screen.query_one(WindowList).total or 0) > (first or 0)
        assert "Opening balance" in visitor.screen_text
        assert "€0.00" in visitor.screen_text
        await visitor.press("right")
        assert screen.query_one(WindowList).total == first


async def test_a_long_account_is_never_held_whole(visit: Visit) -> None:
    async with visit(signed_in=TALLERES) as visitor:
        screen = await open_statement(visitor)
        await visitor.press("left", "end")
        listed = screen.query_one(WindowList)
        assert (listed.total or 0) > 500
        assert sum(len(page) for page in listed._pages.values()) <= 150
        assert listed.current is not None
        assert listed.current.item.balance == statement_end(visitor)


def statement_end(visitor: Visitor) -> int:
    desk = visitor.app.session.desk
    assert desk is not None
    return statement(desk, desk.account.since.replace(year=2000), desk.today).closing


async def test_enter_opens_the_document_of_a_row(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen: CounterScreen[None] = await open_statement(visitor)
        current = screen.query_one(WindowList).current
        assert current is not None
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, InvoiceScreen)
        assert current.item.number in visitor.screen_text
        await visitor.press("escape")
        assert visitor.app.screen is screen


@pytest.mark.parametrize(("steps", "ending"), [(0, "txt"), (1, "csv")])
async def test_f7_saves_the_period_that_shows(visit: Visit, tmp_path: Path, steps: int, ending: str) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_statement(visitor)
        await visitor.press("right", "f7")
        assert isinstance(visitor.app.screen, SaveStatement)
        await visitor.press("up", *["right"] * steps, "down", "enter")
        assert "Saved" in visitor.screen_text
        total = screen.query_one(WindowList).total
    (saved,) = (tmp_path / "saved").iterdir()
    assert saved.name.endswith(f"-2025-01-01-2025-12-31.{ending}")
    text = saved.read_text(encoding="utf-8-sig")
    if ending == "csv":
        assert len(list(csv.reader(text.splitlines()))) == (total or 0) + 3
    else:
        assert max(map(cell_len, text.splitlines())) <= 80


async def test_a_folder_that_is_not_there_is_answered_and_can_be_corrected(visit: Visit, tmp_path: Path) -> None:
    async with visit(signed_in=MARTA) as visitor:
        await open_statement(visitor)
        await visitor.press("f7")
        await visitor.type("/none")
        await visitor.press("enter")
        assert "does not exist" in " ".join(visitor.screen_text.split())
        await visitor.press(*["backspace"] * 5, "enter")
        assert "Saved" in visitor.screen_text
        assert len(list((tmp_path / "saved").iterdir())) == 1


async def test_an_account_without_entries_says_so(visit: Visit) -> None:
    async with visit(signed_in="nueva-etapa") as visitor:
        await open_statement(visitor)
        assert "Nothing was charged or paid" in visitor.screen_text
        assert "Nothing is owed" in visitor.screen_text
        await visitor.press("enter", "left", "enter")
        assert isinstance(visitor.app.screen, StatementScreen)


async def test_who_may_not_see_invoices_is_told_so(visit: Visit) -> None:
    async with visit(signed_in=LUIS) as visitor:
        await open_statement(visitor)
        assert "Your role on this account does not allow this" in visitor.screen_text


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("saving", [False, True])
async def test_it_fits_and_is_explained(visit: Visit, lang: str, size: tuple[int, int], saving: bool) -> None:
    async with visit(lang=lang, size=size, signed_in=MARTA) as visitor:
        await open_statement(visitor)
        if saving:
            await visitor.press("f7")
        screen = visitor.app.screen
        assert isinstance(screen, CounterScreen)
        lines = visitor.screen_text.split("\n")
        assert all(cell_len(line) <= size[0] for line in lines)
        for key, word in screen.shown_keys():
            assert key in lines[-1]
            assert word in lines[-1]
        await visitor.press("f1")
        assert help_page(screen.TOPIC, lang).split("\n")[0].removeprefix("# ") in visitor.screen_text


async def test_it_can_be_drawn_in_plain_ascii(visit: Visit) -> None:
    async with visit(signed_in=MARTA, look=Look(Palette.NONE, Borders.ASCII)) as visitor:
        await open_statement(visitor)
        await visitor.press("f7")
        assert set(visitor.screen_text.replace("é", "").replace("€", "")) < set(map(chr, range(128)))


async def test_a_new_language_keeps_the_period(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_statement(visitor)
        await visitor.press("right")
        await screen.retell()
        await visitor.settle()
        assert "Last year" in visitor.screen_text
        assert "31 Dec 2025" in visitor.screen_text
