"""The text: the same document in lines that fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.document_content import document
from gateways.documents.invoice_text import cells, invoice_text, wrap
from tests.gateways import goldens, samples
from tests.gateways.samples import VENDOR


@pytest.mark.parametrize("name", goldens.DOCUMENTS)
@pytest.mark.parametrize("width", [24, 40, 60, 80, 132])
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    text = invoice_text(goldens.DOCUMENTS[name](), VENDOR, width=width)
    assert [line for line in text.splitlines() if cells(line) > width or line != line.rstrip()] == []


@pytest.mark.parametrize("name", goldens.DOCUMENTS)
@pytest.mark.parametrize("width", [40, 80])
def test_everything_the_document_says_is_in_the_text(name: str, width: int) -> None:
    file = goldens.DOCUMENTS[name]()
    said = "".join(invoice_text(file, VENDOR, width=width).split())
    content = document(file, VENDOR)
    wanted = [content.title, content.number, *content.mentions, *content.notes, content.foot]
    wanted += [total.value for total in content.totals] + [fact.label for fact in content.facts]
    wanted += [cell for row in (*content.lines.rows, *content.taxes.rows) for cell in row.cells[1:]]
    assert [piece for piece in wanted if "".join(piece.split()) not in said] == []


def test_totals_and_amounts_line_up_on_the_right() -> None:
    lines = invoice_text(samples.monthly(), VENDOR).splitlines()
    ends = [len(line) for line in lines if line.endswith("€") and "pagar" not in line]
    assert len(ends) >= 7
    assert set(ends) == {80}


def test_an_ideograph_takes_two_cells_and_a_combining_mark_none() -> None:
    assert cells("株式会社") == 8
    assert cells("e\u0301") == 1
    assert max(cells(line) for line in invoice_text(samples.yen(), VENDOR, width=30).splitlines()) <= 30


def test_hostile_text_sends_nothing_to_the_terminal_or_printer() -> None:
    text = invoice_text(samples.hostile(), VENDOR)
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c == "\u202e" for c in text)
    assert "[/bold]\ufffd[2J" in text


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["C"])), st.integers(2, 60))
def test_wrapping_loses_nothing_but_spaces_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= width for line in lines)
