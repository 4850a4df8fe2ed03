"""What waits for somebody, on whichever side of the enterprise counter they stand; the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, IntEnum
from typing import Any

from billing.credentials import Counter
from billing.desk import AccountBooks, Desk
from billing.errors import N_, NotAllowed
from billing.holds import HOLD_WORDS, HeldInvoice
from billing.invoices import Invoice
from billing.language import Word
from billing.money import Money
from billing.ordering import OrderRow, list_orders
from billing.permissions import Act
from billing.purchase_orders import STATE_WORDS, OrderState
from billing.quotes import Quote, QuoteState, standing
from billing.record import Id
from billing.store import Span

MOST = 50
"""Things of each kind that are looked at."""

SOON_DAYS = 7
"""An offer that ends within these presses."""

FOLLOW_UP_DAYS = 14
"""For how long the vendor is reminded of an offer that was not taken."""


class Pressing(IntEnum):
    """How soon somebody should act."""

    NOW = 0
    SOON = 1
    WHEN_CONVENIENT = 2


class About(Enum):
    """What kind of record a thing is about."""

    QUOTE = "quote"
    INVOICE = "invoice"
    HELD = "held"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: a catalogue sentence with its values, and the record it is about."""

    pressing: Pressing
    since: date
    message: str
    about: About
    subject: Id
    account_id: Id
    account: str
    values: dict[str, Any] = field(default_factory=dict)


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """What waits on an account for the side the person stands on; each sees what their role lets them see."""
    return _sorted(_all(desk))


def queue(desks: Iterable[Desk]) -> tuple[Waiting, ...]:
    """A representative's day: what waits on all their accounts, each read through its own desk."""
    return _sorted(one for desk in desks for one in _still_mine(desk))


def _still_mine(desk: Desk) -> tuple[Waiting, ...]:
    """What waits on one account; nothing where it was given to somebody else meanwhile."""
    try:
        return tuple(_all(desk))
    except NotAllowed:
        return ()


def _sorted(found: Iterable[Waiting]) -> tuple[Waiting, ...]:
    return tuple(sorted(found, key=lambda w: (w.pressing, w.since, w.account, w.subject)))


def _all(desk: Desk) -> Iterator[Waiting]:
    with desk.read(Act.SEE_ACCOUNT) as books:
        found = [*_held(desk, books), *_overdue(desk, books)]
        if desk.may(Act.SEE_QUOTES):
            found += _vendor_quotes(desk, books) if desk.counter is Counter.DESK else _offers(desk, books)
    yield from found
    if desk.may(Act.SEE_ORDERS):
        yield from _orders(desk)


def _one(
    desk: Desk, pressing: Pressing, since: date, message: str, about: About, subject: Id, **values: Any
) -> Waiting:
    return Waiting(pressing, since, message, about, subject, desk.account.id, desk.account.name, values)


def _in_state(books: AccountBooks, *states: QuoteState) -> Iterator[Quote]:
    for state in states:
        yield from books.find(Quote, Span("state", (state.value,)), limit=MOST).rows


def _offers(desk: Desk, books: AccountBooks) -> Iterator[Waiting]:
    message = N_("Quote {number} waits for your answer until {day}: {title}")
    for quote in _in_state(books, QuoteState.SENT):
        if standing(quote, desk.today) is QuoteState.SENT and quote.valid_until is not None:
            pressing = Pressing.NOW if (quote.valid_until - desk.today).days <= SOON_DAYS else Pressing.SOON
            yield _one(desk, pressing, quote.moved_at.date(), message, About.QUOTE, quote.id,
                       number=quote.number, title=quote.title, day=quote.valid_until)  # fmt: skip


_VENDOR_WORDS = {
    QuoteState.REQUESTED: N_("A quote is asked for: {title}"),
    QuoteState.COUNTERED: N_("A counter-offer waits for you: {title}"),
    QuoteState.DRAFT: N_("A draft is not sent yet: {title}"),
    QuoteState.AWAITING_LEAD: N_("A discount waits for the lead: {title}"),
}


