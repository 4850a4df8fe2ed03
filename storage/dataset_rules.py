"""What must hold between the records of a data file, beyond each by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar, cast

from billing.accounts import Account, Person
from billing.catalogue import Plan
from billing.errors import N_
from billing.invoices import Invoice, InvoiceType
from billing.payments import Payment
from billing.record import Record
from billing.subscriptions import Subscription
from billing.vendor import Series, Vendor
from storage.dataset_values import wrong_in

Fault = tuple[str, str, str]
"""A record, its field, and what is wrong with it."""

Records = Mapping[type[Record], tuple[Record, ...]]
R = TypeVar("R", bound=Record)

_REFERENCES: dict[str, type[Record]] = {
    "account_id": Account,
    "person_id": Person,
    "plan_id": Plan,
    "subscription_id": Subscription,
    "invoice_id": Invoice,
    "corrects": Invoice,
}

REPEATED = N_("is there twice")
UNKNOWN = N_("does not exist")


def faults(records: Records) -> Iterator[Fault]:
    """Everything wrong: record by record in the order of the file, then what is between them.

    What comes later takes for granted that nothing earlier was wrong: stop at the first.
    """
    known = {kind: {record.id: record for record in rows} for kind, rows in records.items()}
    for kind, rows in records.items():
        yield from _unique(kind, rows)
        for record in rows:
            for name, reason in wrong_in(record):
                yield _named(record), name, reason
            yield from _references(record, known)
    if any(records.values()) and not records.get(Vendor):
        yield "vendor", "id", f"there must be one vendor, with id {Vendor.ID}"
    accounts = {account.id: account for account in _of(records, Account)}
    invoices = _of(records, Invoice)
    for invoice in invoices:
        if invoice.currency != (currency := accounts[invoice.account_id].currency):
            yield _named(invoice), "currency", f"the account's is {currency}"
    yield from _corrections(invoices)
    yield from _settled(invoices, _of(records, Payment))
    yield from _numbers(invoices, _of(records, Series))


def _of(records: Records, kind: type[R]) -> tuple[R, ...]:
    return cast("tuple[R, ...]", records.get(kind, ()))


def _named(record: Record) -> str:
    return f"{record.kind} {record.id[:64]}"


def _unique(kind: type[Record], rows: tuple[Record, ...]) -> Iterator[Fault]:
    ids: set[str] = set()
    taken: dict[tuple[str, object], str] = {}
    for record in rows:
        if record.id in ids:
            yield _named(record), "id", REPEATED
        ids.add(record.id)
        for index in kind.indexes:
            for key in index.keys(record) if index.unique else ():
                if taken.setdefault((index.name, key), record.id) != record.id:
                    yield _named(record), index.name, REPEATED


def _references(record: Record, known: Mapping[type[Record], Mapping[str, Record]]) -> Iterator[Fault]:
    """What a record names must be there, and be the same account's."""
    for name, kind in _REFERENCES.items():
        value = getattr(record, name, "")
        if not value:
            if name in ("account_id", "person_id", "plan_id", "invoice_id") and hasattr(record, name):
                yield _named(record), name, "must not be empty"
            continue
        meant = known.get(kind, {}).get(value)
        if meant is None:
            yield _named(record), name, f"{value[:64]}: {UNKNOWN}"
        elif meant.owner is not None and meant.owner != record.owner:
            yield _named(record), name, f"{value[:64]} is of another account"


def _corrections(invoices: tuple[Invoice, ...]) -> Iterator[Fault]:
    """A credit note names an invoice as that was issued, and comes no earlier."""
    by_id = {invoice.id: invoice for invoice in invoices}
    for note in invoices:
        if note.type is not InvoiceType.CREDIT_NOTE:
            continue
        original = by_id[note.corrects]
        if original.type is InvoiceType.CREDIT_NOTE:
            yield _named(note), "corrects", "is a credit note itself"
        if note.corrects_number != original.number:
            yield _named(note), "corrects_number", f"must be {original.number[:64]}"
        if note.corrects_issued_on != original.issued_on:
            yield _named(note), "corrects_issued_on", f"must be {original.issued_on}"
        if note.issued_on < original.issued_on:
            yield _named(note), "issued_on", f"lies before the invoice it corrects, {original.issued_on}"


def _settled(invoices: tuple[Invoice, ...], payments: tuple[Payment, ...]) -> Iterator[Fault]:
    """What was paid and credited is what the payments and credit notes say."""
    paid: dict[str, int] = defaultdict(int)
    credited: dict[str, int] = defaultdict(int)
    notes = {i.id for i in invoices if i.type is InvoiceType.CREDIT_NOTE}
    for payment in payments:
        if payment.invoice_id in notes:
            yield _named(payment), "invoice_id", "is a credit note, which is not paid"
        paid[payment.invoice_id] += payment.amount
    for invoice in invoices:
        if invoice.type is InvoiceType.CREDIT_NOTE:
            credited[invoice.corrects] -= invoice.gross
    for invoice in invoices:
        if invoice.id in notes:
            continue
        if invoice.paid != paid[invoice.id]:
            yield _named(invoice), "paid", f"its payments add up to {paid[invoice.id]}"
        if invoice.credited != credited[invoice.id]:
            yield _named(invoice), "credited", f"its credit notes add up to {credited[invoice.id]}"


def _numbers(invoices: tuple[Invoice, ...], series: tuple[Series, ...]) -> Iterator[Fault]:
    """Numbers run from 1 without a gap in each series, dates never go back, and the series knows what comes next."""
    issued: dict[str, list[tuple[int, date, Invoice]]] = {one.id: [] for one in series}
    for invoice in invoices:
        name, _, running = invoice.number.rpartition("-")
        if not (running.isascii() and running.isdigit() and len(running) <= 12):
            yield _named(invoice), "number", "must be a series, a dash and a running number"
        elif name not in issued:
            yield _named(invoice), "number", f"there is no series {name[:64]!r}"
        else:
            issued[name].append((int(running), invoice.issued_on, invoice))
    for name, rows in issued.items():
        rows.sort(key=lambda row: row[0])
        last, types = date.min, {invoice.type for _, _, invoice in rows}
        for expected, (found, day, invoice) in enumerate(rows, 1):
            if found > expected:
                yield _named(invoice), "number", f"number {expected} of series {name} is missing"
                return
            if found < expected:
                yield _named(invoice), "number", f"number {found} of series {name} {REPEATED}"
                return
            if day < last:
                yield _named(invoice), "issued_on", f"lies before the number before it, {last}"
            last = day
        if len(types) > 1:
            yield f"series {name}", "id", "credit notes have a series of their own (RD 1619/2012, art. 6.1 a)"
    for one in series:
        if one.next != (following := len(issued[one.id]) + 1):
            yield _named(one), "next", f"must be {following}"
