"""A question or a choice laid over the screen that asked; Esc takes nothing."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, ScreenResultType

from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice


class Dialog(CounterScreen[ScreenResultType], ModalScreen[ScreenResultType]):
    """A box over the screen that asked. It says its title on the border."""

    TITLE_MESSAGE: ClassVar[str] = ""
    WIDE: ClassVar[bool] = False
    """Whether the box takes nearly all of an 80-column window."""
    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > .dialog > Notice { dock: none; margin: 1 0 0 0; padding: 0; }
    """

    def compose(self) -> ComposeResult:
        """The box, the answers in it, and the keys."""
        with VerticalScroll(classes="dialog wide" if self.WIDE else "dialog", can_focus=False) as box:
            box.border_title = content(self.say(self.TITLE_MESSAGE))
            yield from self.body()
            yield Notice()
        yield KeyBar(self.shown_keys())
