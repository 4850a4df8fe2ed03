"""A list that is a window: it asks for the rows it shows and holds no others, so a million rows feel like ten.

When the pointer leaves the window, a whole page turns. That moves less, and costs far fewer bytes over a slow link,
than scrolling line by line; between page turns one key repaints two lines.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit

PAGE = 50
"""Rows asked for at a time."""

_PAGES_KEPT = 8

Tone = Literal["", "good", "warn", "bad", "muted"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in cells (0 shares what is left), and how it is set."""

    heading: str
    width: int = 0
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Row(Generic[Item]):
    """What one row shows, and the record it stands for. `tone` colours the last cell, whose word says the same."""

    item: Item
    cells: tuple[str, ...]
    tone: Tone = ""
    muted: bool = field(default=False)
    key: str = ""
    """What it is known by when rows are shown anew; the pointer follows it."""


class WindowList(Widget, Generic[Item], can_focus=True):
    """A table of which only the visible part is ever held. The screen answers `Wanted` by `supply`."""

    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("enter", "take", show=False),
    ]
    COMPONENT_CLASSES = {
        *("window-list--heading", "window-list--cursor", "window-list--good", "window-list--warn"),
        *("window-list--bad", "window-list--muted"),
    }
    DEFAULT_CSS = """
    WindowList {
        height: 1fr;
        & > .window-list--heading { color: $v-muted; text-style: underline; }
        & > .window-list--cursor { color: $v-cursor-ink; background: $v-cursor; text-style: $v-cursor-style; }
        & > .window-list--good { color: $v-good; }
        & > .window-list--warn { color: $v-warn; }
        & > .window-list--bad { color: $v-bad; text-style: bold; }
        & > .window-list--muted { color: $v-muted; }
    }
    """

    class Wanted(Message):
        """Rows `offset` … are about to be shown and are not held."""

        def __init__(self, offset: int, limit: int, question: int) -> None:
            super().__init__()
            self.offset, self.limit, self.question = offset, limit, question

    class Taken(Message):
        """Enter was pressed on a row."""

        def __init__(self, row: Row[Any]) -> None:
            super().__init__()
            self.row = row

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        pointer: str = "›",
        ellipsis: str = "…",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.pointer, self.ellipsis = pointer, ellipsis
        self.total: int | None = None
        """How many rows there are; None until the first answer."""
        self.cursor = 0
        self.top = 0
        self.empty = ""
        """What to say where there are no rows."""
        self._question = 0
        self._pages: OrderedDict[int, tuple[Row[Item], ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._stale = False
        """Whether the rows that show answer an earlier question."""
        self._take_next = False
        self._keep = False

    def restart(self, *, keep: bool = False) -> None:
        """The question changed: ask for its first rows. What shows stays until they come, but cannot be taken.

        With `keep` the question is the same and its answer may be new: the pointer stays in its place.
        """
        self._keep = keep
        if self._question:
            self._take_next = False
        self._question += 1
        self._stale = True
        self._asked.clear()
        self._asked.add(0)
        self.post_message(self.Wanted(0, PAGE, self._question))

    def supply(self, question: int, offset: int, rows: Sequence[Row[Item]], total: int) -> None:
        """Rows for an earlier `Wanted`. Answers to a question that has changed since are dropped."""
        if question != self._question:
            return
        if self._stale and offset == 0:
            self._pages.clear()
            if self._keep:
                self.cursor = min(self.cursor, max(total - 1, 0))
                self._turn()
            else:
                self.cursor = self.top = 0
            self._stale = False
        self._asked.discard(offset // PAGE)
        self.total = total
        self._pages[offset // PAGE] = tuple(rows)
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        self.refresh()
        if self._take_next:
            self.action_take()

    @property
    def room(self) -> int:
        """How many rows fit."""
        return max(self.size.height - 1, 1)

    @property
    def current(self) -> Row[Item] | None:
        """The row under the pointer, where it is held and answers the present question."""
        return None if self._stale else self._row(self.cursor)

    def _row(self, number: int) -> Row[Item] | None:
        if self.total is None or number >= self.total:
            return None
        page = self._pages.get(number // PAGE)
        if page is None:
            if number // PAGE not in self._asked:
                self._asked.add(number // PAGE)
                self.post_message(self.Wanted(number // PAGE * PAGE, PAGE, self._question))
            return None
        place = number % PAGE
        return page[place] if place < len(page) else None

    def on_resize(self) -> None:
        """Keep the pointer in sight."""
        self._turn()

    def action_move(self, step: int) -> None:
        """Go up or down by rows."""
        self._go(self.cursor + step)

    def action_page(self, step: int) -> None:
        """Turn pages."""
        self._go(self.cursor + step * self.room)

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go((self.total or 1) - 1)

    def action_take(self) -> None:
        """Take the row under the pointer; where it is still on its way, as soon as it has come."""
        row = self.current
        self._take_next = row is None and (self._stale or self.total != 0)
        if row is not None:
            self.post_message(self.Taken(row))

    def _go(self, number: int) -> None:
        self._take_next = False
        before = self.cursor
        self.cursor = min(max(number, 0), max((self.total or 1) - 1, 0))
        if not self._turn():
            for line in {before, self.cursor}:
                self.refresh(Region(0, line - self.top + 1, self.size.width, 1))

    def _turn(self) -> bool:
        """Turn to the page that holds the pointer; whether it had to."""
        if self.top <= self.cursor < self.top + self.room:
            return False
        self.top = self.cursor // self.room * self.room
        self.refresh()
        return True

    def render_line(self, y: int) -> Strip:
        """Draw the headings or one row."""
        width = self.size.width
        base = self.rich_style
        if y == 0:
            return self._strip([c.heading for c in self.columns], self._style("heading"), "   ")
        number = self.top + y - 1
        if self.total == 0 and y == 2:
            return Strip([Segment(fit("   " + self.empty, width), self._style("muted"))], width)
        if self.total is None or number >= self.total:
            return Strip.blank(width, base)
        row = self._row(number)
        pointed = number == self.cursor
        if row is None:
            return Strip([Segment(fit("   " + self.ellipsis, width), self._style("muted"))], width)
        if pointed:
            return self._strip(row.cells, self._style("cursor"), f" {self.pointer} ")
        last = self._style(row.tone) if row.tone else None
        return self._strip(row.cells, self._style("muted") if row.muted else base, "   ", last)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"window-list--{name}")

    def _strip(self, cells: Sequence[str], style: Style, lead: str, last: Style | None = None) -> Strip:
        width = self.size.width
        fixed = sum(c.width for c in self.columns) + 2 * (len(self.columns) - 1) + 4
        shared = max(width - fixed, 6)
        parts = [
            fit(cell, column.width or shared, column.align, self.ellipsis)
            for cell, column in zip(cells, self.columns, strict=True)
        ]
        head, tail = lead + "  ".join(parts[:-1]) + "  ", parts[-1] + " "
        return Strip([Segment(head, style), Segment(tail, last or style)]).adjust_cell_length(width, style)