def _vendor_quotes(desk: Desk, books: AccountBooks) -> Iterator[Waiting]:
    for quote in _in_state(books, *_VENDOR_WORDS, QuoteState.SENT, QuoteState.DECLINED):
        now, since = standing(quote, desk.today), quote.moved_at.date()
        values = {"number": quote.number, "title": quote.title}
        if now in _VENDOR_WORDS:
            pressing = Pressing.WHEN_CONVENIENT if now is QuoteState.DRAFT else Pressing.NOW
            if now is QuoteState.AWAITING_LEAD and not desk.may(Act.APPROVE_DISCOUNT):
                pressing = Pressing.SOON
            yield _one(desk, pressing, since, _VENDOR_WORDS[now], About.QUOTE, quote.id, **values)
            continue
        last = quote.valid_until or desk.today
        if now is QuoteState.DECLINED:
            if since >= desk.today - timedelta(days=FOLLOW_UP_DAYS):
                message = N_("The offer was declined on {day}: {title}")
                yield _one(desk, Pressing.WHEN_CONVENIENT, since, message, About.QUOTE, quote.id, day=since, **values)
        elif now is QuoteState.SENT and last <= desk.today + timedelta(days=SOON_DAYS):
            message = N_("The offer ends on {day}, without an answer so far: {title}")
            yield _one(desk, Pressing.SOON, since, message, About.QUOTE, quote.id, day=last, **values)
        elif now is QuoteState.EXPIRED and last >= desk.today - timedelta(days=FOLLOW_UP_DAYS):
            message = N_("The offer ended on {day} without an answer: {title}")
            yield _one(desk, Pressing.WHEN_CONVENIENT, since, message, About.QUOTE, quote.id, day=last, **values)


def _held(desk: Desk, books: AccountBooks) -> Iterator[Waiting]:
    for held in books.find(HeldInvoice, Span("account"), limit=MOST).rows:
        yield _one(
            desk, Pressing.NOW, held.since, N_("The invoice from {day} waits: {reason}"), About.HELD, held.id,
            day=held.period_start, reason=Word(HOLD_WORDS[held.reason]),
        )  # fmt: skip


def _overdue(desk: Desk, books: AccountBooks) -> Iterator[Waiting]:
    for invoice in books.find(Invoice, Span("due"), limit=MOST).rows:
        if invoice.overdue(desk.today):
            yield _one(
                desk, Pressing.SOON, invoice.due_on, N_("Invoice {number} is overdue since {day}: {due}"),
                About.INVOICE, invoice.id,
                number=invoice.number, day=invoice.due_on, due=Money(invoice.due, invoice.currency),
            )  # fmt: skip


def _orders(desk: Desk) -> Iterator[Waiting]:
    """Orders that are in use and will not do for the next three months."""
    horizon = desk.today + timedelta(days=92)
    for row in list_orders(desk):
        if row.standing in (OrderState.EXPIRED, OrderState.EXHAUSTED) and row.forecast.draws:
            state = Word(STATE_WORDS[row.standing])
            message = N_("Purchase order {number} is {state} and still in use.")
            yield _one(desk, Pressing.SOON, desk.today, message, About.ORDER, row.order.id,
                       number=row.order.number, state=state)  # fmt: skip
        elif row.standing is OrderState.ACTIVE and (day := _ends(row)) is not None and day <= horizon:
            message = N_("Purchase order {number} does not cover the renewal of {day}.")
            yield _one(desk, Pressing.WHEN_CONVENIENT, day, message, About.ORDER, row.order.id,
                       number=row.order.number, day=day)  # fmt: skip


def _ends(row: OrderRow) -> date | None:
    ends = [draw.on for draw in (row.forecast.exhausted_by, row.forecast.expires_before) if draw is not None]
    return min(ends, default=None)
