"""Somebody who leaves a screen before its answer has come loses nothing by it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

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
