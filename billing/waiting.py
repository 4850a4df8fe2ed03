"""What waits for somebody on the customer's side of the enterprise counter, the most pressing first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any

from billing.desk import AccountBooks, Desk
from billing.errors import N_
from billing.holds import HOLD_WORDS, HeldInvoice
from billing.invoices import Invoice
from billing.language import Word
from billing.money import Money
from billing.permissions import Act
from billing.quotes import Quote, QuoteState, standing
from billing.record import Id
from billing.store import Span

MOST = 50
"""Things of each kind that are looked at."""


class Pressing(IntEnum):
    """How soon somebody should act."""

    NOW = 0
    SOON = 1
    WHEN_CONVENIENT = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: a catalogue sentence with its values, and the record it is about."""

    pressing: Pressing
    since: date
    message: str
    subject: Id
    values: dict[str, Any] = field(default_factory=dict)


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """Offers to answer, invoices held, debts overdue; each person sees what their role lets them see."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        found = [*_held(books), *_overdue(desk, books)]
        if desk.may(Act.SEE_QUOTES):
            found += _offers(desk, books)
    return tuple(sorted(found, key=lambda w: (w.pressing, w.since, w.subject)))


def _offers(desk: Desk, books: AccountBooks) -> list[Waiting]:
    found = []
    for quote in books.find(Quote, Span("state", (QuoteState.SENT.value,)), limit=MOST).rows:
        if standing(quote, desk.today) is QuoteState.SENT and quote.valid_until is not None:
            days = (quote.valid_until - desk.today).days
            pressing = Pressing.NOW if days <= 7 else Pressing.SOON
            values = {"number": quote.number, "title": quote.title, "day": quote.valid_until}
            message = N_("Quote {number} waits for your answer until {day}: {title}")
            found.append(Waiting(pressing, quote.moved_at.date(), message, quote.id, values))
    return found


def _held(books: AccountBooks) -> list[Waiting]:
    return [
        Waiting(
            Pressing.NOW, held.since, N_("The invoice from {day} waits: {reason}"), held.id,
            {"day": held.period_start, "reason": Word(HOLD_WORDS[held.reason])},
        )
        for held in books.find(HeldInvoice, Span("account"), limit=MOST).rows
    ]  # fmt: skip


def _overdue(desk: Desk, books: AccountBooks) -> list[Waiting]:
    late = [i for i in books.find(Invoice, Span("due"), limit=MOST).rows if i.overdue(desk.today)]
    return [
        Waiting(
            Pressing.SOON, i.due_on, N_("Invoice {number} is overdue since {day}: {due}"), i.id,
            {"number": i.number, "day": i.due_on, "due": Money(i.due, i.currency)},
        )
        for i in late
    ]  # fmt: skip
