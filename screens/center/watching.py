"""Looking again, once a second, for something that happens elsewhere: on a customer's phone, at a bank."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.timer import Timer

    from screens.counter_screen import CounterScreen

EVERY = 1.0
"""Seconds from one look to the next."""


class Watch:
    """Looks until there is an answer, one look at a time. It ends with its screen."""

    def __init__(self, screen: CounterScreen[Any], look: Callable[[], Awaitable[bool]]) -> None:
        """`look` says whether to go on."""
        self._screen, self._look = screen, look
        self._timer: Timer | None = None
        self._looking = False

    def start(self) -> None:
        """Begin to look; harmless where it has begun."""
        if self._timer is None:
            self._timer = self._screen.set_interval(EVERY, self.now)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def now(self) -> None:
        """Look at once, unless a look is under way."""
        if not self._looking:
            self._looking = True
            self._screen.attempt(self._once, group="watch")

    async def _once(self) -> None:
        try:
            if not await self._look():
                self.stop()
        finally:
            self._looking = False
