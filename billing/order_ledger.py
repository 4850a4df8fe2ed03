"""What was drawn on a purchase order: the documents issued under its number, and whether one more may be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from billing.accounts import Account
from billing.holds import HoldReason
from billing.invoices import Invoice
from billing.issuing import Sale
from billing.purchase_orders import PurchaseOrder, covers, valid_on
from billing.record import Id
from billing.store import Reading, Span
from billing.tax import tax_totals

PAGE = 200


def net_of(documents: Iterable[Invoice]) -> int:
    """What they draw together: invoices less credit notes, before tax."""
    return sum(document.net for document in documents)


def drawn(books: Reading, account_id: Id, number: str) -> int:
    """What was invoiced under a number so far."""
    total, cursor = 0, None
    while True:
        found = books.find(Invoice, Span("order", (account_id, number)), limit=PAGE, after=cursor)
        total += net_of(found.rows)
        cursor = found.next
        if cursor is None:
            return total


def order_reason(books: Reading, account: Account, sale: Sale, day: date) -> HoldReason | None:
    """Why an account that requires orders cannot be invoiced for the sale on a day; None where it can.

    An invoice that charges nothing draws nothing. Where orders are not required, an order is advisory.
    """
    net = tax_totals(sale.lines).net
    if not account.order_required or net <= 0:
        return None
    if not sale.purchase_order:
        return HoldReason.ORDER_MISSING
    rows = books.find(PurchaseOrder, Span("number", (account.id, sale.purchase_order)), limit=1).rows
    if not rows:
        return HoldReason.ORDER_MISSING
    order = rows[0]
    if not valid_on(order, day):
        return HoldReason.ORDER_NOT_VALID
    return None if covers(order, drawn(books, account.id, order.number), net) else HoldReason.ORDER_EXHAUSTED
