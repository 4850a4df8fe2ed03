"""Live news for one screen: what was committed for its accounts, by anybody, is read anew; in bursts, once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from screens.counter_screen import CounterScreen

PAUSE = 0.1
"""Seconds in which several pieces of news become one."""


class News:
    """Listens while its screen is open; a screen that lies under another is filled when it is back on top."""

    def __init__(self, screen: CounterScreen[Any]) -> None:
        self._screen = screen
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        """The visit's own: Textual finds the app by it, and several apps may share a process."""
        self._waiting = False
        """Whether something happened that does not show yet."""
        store = screen.session.services.store()
        self._stops = [store.listen(account_id, self._heard) for account_id in screen.live_accounts()]

    def _heard(self) -> None:
        """Something was committed; called in whichever thread did it."""
        with suppress(RuntimeError):  # the visit is over, and its loop closed
            self._loop.call_soon_threadsafe(self._note, context=self._context)

    def _note(self) -> None:
        if not self._waiting and self._stops:
            self._waiting = True
            self._screen.set_timer(PAUSE, self.catch_up)

    def catch_up(self) -> None:
        """Show what happened, where the screen is on top."""
        if self._waiting and self._stops and self._screen.app.screen is self._screen:
            self._waiting = False
            self._screen.fill()

    def stop(self) -> None:
        """Hear no more."""
        for stop in self._stops:
            stop()
        self._stops = []
