"""What must hold in the books of any store: the ledger balances, periods are billed once, charges say what was paid.

The invariants are those of double entry and of exactly-once billing; each fault names the record that breaks one. What
must hold within a record and between documents is told by the data file's rules; here is what the engine adds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from billing.accounts import Account
from billing.charges import Charge, ChargeState
from billing.holds import HeldInvoice
from billing.invoices import Invoice, InvoiceType, renewal_key
from billing.journal import JournalEntry, Ledger, issued
from billing.payments import Payment
from billing.record import Id, Record
from billing.subscriptions import Subscription

Fault = tuple[str, str, str]
"""A record, its field, and what is wrong with it."""

Records = Mapping[type[Record], tuple[Record, ...]]
R = TypeVar("R", bound=Record)


def ledger_faults(records: Records) -> Iterator[Fault]:
    """Everything wrong between journal, documents, payments, charges and subscriptions."""
    yield from _balanced(records)
    yield from _booked(records)
    yield from _balances(records)
    yield from _periods(records)
    yield from _charges(records)


def _of(records: Records, kind: type[R]) -> tuple[R, ...]:
    return cast("tuple[R, ...]", records.get(kind, ()))


def _named(record: Record) -> str:
    return f"{record.kind} {record.id[:64]}"


def _balanced(records: Records) -> Iterator[Fault]:
    """Every entry is at least two postings that sum to zero, in its account's one currency."""
    currencies = {account.id: account.currency for account in _of(records, Account)}
    for entry in _of(records, JournalEntry):
        if len(entry.postings) < 2:
            yield _named(entry), "postings", "fewer than two"
        if total := sum(p.amount for p in entry.postings):
            yield _named(entry), "postings", f"sum to {total}, not to zero"
        if entry.currency != (currency := currencies.get(entry.account_id, "")):
            yield _named(entry), "currency", f"the account's is {currency}"


def _booked(records: Records) -> Iterator[Fault]:
    """Every document and every payment is booked once, as it is; and nothing else is booked on them."""
    entries = {entry.id: entry for entry in _of(records, JournalEntry)}
    expected: set[Id] = set()
    for document in _of(records, Invoice):
        wanted = issued(document)
        expected.add(wanted.id)
        found = entries.get(wanted.id)
        if found is None:
            if document.gross:
                yield _named(document), "journal", "was never booked"
        elif (found.postings, found.on, found.document_id) != (wanted.postings, wanted.on, wanted.document_id):
            yield _named(found), "postings", f"are not those of {document.number[:64]}"
    for payment in _of(records, Payment):
        expected.add(payment.id)
        found = entries.get(payment.id)
        if found is None:
            yield _named(payment), "journal", "was never booked"
        elif found.on_ledger(Ledger.RECEIVABLE) != -payment.amount or found.document_id != payment.invoice_id:
            yield _named(found), "postings", f"are not those of payment {payment.id[:64]}"
    for entry in entries.values():
        if entry.document_id and entry.id not in expected:
            yield _named(entry), "document_id", "books what no document and no payment tells of"


def _balances(records: Records) -> Iterator[Fault]:
    """What is owed on each invoice, and each account's credit, are the sums of their postings."""
    owed: dict[Id, int] = defaultdict(int)
    credit: dict[Id, int] = defaultdict(int)
    for entry in _of(records, JournalEntry):
        owed[entry.document_id] += entry.on_ledger(Ledger.RECEIVABLE)
        credit[entry.account_id] -= entry.on_ledger(Ledger.CREDIT)
    for invoice in _of(records, Invoice):
        if invoice.type is InvoiceType.INVOICE and owed[invoice.id] != invoice.due:
            yield _named(invoice), "due", f"its postings sum to {owed[invoice.id]}, it says {invoice.due}"
    for account in _of(records, Account):
        if account.credit != credit[account.id] or account.credit < 0:
            yield _named(account), "credit", f"its postings sum to {credit[account.id]}"


def _periods(records: Records) -> Iterator[Fault]:
    """The periods of each subscription's present row are billed once each, from its anchor to its next renewal."""
    billed: dict[str, Id] = {}
    for invoice in _of(records, Invoice):
        for key in invoice.renewals:
            if billed.setdefault(key, invoice.id) != invoice.id:
                yield _named(invoice), "renewals", f"{key[:80]} is billed by {billed[key]} already"
    held = {h.id for h in _of(records, HeldInvoice)}
    for subscription in _of(records, Subscription):
        until = subscription.renews_on or subscription.end
        if until is None:
            yield _named(subscription), "renews_on", "is missing in a subscription without an end"
            continue
        if subscription.renews_on is not None:
            period = subscription.period_on(subscription.renews_on)
            if period is None or period.start != subscription.renews_on:
                yield _named(subscription), "renews_on", "is no boundary counted from the anchor"
                continue
        for period in subscription.periods(until) if until > subscription.anchor else ():
            key = renewal_key(subscription.id, period.start)
            if period.start >= until or (period.start == subscription.anchored_on and key not in billed):
                continue
            if key not in billed:
                yield _named(subscription), "renews_on", f"the period from {period.start} was never billed"
    for key in held & billed.keys():
        yield f"{HeldInvoice.kind} {key}", "id", "is billed already"


def _charges(records: Records) -> Iterator[Fault]:
    """A charge's parts make its amount, and its payments are what its state says."""
    paid: dict[Id, int] = defaultdict(int)
    for payment in _of(records, Payment):
        # What the invoice no longer needed went to the account's credit as a payment of its own, without the charge.
        paid[payment.charge_id] += payment.amount
    for charge in _of(records, Charge):
        if charge.amount != sum(share.amount for share in charge.shares) or charge.amount <= 0:
            yield _named(charge), "amount", "is not the sum of its parts"
        moved = charge.state in (ChargeState.SUCCEEDED, ChargeState.PROCESSING)
        if paid[charge.id] != (charge.amount if moved else 0):
            yield _named(charge), "state", f"is {charge.state.value}, and its payments sum to {paid[charge.id]}"
