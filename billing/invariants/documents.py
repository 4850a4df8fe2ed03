"""What an invoice or credit note is within itself: lines, sums, and the state of its debt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from billing.invariants.shapes import Found, country, currency
from billing.invoices import Invoice, InvoiceState, InvoiceType, Line
from billing.language import NAMES
from billing.tax import TaxCategory, tax_totals


def wrong_in_document(invoice: Invoice) -> Iterator[Found]:
    """Everything wrong with a document by itself."""
    yield from currency("currency", invoice.currency)
    yield from country("seller.address.country", invoice.seller.address.country)
    yield from country("customer.address.country", invoice.customer.address.country)
    if invoice.language not in NAMES:
        yield "language", f"must be one of {', '.join(NAMES)}"
    if invoice.due_on < invoice.issued_on:
        yield "due_on", "lies before the day of issue"
    if not invoice.lines:
        yield "lines", "must not be empty"
    for number, line in enumerate(invoice.lines):
        for name, reason in _line(line):
            yield f"lines[{number}].{name}", reason
    # A rate outside all sense is told by `sized`; here it could not be computed with.
    if all(line.rate.is_finite() and abs(line.rate) <= 100 for line in invoice.lines):
        yield from _sums(invoice)
    yield from _debt(invoice)


def _line(line: Line) -> Iterator[Found]:
    if line.net != line.quantity * line.unit_price - line.discount:
        yield "net", "must be quantity x unit_price less discount"
    if line.category is not TaxCategory.STANDARD and line.rate != 0:
        yield "rate", f"must be 0 in category {line.category.value}"
    if (line.start is None) != (line.end is None):
        yield "end", "start and end stand together or not at all"
    if isinstance(line.start, date) and isinstance(line.end, date) and line.end <= line.start:
        yield "end", "must lie after the start"


def _sums(invoice: Invoice) -> Iterator[Found]:
    totals = tax_totals(invoice.lines)
    for name, stated, computed in (
        ("groups", invoice.groups, totals.groups),
        ("net", invoice.net, totals.net),
        ("tax", invoice.tax, totals.tax),
        ("gross", invoice.gross, totals.gross),
    ):
        if stated != computed:
            yield name, f"the lines add up to {msgspec.json.encode(computed).decode()[:200]}"
    if invoice.currency == "EUR" and invoice.tax_in_euro not in (None, invoice.tax):
        yield "tax_in_euro", "must be the tax itself, or left out, in a document in euro"
    if invoice.currency != "EUR" and invoice.tax and invoice.tax_in_euro is None:
        yield "tax_in_euro", "must be given where the tax is in another currency (RD 1619/2012, art. 12.1)"


def _debt(invoice: Invoice) -> Iterator[Found]:
    if invoice.type is InvoiceType.CREDIT_NOTE:
        if invoice.gross > 0:
            yield "gross", "must not be positive in a credit note"
        if not invoice.corrects:
            yield "corrects", "a credit note must name the invoice it corrects"
        if not invoice.reason:
            yield "reason", "a credit note must say why (RD 1619/2012, art. 15.4)"
        if invoice.paid or invoice.credited:
            yield "paid", "a credit note is neither paid nor credited"
        wanted = InvoiceState.NOTE
    else:
        if invoice.gross < 0:
            yield "gross", "must not be negative in an invoice"
        if invoice.corrects:
            yield "corrects", "only a credit note corrects"
        if invoice.paid < -invoice.credited:  # a debit that failed after a credit note whose credit was spent
            yield "paid", "more was given back than was paid"
        if not 0 <= invoice.credited <= max(invoice.gross, 0):
            yield "credited", f"must be from 0 to {invoice.gross}"
        wanted = _state(invoice)
    if invoice.state is not wanted:
        yield "state", f"must be {wanted.value}"


def _state(invoice: Invoice) -> InvoiceState:
    if invoice.due > 0:
        return InvoiceState.OPEN
    return InvoiceState.CREDITED if invoice.credited and invoice.credited == invoice.gross else InvoiceState.PAID
