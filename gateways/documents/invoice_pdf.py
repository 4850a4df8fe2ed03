"""The invoice or credit note as a PDF: A4, drawn from the same `Document` that the screen and the text show.

The same `InvoiceFile` gives the same bytes, in any process and on any day: the file's date is the day of issue, its
identity is made from its content, and fonts are the shipped ones. Only where a name needs a font of the machine (see
`letters`) do the bytes depend on the machine. Nothing is fetched, and no data becomes anything but glyphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from billing.document_content import Document, Fact, PartyBlock, Section, Table, Total, Weight, document
from billing.history import InvoiceFile
from billing.vendor import Vendor
from gateways.documents.layout import (
    ACCENT,
    BODY,
    INK,
    LABEL,
    LINE,
    MUTED,
    SMALL,
    STRONG,
    TINT,
    Band,
    Cell,
    Style,
    bands,
    block,
    nothing,
    paginate,
    rule,
    tie,
    wrap,
)
from gateways.documents.letters import FONT_FOLDERS, Letters
from gateways.documents.sheet import HEIGHT, WIDTH, Sheet

LEFT, RIGHT = 56.0, WIDTH - 56
ACROSS = RIGHT - LEFT
TOP, BOTTOM = 108.0, 74.0
LATER_TOP = 92.0
GAP = 18.0
"""Between two columns of figures."""

_FIGURES = 0.55
"""What share of a table's width its figures may take, gaps aside, before headings wrap and type shrinks."""

_TOGETHER = 8
"""Lines of notes that stay on one page."""

_BRAND = Style(15, 20, ACCENT, bold=True)
_TITLE = Style(19, 24, INK, bold=True)
_NUMBER = Style(10, 15, MUTED)
_RESULT = Style(11.5, 16, ACCENT, bold=True)
_NAME = Style(10, 15, INK, bold=True)


def invoice_pdf(file: InvoiceFile, vendor: Vendor, *, folders: Sequence[Path] = FONT_FOLDERS) -> bytes:
    """The document as PDF. `folders` is where fonts for scripts we do not ship are looked for."""
    return draw(document(file, vendor), Letters(folders))


def draw(content: Document, letters: Letters) -> bytes:
    """The PDF of a document's content."""
    sheet = Sheet(
        title=content.heading, author=content.seller.name, language=content.language.tag, day=content.issued_on,
        letters=letters,
    )  # fmt: skip
    paper = _Paper(content, letters)
    pages = paginate(list(paper.flow()), lambda n: HEIGHT - BOTTOM - (LATER_TOP if n else TOP))
    for number, page in enumerate(pages, 1):
        sheet.page()
        paper.head(sheet, first=number == 1)
        y = TOP if number == 1 else LATER_TOP
        for band in page:
            band.draw(sheet, y)
            y += band.height
        paper.foot(sheet, content.page(number, len(pages)))
    return sheet.finish()


