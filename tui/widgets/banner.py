"""The line at the top: whose counter this is on the left, who is at it on the right."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit, safe


class Banner(Widget):
    """One line, cut in the middle rather than at the names' beginnings."""

    COMPONENT_CLASSES = {"banner--place"}
    DEFAULT_CSS = """
    Banner {
        dock: top;
        height: 1;
        background: $v-surface;
        color: $v-muted;
        & > .banner--place { color: $v-accent; background: $v-surface; text-style: bold; }
    }
    """

    def __init__(self, place: str = "", who: str = "") -> None:
        super().__init__()
        self.place, self.who = place, who

    def show(self, place: str, who: str) -> None:
        """Change what the line says."""
        if (place, who) != (self.place, self.who):
            self.place, self.who = place, who
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        del y
        width = self.size.width
        place = f" {safe(self.place)} "
        left = fit(place, min(cell_len(place), width))
        right = fit(f" {self.who} ", width - cell_len(left), "right")
        return Strip(
            [
                Segment(left, self.get_component_rich_style("banner--place")),
                Segment(right, self.rich_style),
            ],
            width,
        )
