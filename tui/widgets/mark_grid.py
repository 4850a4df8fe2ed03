"""A small table of marks: arrows go from cell to cell, Space changes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: its title and a mark for each column, such as `[x]`."""

    title: str
    marks: tuple[str, ...]


class MarkGrid(Widget, can_focus=True):
    """Titles on the left, marks below their headings. The pointer and the brackets show the cell without colour."""

    BINDINGS = [
        Binding("up", "move(-1,0)", show=False),
        Binding("down", "move(1,0)", show=False),
        Binding("left", "move(0,-1)", show=False),
        Binding("right", "move(0,1)", show=False),
        Binding("space,enter", "change", show=False),
    ]
    COMPONENT_CLASSES = {"mark-grid--heading", "mark-grid--row", "mark-grid--cell"}
    DEFAULT_CSS = """
    MarkGrid {
        height: 1fr;
        & > .mark-grid--heading { color: $v-muted; text-style: underline; }
        & > .mark-grid--row { text-style: bold; }
        & > .mark-grid--cell { color: $v-cursor-ink; background: $v-cursor; text-style: $v-cursor-style; }
    }
    """

    class Pointed(Message):
        """The pointer is on another cell."""

    class Changed(Message):
        """Space was pressed on a cell."""

        def __init__(self, row: int, column: int) -> None:
            super().__init__()
            self.row, self.column = row, column

    def __init__(self, headings: Sequence[str], *, pointer: str = "›", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.headings, self.pointer = tuple(headings), pointer
        self.rows: tuple[GridRow, ...] = ()
        self.row = self.column = self.top = 0

    def show(self, rows: Sequence[GridRow]) -> None:
        """Show these rows, the pointer staying where it was."""
        self.rows = tuple(rows)
        self.row = min(self.row, max(len(self.rows) - 1, 0))
        self.refresh()
        self.post_message(self.Pointed())

    @property
    def _cell(self) -> int:
        return max(max((cell_len(h) for h in self.headings), default=3) + 2, 5)

    def render_line(self, y: int) -> Strip:
        """Draw the headings or one row."""
        width = self.size.width
        room = max(width - 4 - self._cell * len(self.headings), 10)
        if y == 0:
            words = "".join(f"{h:^{self._cell}}" for h in self.headings)
            style = self.get_component_rich_style("mark-grid--heading")
            return Strip([Segment(fit(" " * (room + 3) + words, width), style)], width)
        number = self.top + y - 1
        if number >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        row, pointed = self.rows[number], number == self.row
        style = self.get_component_rich_style("mark-grid--row") if pointed else self.rich_style
        segments = [Segment(f" {self.pointer if pointed else ' '} {fit(row.title, room)}", style)]
        for column, mark in enumerate(row.marks):
            here = pointed and column == self.column
            cell = self.get_component_rich_style("mark-grid--cell") if here else self.rich_style
            segments.append(Segment(f"{mark:^{self._cell}}", cell))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def action_move(self, rows: int, columns: int) -> None:
        """Go to another cell."""
        self.row = min(max(self.row + rows, 0), max(len(self.rows) - 1, 0))
        self.column = min(max(self.column + columns, 0), max(len(self.headings) - 1, 0))
        room = max(self.size.height - 1, 1)
        if not self.top <= self.row < self.top + room:
            self.top = self.row // room * room
        self.refresh()
        self.post_message(self.Pointed())

    def action_change(self) -> None:
        """Change this cell."""
        if self.rows:
            self.post_message(self.Changed(self.row, self.column))
