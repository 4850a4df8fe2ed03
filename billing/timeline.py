"""What happened on a subscription or an account, newest first: invoices, payments, attempts, credits and changes.

Kill Bill's timeline: everything about renewals in one list, failed attempts included (killbill/killbill#69).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from billing.audit import AuditEvent
from billing.charges import Charge, ChargeState
from billing.desk import AccountBooks, Desk
from billing.holds import HeldInvoice
from billing.invoices import Invoice
from billing.payments import Payment
from billing.permissions import Act
from billing.record import Id
from billing.store import Span

MOST = 1000


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened on a day; `of` is the record that tells of it."""

    on: date
    of: Invoice | Payment | Charge | AuditEvent | HeldInvoice


def timeline(desk: Desk, *, subscription_id: Id = "", limit: int = 200) -> tuple[Happening, ...]:
    """The newest `limit` happenings of the account, or of one subscription.

    Successful charges are left out: their payments tell the same.
    """
    zone = ZoneInfo(desk.account.time_zone)
    with desk.read(Act.SEE_ACCOUNT) as books:
        rows = [
            _invoices(books, subscription_id, limit),
            _payments(books, limit),
            (Happening(c.attempted_at.astimezone(zone).date(), c) for c in _charges(books, limit)),
            (Happening(e.at.astimezone(zone).date(), e) for e in _events(books, subscription_id, limit)),
            (Happening(h.since, h) for h in books.find(HeldInvoice, Span("account"), limit=MOST).rows),
        ]
        merged = heapq.merge(*(sorted(r, key=_order, reverse=True) for r in rows), key=_order, reverse=True)
        if not subscription_id:
            return tuple(islice(merged, limit))
        own = {h.of.id for h in merged_invoices(books, subscription_id)}
        return tuple(islice((h for h in merged if _concerns(h, subscription_id, own)), limit))


def merged_invoices(books: AccountBooks, subscription_id: Id) -> tuple[Happening, ...]:
    """The invoices of one subscription."""
    rows = books.find(Invoice, Span("subscription", (subscription_id,)), descending=True, limit=MOST).rows
    return tuple(Happening(i.issued_on, i) for i in rows)


_RANK: tuple[type, ...] = (Invoice, HeldInvoice, Charge, Payment, AuditEvent)


def _order(happening: Happening) -> Any:
    return happening.on, _RANK.index(type(happening.of)), happening.of.id


def _concerns(happening: Happening, subscription_id: Id, invoices: set[Id]) -> bool:
    match happening.of:
        case Invoice() as document:
            return subscription_id in document.subscription_ids
        case HeldInvoice() as held:
            return held.subscription_id == subscription_id
        case Payment() as payment:
            return payment.invoice_id in invoices
        case Charge() as charge:
            return any(share.invoice_id in invoices for share in charge.shares)
        case AuditEvent() as event:
            return event.subject_id == subscription_id or event.subject_id in invoices


def _invoices(books: AccountBooks, subscription_id: Id, limit: int) -> Iterator[Happening]:
    span = Span("subscription", (subscription_id,)) if subscription_id else Span("history")
    for invoice in books.find(Invoice, span, descending=True, limit=limit).rows:
        yield Happening(invoice.issued_on, invoice)


def _payments(books: AccountBooks, limit: int) -> Iterator[Happening]:
    for payment in books.find(Payment, Span("account"), descending=True, limit=limit).rows:
        yield Happening(payment.paid_on, payment)


def _charges(books: AccountBooks, limit: int) -> Iterator[Charge]:
    rows = books.find(Charge, Span("account"), descending=True, limit=limit).rows
    return (c for c in rows if c.state is not ChargeState.SUCCEEDED)


def _events(books: AccountBooks, subscription_id: Id, limit: int) -> tuple[AuditEvent, ...]:
    span = Span("subject", (subscription_id,)) if subscription_id else Span("account")
    return books.find(AuditEvent, span, descending=True, limit=limit).rows
