"""Somebody who leaves a screen before its answer has come, or types ahead of it, loses nothing by it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.events import Key

from billing.history import list_invoices
from tests.conftest import MARTA, Visit


async def test_an_answer_for_a_screen_that_is_being_taken_away_is_dropped(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        asked.set()
        answer.wait(10)
        return list_invoices(*args, **kwargs)

    monkeypatch.setattr("screens.center.history.list_invoices", slow)
    async with visit(signed_in=MARTA) as visitor:
        await visitor.pilot.press("f3")
        while not asked.is_set():
            await visitor.pilot.pause(0.01)
        screen = visitor.app.screen
        await screen.remove_children()
        screen._running = False  # as it is while Textual closes it: what is on it goes first
        answer.set()
        await visitor.settle()
        assert visitor.app._exception is None
        screen._running = True


async def test_keys_typed_ahead_wait_for_their_screen(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        for key in ("f3", "down", "down", "f1"):
            visitor.app.post_message(Key(key, None))
        await visitor.settle()
        assert visitor.app._exception is None
        assert type(visitor.app.screen).__name__ == "HelpScreen"
