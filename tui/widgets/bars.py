"""A small chart of bars with a word under each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit


class Bars(Widget):
    """Bars of equal width, drawn in cells. Its height is the bars' plus one line of words; values need no axis."""

    COMPONENT_CLASSES = {"bars--bar", "bars--last"}
    DEFAULT_CSS = """
    Bars {
        height: 5;
        color: $v-muted;
        & > .bars--bar { color: $v-accent; }
        & > .bars--last { color: $v-ink; }
    }
    """

    def __init__(self, ramp: str, *, id: str | None = None) -> None:  # noqa: A002
        """Make an empty chart; `ramp` holds the glyphs of a cell from empty to full."""
        super().__init__(id=id)
        self.ramp = ramp
        self._bars: list[tuple[int, str]] = []

    def show(self, bars: Sequence[tuple[int, str]]) -> None:
        """Show values (negative ones as zero), each with its word."""
        self._bars = list(bars)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of all bars."""
        if not self._bars:
            return Strip.blank(self.size.width, self.rich_style)
        rows, room = self.size.height - 1, max(self.size.width // len(self._bars), 2)
        if y == rows:
            words = [Segment(fit(word, room - 1) + " ", self.rich_style) for _, word in self._bars]
            return Strip(words).adjust_cell_length(self.size.width, self.rich_style)
        full, highest = len(self.ramp) - 1, max(max(value for value, _ in self._bars), 1)
        segments = []
        for number, (value, _) in enumerate(self._bars):
            filled = max(value, 0) * rows * full // highest or (1 if value > 0 else 0)
            glyph = self.ramp[min(max(filled - (rows - 1 - y) * full, 0), full)]
            style = "bars--last" if number == len(self._bars) - 1 else "bars--bar"
            segments.append(Segment(glyph * (room - 1) + " ", self.get_component_rich_style(style)))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
