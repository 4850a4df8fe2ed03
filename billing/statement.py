"""The statement of account: what was charged and paid, in order, with the balance after each, read from the journal.

A positive balance is owed by the customer; a negative one is what they have in hand. Nothing here is kept: every figure
is a sum of journal entries, so that it cannot differ from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from billing.accounts import Account
from billing.desk import AccountBooks, Desk
from billing.errors import N_, NotFound, Refusal
from billing.invoices import Invoice
from billing.journal import EntryKind, JournalEntry, Ledger
from billing.money import CurrencyMismatch, Money
from billing.permissions import Act
from billing.record import Id
from billing.store import Cursor, Span

ENTRY_WORDS = {
    EntryKind.INVOICE: N_("Invoice"),
    EntryKind.CREDIT_NOTE: N_("Credit note"),
    EntryKind.PAYMENT: N_("Payment"),
    EntryKind.RETURNED: N_("Payment returned"),
    EntryKind.CREDIT_GIVEN: N_("Kept as credit"),
    EntryKind.CREDIT_USED: N_("Paid from credit"),
    EntryKind.REFUND: N_("Credit paid back"),
}
"""What each row says happened."""

AGES = (0, 30, 60, 90)
"""Days overdue that end each age: not due, 1 to 30, 31 to 60, 61 to 90, and over 90 beyond."""

AGE_WORDS = (N_("Not due"), N_("1-30 days"), N_("31-60 days"), N_("61-90 days"), N_("Over 90 days"))

_AT_A_TIME = 1000
"""Entries held at once while the journal is summed."""

_ORDER = {kind: place for place, kind in enumerate(EntryKind)}


class PeriodReversed(Refusal):
    """It would end before it begins."""

    message = N_("The period ends on {until}, before it begins on {since}. Exchange the two days.")


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One entry. `debit` and `credit` are minor units, at most one of them above nothing; `balance` is after it.

    Where credit in hand pays an invoice, or is kept from one, the balance stays and both are nothing; `moved` says how
    much it was.
    """

    on: date
    what: EntryKind
    number: str
    debit: int
    credit: int
    balance: int
    moved: int
    document_id: Id
    """The document that `number` names; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows `offset` … of `total`, both balances, and how old the debt is at the end of `until`, in minor units.

    The ages sum to what is owed on documents; that less the `credit` in hand is the closing balance.
    """

    account_name: str
    tax_id: str
    currency: str
    since: date
    until: date
    opening: int
    closing: int
    ageing: tuple[int, ...]
    credit: int
    rows: tuple[StatementRow, ...]
    offset: int
    total: int

    def money(self, minor: int) -> Money:
        """An amount of this statement."""
        return Money(minor, self.currency)


@dataclass(slots=True)
class _Sums:
    """What the entries read so far come to."""

    balance: int = 0
    credit: int = 0
    owed: dict[Id, int] = field(default_factory=dict)
    """By document, where it is not nothing."""

    def add(self, entry: JournalEntry) -> None:
        self.balance += entry.customer_side
        self.credit -= entry.on_ledger(Ledger.CREDIT)
        owed = self.owed.pop(entry.document_id, 0) + entry.on_ledger(Ledger.RECEIVABLE)
        if owed:
            self.owed[entry.document_id] = owed


def statement(desk: Desk, since: date, until: date, *, offset: int = 0, limit: int = 50) -> Statement:
    """The account from `since` to `until`, both days included: one window of its rows, and all of its sums.

    Entries of a day stand in the order in which they can happen: what is charged before what pays it.
    """
    if until < since:
        raise PeriodReversed(since=since, until=until)
    sums, opening, total = _Sums(), 0, 0
    window: list[tuple[JournalEntry, int]] = []
    with desk.read(Act.SEE_INVOICES) as books:
        account = books.get(Account, desk.account.id)
        for entry in _entries(books, until):
            if entry.currency != account.currency:
                raise CurrencyMismatch(f"{entry.currency} in an account of {account.currency}")
            sums.add(entry)
            if entry.on < since:
                opening = sums.balance
                continue
            if offset <= total < offset + limit:
                window.append((entry, sums.balance))
            total += 1
        return Statement(
            account_name=account.name,
            tax_id=account.tax_id,
            currency=account.currency,
            since=since,
            until=until,
            opening=opening,
            closing=sums.balance,
            ageing=_ageing(books, sums.owed, until),
            credit=sums.credit,
            rows=tuple(_row(books, entry, balance) for entry, balance in window),
            offset=offset,
            total=total,
        )


def beginning(desk: Desk) -> date:
    """The day of the account's first entry; the day it was opened where there is none."""
    with desk.read(Act.SEE_INVOICES) as books:
        first = books.find(JournalEntry, Span("account"), limit=1).rows
        return first[0].on if first else desk.account.since


def _entries(books: AccountBooks, until: date) -> Iterator[JournalEntry]:
    for _, day in groupby(_pages(books, until), attrgetter("on")):
        yield from sorted(day, key=lambda e: (_ORDER[e.entry], e.document_id, e.id))


def _pages(books: AccountBooks, until: date) -> Iterator[JournalEntry]:
    span = Span("account", high=until + timedelta(days=1) if until < date.max else None)
    after: Cursor | None = None
    while True:
        page = books.find(JournalEntry, span, limit=_AT_A_TIME, after=after)
        yield from page.rows
        if (after := page.next) is None:
            return


def _row(books: AccountBooks, entry: JournalEntry, balance: int) -> StatementRow:
    note = entry.source_id if entry.entry is EntryKind.CREDIT_NOTE else ""
    document = _document(books, note or entry.document_id)
    change = entry.customer_side
    return StatementRow(
        on=entry.on,
        what=entry.entry,
        number=document.number if document else "",
        debit=max(change, 0),
        credit=max(-change, 0),
        balance=balance,
        moved=sum(p.amount for p in entry.postings if p.amount > 0),
        document_id=document.id if document else "",
    )


def _document(books: AccountBooks, document_id: Id) -> Invoice | None:
    with suppress(NotFound):
        return books.get(Invoice, document_id)
    return None


def _ageing(books: AccountBooks, owed: dict[Id, int], until: date) -> tuple[int, ...]:
    """What is owed by how long it has been overdue. What belongs to no document is not due."""
    sums = [0] * (len(AGES) + 1)
    for document_id, amount in owed.items():
        document = _document(books, document_id)
        days = (until - document.due_on).days if document else 0
        sums[sum(days > age for age in AGES)] += amount
    return tuple(sums)