class _Paper:
    """One document's bands, top to bottom."""

    def __init__(self, content: Document, letters: Letters) -> None:
        self.content, self.letters = content, letters
        self.mark = wrap(letters, content.brand, ACROSS / 2 - GAP, _BRAND)[0]

    def flow(self) -> Iterable[Band]:
        """Everything between head and foot."""
        content = self.content
        yield from self.parties(content.seller, content.customer)
        yield from self.facts(content.facts)
        yield from self.table_and_totals()
        mentions = [band for text in content.mentions for band in self.sentence(text, STRONG)]
        if mentions:
            yield from block([nothing(6), *mentions])
        if content.payment:
            yield from self.payment(content.payment)
        if content.notes:
            yield nothing(14, tied=True)
            notes = [band for note in content.notes for band in self.sentence(note, BODY)]
            yield from block(notes) if len(notes) <= _TOGETHER else notes
        if self.letters.wanted:
            say, fonts = content.language.say, ", ".join(sorted(self.letters.wanted)[:4])
            missed = say(
                "Some characters could not be printed and stand as boxes."
                " Install {fonts} on the computer that makes the document.",
                fonts=fonts,
            )
            yield nothing(14, tied=True)
            yield from self.sentence(missed, SMALL)

    def head(self, sheet: Sheet, *, first: bool) -> None:
        """Brand at the left; title and number at the right, large on the first page."""
        content, letters = self.content, self.letters
        sheet.area(LEFT, 44, 22, 3, ACCENT)
        Cell(LEFT, ACROSS / 2, (self.mark,)).draw(sheet, letters, 0, 1, 53)
        if first:
            room = ACROSS - GAP - letters.width(self.mark[0], _BRAND.size, bold=True)
            lines = (wrap(letters, content.title, room, _TITLE)[0], wrap(letters, content.number, room, _NUMBER)[0])
            Cell(RIGHT - room, room, lines, right=True).draw(sheet, letters, 0, 2, 50)
        else:
            heading = wrap(letters, content.heading, ACROSS / 2, SMALL)[:1]
            Cell(LEFT + ACROSS / 2, ACROSS / 2, heading, right=True).draw(sheet, letters, 0, 1, 57)

    def foot(self, sheet: Sheet, page: str) -> None:
        """Registry line at the left, page number at the right."""
        y = HEIGHT - 62
        sheet.rule(LEFT, y, ACROSS, LINE)
        lines = wrap(self.letters, self.content.foot, ACROSS - 90, SMALL)[:2]
        Cell(LEFT, ACROSS - 90, lines).draw(sheet, self.letters, 0, 2, y + 6)
        Cell(RIGHT - 90, 90, ((page, SMALL),), right=True).draw(sheet, self.letters, 0, 1, y + 6)

    def parties(self, *parties: PartyBlock) -> Iterable[Band]:
        """Seller and customer side by side."""
        width = (ACROSS - 2 * GAP) / 2
        cells = []
        for column, party in enumerate(reversed(parties)):
            lines = [(party.heading, LABEL), *wrap(self.letters, party.name, width, _NAME)]
            for line in party.lines:
                lines += wrap(self.letters, line, width, BODY)
            cells.append(Cell(LEFT + column * (width + 2 * GAP), width, tuple(lines)))
        yield from bands(self.letters, cells, below=12)

    def facts(self, facts: Sequence[Fact]) -> Iterable[Band]:
        """Labels over values, four abreast; those that want room take two places."""
        yield from self.grid(facts, LEFT, ACROSS, 4)
        yield nothing(12)

    def grid(self, facts: Sequence[Fact], x: float, across: float, most: int) -> list[Band]:
        """Facts in rows of up to `most` places."""
        place = (across + GAP) / most
        rows: list[list[Cell]] = [[]]
        used = 0
        for fact in facts:
            wide = self.letters.width(fact.value, BODY.size) > place - GAP
            needs = most if self.letters.width(fact.value, BODY.size) > 2 * place - GAP else 2 if wide else 1
            if used + needs > most:
                rows.append([])
                used = 0
            width = place * needs - GAP
            lines = ((fact.label, LABEL), *wrap(self.letters, fact.value, width, BODY))
            rows[-1].append(Cell(x + used * place, width, lines))
            used += needs
        return [band for row in rows if row for band in bands(self.letters, row, below=6)]

    def table_and_totals(self) -> Iterable[Band]:
        """The lines; then taxes and totals, which never stand on a page without a line."""
        content = self.content
        headings, rows = self.table(content.lines, LEFT, ACROSS)
        yield from tie(headings)
        for row in rows[:-1]:
            yield from row
        closing = [*rows[-1], nothing(12)] if rows else [nothing(12)]
        yield from tie(closing)
        tax_width = ACROSS * 0.46
        tax_headings, tax_rows = self.table(content.taxes, LEFT, tax_width)
        taxes = [*tax_headings, *(band for row in tax_rows for band in row)]
        totals = list(self.totals(content.totals, LEFT + tax_width + 2 * GAP, ACROSS - tax_width - 2 * GAP))
        yield from block([*_side_by_side(taxes, totals), nothing(8)])

    def table(self, table: Table, x: float, across: float) -> tuple[list[Band], list[list[Band]]]:
        """Headings, and each row's bands."""
        letters = self.letters
        style, widths = BODY, self.widths(table, BODY, whole=True)
        if sum(widths) > across * _FIGURES:
            widths = self.widths(table, style)
        while sum(widths) > across * _FIGURES and style.size > 5:
            style = Style(style.size - 0.5, style.leading - 0.5)
            widths = self.widths(table, style)
        widths[0] = across - sum(widths[1:]) - GAP * (len(widths) - 1)
        edges = [x + sum(widths[:n]) + GAP * n for n in range(len(widths))]

        heads = [
            Cell(edge, width, wrap(letters, column.heading, width, LABEL), right=column.numeric)
            for edge, width, column in zip(edges, widths, table.columns, strict=True)
        ]
        deepest = max(len(cell.lines) for cell in heads)
        heads = [Cell(c.x, c.width, (("", LABEL),) * (deepest - len(c.lines)) + c.lines, c.right) for c in heads]
        headings = [*bands(letters, heads, below=3), rule(x, across, INK, 0.75)]
        rows = []
        for row in table.rows:
            cells: list[Cell] = []
            for edge, width, column, text in zip(edges, widths, table.columns, row.cells, strict=True):
                lines = wrap(letters, text, width, style)
                if row.detail and not cells:
                    lines += wrap(letters, row.detail, width, SMALL)
                cells.append(Cell(edge, width, lines, right=column.numeric))
            made = [*bands(letters, cells, above=4.25, below=4.25), rule(x, across)]
            rows.append([Band(b.height, b.draw, n < len(made) - 1, tuple(headings)) for n, b in enumerate(made)])
        return headings, rows

    def widths(self, table: Table, style: Style, *, whole: bool = False) -> list[float]:
        """Each column's own width: its widest figure or its heading, `whole` or wrapped; 0 for texts, which wrap."""
        found = []
        for number, column in enumerate(table.columns):
            words = [column.heading] if whole else column.heading.split(" ")
            heading = max(self.letters.width(word, LABEL.size) for word in words)
            cells = max((self.letters.width(row.cells[number], style.size) for row in table.rows), default=0)
            found.append(max(heading, cells) if column.numeric else 0.0)
        return found

    def totals(self, totals: Iterable[Total], x: float, across: float) -> Iterable[Band]:
        """Label at the left, amount at the right; the result under a line."""
        for total in totals:
            result = total.weight is Weight.RESULT
            style = _RESULT if result else STRONG if total.weight is Weight.STRONG else BODY
            amount = self.letters.width(total.value, style.size, style.bold)
            room = max(across - amount - GAP, 60)
            label = wrap(self.letters, total.label, room, style)
            value = wrap(self.letters, total.value, across, style)
            cells = (Cell(x, room, label), Cell(x, across, value, right=True))
            if result:
                yield nothing(4)
                yield rule(x, across, ACCENT, 1)
            yield from bands(self.letters, cells, above=6 if result else 1.5, below=1.5)

    def payment(self, section: Section) -> Iterable[Band]:
        """How to pay, on a tinted ground."""
        inner, across = LEFT + 14, ACROSS - 28
        made = list(bands(self.letters, [Cell(inner, across, ((section.heading, STRONG),))], above=8, below=3))
        made += self.grid(section.facts, inner, across, 3)
        for sentence in section.sentences:
            made += bands(self.letters, [Cell(inner, across, wrap(self.letters, sentence, across, BODY))])
        made.append(nothing(8))
        yield nothing(8, tied=True)
        yield from block([_tinted(band) for band in made])

    def sentence(self, text: str, style: Style) -> Iterable[Band]:
        """Text across the page."""
        yield from bands(self.letters, [Cell(LEFT, ACROSS, wrap(self.letters, text, ACROSS, style))])


def _tinted(band: Band) -> Band:
    def draw(sheet: Sheet, y: float) -> None:
        sheet.area(LEFT, y, ACROSS, band.height, TINT)
        band.draw(sheet, y)

    return Band(band.height, draw, band.tied, band.headings)


def _side_by_side(left: Sequence[Band], right: Sequence[Band]) -> list[Band]:
    """Two stacks of bands as one; the shorter ends first. One band where both are short, so that they stay level."""
    tall = max(sum(band.height for band in stack) for stack in (left, right))
    if tall > HEIGHT / 2:
        return [*left, nothing(10), *right]

    def draw(sheet: Sheet, y: float) -> None:
        for stack in (left, right):
            at = y
            for band in stack:
                band.draw(sheet, at)
                at += band.height

    return [Band(tall, draw)]
