"""Purchase orders: what the customer's own company allows to be spent, for how long, and what was drawn (M11).

The ledger of an order is the documents issued under its number: there is no second one that could disagree. Amounts are
net, before tax, in minor units (billing rules, §9: one of both is to be fixed). Expiry is inclusive of its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import ClassVar

import msgspec

from billing.audit import Change
from billing.errors import N_
from billing.record import Id, Index, Record

MOST_LINES = 50
LONGEST_NUMBER = 60
WARN_SHARE = 80
"""Per cent of the budget at which people are warned (Nine-Minds/alga-psa#1568)."""
WARN_DAYS = (30, 7)
"""Days before the last one on which people are warned."""
WARN_AHEAD = 30
"""Days before the renewal for which too little is left on which people are warned."""


class OrderState(Enum):
    """How an order stands. The last two are never stored: they follow from the day and what was drawn (`standing`)."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"


STATE_WORDS = {
    OrderState.DRAFT: N_("a draft"),
    OrderState.ACTIVE: N_("active"),
    OrderState.CLOSED: N_("closed"),
    OrderState.EXPIRED: N_("expired"),
    OrderState.EXHAUSTED: N_("exhausted"),
}


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the order is for, as the customer's purchasing wrote it."""

    description: str
    quantity: int = 1
    amount: int = 0


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the customer's purchasing says of the order. Every edit is a new version of these."""

    issuer: str
    """Who issued it, on the customer's side."""
    valid_from: date
    valid_until: date | None = None
    """The last day; None for no end."""
    budget: int | None = None
    """What may be invoiced under it, net; None for no limit."""
    lines: tuple[OrderLine, ...] = ()
    files: tuple[str, ...] = ()
    """References of attached files, such as a document number or a link of the customer's."""
    note: str = ""


class PurchaseOrder(Record, frozen=True, kw_only=True):
    """An order. Subscriptions and invoices name it by its `number`, which never changes."""

    kind: ClassVar[str] = "purchase_orders"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("number", lambda o: [(o.account_id, o.number)], unique=True),
        Index("state", lambda o: [(o.account_id, o.state.value, o.number)]),
        Index("running", lambda o: [(o.account_id, o.id)] if o.state is OrderState.ACTIVE else [], shared=True),
    )

    account_id: Id
    number: str
    state: OrderState
    currency: str
    terms: OrderTerms
    revision: int = 1
    updated_at: datetime


class OrderRevision(Record, frozen=True, kw_only=True):
    """One version of an order's terms, and who wrote it. The id is the order's with `.r` and the number."""

    kind: ClassVar[str] = "order_revisions"
    indexes: ClassVar[tuple[Index, ...]] = (Index("order", lambda r: [(r.account_id, r.order_id, r.number)]),)

    account_id: Id
    order_id: Id
    number: int
    at: datetime
    person_id: Id
    name: str
    door: str
    terms: OrderTerms
    changes: tuple[Change, ...] = ()


def standing(order: PurchaseOrder, drawn: int, today: date) -> OrderState:
    """How an order stands on `today`, with `drawn` invoiced under it."""
    if order.state is not OrderState.ACTIVE:
        return order.state
    if order.terms.valid_until is not None and order.terms.valid_until < today:
        return OrderState.EXPIRED
    if order.terms.budget is not None and drawn >= order.terms.budget:
        return OrderState.EXHAUSTED
    return OrderState.ACTIVE


def valid_on(order: PurchaseOrder, day: date) -> bool:
    """Whether invoices may be issued under the order on `day`, as far as its budget goes."""
    last = order.terms.valid_until
    return order.state is OrderState.ACTIVE and order.terms.valid_from <= day and (last is None or day <= last)


def covers(order: PurchaseOrder, drawn: int, net: int) -> bool:
    """Whether the budget has room for an invoice of `net` when `drawn` has been invoiced."""
    return order.terms.budget is None or drawn + net <= order.terms.budget


@dataclass(frozen=True, slots=True)
class Draw:
    """Something that will be invoiced under an order."""

    on: date
    net: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to come for an order: until when it lasts, and which draw ends it."""

    draws: tuple[Draw, ...]
    exhausted_by: Draw | None
    """The first draw that the budget does not cover."""
    expires_before: Draw | None
    """The first draw after its last day."""


def forecast(order: PurchaseOrder, drawn: int, draws: Sequence[Draw]) -> Forecast:
    """Take the draws one by one off the budget, in the order of their days."""
    budget, last = order.terms.budget, order.terms.valid_until
    exhausted = expired = None
    for draw in sorted(draws, key=lambda d: (d.on, d.net)):
        if expired is None and last is not None and draw.on > last:
            expired = draw
        drawn += draw.net
        if exhausted is None and budget is not None and drawn > budget:
            exhausted = draw
    return Forecast(tuple(draws), exhausted, expired)


def too_little_for(order: PurchaseOrder, drawn: int, draws: Sequence[Draw], today: date) -> Draw | None:
    """The draw of the days ahead that what remains does not cover; None where there is none."""
    short = forecast(order, drawn, draws).exhausted_by
    return short if short is not None and short.on <= today + timedelta(days=WARN_AHEAD) else None


def warnings(order: PurchaseOrder, drawn: int, today: date, draws: Sequence[Draw] = ()) -> Iterator[tuple[str, str]]:
    """What is to be told of the order today: an event that is told once, and a catalogue sentence."""
    if order.state is not OrderState.ACTIVE:
        return
    budget, last = order.terms.budget, order.terms.valid_until
    if budget and 100 * drawn >= WARN_SHARE * budget:
        yield f"drawn:{budget}", N_("Purchase order {number}: {drawn} of {budget} are drawn.")
    if (short := too_little_for(order, drawn, draws, today)) is not None:
        message = N_("Purchase order {number} has {remaining} left: too little for the renewal of {short}.")
        yield f"short:{budget}:{short.on}", message
    for days in WARN_DAYS:
        if last is not None and today <= last <= today + timedelta(days=days):
            yield f"expires:{last}:{days}", N_("Purchase order {number} expires on {day}.")


FIELD_WORDS = {
    "issuer": N_("issued by"),
    "valid_from": N_("valid from"),
    "valid_until": N_("valid until"),
    "budget": N_("budget before tax"),
    "lines": N_("lines"),
    "files": N_("files"),
    "note": N_("note"),
}
"""What the fields of terms are called."""
