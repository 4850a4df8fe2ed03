"""Reading purchase orders: each with its ledger, its versions, what it pays for and what comes."""

from __future__ import annotations

from dataclasses import dataclass

from billing.accounts import Account
from billing.desk import AccountBooks, Desk
from billing.forecast import expected, horizon
from billing.holds import ORDER_REASONS, HeldInvoice
from billing.invoices import Invoice
from billing.order_ledger import net_of
from billing.permissions import Act
from billing.purchase_orders import (
    Draw,
    Forecast,
    OrderRevision,
    OrderState,
    OrderTerms,
    PurchaseOrder,
    forecast,
    standing,
)
from billing.record import Id
from billing.store import Span
from billing.subscriptions import Subscription
from billing.vendor import Vendor

MOST_ORDERS = 500
MOST_REVISIONS = 200


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list: what was drawn of it, what remains (None without a budget), and what comes."""

    order: PurchaseOrder
    standing: OrderState
    drawn: int
    remaining: int | None
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything about one order."""

    row: OrderRow
    revisions: tuple[OrderRevision, ...]
    ledger: tuple[Invoice, ...]
    """The documents issued under its number, oldest first."""
    attached: tuple[Subscription, ...]
    held: tuple[HeldInvoice, ...]
    """Invoices of the account that wait for an order."""


def list_orders(desk: Desk) -> tuple[OrderRow, ...]:
    """The account's orders: active ones first, then by number."""
    with desk.read(Act.SEE_ORDERS) as books:
        coming = _coming(desk, books)
        rows = [_row(desk, books, order, coming) for order in books.find(
            PurchaseOrder, Span("number"), limit=MOST_ORDERS
        ).rows]  # fmt: skip
    places = list(OrderState)
    rows.sort(key=lambda r: (r.standing is not OrderState.ACTIVE, places.index(r.standing), r.order.number))
    return tuple(rows)


def open_order(desk: Desk, order_id: Id) -> OrderView:
    """One order with its versions, its ledger and what it pays for."""
    with desk.read(Act.SEE_ORDERS) as books:
        order = books.get(PurchaseOrder, order_id)
        held = books.find(HeldInvoice, Span("account"), limit=MOST_ORDERS).rows
        return OrderView(
            row=_row(desk, books, order, _coming(desk, books)),
            revisions=books.find(OrderRevision, Span("order", (order.id,)), limit=MOST_REVISIONS).rows,
            ledger=_documents(books, order.number),
            attached=tuple(s for s in _subscriptions(books) if s.purchase_order == order.number),
            held=tuple(h for h in held if h.reason in ORDER_REASONS),
        )


def order_named(desk: Desk, reference: str) -> PurchaseOrder:
    """The order with this number, or else with this id; `NotFound` where the account has neither."""
    with desk.read(Act.SEE_ORDERS) as books:
        rows = books.find(PurchaseOrder, Span("number", (reference.strip(),)), limit=1).rows
        return rows[0] if rows else books.get(PurchaseOrder, reference)


def terms_read(desk: Desk, order_id: Id, revision: int) -> OrderTerms:
    """What the order said in one of its versions; `NotFound` where it never had so many."""
    with desk.read(Act.SEE_ORDERS) as books:
        return books.get(OrderRevision, revision_id(order_id, revision)).terms


def held_for_an_order(desk: Desk) -> tuple[HeldInvoice, ...]:
    """The invoices that wait for an order."""
    with desk.read(Act.SEE_ORDERS) as books:
        held = books.find(HeldInvoice, Span("account"), limit=MOST_ORDERS).rows
        return tuple(h for h in held if h.reason in ORDER_REASONS)


def attachable(desk: Desk) -> tuple[Subscription, ...]:
    """The subscriptions that an order can be for: those that will be billed again."""
    with desk.read(Act.SEE_ORDERS) as books:
        return tuple(s for s in _subscriptions(books) if s.renews_on is not None)


def _subscriptions(books: AccountBooks) -> tuple[Subscription, ...]:
    return books.find(Subscription, Span("account"), limit=MOST_ORDERS).rows


def _documents(books: AccountBooks, number: str) -> tuple[Invoice, ...]:
    """Everything issued under a number, oldest first."""
    found: list[Invoice] = []
    cursor = None
    while True:
        page = books.find(Invoice, Span("order", (number,)), limit=MOST_ORDERS, after=cursor)
        found += page.rows
        if (cursor := page.next) is None:
            return tuple(found)


def _coming(desk: Desk, books: AccountBooks) -> dict[str, list[Draw]]:
    """What will be invoiced under which number in the months ahead."""
    coming: dict[str, list[Draw]] = {}
    vendor, account = books.get(Vendor, Vendor.ID), books.get(Account, desk.account.id)
    for subscription in _subscriptions(books):
        if subscription.purchase_order:
            for invoice in expected(vendor, account, subscription, horizon(desk.today)):
                coming.setdefault(subscription.purchase_order, []).append(Draw(invoice.on, invoice.net))
    return coming


def _row(desk: Desk, books: AccountBooks, order: PurchaseOrder, coming: dict[str, list[Draw]]) -> OrderRow:
    total = net_of(_documents(books, order.number))
    budget = order.terms.budget
    return OrderRow(
        order=order,
        standing=standing(order, total, desk.today),
        drawn=total,
        remaining=None if budget is None else budget - total,
        forecast=forecast(order, total, coming.get(order.number, [])),
    )


def revision_id(order_id: Id, number: int) -> Id:
    """The id of a version."""
    return f"{order_id}.r{number}"
