"""A small chart of bars with a word under each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit


def drawn(values: Sequence[int], ramp: str, rows: int, room: int, highest: int = 0) -> list[str]:
    """Bars as `rows` lines of text, each bar `room` cells wide with the gap after it; negative values show as zero.

    `highest` is what fills a bar; give it to draw several charts to one scale.
    """
    full, highest = len(ramp) - 1, max(highest, *values, 1)
    filled = [max(value, 0) * rows * full // highest or (1 if value > 0 else 0) for value in values]
    return [
        "".join(ramp[min(max(level - (rows - 1 - y) * full, 0), full)] * (room - 1) + " " for level in filled)
        for y in range(rows)
    ]


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
        line, last = drawn([value for value, _ in self._bars], self.ramp, rows, room)[y], -room
        segments = [
            Segment(line[:last], self.get_component_rich_style("bars--bar")),
            Segment(line[last:], self.get_component_rich_style("bars--last")),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
