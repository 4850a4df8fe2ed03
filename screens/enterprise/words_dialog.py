"""A few words to somebody: a comment, a reason. Nothing typed is lost while it is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import TextArea

from billing.errors import N_
from billing.quotes import LONGEST_NOTE
from screens.dialog import Dialog
from tui.text import content, safe_lines


class WordsDialog(Dialog[bool]):
    """F9 sends. Hands back whether it was sent."""

    WIDE = True
    TOPIC = "words"
    AUTO_FOCUS = "#words"
    BINDINGS = [Binding("f9", "send", N_("Send"))]
    DEFAULT_CSS = """
    WordsDialog #words { height: 8; padding: 0 1; background: $v-ground; color: $v-ink; border: $v-border $v-line; }
    WordsDialog #words:focus { border: $v-border $v-accent; background-tint: transparent; }
    WordsDialog .text-area--cursor { color: $v-ground; background: $v-ink; text-style: none; }
    WordsDialog .text-area--cursor-line { background: $v-ground; }
    WordsDialog #words:ansi > .text-area--cursor {
        background: ansi_default; color: ansi_default; text-style: reverse;
    }
    """

    def __init__(self, title: str, send: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._title = title
        self._send_words = send
        self._sending = False

    def body(self) -> ComposeResult:
        """Room for the words."""
        words = TextArea(show_line_numbers=False, soft_wrap=True, tab_behavior="focus", id="words")
        words.border_title = content(self.say(self._title))
        words.cursor_blink = False
        yield words

    async def retell(self) -> None:
        """What was typed stays."""
        typed = self.query_one(TextArea).text
        await super().retell()
        self.query_one(TextArea).load_text(typed)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """What is pasted is made harmless before it is drawn again, and cut where it would be too long."""
        typed = event.text_area.text
        kept = "\n".join(safe_lines(typed))[:LONGEST_NOTE]
        if kept != typed:
            event.text_area.load_text(kept)

    def action_send(self) -> None:
        """Send it, once however often it is pressed."""
        if not self._sending:
            self._sending = True
            self.attempt(self._send, group="send")

    async def _send(self) -> None:
        try:
            await self._send_words(self.query_one(TextArea).text)
            self.dismiss(True)
        finally:
            self._sending = False
