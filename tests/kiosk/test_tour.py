"""While nobody is at a kiosk the tour plays, on data and in a program of its own; whoever comes has the counter."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.events import Event, Key

from billing.language import Language
from screens.front.door import Door
from screens.session import Services
from tests.conftest import LARGE, SMALL, Visitor
from tests.kiosk.conftest import CODE, OPERATOR_KEYS, WAITING, Place, demonstrations
from tests.kiosk.keyboards import ATTEMPTS
from tests.kiosk.test_rounds import PATIENCE, SHORT, fails
from tui.app import Ventanilla
from tui.cli import main
from tui.kiosk import demonstration
from tui.kiosk.app import Kiosk, Timing
from tui.kiosk.console_font import DRAWN
from tui.kiosk.demonstration import Demonstration
from tui.kiosk.operator import OperatorCode
from tui.kiosk.rounds import Rounds, Showing
from tui.kiosk.stage import ROWS
from tui.kiosk.supervisor import OPERATOR_LEFT
from tui.look import Look

INVENTED = "all that it shows is invented"


def test_it_plays_until_somebody_comes_and_the_counter_is_theirs(place: Place) -> None:
    with place.touring() as terminal:
        terminal.wait_until_waiting()
        terminal.wait_for(INVENTED, "To pay", "ACME", WAITING)
        terminal.type(b"1")
        terminal.wait_for("Elija una ventanilla")
        terminal.wait_until_gone(INVENTED, WAITING, "ACME")
        terminal.type(b"\x03")
        terminal.wait_for("¿Terminar?")
        terminal.press("down", "enter")
        terminal.wait_for(INVENTED, "front door", WAITING)
        assert place.files() == {"data/ventanilla/kiosk_code"}
        terminal.press(OPERATOR_KEYS)
        terminal.wait_for("Close this kiosk")
        terminal.press(CODE, "enter")
        assert terminal.wait_until_closed() == OPERATOR_LEFT
        drawn = set(terminal.raw.decode()) - set("\x1b\r\n\x0f")
        assert drawn <= DRAWN, drawn - DRAWN


def test_no_keys_lead_out_of_it_or_into_it(place: Place) -> None:
    with place.touring() as terminal:
        terminal.wait_until_waiting()
        before = terminal.counters
        for keys in (b"\x03", b"\x1b", b"".join(ATTEMPTS.values())):
            terminal.wait_for(INVENTED)
            terminal.type(keys)
            terminal.finish()
        assert terminal.counters == before
        assert b"Traceback" not in terminal.raw


def test_nobody_of_the_demonstration_is_known_at_a_counter_on_a_store_of_ones_own(place: Place) -> None:
    url = f"tinydb:{place.home / 'own.json'}"
    assert main(["init", "--store", url]) == 0
    files = place.files()
    with place.touring("--store", url) as terminal:
        terminal.wait_until_waiting()
        terminal.wait_for(INVENTED, "To pay", "ACME")
        terminal.type(b"x")
        terminal.wait_for("Choose a counter", "Billing Center")
        terminal.wait_until_gone(INVENTED, WAITING, "ACME", "Representative")
        terminal.press("enter")
        terminal.wait_for("User ID")
        terminal.press("marta@acme.example", "enter", "ventanilla", "enter")
        assert "ACME" not in terminal.wait_for("Invalid user ID")
    assert place.files() == files


@pytest.fixture
def attracting(place: Place, provided: Services) -> Callable[..., Any]:
    """A kiosk in this process: `async with attracting(size=(80, 24), page=0.0) as visitor`."""

    @asynccontextmanager
    async def opened(size: tuple[int, int] = SMALL, page: float = 0.0) -> AsyncIterator[Visitor]:
        code = OperatorCode(place.home / "data" / "ventanilla" / "kiosk_code", provided.passwords)
        rounds = Rounds(Showing(page, 0.05, SHORT))
        app = Kiosk(provided, Language("en"), Look(), code, Timing(), rounds)
        async with app.run_test(size=size) as pilot:
            yield Visitor(app, pilot)

    return opened


async def _until(visitor: Visitor, *texts: str, absent: tuple[str, ...] = ()) -> None:
    """Wait until some words show, and others do not."""
    async with asyncio.timeout(PATIENCE):
        while not all(text in visitor.screen_text for text in texts) or any(
            text in visitor.screen_text for text in absent
        ):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_picture_words_and_what_to_press_stand_below_one_another(
    attracting: Callable[..., Any], size: tuple[int, int]
) -> None:
    async with attracting(size) as visitor:
        await _until(visitor, "front door", "F10 Leave")
        *picture, edge, first, _, begin = visitor.screen_text.splitlines()
        assert len(picture) == size[1] - ROWS
        assert "F10 Leave" in picture[-1]
        assert INVENTED in edge
        assert "1 Español  2 English" in edge
        assert "front door" in first
        assert begin.split("   ") == [f" {WAITING}", "Pulse cualquier tecla para empezar."]
        assert max(map(len, visitor.screen_text.splitlines())) <= size[0]


async def test_where_there_is_no_room_for_it_the_slide_show_is_shown(attracting: Callable[..., Any]) -> None:
    async with attracting((80, 23)) as visitor:
        await _until(visitor, "See and pay your invoices", WAITING)
        assert not visitor.app._rounds.running
        await visitor.pilot.resize_terminal(*LARGE)
        await _until(visitor, INVENTED, "front door")
        await visitor.pilot.resize_terminal(80, 22)
        await _until(visitor, WAITING, absent=(INVENTED,))
        assert not visitor.app._rounds.running


async def test_a_key_opens_the_counter_and_nothing_of_the_tour_goes_on_beside_it(
    attracting: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    async def listening(app: Demonstration, event: Event) -> None:
        given.extend([event.key] if isinstance(event, Key) else [])
        await Ventanilla.on_event(app, event)

    monkeypatch.setattr(Demonstration, "on_event", listening)
    async with attracting() as visitor:
        await _until(visitor, INVENTED, "front door")
        assert len(demonstrations()) == 1
        await visitor.pilot.press("2")
        await _until(visitor, "GoToAssist", absent=(INVENTED, WAITING))
        assert not visitor.app._rounds.running
        async with asyncio.timeout(PATIENCE):
            while demonstrations():
                await asyncio.sleep(0.05)
        assert set(given) == {"home"}, "keys of the tour's own, and no other"
        await visitor.app.sign_out()
        await _until(visitor, INVENTED, "front door")


async def test_a_key_is_answered_while_the_demonstration_is_still_being_made(
    attracting: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, real = threading.Event(), demonstration.invented

    def slowly() -> Services:
        made.wait(PATIENCE)
        return real()

    monkeypatch.setattr(demonstration, "invented", slowly)
    async with attracting() as visitor:
        await _until(visitor, "See and pay your invoices", WAITING)
        await visitor.pilot.press("x")
        await _until(visitor, "GoToAssist")
        assert isinstance(visitor.app.screen, Door)
        made.set()
        await visitor.settle()
        assert INVENTED not in visitor.screen_text


async def test_after_a_fault_of_it_pages_are_turned_as_ever(
    attracting: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(demonstration, "invented", fails)
    async with attracting() as visitor:
        visitor.app._timing = Timing(page=0.3)
        await _until(visitor, "Change your plan", WAITING)
        await _until(visitor, "Nothing stays here", WAITING)
