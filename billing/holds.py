"""Invoices that may not be issued yet: they wait un-numbered, with their reason, and are issued when it is gone."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import ClassVar

from billing.errors import N_
from billing.record import Id, Index, Record


class HoldReason(Enum):
    """Why an invoice cannot be issued."""

    ADDRESS_MISSING = "address_missing"
    """RD 1619/2012, art. 6.1 c and e: name and address of the recipient."""
    TAX_ID_WRONG = "tax_id_wrong"
    """A tax id that fails its check: it decides who owes the tax (Directive 2006/112, art. 196)."""
    ORDER_MISSING = "order_missing"
    """The customer requires a purchase order number on every invoice."""
    ORDER_NOT_VALID = "order_not_valid"
    """The order is a draft, closed, or not valid on the day."""
    ORDER_EXHAUSTED = "order_exhausted"
    """What remains of the order's budget does not cover it."""
    RATE_MISSING = "rate_missing"
    """The tax must be stated in euro, and the vendor has no rate for the currency (RD 1619/2012, art. 12.1)."""


HOLD_WORDS = {
    HoldReason.ADDRESS_MISSING: N_("The billing address is not complete. Complete it in the billing information."),
    HoldReason.TAX_ID_WRONG: N_("The tax ID does not pass its check. Correct it in the billing information."),
    HoldReason.ORDER_MISSING: N_("A purchase order is required. Enter one for the subscription."),
    HoldReason.ORDER_NOT_VALID: N_("Its purchase order is not valid now. Extend it, or enter another."),
    HoldReason.ORDER_EXHAUSTED: N_("Its purchase order has too little left. Raise its budget, or enter another."),
    HoldReason.RATE_MISSING: N_("There is no euro rate for the account's currency. The vendor is to enter one."),
}
"""What a person reads, and what to do about it."""


ORDER_REASONS = frozenset({HoldReason.ORDER_MISSING, HoldReason.ORDER_NOT_VALID, HoldReason.ORDER_EXHAUSTED})
"""What entering or mending a purchase order can take away."""


class HeldInvoice(Record, frozen=True, kw_only=True):
    """A renewal that waits. Its id is the renewal's key, so that it waits once."""

    kind: ClassVar[str] = "held_invoices"
    indexes: ClassVar[tuple[Index, ...]] = (Index("account", lambda h: [(h.account_id, h.period_start)]),)

    account_id: Id
    subscription_id: Id
    period_start: date
    period_end: date
    net: int
    """What it would bill before tax, in minor units."""
    reason: HoldReason
    since: date
