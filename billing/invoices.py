"""Invoices and credit notes: what was issued, to whom, for what, and what is still owed.

A credit note is an invoice of another type (EN 16931, BT-3: 380 and 381), in a series of its own
(RD 1619/2012, art. 6.1 a), so one history holds both. What was issued never changes; `paid`, `credited` and `state`
record what happened to the debt since.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import ClassVar

import msgspec

from billing.money import Money, exponent
from billing.periods import BillingPeriod
from billing.record import Id, Index, Record
from billing.tax import TaxCategory, TaxGroup
from billing.vendor import Party


class InvoiceType(Enum):
    """EN 16931 BT-3: 380 commercial invoice, 381 credit note."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(Enum):
    """What became of the debt. `overdue` is not a state: an open invoice is overdue from the day after `due_on`."""

    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"
    """Cancelled in full by credit notes."""
    NOTE = "note"
    """A credit note: owes nothing itself."""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line, in minor units before tax: `net` is `quantity` x `unit_price` less `discount`, as agreed."""

    description: str
    quantity: int
    unit_price: int
    discount: int = 0
    net: int
    category: TaxCategory
    rate: Decimal
    start: date | None = None
    end: date | None = None

    @property
    def period(self) -> BillingPeriod | None:
        """The days billed, where the line is for a period."""
        return BillingPeriod(self.start, self.end) if self.start and self.end else None


class Invoice(Record, frozen=True, kw_only=True):
    """An issued invoice or credit note. Amounts are minor units of `currency`; a credit note's are negative."""

    kind: ClassVar[str] = "invoices"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("number", lambda i: [(i.number,)], unique=True, shared=True),
        Index("history", lambda i: [(i.account_id, i.issued_on, i.number)]),
        Index("state", lambda i: [(i.account_id, i.state.value, i.issued_on, i.number)]),
        Index("subscription", lambda i: [(i.account_id, each, i.issued_on, i.number) for each in i.subscription_ids]),
        Index("amount", lambda i: [(i.account_id, i.gross, i.number)]),
        Index("due", lambda i: [(i.account_id, i.due_on, i.number)] if i.state is InvoiceState.OPEN else []),
        Index("corrects", lambda i: [(i.account_id, i.corrects, i.number)] if i.corrects else []),
        Index("reference", lambda i: [(i.account_id, name, i.issued_on, i.number) for name in i.references]),
        Index("renewal", lambda i: [(key,) for key in i.renewals], unique=True, shared=True),
        Index("unpaid", lambda i: [(i.due_on, i.number)] if i.state is InvoiceState.OPEN else [], shared=True),
        Index("order", lambda i: [(i.account_id, i.purchase_order, i.issued_on, i.number)] if i.purchase_order else []),
        Index("words", lambda i: [(i.account_id, word, i.issued_on, i.number) for word in i.words]),
    )

    account_id: Id
    type: InvoiceType = InvoiceType.INVOICE
    number: str
    issued_on: date
    due_on: date
    state: InvoiceState
    currency: str
    language: str
    subscription_id: Id = ""
    seller: Party
    customer: Party
    lines: tuple[Line, ...]
    groups: tuple[TaxGroup, ...]
    net: int
    tax: int
    gross: int
    tax_in_euro: int | None = None
    """The tax in euro cents where the currency is another (RD 1619/2012, art. 12.1)."""
    paid: int = 0
    credited: int = 0
    corrects: Id = ""
    """For a credit note: the invoice it corrects."""
    corrects_number: str = ""
    corrects_issued_on: date | None = None
    reason: str = ""
    """For a credit note: why (RD 1619/2012, art. 15.4)."""
    purchase_order: str = ""
    quote: str = ""
    """The quote whose agreed price it bills."""
    contract: str = ""
    """The customer's frame contract."""
    notes: str = ""
    renewals: tuple[str, ...] = ()
    """Which renewals it bills, each by `renewal_key`: no two invoices can bill one."""

    @property
    def due(self) -> int:
        """What is still owed, in minor units."""
        return 0 if self.type is InvoiceType.CREDIT_NOTE else self.gross - self.paid - self.credited

    def money(self, minor: int) -> Money:
        """An amount of this document."""
        return Money(minor, self.currency)

    def overdue(self, today: date) -> bool:
        """Whether payment is late on `today`."""
        return self.state is InvoiceState.OPEN and self.due_on < today

    @property
    def period(self) -> BillingPeriod | None:
        """The days the document bills, from the first line's first to the last line's last."""
        periods = [p for line in self.lines if (p := line.period)]
        return BillingPeriod(min(p.start for p in periods), max(p.end for p in periods)) if periods else None

    @property
    def subscription_ids(self) -> tuple[Id, ...]:
        """What it bills: one subscription, the several of a consolidated invoice, or none (an empty id)."""
        if self.subscription_id or not self.renewals:
            return (self.subscription_id,)
        return tuple(dict.fromkeys(key.rpartition(":")[0] for key in self.renewals))

    @property
    def references(self) -> tuple[str, ...]:
        """What a person may call the document by: its number and its running number, in lower case."""
        number = self.number.casefold()
        return tuple(dict.fromkeys((number, number.rsplit("-", 1)[-1].lstrip("0"))))

    @property
    def words(self) -> tuple[str, ...]:
        """What a person may type to find the document: number, running number, day, total, order, descriptions."""
        texts = (self.number, self.purchase_order, self.corrects_number, *(line.description for line in self.lines))
        total = str(Decimal(abs(self.gross)).scaleb(-exponent(self.currency)))
        found = {*self.references, self.issued_on.isoformat(), total, *(word for text in texts for word in words(text))}
        return tuple(sorted({word[:LONGEST_WORD] for word in found if word}))


def renewal_key(subscription_id: Id, start: date) -> str:
    """What a renewal is unique by: the subscription and the day its period starts."""
    return f"{subscription_id}:{start.isoformat()}"


LONGEST_WORD = 40
"""Characters of a word that are kept to be found by; what a person types is cut alike."""

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")


def words(text: str) -> Iterator[str]:
    """The words a person may type to find `text`: lower case, without accents, a decimal comma as a point."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace(",", ".")
    yield from _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
