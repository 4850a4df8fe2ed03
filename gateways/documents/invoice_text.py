"""The invoice or credit note as lines of text: for any printer, any terminal, and for reading aloud.

Widths are terminal cells: an ideograph takes two, a combining mark none (Unicode Standard Annex 11). Rules are drawn
with `-` and `=`, so the page also prints where there is nothing but ASCII and the letters of the names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from billing.document_content import NO_BREAK, Document, Fact, PartyBlock, Row, Table, Total, Weight, document
from billing.history import InvoiceFile
from billing.vendor import Vendor

NARROWEST = 24
"""The least width that is kept to, in cells."""

_BETWEEN = 2
_ABREAST = 60
"""From this width on, the two parties stand side by side."""

_TEXT_COLUMN = 20
"""The least width of a column of texts; below it, tables and facts are written as lists."""


def invoice_text(file: InvoiceFile, vendor: Vendor, *, width: int = 80) -> str:
    """The document in lines of at most `width` cells, ending in a line break."""
    return text(document(file, vendor), width=width)


def text(content: Document, *, width: int = 80) -> str:
    """The text of a document's content."""
    lines = _lines(content, max(width, NARROWEST))
    return "\n".join(line.replace(NO_BREAK, " ").rstrip() for line in lines) + "\n"


def cells(value: str) -> int:
    """How many terminal cells `value` takes."""
    if value.isascii():
        return len(value)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in value
    )


def wrap(value: str, width: int) -> list[str]:
    """`value` in lines of at most `width` cells: broken at spaces, a longer word where it must be."""
    lines, line = [], ""
    words = [word if cells(word) <= width else word.replace(NO_BREAK, " ") for word in value.split(" ")]
    for word in " ".join(words).split(" "):
        longer = f"{line} {word}" if line else word
        if cells(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for character in word:
            if line and cells(line + character) > width:
                lines.append(line)
                line = ""
            line += character
    return [*lines, line]


def _lines(content: Document, width: int) -> Iterator[str]:
    yield from _ends(content.brand, content.title, width)
    yield from _ends("", content.number, width)
    yield ""
    yield from _parties(content.customer, content.seller, width)
    yield ""
    yield from _facts(content.facts, width)
    yield ""
    yield from _table(content.lines, width)
    yield ""
    yield from _table(content.taxes, width)
    yield ""
    yield from _totals(content.totals, width)
    for sentence in content.mentions:
        yield ""
        yield from wrap(sentence, width)
    if content.payment:
        yield ""
        yield from wrap(content.payment.heading, width)
        yield "-" * width
        yield from _facts(content.payment.facts, width)
        for sentence in content.payment.sentences:
            yield from wrap(sentence, width)
    if content.notes:
        yield ""
        for note in content.notes:
            yield from wrap(note, width)
    if content.foot:
        yield ""
        yield "-" * width
        yield from wrap(content.foot, width)


def _ends(left: str, right: str, width: int) -> Iterator[str]:
    """One text at the left end and one at the right; below each other where they do not fit."""
    gap = width - cells(left) - cells(right)
    if gap >= _BETWEEN:
        yield left + " " * gap + right
        return
    yield from wrap(left, width) if left else ()
    for line in wrap(right, width):
        yield " " * (width - cells(line)) + line


def _parties(customer: PartyBlock, seller: PartyBlock, width: int) -> Iterator[str]:
    room = (width - _BETWEEN) // 2 if width >= _ABREAST else width
    blocks = [
        [line for text in (party.heading, party.name, *party.lines) for line in wrap(text, room)]
        for party in (customer, seller)
    ]
    if width >= _ABREAST:
        for left, right in zip_longest(*blocks, fillvalue=""):
            yield left + " " * (room - cells(left) + _BETWEEN) + right
    else:
        yield from blocks[0]
        yield ""
        yield from blocks[1]


def _facts(facts: Iterable[Fact], width: int) -> Iterator[str]:
    """Label, then value, in two columns."""
    facts = tuple(facts)
    label_width = max((cells(fact.label) for fact in facts), default=0)
    room = width - label_width - _BETWEEN
    for fact in facts:
        if room < _TEXT_COLUMN:
            yield from wrap(f"{fact.label}: {fact.value}", width)
            continue
        for number, line in enumerate(wrap(fact.value, room)):
            label = "" if number else fact.label
            yield label + " " * (label_width - cells(label) + _BETWEEN) + line


def _table(table: Table, width: int) -> Iterator[str]:
    widths = [
        max(cells(column.heading), *(cells(row.cells[n]) for row in table.rows), 0) if column.numeric else 0
        for n, column in enumerate(table.columns)
    ]
    room = width - sum(widths) - _BETWEEN * (len(widths) - 1)
    if room < _TEXT_COLUMN:
        for row in table.rows:
            yield "-" * width
            yield from _listed(table, row, width)
        yield "-" * width
        return
    widths = [size if column.numeric else room for size, column in zip(widths, table.columns, strict=True)]
    yield from _row(table, [column.heading for column in table.columns], widths)
    yield "-" * width
    for row in table.rows:
        yield from _row(table, row.cells, widths)
        if row.detail:
            yield from wrap(row.detail, room)
    yield "-" * width


def _row(table: Table, texts: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [wrap(value, size) for value, size in zip(texts, widths, strict=True)]
    for parts in zip_longest(*wrapped, fillvalue=""):
        padded = [
            " " * (size - cells(part)) + part if column.numeric else part + " " * (size - cells(part))
            for part, size, column in zip(parts, widths, table.columns, strict=True)
        ]
        yield (" " * _BETWEEN).join(padded)


def _listed(table: Table, row: Row, width: int) -> Iterator[str]:
    """A row for a narrow page: its text, then each figure beside its heading."""
    for column, value in zip(table.columns, row.cells, strict=True):
        if not column.numeric:
            yield from wrap(value, width)
            yield from wrap(row.detail, width) if row.detail else ()
        elif value:
            yield from _ends(column.heading, value, width)


def _totals(totals: Sequence[Total], width: int) -> Iterator[str]:
    """Right-hand block: labels at its left, amounts at its right, the result between double rules."""
    size = max((cells(total.label) + cells(total.value) for total in totals), default=0) + 2 * _BETWEEN
    room = min(max(size, width // 2), width)
    for total in totals:
        if total.weight is Weight.RESULT:
            yield " " * (width - room) + "=" * room
        for line in _ends(total.label, total.value, room):
            yield " " * (width - room) + line
        if total.weight is Weight.RESULT:
            yield " " * (width - room) + "=" * room
