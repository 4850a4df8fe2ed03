"""A page of prepared lines that scrolls: an invoice on screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.binding import Binding
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit


class Paper(Widget, can_focus=True):
    """Lines of `room` cells, centred, each in a style of its own; the last says how much is below."""

    WIDEST = 96
    BINDINGS = [
        Binding("up", "scroll_by(-1)", show=False),
        Binding("down", "scroll_by(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown,space", "turn(1)", show=False),
        Binding("home", "scroll_by(-100000)", show=False),
        Binding("end", "scroll_by(100000)", show=False),
    ]
    COMPONENT_CLASSES = {"paper--strong", "paper--good", "paper--bad", "paper--muted"}
    DEFAULT_CSS = """
    Paper {
        height: 1fr;
        & > .paper--strong { text-style: bold; }
        & > .paper--good { color: $v-good; text-style: bold; }
        & > .paper--bad { color: $v-bad; text-style: bold; }
        & > .paper--muted { color: $v-muted; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: tuple[tuple[str, str], ...] = ()
        self.top = 0
        self.more = ""
        """What the last line says where there is more below; `{count}` is how many lines."""

    def show(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show other lines: pairs of text and style name (strong, good, bad, muted or nothing)."""
        self._lines = tuple(lines)
        self.top = min(self.top, self._last_top)
        self.refresh()

    @property
    def room(self) -> int:
        """How many cells a line may have: the window's, less a margin, up to `WIDEST`."""
        return max(min(self.size.width - 4, self.WIDEST), 40)

    @property
    def _last_top(self) -> int:
        return max(len(self._lines) - self.size.height, 0)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, number = self.size.width, self.top + y
        below = len(self._lines) - self.top - self.size.height
        if below > 0 and y == self.size.height - 1:
            text, style = self.more.format(count=below + 1), "muted"
        else:
            text, style = self._lines[number] if number < len(self._lines) else ("", "")
        margin = max((width - self.room) // 2, 0)
        rich = self.get_component_rich_style(f"paper--{style}") if style else self.rich_style
        inner = fit(text, min(self.room, width))
        return Strip([Segment(" " * margin, self.rich_style), Segment(inner, rich)]).adjust_cell_length(
            width, self.rich_style
        )

    def action_scroll_by(self, lines: int) -> None:
        """Move by lines."""
        top = min(max(self.top + lines, 0), self._last_top)
        if top != self.top:
            self.top = top
            self.refresh()

    def action_turn(self, pages: int) -> None:
        """Move by pages, keeping one line in sight."""
        self.action_scroll_by(pages * max(self.size.height - 2, 1))
