"""How answers are written: JSON for programs, aligned columns for people. Neither can carry a terminal's orders.

JSON is written in ASCII, every other character escaped: nothing is lost, and nothing in it is obeyed. What people read
passes `tui.text`, wherever it goes: a file may be shown on a terminal later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal, TextIO

import msgspec

from billing.errors import Refusal
from billing.language import Language


def plain(value: Any) -> Any:
    """A value as JSON has it: every field of a record or view is there, its default too; enums by value, ISO dates."""
    match value:
        case msgspec.Struct():
            return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return msgspec.to_builtins(value)


def to_json(shape: Any) -> str:
    """The shape as indented ASCII JSON."""
    return json.dumps(plain(shape), indent=2, ensure_ascii=True)


def error_shape(refusal: Refusal, language: Language) -> dict[str, Any]:
    """What a refusal looks like to a program: its type by name, and the sentence for people."""
    return {"error": {"type": type(refusal).__name__, "message": language.refusal(refusal)}}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, as wide as they need. `right` names the columns that are figures."""

    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()

    def lines(self) -> list[str]:
        """The headings and rows as lines, safe to show."""
        from rich.cells import cell_len

        from tui.text import fit, safe

        cells = [[safe(cell) for cell in row] for row in (self.headings, *self.rows)]
        widths = [max(cell_len(cell) for cell in column) for column in zip(*cells, strict=True)]
        return ["  ".join(fit(c, w, self._side(i)) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
                for row in cells]  # fmt: skip

    def _side(self, column: int) -> Literal["left", "right"]:
        return "right" if column in self.right else "left"


Part = str | Table | Sequence[tuple[str, str]]
"""A line, a table, or facts: labels with their values."""


def lines(parts: Iterable[Part]) -> list[str]:
    """Parts of an answer as lines, safe to show."""
    from tui.text import safe, safe_lines

    found: list[str] = []
    for part in parts:
        match part:
            case str():
                found += safe_lines(part)
            case Table():
                found += part.lines()
            case _:
                width = max((len(label) for label, _ in part), default=0)
                found += [f"{safe(label):<{width}}  {safe(value)}".rstrip() for label, value in part]
    return found


def write(text: Iterable[str], stream: TextIO) -> None:
    """Write lines; characters that the stream's encoding lacks are replaced."""
    encoding = stream.encoding or "utf-8"
    stream.writelines(line.encode(encoding, "replace").decode(encoding) + "\n" for line in text)
    stream.flush()
