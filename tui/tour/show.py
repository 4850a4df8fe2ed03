"""Showing the tour on this machine's terminal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from tui.app import Ventanilla
from tui.tour.driver import TourDriver
from tui.tour.player import Player

if TYPE_CHECKING:
    from billing.language import Language
    from screens.session import Services
    from tui.look import Look


def show(services: Services, language: Language, look: Look, pace: float = 1.0) -> int:
    """Play the tour; afterwards the demonstration is the person's. The exit code."""
    playing: list[Player] = []
    driver = partial(TourDriver, pressed=lambda key: bool(playing) and playing[0].press(key))
    app = Ventanilla(services, language, look, driver_class=cast("Any", driver))
    app.ready = partial(_begin, app, playing, pace, app.ready)
    app.run(mouse=False)
    return app.return_code or 0


def _begin(app: Ventanilla, playing: list[Player], pace: float, ready: Callable[[], None]) -> None:
    """The first screen is there: begin."""
    ready()
    if not playing and isinstance(driver := app._driver, TourDriver):  # noqa: SLF001 - Textual has no other way to it
        playing.append(Player(app, driver.caption, pace))
        app.run_worker(playing[0].play(), exit_on_error=True)
