"""The double-entry journal under it all: whatever moves a customer's balance is entries that sum to zero.

Debits are positive, credits negative. Every entry is of one account and one currency, and names the record it came
from; its id is made of that record's, so that nothing is ever booked twice. A balance is the sum of its postings, and
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import ClassVar

import msgspec

from billing.invoices import Invoice
from billing.record import Id, Index, Record


class Ledger(Enum):
    """Where money stands, from the vendor's side."""

    RECEIVABLE = "receivable"
    """What the customer owes."""
    CREDIT = "credit"
    """What the vendor owes the customer: account credit."""
    REVENUE = "revenue"
    TAX = "tax"
    CASH = "cash"
    """Received and given back."""


class EntryKind(Enum):
    """What happened."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    RETURNED = "returned"
    """A payment that was taken back: a bank debit that failed late, a refund of a payment."""
    CREDIT_GIVEN = "credit_given"
    """What was paid beyond an invoice's debt, kept as account credit."""
    CREDIT_USED = "credit_used"
    """Account credit that paid an invoice."""
    REFUND = "refund"
    """Account credit that was given back as money."""


class Posting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in minor units on one ledger: positive is a debit."""

    ledger: Ledger
    amount: int


class JournalEntry(Record, frozen=True, kw_only=True):
    """Balanced postings of one account. `document_id` is the invoice concerned; empty where there is none."""

    kind: ClassVar[str] = "journal"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda e: [(e.account_id, e.on, e.id)]),
        Index("document", lambda e: [(e.account_id, e.document_id, e.on)] if e.document_id else []),
    )

    account_id: Id
    on: date
    entry: EntryKind
    currency: str
    postings: tuple[Posting, ...]
    document_id: Id = ""
    source_id: Id = ""
    """The payment, credit note or refund it books."""

    def on_ledger(self, ledger: Ledger) -> int:
        """What the entry moves on one ledger."""
        return sum(p.amount for p in self.postings if p.ledger is ledger)

    @property
    def customer_side(self) -> int:
        """What the entry adds to what the customer owes, less what they have in hand."""
        return self.on_ledger(Ledger.RECEIVABLE) + self.on_ledger(Ledger.CREDIT)


def entry(
    entry_id: Id,
    account_id: Id,
    on: date,
    what: EntryKind,
    currency: str,
    moves: Iterable[tuple[Ledger, int]],
    document_id: Id = "",
    source_id: Id = "",
) -> JournalEntry:
    """A balanced entry; moves of nothing are left out. A `ValueError` for one that does not sum to zero is a defect."""
    postings = tuple(Posting(ledger, amount) for ledger, amount in moves if amount)
    if sum(p.amount for p in postings):
        raise ValueError(f"journal entry {entry_id} does not balance: {postings}")
    return JournalEntry(
        id=entry_id,
        account_id=account_id,
        on=on,
        entry=what,
        currency=currency,
        postings=postings,
        document_id=document_id,
        source_id=source_id,
    )


def issued(document: Invoice) -> JournalEntry:
    """The entry of an issued invoice or credit note."""
    note = bool(document.corrects)
    return entry(
        f"{document.id}.issued",
        document.account_id,
        document.issued_on,
        EntryKind.CREDIT_NOTE if note else EntryKind.INVOICE,
        document.currency,
        (
            (Ledger.RECEIVABLE, document.gross),
            (Ledger.REVENUE, -document.net),
            (Ledger.TAX, -document.tax),
        ),
        document_id=document.corrects or document.id,
        source_id=document.id if note else "",
    )
