"""Pages of the gateway that were opened and left: a card entered there later is taken up when somebody looks again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from billing.desk import Desk
from billing.payment_gateway import CollectionState, PaymentGateway
from billing.payment_methods import MethodRequest, PaymentMethod
from billing.permissions import Act
from billing.store import Span
from billing.wallet import watch_page

LOOKED_AFTER = timedelta(days=2)
"""Hosted pages expire within a day."""

MOST_PAGES = 5
"""Pages that are asked about; who opens more has left the older ones."""


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What came of pages that were left open, and how many may still bring something."""

    added: tuple[PaymentMethod, ...]
    waiting: int


def take_up(desk: Desk, gateway: PaymentGateway) -> TakenUp:
    """Look at the account's latest pages once more."""
    since = desk.clock() - LOOKED_AFTER
    with desk.read(Act.CHANGE_PAYMENT_METHODS) as books:
        latest = books.find(MethodRequest, Span("account"), descending=True, limit=MOST_PAGES).rows
    added, waiting = [], 0
    for request in latest:
        if request.method_id or request.opened_at < since:
            continue
        collection, method = watch_page(desk, gateway, request.id)
        waiting += collection.state is CollectionState.WAITING
        if method is not None:
            added.append(method)
    return TakenUp(tuple(added), waiting)
