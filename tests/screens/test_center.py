"""At the Billing Center: finding, reading, saving and printing, by keys."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.widgets import Input

from billing.documents import NoPrinter, PrintFailed
from billing.history import Order, StateFilter
from billing.store import StoreUnavailable
from gateways.documents.local import LocalDocuments
from screens.center.export import Export
from screens.center.history import History
from screens.center.invoice import InvoiceScreen
from screens.center.overview import OverviewScreen
from tests.conftest import MARTA, Visit, Visitor
from tui.widgets.window_list import WindowList

TALLERES = "pagos@talleres.example"


def rows_held(visitor: Visitor) -> int:
    return sum(len(page) for page in visitor.app.screen.query_one(WindowList)._pages.values())


class TestOverview:
    async def test_it_says_what_is_owed_what_renews_and_what_was_spent(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            for words in (
                "Your plan",
                "Next renewal: 3 Dec 2026",
                "To pay",
                "! 1 overdue",
                "last twelve months",
                "in all",
            ):
                assert words in visitor.screen_text

    async def test_an_account_without_invoices_says_so(self, visit: Visit) -> None:
        async with visit(signed_in="nueva-etapa") as visitor:
            assert "No invoices yet" in visitor.screen_text
            assert "Nothing to pay" in visitor.screen_text
            await visitor.press("enter", "f3", "enter")
            assert "Nothing fits" in visitor.screen_text

    async def test_escape_asks_before_leaving(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("escape")
            assert "Sign out" in visitor.screen_text
            await visitor.press("enter")
            assert isinstance(visitor.app.screen, OverviewScreen)


class TestHistory:
    async def test_typing_narrows_and_the_arrows_still_move_the_list(self, visit: Visit) -> None:
        async with visit(signed_in=TALLERES) as visitor:
            await visitor.press("f3")
            assert "478 documents" in visitor.screen_text
            await visitor.type("2025-03")
            listed = visitor.app.screen.query_one(WindowList)
            assert 5 < (listed.total or 0) < 30
            await visitor.press("down", "down")
            assert listed.cursor == 2
            wanted = listed.current
            await visitor.press("enter")
            assert isinstance(visitor.app.screen, InvoiceScreen)
            assert wanted is not None
            assert wanted.item.number in visitor.screen_text

    async def test_only_what_is_shown_is_held(self, visit: Visit) -> None:
        async with visit(signed_in=TALLERES) as visitor:
            await visitor.press("f3")
            assert rows_held(visitor) <= 100
            await visitor.press("end")
            assert visitor.app.screen.query_one(WindowList).cursor == 477
            assert "F-2023-" in visitor.screen_text
            for _ in range(30):
                await visitor.press("pageup")
            assert rows_held(visitor) <= 400
            assert visitor.app.screen.query_one(WindowList).cursor == 0

    async def test_filters_and_order_change_the_list_at_once(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("f3", "f4", "right", "right")
            screen = visitor.app.screen
            assert isinstance(screen, History)
            assert screen.question.state is StateFilter.OVERDUE
            assert screen.query_one(WindowList).total == 1
            await visitor.press("tab", "tab", "tab", "right", "right")
            assert screen.question.order is Order.LARGEST
            await visitor.press("shift+tab", "shift+tab", "right")
            assert screen.question.year == 2026
            await visitor.press("f4")
            assert visitor.app.focused is screen.query_one("#search")

    async def test_letters_typed_on_a_filter_search(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("f3", "f4")
            await visitor.type("una")
            assert visitor.app.screen.query_one("#search", Input).value == "una"

    @pytest.mark.parametrize("text", ["[/]", "[@click=app.quit]x", "\x1b[2J", "€", "'; drop", "ñ" * 80, "\u202e"])
    async def test_any_text_can_be_searched_for(self, visit: Visit, text: str) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("f3")
            visitor.app.screen.query_one("#search", Input).value = text
            await visitor.settle()
            assert "document" in visitor.screen_text

    @pytest.mark.parametrize("how", ["whole", "running", "without zeros"])
    async def test_a_number_is_opened_with_or_without_series_and_zeros(self, visit: Visit, how: str) -> None:
        async with visit(signed_in=TALLERES) as visitor:
            await visitor.press("f3", "end")
            oldest = visitor.app.screen.query_one(WindowList).current
            assert oldest is not None
            number: str = oldest.item.number
            running = number.rpartition("-")[2]
            await visitor.press("f6")
            await visitor.type({"whole": number.lower(), "running": running, "without zeros": running.lstrip("0")}[how])
            await visitor.press("enter")
            opened = visitor.app.screen
            assert isinstance(opened, InvoiceScreen)
            assert opened.invoice is not None
            assert opened.invoice.number.endswith(running)
            assert how != "whole" or opened.invoice.number == number

    async def test_enter_typed_right_after_a_search_opens_what_was_searched_for(self, visit: Visit) -> None:
        """Never the row of the answer before, which still shows until the new one has come."""
        async with visit(signed_in=TALLERES) as visitor:
            await visitor.press("f3", "end")
            oldest = visitor.app.screen.query_one(WindowList).current
            assert oldest is not None
            await visitor.press("home")
            search = visitor.app.screen.query_one("#search", Input)
            search.value = oldest.item.number
            await visitor.press("enter")
            opened = visitor.app.screen
            assert isinstance(opened, InvoiceScreen)
            assert opened.invoice_id == oldest.item.id

    async def test_a_number_that_is_not_there_keeps_what_was_typed(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("f3", "f6")
            await visitor.type("F-1999-000007")
            await visitor.press("enter")
            assert "F-1999-000007 was not found. Nothing was changed." in " ".join(
                visitor.screen_text.replace("│", " ").split()
            )
            assert visitor.app.screen.query_one(Input).value == "F-1999-000007"

    async def test_left_and_right_go_through_the_list(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("f3", "enter")
            first = visitor.screen_text
            await visitor.press("right")
            assert visitor.screen_text != first
            await visitor.press("left")
            assert visitor.screen_text == first


class TestSaving:
    async def test_one_document_as_pdf_and_as_text(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("enter", "f7", "enter")
            assert "Saved:" in visitor.screen_text
            folder = saved_in(visitor)
            pdf = next(folder.glob("*.pdf"))
            assert pdf.read_bytes().startswith(b"%PDF-")
            await visitor.press("up", "right", "down", "enter")
            assert "NIF" in next(folder.glob("*.txt")).read_text()

    async def test_saving_again_does_not_overwrite(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("enter", "f7", "enter", "enter")
            names = sorted(file.name for file in saved_in(visitor).iterdir())
            assert len(names) == 2
            assert " (2).pdf" in names[0] + names[1]

    async def test_all_that_is_listed_with_progress(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("f3")
            await visitor.type("2026")
            total = visitor.app.screen.query_one(WindowList).total or 0
            assert total > 5
            await visitor.press("f7", "up", "up", "right", "down", "right", "down", "enter")
            assert f"{total} documents saved" in " ".join(visitor.screen_text.split())
            assert len(list(saved_in(visitor).glob("*.txt"))) == total

    async def test_escape_stops_and_keeps_what_was_saved(self, visit: Visit) -> None:
        stopped = threading.Event()

        class Patient(LocalDocuments):
            """Saves three, and the next when somebody has asked to stop."""

            saved = 0

            def save(self, folder: str, name: str, data: bytes) -> str:
                if self.saved == 3:
                    assert stopped.wait(30)
                self.saved += 1
                return super().save(folder, name, data)

        documents = Patient()
        async with visit(signed_in=TALLERES, documents=lambda: documents) as visitor:
            await visitor.press("f3", "f7", "up", "up", "right", "down", "right", "down")
            await visitor.pilot.press("enter")
            screen = visitor.app.screen
            assert isinstance(screen, Export)
            while documents.saved < 3:
                await visitor.pilot.pause(0.01)
            await visitor.pilot.press("escape")
            stopped.set()
            await visitor.settle()
            assert len(list(saved_in(visitor).glob("*.txt"))) in (3, 4)
            assert "Stopped. What was saved so far stays saved." in visitor.screen_text
            await visitor.press("escape")
            assert isinstance(visitor.app.screen, History)

    @pytest.mark.parametrize(
        ("folder", "said"),
        [
            ("/nowhere/at/all", "does not exist"),
            ("/etc/hostname", "is not a folder"),
            ("/proc", "Nothing was"),
            ("\x1b[2J[/]", "does not exist"),
            ("~nobody-such/x", "does not exist"),
        ],
    )
    async def test_a_folder_that_cannot_be_used_is_said_and_stays_to_be_mended(
        self, visit: Visit, folder: str, said: str
    ) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("enter", "f7")
            visitor.app.screen.query_one("#folder", Input).value = folder
            await visitor.press("enter")
            assert said in " ".join(visitor.screen_text.replace("│", " ").split())
            assert visitor.app.screen.query_one("#folder", Input).value == folder


@dataclass
class Tray:
    """A printer that keeps what it is given, or fails as told."""

    fails: Exception | None = None
    printed: list[tuple[str, str]] = field(default_factory=list)

    def queues(self) -> tuple[str, ...]:
        if isinstance(self.fails, NoPrinter):
            raise self.fails
        return ("Office", "Basement")

    def submit(self, pdf: bytes, title: str, queue: str) -> str:
        if self.fails:
            raise self.fails
        assert pdf.startswith(b"%PDF-")
        self.printed.append((title, queue))
        return f"{queue}-7"


class TestPrinting:
    async def test_the_document_goes_to_the_chosen_printer(self, visit: Visit) -> None:
        tray = Tray()
        async with visit(signed_in=MARTA, printer=lambda: tray) as visitor:
            await visitor.press("enter", "f8", "right", "enter")
            assert "Sent to Basement: Basement-7" in visitor.screen_text
            assert [queue for _, queue in tray.printed] == ["Basement"]

    async def test_without_a_printer_there_is_a_way_out(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA, printer=lambda: Tray(NoPrinter())) as visitor:
            await visitor.press("enter", "f8")
            assert "Save the PDF and print it elsewhere" in " ".join(visitor.screen_text.replace("│", " ").split())
            await visitor.press("enter")
            assert "no printer" in visitor.screen_text

    async def test_what_the_printer_says_is_shown_safely(self, visit: Visit) -> None:
        tray = Tray(PrintFailed(why="out of [/] \x1b[2J paper"))
        async with visit(signed_in=MARTA, printer=lambda: tray) as visitor:
            await visitor.press("enter", "f8", "enter")
            shown = " ".join(visitor.screen_text.replace("│", " ").split())
            assert "was not printed: out of [/] \ufffd[2J paper." in shown


def saved_in(visitor: Visitor) -> Path:
    """The folder that is first offered for saving."""
    folder = visitor.app.session.services.exports
    assert folder
    return folder


async def test_a_store_that_cannot_be_opened_is_said_at_the_door(visit: Visit, tmp_path: Path) -> None:
    def closed() -> None:
        raise StoreUnavailable(place=str(tmp_path / "[/]"), reason="Permission denied")

    async with visit(store=closed) as visitor:
        shown = " ".join(visitor.screen_text.split())
        assert "cannot be used: Permission denied. Nothing was changed." in shown
        await visitor.press("enter", "enter", "enter")
        assert "Sign in" in visitor.screen_text
