"""Answers as lines that are read one after the other: one fact a line, no columns, nothing a terminal would obey."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from tui.commands.render import Part, Table
from tui.text import safe, safe_lines, wrap

WIDTH = 79
"""Cells of a line: what every terminal holds without wrapping by itself."""


def linear(parts: Iterable[Part], none: str) -> list[str]:
    """The parts as lines of at most `WIDTH` cells. An empty table is said as `none`."""
    found: list[str] = []
    for part in parts:
        match part:
            case str():
                found += [each for line in safe_lines(part) for each in _broken(line)]
            case Table():
                found += _rows(part) or _broken(safe(none))
            case _:
                found += [line for label, value in part for line in _broken(fact(label, value))]
    return found


def fact(label: str, value: str) -> str:
    """A label with its value; a value alone where there is no label."""
    named = safe(label).rstrip(": ")
    return f"{named}: {safe(value) or '-'}" if named else safe(value)


def _rows(table: Table) -> list[str]:
    """Every row by itself: a sentence where it has two cells, else a line for each cell that says something."""
    short = len(table.headings) <= 2
    found: list[str] = []
    for row in table.rows:
        if found and not short:
            found.append("")
        if short:
            found += _broken(": ".join(safe(cell) for cell in row if cell))
        else:
            told = [fact(label, cell) for label, cell in zip(table.headings, row, strict=True) if cell]
            found += [line for each in told for line in _broken(each)]
    return found


def _broken(line: str) -> list[str]:
    """A safe line as it stands, its spaces too, where it fits; else broken at words."""
    return [line] if cell_len(line) <= WIDTH else wrap(line, WIDTH)
