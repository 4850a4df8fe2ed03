"""Where the counter answers: what happened, what was kept, what to do next. It stays until the next answer."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.text import content


class Notice(Static):
    """A few lines above the keys; hidden while there is nothing to say. A sign tells good from bad without colour."""

    DEFAULT_CSS = """
    Notice {
        dock: bottom;
        display: none;
        height: auto;
        max-height: 6;
        margin: 0 0 1 0;
        padding: 0 1;
        color: $v-ink;
        &.-good { color: $v-good; }
        &.-bad { color: $v-bad; text-style: bold; }
    }
    """

    def tell(self, message: str, tone: str = "") -> None:
        """Show an answer; `tone` is `good`, `bad` or nothing."""
        self.set_classes(f"-{tone}" if tone else "")
        sign = {"bad": "! ", "good": "* "}.get(tone, "")
        self.update(Content.assemble(sign, content(message)))
        self.display = bool(message)

    def clear(self) -> None:
        """Nothing to say."""
        self.tell("")
