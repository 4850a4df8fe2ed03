"""The program that the attract screen shows: the real one, on invented data of its own, at no terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rich.console import RenderableType
from textual.screen import Screen
from textual.strip import Strip

from tui.app import Ventanilla
from tui.tour.player import Player

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from billing.language import Language
    from screens.session import Services
    from tui.look import Look
    from tui.tour.script import Act

FRAME = 0.1
"""Seconds between two pictures."""

END_WITHIN = 2.0
"""Seconds it has to end by itself."""

Drawn: TypeAlias = Callable[[list[Strip]], None]
Told: TypeAlias = Callable[[str, bool], None]


def invented() -> Services:
    """The demonstration's data in memory, new, on the day it was made for. It takes a moment: not on the event loop."""
    from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store
    from tui.wiring import closed_services

    return closed_services(demo_store(), demo_clock(), DEMO_PEOPLE)


class Demonstration(Ventanilla):
    """A counter at no terminal: it is given no keys but the player's, and what it draws is handed on."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../app.tcss", "../../screens/front/door.tcss"]

    def __init__(self, services: Services, language: Language, look: Look, drawn: Drawn) -> None:
        super().__init__(services, language, look, away=True)
        self._drawn = drawn
        self._due: asyncio.TimerHandle | None = None

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Textual 8.2 comes here with all that changed on a screen (`tests/kiosk/test_tour.py` holds it)."""
        super()._display(screen, renderable)
        if self._due is None and not self._exit:
            self._due = asyncio.get_running_loop().call_later(FRAME, self._hand_on)

    def _hand_on(self) -> None:
        self._due = None
        if self.screen_stack and not self._exit:
            try:
                self._drawn(self.screen._compositor.render_strips())  # noqa: SLF001 - Textual has no other picture
            except Exception as fault:
                self._handle_exception(fault)

    def leave(self) -> None:
        """End, keeping nothing."""
        self.session.sign_out()
        self.exit()

    def take_apart(self) -> None:
        """See `Ventanilla`."""
        if self._due is not None:
            self._due.cancel()
        super().take_apart()


async def perform(
    services: Services,
    language: Language,
    look: Look,
    size: tuple[int, int],
    acts: Sequence[Act],
    pace: float,
    longest: float,
    drawn: Drawn,
    told: Told,
) -> bool:
    """Play the acts once, whole; whether it went well. A fault of the program's own is recorded already.

    Cancelled, it ends the program first. `drawn` and `told` are called from the program's context, not the caller's.
    """
    from tui.ssh.together import live_together

    live_together()
    context = Context()  # what Textual holds to be the running app is another one in it
    app = context.run(Demonstration, services, language, look, drawn)
    failed: list[Exception] = []

    def tell(words: str, keys: str, bold: bool) -> None:
        del keys
        if not player.over:
            told(words, bold)

    player = Player(app, tell, pace, acts)

    async def play() -> None:
        try:
            await player.play()
        except Exception as fault:
            failed.append(fault)
        app.leave()

    def begin() -> None:
        app.run_worker(play(), exit_on_error=True)

    app.ready = begin
    running = asyncio.get_running_loop().create_task(
        app.run_async(headless=True, size=size, mouse=False), context=context
    )
    try:
        if not (await asyncio.wait([running], timeout=longest))[0]:
            raise TimeoutError(f"the tour did not end within {longest:.0f} s")
        running.result()
        if failed:
            raise failed[0]
        return not app.return_code
    finally:
        await _end(app, running, services)


async def _end(app: Demonstration, running: asyncio.Task[None], services: Services) -> None:
    """End the program and let go of what it held."""
    if not running.done():
        app.leave()
        if not (await asyncio.wait([running], timeout=END_WITHIN))[0]:
            running.cancel()
            await asyncio.wait([running], timeout=END_WITHIN)
    if running.done() and not running.cancelled():
        running.exception()  # it is raised where somebody still waits for it
    services.end_threads()
    if await app.is_down(END_WITHIN):
        app.take_apart()
