"""Showing the tour on this machine's terminal; afterwards the counter is the person's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui.tour.driver import TourDriver
from tui.tour.player import Player

if TYPE_CHECKING:
    from tui.app import Ventanilla


class Tour:
    """One showing of the tour, in a program whose terminal is `driver`'s."""

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._player: Player | None = None
        self.driver: Callable[..., TourDriver] = partial(TourDriver, pressed=self._pressed)
        self.typed: Callable[[], None] = lambda: None
        """Called when a person, and not the tour, presses a key. It may be any thread's."""

    @property
    def over(self) -> bool:
        """Whether it was played to its end, or left."""
        return self._player is not None and self._player.over

    @property
    def paused(self) -> bool:
        """Whether it waits until a person lets it go on."""
        return self._player is not None and self._player.paused

    def begin_on(self, app: Ventanilla) -> None:
        """Begin as soon as its first screen is there."""
        app.ready = partial(self._begin, app, app.ready)

    def go_on(self) -> None:
        """Play on where it was paused."""
        if self._player is not None:
            self._player.go_on()

    def _begin(self, app: Ventanilla, ready: Callable[[], None]) -> None:
        ready()
        if self._player is None and isinstance(driver := app._driver, TourDriver):  # noqa: SLF001 - no other way to it
            self._player = Player(app, driver.caption, self._pace)
            app.run_worker(self._play(self._player, driver), exit_on_error=True)

    async def _play(self, player: Player, driver: TourDriver) -> None:
        await player.play()
        await player.hand_over()
        driver.give_back()

    def _pressed(self, key: str) -> bool:
        self.typed()
        return self._player is not None and self._player.press(key)
