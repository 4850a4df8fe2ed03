"""Numbers run from 1 without a gap in each series, and dates never go back (RD 1619/2012, art. 6.1 a)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from billing.invariants.faults import Fault, Records, named, of
from billing.invariants.references import REPEATED
from billing.invoices import Invoice
from billing.vendor import Series

QUOTES = "Q-"
"""How the names of the series of quotes begin."""


def numbering_faults(records: Records) -> Iterator[Fault]:
    """Numbers, dates, and that each series knows what comes next."""
    # Quotes are numbered too; the law asks no more of them than that no two are alike.
    series = [one for one in of(records, Series) if not one.id.startswith(QUOTES)]
    issued: dict[str, list[tuple[int, date, Invoice]]] = {one.id: [] for one in series}
    for invoice in of(records, Invoice):
        name, _, running = invoice.number.rpartition("-")
        if not (running.isascii() and running.isdigit() and len(running) <= 12):
            yield named(invoice), "number", "must be a series, a dash and a running number"
        elif name not in issued:
            yield named(invoice), "number", f"there is no series {name[:64]!r}"
        else:
            issued[name].append((int(running), invoice.issued_on, invoice))
    for name, rows in issued.items():
        rows.sort(key=lambda row: row[0])
        last, types = date.min, {invoice.type for _, _, invoice in rows}
        for expected, (found, day, invoice) in enumerate(rows, 1):
            if found > expected:
                yield named(invoice), "number", f"number {expected} of series {name} is missing"
                return
            if found < expected:
                yield named(invoice), "number", f"number {found} of series {name} {REPEATED}"
                return
            if day < last:
                yield named(invoice), "issued_on", f"lies before the number before it, {last}"
            last = day
        if len(types) > 1:
            yield f"series {name}", "id", "credit notes have a series of their own (RD 1619/2012, art. 6.1 a)"
    for one in series:
        if one.next != (following := len(issued[one.id]) + 1):
            yield named(one), "next", f"must be {following}"
        newest = max((day for _, day, _ in issued[one.id]), default=None)
        if one.last_issued_on != newest:
            yield named(one), "last_issued_on", f"must be {newest}, the day of its newest document"
