"""A QR code in half blocks: black on white whatever the palette, because cameras read that and not the reverse."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

MARGIN = 2
"""Light modules around the code. ISO 18004 asks for four; with two it fits 24 lines, and readers take it."""

_PAPER = Style(color="#000000", bgcolor="#ffffff")
_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


class Qr(Widget):
    """A code two modules high per cell. A link of 60 characters takes 37 columns and 19 lines."""

    DEFAULT_CSS = "Qr { width: auto; height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.lines: tuple[str, ...] = ()

    def show(self, text: str) -> None:
        """Draw another text; nothing for none."""
        self.lines = half_blocks(text) if text else ()
        self.refresh(layout=True)

    def get_content_width(self, container: object, viewport: object) -> int:
        """As wide as the code."""
        del container, viewport
        return len(self.lines[0]) if self.lines else 0

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As high as the code."""
        del container, viewport, width
        return len(self.lines)

    def render_line(self, y: int) -> Strip:
        """Draw one line: two rows of modules."""
        line = self.lines[y] if y < len(self.lines) else ""
        return Strip([Segment(line, _PAPER)], len(line))


def half_blocks(text: str) -> tuple[str, ...]:
    """The lines of a text's code, for black on white. The lowest error correction: a screen has no scratches."""
    import segno

    code = segno.make_qr(text, error="l", boost_error=False)
    rows = [tuple(row) for row in code.matrix_iter(border=MARGIN)]
    if len(rows) % 2:
        rows.append((0,) * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return tuple("".join(_HALVES[(int(a), int(b))] for a, b in zip(*pair, strict=True)) for pair in pairs)
