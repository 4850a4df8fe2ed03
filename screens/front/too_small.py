"""The window is too small: say so kindly, and wait. What was typed is kept beneath."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from billing.errors import N_
from screens.counter_screen import CounterScreen
from tui.text import content


class TooSmall(CounterScreen[None]):
    """Covers everything until the window has grown."""

    DEFAULT_CSS = "TooSmall > Static { width: 100%; height: auto; }"

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__()
        self.columns, self.rows = columns, rows

    def compose(self) -> ComposeResult:
        """One sentence that fits the smallest window."""
        yield Static(self._sentence())

    def _sentence(self) -> Content:
        size = self.app.size
        return content(
            self.say(
                N_("This window is {width}x{height}. Please enlarge it to {columns}x{rows}. Nothing is lost."),
                width=size.width,
                height=size.height,
                columns=self.columns,
                rows=self.rows,
            )
        )

    def on_resize(self, event: Resize) -> None:
        """Say the present size."""
        del event
        self.query_one(Static).update(self._sentence())

    def on_screen_resume(self) -> None:
        """The window may have grown while a dialog lay over this."""
        self.call_later(self.house.mind_the_room)

    def action_back(self) -> None:
        """Only a larger window leads on."""
