"""The journal tells of every document and payment once, as it is; what is owed and in hand are its sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billing.accounts import Account
from billing.invariants.faults import Fault, Records, named, of
from billing.invoices import Invoice, InvoiceType
from billing.journal import EntryKind, JournalEntry, Ledger, issued
from billing.payments import Payment
from billing.record import Id

_COUNTERPARTS = {
    EntryKind.PAYMENT: Ledger.CASH,
    EntryKind.RETURNED: Ledger.CASH,
    EntryKind.CREDIT_GIVEN: Ledger.CREDIT,
    EntryKind.CREDIT_USED: Ledger.CREDIT,
}
"""Where the other half of a payment's entry stands."""


def journal_faults(records: Records) -> Iterator[Fault]:
    """What an entry is within itself is told by `values`; here is what it tells of, and what it comes to."""
    currencies = {account.id: account.currency for account in of(records, Account)}
    for entry in of(records, JournalEntry):
        if entry.currency != (currency := currencies[entry.account_id]):
            yield named(entry), "currency", f"the account's is {currency}"
    yield from _booked(records)
    yield from _balances(records)


def _booked(records: Records) -> Iterator[Fault]:
    """Every document and every payment is booked once, as it is; and nothing else is booked on them."""
    entries = {entry.id: entry for entry in of(records, JournalEntry)}
    expected: set[Id] = set()
    for document in of(records, Invoice):
        wanted = issued(document)
        expected.add(wanted.id)
        found = entries.get(wanted.id)
        if found is None:
            if document.gross:
                yield named(document), "journal", "was never booked"
        elif (found.postings, found.entry, found.on, found.account_id, found.document_id) != (
            wanted.postings, wanted.entry, wanted.on, wanted.account_id, wanted.document_id,
        ):  # fmt: skip
            yield named(found), "postings", f"are not those of {document.number[:64]}"
    for payment in of(records, Payment):
        expected.add(payment.id)
        found = entries.get(payment.id)
        if found is None:
            yield named(payment), "journal", "was never booked"
        elif (found.account_id, found.document_id, found.on) != (
            payment.account_id, payment.invoice_id, payment.paid_on,
        ) or not _moves(found, payment.amount):  # fmt: skip
            yield named(found), "postings", f"are not those of payment {payment.id[:64]}"
    for entry in entries.values():
        if entry.id in expected:
            continue
        if entry.document_id or entry.entry is not EntryKind.REFUND:
            yield named(entry), "document_id", "books what no document and no payment tells of"
        elif entry.on_ledger(Ledger.CREDIT) <= 0 or entry.on_ledger(Ledger.CREDIT) != -entry.on_ledger(Ledger.CASH):
            yield named(entry), "postings", "are not those of credit given back"


def _moves(entry: JournalEntry, amount: int) -> bool:
    """Whether an entry moves a payment's amount off what is owed, to the ledger of its kind."""
    other = _COUNTERPARTS.get(entry.entry)
    return other is not None and (entry.on_ledger(Ledger.RECEIVABLE), entry.on_ledger(other)) == (-amount, amount)


def _balances(records: Records) -> Iterator[Fault]:
    """What is owed on each invoice, and each account's credit, are the sums of their postings."""
    owed: dict[Id, int] = defaultdict(int)
    credit: dict[Id, int] = defaultdict(int)
    for entry in of(records, JournalEntry):
        owed[entry.document_id] += entry.on_ledger(Ledger.RECEIVABLE)
        credit[entry.account_id] -= entry.on_ledger(Ledger.CREDIT)
    for invoice in of(records, Invoice):
        if invoice.type is InvoiceType.INVOICE and owed[invoice.id] != invoice.due:
            yield named(invoice), "due", f"its postings sum to {owed[invoice.id]}, it says {invoice.due}"
    for account in of(records, Account):
        if account.credit != credit[account.id]:
            yield named(account), "credit", f"its postings sum to {credit[account.id]}"
