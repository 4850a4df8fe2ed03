"""The line at the bottom: what can be done here, key by key."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit


class KeyBar(Widget):
    """Keys with their words, closer together where room is short. What still does not fit is left out whole."""

    COMPONENT_CLASSES = {"key-bar--key"}
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        background: $v-surface;
        color: $v-muted;
        & > .key-bar--key { color: $v-accent; background: $v-surface; text-style: bold; }
    }
    """

    def __init__(self, keys: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.keys = tuple(keys)

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Change the keys: pairs of key name and word."""
        if tuple(keys) != self.keys:
            self.keys = tuple(keys)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        del y
        key_style, word_style = self.get_component_rich_style("key-bar--key"), self.rich_style
        needed = sum(cell_len(key) + cell_len(word) + 3 for key, word in self.keys)
        lead, gap = (" ", "  ") if needed <= self.size.width else ("", " ")
        segments, used = [Segment(lead, word_style)], len(lead)
        for key, word in self.keys:
            width = cell_len(key) + 1 + cell_len(word)
            if used + width > self.size.width:
                break
            segments += [Segment(key, key_style), Segment(f" {word}{gap}", word_style)]
            used += width + len(gap)
        return Strip([*segments, Segment(fit("", max(self.size.width - used, 0)), word_style)]).crop(0, self.size.width)
