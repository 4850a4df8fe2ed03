"""The full-screen program: it holds the visit, the look, and the way out."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from rich.console import Console
from textual.app import App, ScreenStackError
from textual.binding import Binding
from textual.cache import LRUCache
from textual.css.query import NoMatches
from textual.events import Event, Key, Resize
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.worker import WorkerFailed

from billing.errors import Refusal
from billing.language import Language
from screens.counter_screen import CounterScreen
from screens.draft import Drafting
from screens.front.door import Door
from screens.session import Services, Session
from tui.look import Look
from tui.sheet import SharedSheet

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.widget import Widget

    from billing.sign_in import SignedIn

LEAST_COLUMNS, LEAST_ROWS = 76, 20
"""Below this the counter says kindly that it needs more room. 80x24 less a multiplexer's lines fits."""

TYPED_AHEAD = 2.0
"""Seconds that a key waits for its screen."""


class WholeCells(ScrollBarRender):
    """Scroll bars of whole cells: no glyph that a console font may lack."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


ScrollBar.renderer = WholeCells


class Ventanilla(App[None]):
    """One person's full-screen visit."""

    TITLE = "Ventanilla"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("ctrl+q,ctrl+c", "leave", show=False, priority=True)]
    CSS_PATH = ["app.tcss", "../screens/front/door.tcss"]
    """The default screen's style sheet is not loaded by itself, so it is named here."""

    def __init__(
        self,
        services: Services,
        language: Language,
        look: Look,
        *,
        arrived: SignedIn | None = None,
        away: bool = False,
        **options: Any,
    ) -> None:
        """`away`: the person is at another machine's terminal, and what is printed here would not reach them."""
        super().__init__(**options)
        self.stylesheet: SharedSheet = SharedSheet(variables=self.get_css_variables())
        self.animation_level = "none"
        if away:
            # This machine's terminal and NO_COLOR say nothing of theirs: their line is given fewer colours at its end.
            self.console = Console(
                color_system="truecolor", file=self.console.file, highlight=False, emoji=False, legacy_windows=False,
                force_terminal=True, safe_box=False, soft_wrap=False, _environ={},
            )  # fmt: skip
        self.session = Session(services, language, look, arrived=arrived)
        self.away = away
        self._made: WeakSet[DOMNode] = WeakSet()
        self._down = asyncio.Event()
        self.farewell = ""
        """What is to be said to a person who is away once their screen was given back."""
        self.ready: Callable[[], None] = lambda: None
        """Called when the first screen is there to be typed at."""
        self.wear(look)

    def wear(self, look: Look) -> None:
        """Put on a look: palette, borders and glyphs."""
        self.session.look = look
        self.register_theme(look.theme())
        self.theme = look.name

    @property
    def another_follows(self) -> bool:
        """Whether the program ends only to begin anew at once, in the same terminal."""
        return False

    def get_default_screen(self) -> Screen[Any]:
        """The visit begins and ends at the front door."""
        return Door()

    async def retell(self) -> None:
        """Draw every open screen anew; what was typed stays."""
        for screen in self.screen_stack:
            if isinstance(screen, CounterScreen):
                await screen.retell()

    def on_mount(self) -> None:
        """The first size comes before the first screen: look at it again once there is one."""
        self.call_after_refresh(self.mind_the_room)
        self.call_after_refresh(self._painted)

    def _register_child(self, parent: DOMNode, child: Widget, before: int | None, after: int | None) -> None:
        super()._register_child(parent, child, before, after)
        self._made.add(child)

    def _start_widget(self, parent: Widget, widget: Widget) -> None:
        super()._start_widget(parent, widget)
        self._made.add(widget)  # a scroll bar

    async def _shutdown(self) -> None:
        """Close everything. It goes on where whoever waits for it is cancelled (`run_async` shields it)."""
        try:
            await super()._shutdown()
        finally:
            self._down.set()

    async def is_down(self, within: float) -> bool:
        """Whether nothing of it runs any more, at the latest after so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._down.wait(), within)
        return self._down.is_set()

    def take_apart(self) -> None:
        """Cut what was drawn into pieces that are freed at once, when nobody draws any more.

        Nodes and styles hold one another. What waits for the collector costs everybody in the process a pause.
        """
        nodes: list[DOMNode] = [*self._made, *self.stylesheet.stand_ins(), self]
        for node in nodes:
            nodes.extend(vars(node).get("_blocks", ()))  # the cells of a help page's tables are on no screen either
        held = [vars(node) for node in nodes]
        held.append(vars(self.animator))
        for attributes in held:
            for kept in attributes.values():
                if isinstance(kept, LRUCache):  # its links hold one another too
                    for link in kept._cache.values():  # noqa: SLF001
                        link.clear()
            attributes.clear()

    def _painted(self) -> None:
        """Let keys come; and the collector where it was put off for the start: what was made stays as long as we do."""
        self.ready()
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def on_resize(self, event: Resize) -> None:
        """The window has another size."""
        del event
        self.call_later(self.mind_the_room)

    def mind_the_room(self) -> None:
        """Cover the counter while the window is too small for it; what was typed waits beneath."""
        from screens.front.too_small import TooSmall

        small = self.size.width < LEAST_COLUMNS or self.size.height < LEAST_ROWS
        if small and not any(isinstance(screen, TooSmall) for screen in self.screen_stack):
            self.push_screen(TooSmall(LEAST_COLUMNS, LEAST_ROWS))
        elif isinstance(self.screen, TooSmall) and not small:
            self.pop_screen()

    def action_leave(self) -> None:
        """Sign out where somebody is signed in, else ask whether to close the program."""
        from screens.front.leave import Leave

        if not isinstance(self.screen, Leave):
            self.push_screen(Leave())

    def tell(self, message: str, values: Mapping[str, Any]) -> None:
        """Say something on whatever screen is open."""
        if isinstance(self.screen, CounterScreen):
            self.screen.answer(message, **values)

    async def on_exit_app(self) -> None:
        """Whatever ends the visit: what was typed into forms and not saved is kept for the person."""
        if (desk := self.session.desk) is None:
            return
        from billing.drafts import keep_draft

        for screen in self.screen_stack:
            if isinstance(screen, Drafting) and (name := screen.draft_name()) and (typed := screen.unsaved()):
                with suppress(Refusal):
                    await self.session.ask(keep_draft, desk, name, typed)

    async def sign_out(self) -> None:
        """Forget who was here and go back to the front door."""
        self.session.sign_out()
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.mind_the_room()

    async def on_event(self, event: Event) -> None:
        """A key typed ahead waits for the screen it is for: what is on it is not there at once."""
        if isinstance(event, Key) and self.screen_stack and not self._exit:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.screen._mounted_event.wait(), TYPED_AHEAD)  # noqa: SLF001
        await super().on_event(event)

    def _handle_exception(self, error: Exception) -> None:
        """What is still on its way while the screens are closed finds nothing there: that is no fault."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if not (self._exit and isinstance(cause, (ScreenStackError, NoMatches))):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """A fault of the program: tell the person kindly, keep the facts for the operator.

        Overrides Textual 8.2's, which prints a traceback with local variables (`tests/tui/test_crash.py` holds it).
        """
        from tui.crash import log_folder, record_crash

        error: BaseException = self._exception or RuntimeError("unknown")
        if isinstance(error, WorkerFailed):  # by itself it says only that one did
            error = error.error
        said = record_crash(error, self.session.language, log_folder(), away=self.away)
        if self.away:
            self.farewell = said
        else:
            self._exit_renderables.append(said)
        self._close_messages_no_wait()

    def copy_to_clipboard(self, text: str) -> None:
        """Never write to anybody's clipboard (OSC 52): the terminal's own selection copies."""
        del text

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing: over SSH a browser would start on the server."""
        del url, new_tab
