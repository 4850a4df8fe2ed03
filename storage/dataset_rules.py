"""What must hold between the records of a data file, beyond the shape of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from billing.accounts import Account, Person
from billing.catalogue import Plan
from billing.credentials import Credential
from billing.errors import N_
from billing.invoices import Invoice, InvoiceState, InvoiceType
from billing.payments import Payment
from billing.record import Record
from billing.subscriptions import Subscription
from billing.tax import tax_totals
from billing.vendor import Series, Vendor

Fault = tuple[str, str, str]
"""A record, its field, and what is wrong with it."""

LONGEST_TEXT = 2000
"""Characters in any one text."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)

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


def faults(records: Mapping[type[Record], tuple[Record, ...]]) -> Iterator[Fault]:
    """Everything wrong, in the order of the file."""
    known = {kind: {record.id for record in rows} for kind, rows in records.items()}
    for kind, rows in records.items():
        yield from _unique(kind, rows)
        for record in rows:
            yield from _shape(record)
            yield from _references(record, known)
    if [v.id for v in records.get(Vendor, ())] != [Vendor.ID] and any(records.values()):
        yield "vendor", "id", f"there must be one vendor, with id {Vendor.ID}"
    accounts = {a.id: a for a in records.get(Account, ()) if isinstance(a, Account)}
    invoices = [i for i in records.get(Invoice, ()) if isinstance(i, Invoice)]
    for invoice in invoices:
        yield from _sums(invoice, accounts)
    yield from _settled(invoices, [p for p in records.get(Payment, ()) if isinstance(p, Payment)])
    yield from _numbers(invoices, [s for s in records.get(Series, ()) if isinstance(s, Series)])


def _unique(kind: type[Record], rows: tuple[Record, ...]) -> Iterator[Fault]:
    ids: set[str] = set()
    taken: dict[tuple[str, object], str] = {}
    for record in rows:
        if record.id in ids:
            yield f"{kind.kind} {record.id}", "id", REPEATED
        ids.add(record.id)
        for index in kind.indexes:
            for key in index.keys(record) if index.unique else ():
                if taken.setdefault((index.name, key), record.id) != record.id:
                    yield f"{kind.kind} {record.id}", index.name, REPEATED


def _shape(record: Record) -> Iterator[Fault]:
    named = f"{record.kind} {record.id}"
    if not _ID.fullmatch(record.id):
        yield named, "id", "must be 1 to 64 of A-Z a-z 0-9 . _ : -"
    for name in record.__struct_fields__:
        if isinstance(value := getattr(record, name), str) and len(value) > LONGEST_TEXT:
            yield named, name, f"longer than {LONGEST_TEXT} characters"
    if isinstance(record, Credential) and (record.user_id != record.user_id.lower() or not record.user_id):
        yield named, "user_id", "must be in lower case"


def _references(record: Record, known: Mapping[type[Record], set[str]]) -> Iterator[Fault]:
    for name, kind in _REFERENCES.items():
        value = getattr(record, name, "")
        if value and value not in known.get(kind, set()):
            yield f"{record.kind} {record.id}", name, f"{value[:64]}: {UNKNOWN}"


def _sums(invoice: Invoice, accounts: Mapping[str, Account]) -> Iterator[Fault]:
    named = f"invoices {invoice.id}"
    for number, line in enumerate(invoice.lines):
        if line.start is not None and line.end is not None and line.end <= line.start:
            yield named, f"lines[{number}].end", "must lie after the start"
    totals = tax_totals(invoice.lines)
    for name, stated, computed in (
        ("groups", invoice.groups, totals.groups),
        ("net", invoice.net, totals.net),
        ("tax", invoice.tax, totals.tax),
        ("gross", invoice.gross, totals.gross),
    ):
        if stated != computed:
            shown = msgspec.json.encode(computed).decode()[:200]
            yield named, name, f"the lines add up to {shown}"
    account = accounts.get(invoice.account_id)
    if account is not None and account.currency != invoice.currency:
        yield named, "currency", f"the account's is {account.currency}"
    if (invoice.type is InvoiceType.CREDIT_NOTE) != (invoice.state is InvoiceState.NOTE):
        yield named, "state", "a credit note, and only a credit note, has the state note"
    if invoice.type is InvoiceType.CREDIT_NOTE and not invoice.corrects:
        yield named, "corrects", "a credit note must name the invoice it corrects"


def _settled(invoices: list[Invoice], payments: list[Payment]) -> Iterator[Fault]:
    """What was paid and credited is what the payments and credit notes say; the state follows from it."""
    paid: dict[str, int] = defaultdict(int)
    credited: dict[str, int] = defaultdict(int)
    for payment in payments:
        paid[payment.invoice_id] += payment.amount
    for note in invoices:
        if note.type is InvoiceType.CREDIT_NOTE:
            credited[note.corrects] -= note.gross
    for invoice in invoices:
        if invoice.type is InvoiceType.CREDIT_NOTE:
            continue
        named = f"invoices {invoice.id}"
        if invoice.paid != paid[invoice.id]:
            yield named, "paid", f"its payments add up to {paid[invoice.id]}"
        if invoice.credited != credited[invoice.id]:
            yield named, "credited", f"its credit notes add up to {credited[invoice.id]}"
        if (invoice.due > 0) != (invoice.state is InvoiceState.OPEN):
            yield named, "state", f"{invoice.due} is still due"


def _numbers(invoices: list[Invoice], series: list[Series]) -> Iterator[Fault]:
    """Numbers run without a gap in each series, their dates never go back, and the series knows what comes next."""
    issued: dict[str, list[tuple[int, date, Invoice]]] = defaultdict(list)
    for invoice in invoices:
        name, _, running = invoice.number.rpartition("-")
        if not (name and running.isascii() and running.isdigit()):
            yield f"invoices {invoice.id}", "number", "must be a series, a dash and a running number"
            continue
        issued[name].append((int(running), invoice.issued_on, invoice))
    following = {s.id: s.next for s in series}
    for name, rows in issued.items():
        rows.sort(key=lambda row: row[0])
        last = date.min
        for expected, (found, day, invoice) in enumerate(rows, 1):
            if found != expected:
                yield f"invoices {invoice.id}", "number", f"number {expected} of series {name} is missing"
                return
            if day < last:
                yield f"invoices {invoice.id}", "issued_on", f"lies before the number before it, {last}"
            last = day
        if following.get(name) != len(rows) + 1:
            yield f"series {name}", "next", f"must be {len(rows) + 1}"
