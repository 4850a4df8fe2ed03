"""What one visit does shows on another's open screen: nothing typed is lost, and a burst is read once."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import time, timedelta
from typing import Any

import pytest
from textual.widgets import Input

from billing.invoices import Invoice
from billing.store import Span
from gateways.payments.sandbox import Sandbox
from screens.desk.accounts import DeskAccounts
from screens.desk.queue import QueueScreen
from screens.news import PAUSE
from tests.conftest import IBERIA, LARGE, Visit, Visitor
from tests.screens.test_audit import act
from tui.cli import main
from tui.commands.streams import Streams
from tui.demo.stage import demo_clock, demo_store
from tui.serving.jobs import DailyJobs

ELENA = "desk.elena"


def counted(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the screen on top is filled from now on."""
    screen: Any = visitor.app.screen
    fills: list[int] = []
    fill = screen.fill

    def counting() -> None:
        fills.append(1)
        fill()

    monkeypatch.setattr(screen, "fill", counting)
    return fills


async def quiet(visitor: Visitor) -> None:
    """Let every piece of news that is on its way arrive."""
    await visitor.pilot.pause(PAUSE * 3)
    await visitor.settle()


async def test_what_is_typed_stays_while_news_come(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    store = demo_store()
    async with (
        visit(signed_in=IBERIA, store=lambda: store) as contact,
        visit(signed_in=ELENA, store=lambda: store) as elena,
    ):
        await elena.press("f3")
        assert isinstance(elena.app.screen, DeskAccounts)
        await elena.type("a")
        fills = counted(elena, monkeypatch)
        desk = contact.app.session.desk
        assert desk is not None
        for number in range(5):
            act(desk, f"Thing {number}.")
        await quiet(elena)
        assert fills == [1]
        assert elena.app.screen.query_one(Input).value == "a"
        await elena.type("t")
        assert elena.app.screen.query_one(Input).value == "at"


async def test_what_a_command_or_the_nightly_run_commits_shows_too(visit: Visit) -> None:
    store = demo_store()
    async with visit(signed_in=IBERIA, store=lambda: store) as contact:
        await contact.press("f6")
        quote = re.search(r"Q-2026-\d+", contact.screen_text)
        assert quote
        await contact.press("enter")
        command = ["quotes", "comment", quote[0], "Said by a script.", "--yes", "--as", IBERIA]
        unread = Streams(io.StringIO(), io.StringIO(), io.StringIO(), False, {})
        assert await asyncio.to_thread(main, command, store=store, streams=unread) == 0
        await quiet(contact)
        assert "Said by a script." in contact.screen_text
        await contact.press("escape", "escape")
        with store.read() as books:
            before = books.find(Invoice, Span("history", ("iberia",)), descending=True, limit=1).rows[0]
        assert before.number in contact.screen_text
        later = demo_clock(before.issued_on + timedelta(days=40))
        nightly = DailyJobs(lambda: store, later, lambda: Sandbox(later), time(0), mail=False)
        await asyncio.to_thread(nightly.look)
        await quiet(contact)
        with store.read() as books:
            after = books.find(Invoice, Span("history", ("iberia",)), descending=True, limit=1).rows[0]
        assert after.number > before.number
        assert after.number in contact.screen_text


async def test_news_wait_under_other_screens_until_they_are_gone(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    store = demo_store()
    async with (
        visit(signed_in=IBERIA, store=lambda: store) as contact,
        visit(signed_in=ELENA, store=lambda: store, size=LARGE) as elena,
    ):
        assert isinstance(elena.app.screen, QueueScreen)
        fills = counted(elena, monkeypatch)
        await elena.press("f3", "f1")  # Textual counts the screen just below the top as seen
        desk = contact.app.session.desk
        assert desk is not None
        act(desk, "Something.")
        await quiet(elena)
        assert fills == []
        await elena.press("escape", "escape")
        await quiet(elena)
        assert fills


async def test_who_has_left_hears_nothing_and_disturbs_nobody(visit: Visit) -> None:
    store = demo_store()
    async with visit(signed_in=IBERIA, store=lambda: store) as contact:
        async with visit(signed_in=ELENA, store=lambda: store):
            pass
        desk = contact.app.session.desk
        assert desk is not None
        act(desk, "Nobody listens.")
        await quiet(contact)
        assert contact.app.is_running
