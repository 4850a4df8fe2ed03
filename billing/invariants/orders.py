"""An order's versions follow each other without a gap, and the last says what the order says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billing.accounts import Account
from billing.invariants.faults import Fault, Records, named, of
from billing.purchase_orders import OrderRevision, OrderState, PurchaseOrder
from billing.record import Id

DERIVED = (OrderState.EXPIRED, OrderState.EXHAUSTED)


def order_faults(records: Records) -> Iterator[Fault]:
    """Versions, states and terms of purchase orders."""
    versions: dict[Id, dict[int, OrderRevision]] = defaultdict(dict)
    for revision in of(records, OrderRevision):
        versions[revision.order_id][revision.number] = revision
    accounts = {account.id: account for account in of(records, Account)}
    for order in of(records, PurchaseOrder):
        if order.state in DERIVED:
            yield named(order), "state", "follows from the day and what was drawn, and is not stored"
        if sorted(versions[order.id]) != list(range(1, order.revision + 1)):
            yield named(order), "revision", "does not count its versions"
        elif versions[order.id][order.revision].terms != order.terms:
            yield named(order), "terms", "are not those of its last version"
        if (account := accounts.get(order.account_id)) is not None and account.currency != order.currency:
            yield named(order), "currency", "is not the account's"
        last, budget = order.terms.valid_until, order.terms.budget
        if last is not None and last < order.terms.valid_from:
            yield named(order), "terms.valid_until", "lies before its first day"
        if budget is not None and budget < 0:
            yield named(order), "terms.budget", "must not be negative"
