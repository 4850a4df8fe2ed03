"""Where the attract screen shows the tour: the program's picture, what is said of it, and how to begin oneself."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from billing.errors import N_
from tui.app import LEAST_COLUMNS, LEAST_ROWS
from tui.text import content, fit

ROWS = 4
"""Rows below the picture: a line, two of words, one of what to press."""

INVENTED = N_("A demonstration: all that it shows is invented")


def room_for(size: Size, *words: str) -> tuple[int, int] | None:
    """Columns and rows of a picture on a screen of that size; None where there is too little room, for `words` too."""
    columns, rows = size.width, size.height - ROWS
    enough = rows >= LEAST_ROWS and columns >= max([LEAST_COLUMNS, *(cell_len(line) + 2 for line in words)])
    return (columns, rows) if enough else None


class Picture(Widget):
    """What another program draws, line by line; only lines that changed are drawn anew."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Picture { height: 1fr; background: $v-ground; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Strip] = []

    def show(self, lines: list[Strip]) -> None:
        """Show another picture."""
        before, self._lines = self._lines, lines
        changed = [y for y in range(self.size.height) if before[y : y + 1] != lines[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.rich_style)


class Edge(Widget):
    """A line that says something at its left and at its right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"edge--words"}
    DEFAULT_CSS = """
    Edge {
        height: 1;
        color: $v-line;
        & > .edge--words { color: $v-accent; text-style: bold; }
    }
    """

    def __init__(self, rule: str, right: str) -> None:
        super().__init__()
        self._rule, self._right = rule, right
        self._left = ""

    def say(self, left: str) -> None:
        """Say something else at the left."""
        self._left = left
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        del y
        rule, line = self._rule, self.rich_style
        words = self.get_component_rich_style("edge--words")
        between = max(self.size.width - cell_len(self._left) - cell_len(self._right) - 8, 1)
        parts = [Segment(rule * 2, line), Segment(f" {self._left} ", words), Segment(rule * between, line),
                 Segment(f" {self._right} ", words), Segment(rule * 2, line)]  # fmt: skip
        return Strip(parts).crop(0, self.size.width)


class Stage(Vertical):
    """The picture with its words."""

    DEFAULT_CSS = """
    Stage { height: 1fr; }
    Stage #said { height: 2; padding: 0 1; }
    Stage #said.-title { text-style: bold; }
    Stage #start { height: 1; padding: 0 1; background: $v-surface; color: $v-accent; text-style: bold; }
    """

    def __init__(self, rule: str, choice: str, begin: str) -> None:
        """`rule` is the sign that lines are made of; `choice` and `begin` stand there always."""
        super().__init__(id="stage")
        self._rule, self._choice, self._begin = rule, choice, begin

    def compose(self) -> ComposeResult:
        """Picture, line, words, what to press."""
        yield Picture()
        yield Edge(self._rule, self._choice)
        yield Static(id="said")
        yield Static(content(fit(self._begin, cell_len(self._begin))), id="start")

    def begin(self, invented: str) -> None:
        """Nothing is shown yet; `invented` says that what will be is."""
        self.query_one(Picture).show([])
        self.query_one(Edge).say(invented)
        self.caption("", False)

    def show(self, picture: list[Strip]) -> None:
        """Show a picture."""
        self.query_one(Picture).show(picture)

    def caption(self, words: str, bold: bool) -> None:
        """Say something of the picture."""
        said = self.query_one("#said", Static)
        said.set_class(bold, "-title")
        said.update(content(words))
