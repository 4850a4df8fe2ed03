"""Placing what a document says on pages: bands of text, kept together where they belong together.

A `Band` is a strip of the page with a height and a way to draw itself. `paginate` fills pages with bands: bands tied
to the next stay with it as long as the group fits on a page, and the headings of a table that breaks are repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from billing.document_content import NO_BREAK
from gateways.documents.letters import Letters
from gateways.documents.sheet import Colour, Sheet

INK: Colour = (27, 32, 39)
MUTED: Colour = (97, 107, 119)
ACCENT: Colour = (10, 88, 166)
LINE: Colour = (208, 213, 219)
TINT: Colour = (243, 246, 250)

_LINES_AT_ONCE = 8
"""Lines of one text that stay together; the rest of a longer one may follow on the next page."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: size and line height in points."""

    size: float = 9
    leading: float = 13
    colour: Colour = INK
    bold: bool = False


BODY = Style()
STRONG = Style(bold=True)
LABEL = Style(7.5, 12, MUTED)
SMALL = Style(7.5, 11, MUTED)


@dataclass(frozen=True, slots=True)
class Cell:
    """Text in a column: left edge, width, and lines that were wrapped to it. Numbers end at the right edge."""

    x: float
    width: float
    lines: tuple[tuple[str, Style], ...]
    right: bool = False

    def draw(self, sheet: Sheet, letters: Letters, first: int, last: int, y: float) -> None:
        """Draw lines `first` to before `last`, from `y` down."""
        for text, style in self.lines[first:last]:
            x = self.x
            if self.right:
                x += self.width - letters.width(text, style.size, style.bold)
            if text:
                # The capitals' middle (0.36 of the size above the baseline) stands in the line's middle.
                sheet.text(
                    x, y + style.leading / 2 + 0.36 * style.size, text, style.size, style.colour, bold=style.bold
                )
            y += style.leading


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of the page. `tied`: never parted from the next. `headings`: drawn above it where it starts a page."""

    height: float
    draw: Callable[[Sheet, float], None]
    tied: bool = False
    headings: tuple[Band, ...] = ()


def nothing(height: float, *, tied: bool = False) -> Band:
    """Empty space."""
    return Band(height, lambda _sheet, _y: None, tied)


def rule(x: float, width: float, colour: Colour = LINE, thickness: float = 0.5, *, tied: bool = False) -> Band:
    """A line across, without height of its own."""
    return Band(0, lambda sheet, y: sheet.rule(x, y, width, colour, thickness), tied)


def bands(
    letters: Letters, cells: Sequence[Cell], above: float = 0, below: float = 0, tied: bool = False
) -> list[Band]:
    """Cells side by side: one band, or several where their texts are long."""
    heights = [max(s.leading for _, s in filter(None, row)) for row in zip_longest(*(cell.lines for cell in cells))]
    count = len(heights)
    made = []
    for first in range(0, count, _LINES_AT_ONCE) or (0,):
        last = min(first + _LINES_AT_ONCE, count)
        top = above if first == 0 else 0
        bottom = below if last == count else 0

        def draw(sheet: Sheet, y: float, first: int = first, last: int = last, top: float = top) -> None:
            for cell in cells:
                cell.draw(sheet, letters, first, last, y + top)

        made.append(Band(top + sum(heights[first:last]) + bottom, draw))
    return tie(made) if tied else made


def tie(together: Iterable[Band]) -> list[Band]:
    """The same bands, none of them parted from its next; the last from what follows."""
    return [replace(band, tied=True) for band in together]


def block(together: Sequence[Band]) -> list[Band]:
    """Bands that stay on one page, free of what follows."""
    return [*tie(together[:-1]), *together[-1:]]


def paginate(content: Sequence[Band], rooms: Callable[[int], float]) -> list[list[Band]]:
    """The bands of each page. `rooms(n)` is the height free on page `n`, counted from 0."""
    pages: list[list[Band]] = [[]]
    left = rooms(0)
    at = 0
    while at < len(content):
        end = at
        while end < len(content) - 1 and content[end].tied:
            end += 1
        group = content[at : end + 1]
        needed = sum(band.height for band in group)
        if needed > left and pages[-1]:
            heading = group[0].headings
            fresh = rooms(len(pages)) - sum(band.height for band in heading)
            if needed <= fresh or group[0].height > left:
                pages.append(list(heading))
                left = fresh
        if needed > left:  # too tall for any page: band by band
            group = group[:1]
        pages[-1].extend(group)
        left -= sum(band.height for band in group)
        at += len(group)
    return pages


def wrap(letters: Letters, text: str, width: float, style: Style) -> tuple[tuple[str, Style], ...]:
    """`text` in lines of at most `width`: broken at spaces, a longer word where it must be."""
    if letters.width(text, style.size, style.bold) <= width:
        return ((text, style),)
    lines, line = [], ""
    if any(letters.width(word, style.size, style.bold) > width for word in text.split(" ")):
        text = text.replace(NO_BREAK, " ")
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if letters.width(longer, style.size, style.bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(letters, word, width, style)
        lines += full
    return tuple((line, style) for line in (*lines, line))


def _broken(letters: Letters, word: str, width: float, style: Style) -> list[str]:
    """A word in pieces that fit; one piece where it fits whole."""
    if letters.width(word, style.size, style.bold) <= width:
        return [word]
    pieces, piece, used = [], "", 0.0
    for character in word:
        size = letters.width(character, style.size, style.bold)
        if piece and used + size > width:
            pieces.append(piece)
            piece, used = "", 0.0
        piece += character
        used += size
    return [*pieces, piece]
