"""The JSON shapes of what several commands answer with. They are part of the contract: `docs/commands.md`."""

from __future__ import annotations

from datetime import date
from typing import Any

from billing.charges import Charge
from billing.invoices import Invoice, Line
from billing.money import Money
from billing.payment_methods import PaymentMethod
from billing.subscriptions import Subscription
from billing.tax import TaxTotals

Shape = dict[str, Any]


def invoice(document: Invoice, today: date) -> Shape:
    """A document as a list shows it."""
    money = document.money
    return {
        "id": document.id,
        "number": document.number,
        "type": document.type,
        "issued_on": document.issued_on,
        "due_on": document.due_on,
        "state": document.state,
        "overdue": document.overdue(today),
        "subscription_id": document.subscription_id or None,
        "about": document.lines[0].description if document.lines else "",
        "net": money(document.net),
        "tax": money(document.tax),
        "gross": money(document.gross),
        "paid": money(document.paid),
        "credited": money(document.credited),
        "due": money(document.due),
        "corrects": document.corrects_number or None,
        "purchase_order": document.purchase_order or None,
    }


def line(each: Line, currency: str) -> Shape:
    """A line; `end` is the first day that is not billed."""
    return {
        "description": each.description,
        "quantity": each.quantity,
        "unit_price": Money(each.unit_price, currency),
        "discount": Money(each.discount, currency),
        "net": Money(each.net, currency),
        "category": each.category,
        "rate": each.rate,
        "start": each.start,
        "end": each.end,
    }


def totals(sums: TaxTotals, currency: str) -> Shape:
    """A document's sums, and the tax by category and rate."""
    return {
        "net": Money(sums.net, currency),
        "tax": Money(sums.tax, currency),
        "gross": Money(sums.gross, currency),
        "groups": [
            {
                "category": group.category,
                "rate": group.rate,
                "net": Money(group.net, currency),
                "tax": Money(group.tax, currency),
            }
            for group in sums.groups
        ],
    }


def subscription(held: Subscription, currency: str) -> Shape:
    """A subscription; `end` is the first day on which it no longer runs."""
    pending = held.pending
    return {
        "id": held.id,
        "plan_id": held.plan_id,
        "plan": held.plan_name,
        "licences": held.quantity,
        "unit_price": Money(held.unit_price, currency),
        "discount_percent": held.discount_percent,
        "discount_until": held.discount_until,
        "coupon": held.coupon or None,
        "frequency": held.frequency,
        "start": held.start,
        "end": held.end,
        "renews_on": held.renews_on,
        "trial_from": held.trial_from,
        "minimum_until": held.minimum_until,
        "pending": pending
        and {
            "on": pending.on,
            "plan_id": pending.plan_id,
            "plan": pending.plan_name,
            "licences": pending.quantity,
            "unit_price": Money(pending.unit_price, currency),
            "frequency": pending.frequency,
        },
        "method_id": held.method_id or None,
        "purchase_order": held.purchase_order or None,
        "cancelled_on": held.cancelled_on,
        "cancel_reason": held.cancel_reason or None,
    }


def method(held: PaymentMethod) -> Shape:
    """A payment method: enough to recognise it."""
    return {
        "id": held.id,
        "kind": held.method,
        "label": held.label,
        "brand": held.brand,
        "last4": held.last4,
        "expires": held.expires,
        "mandate": held.mandate or None,
        "refused": held.refused or None,
        "removed_on": held.removed_on,
    }


def charge(attempt: Charge, numbers: dict[str, str]) -> Shape:
    """An attempt to take money; `numbers` are those of its invoices by id."""
    return {
        "id": attempt.id,
        "state": attempt.state,
        "amount": Money(attempt.amount, attempt.currency),
        "method_id": attempt.method_id,
        "method": attempt.method_label,
        "invoices": [
            {
                "id": share.invoice_id,
                "number": numbers.get(share.invoice_id),
                "amount": Money(share.amount, attempt.currency),
            }
            for share in attempt.shares
        ],
        "automatic": attempt.automatic,
        "attempted_at": attempt.attempted_at,
        "code": attempt.code or None,
        "may_retry": attempt.may_retry,
        "confirm_url": attempt.confirm_url or None,
    }
