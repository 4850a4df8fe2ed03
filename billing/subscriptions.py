"""What an account is subscribed to, and when it renews."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from billing.periods import BillingPeriod, Frequency, billing_periods, period_holding
from billing.record import Id, Index, Record


class Pending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A reduction that was asked for and takes effect with the renewal on day `on`; until then it can be undone."""

    on: date
    plan_id: Id
    plan_name: str
    quantity: int
    unit_price: int
    frequency: Frequency
    asked_on: date
    ends_coupon: bool = False
    """The discount is not for the plan that it becomes."""


class Subscription(Record, frozen=True, kw_only=True):
    """Licences of one plan, billed in advance from `start` on `anchor_day`, to before `end` (None: renews).

    `unit_price` is per licence and period before tax, in minor units of the account's currency. `start` is the first
    day that is billed. A change to a longer frequency begins a new row of periods on its day: `anchored_on`.
    """

    kind: ClassVar[str] = "subscriptions"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda s: [(s.account_id, s.start)]),
        Index("due", lambda s: [(s.renews_on, s.id)] if s.renews_on else [], shared=True),
        Index("method", lambda s: [(s.account_id, s.method_id)] if s.method_id else []),
    )

    account_id: Id
    plan_id: Id
    plan_name: str
    quantity: int
    unit_price: int
    discount_percent: int = 0
    frequency: Frequency
    anchor_day: int
    start: date
    end: date | None = None
    purchase_order: str = ""
    """The number of the purchase order its invoices draw on (`billing.purchase_orders`)."""
    quote: str = ""
    """The number of the accepted quote that its price comes from."""
    anchored_on: date | None = None
    """Where the present row of periods began; None for `start`."""
    renews_on: date | None = None
    """The start of the next period to be billed; None where none will be. Always a boundary counted from the anchor."""
    trial_from: date | None = None
    """The first day of a free trial, which lasts to before `start`."""
    minimum_until: date | None = None
    """Before this day it is neither reduced nor ended."""
    coupon: Id = ""
    discount_until: date | None = None
    """The first day without the discount; None for as long as it runs."""
    pending: Pending | None = None
    method_id: Id = ""
    """The payment method its invoices are charged to; empty for the account's default."""
    cancelled_on: date | None = None
    """When its end was asked for."""
    cancel_reason: str = ""

    @property
    def anchor(self) -> date:
        """The day its periods are counted from."""
        return self.anchored_on or self.start

    def runs_on(self, day: date) -> bool:
        """Whether the subscription is in force on `day`, its trial included."""
        return (self.trial_from or self.start) <= day and (self.end is None or day < self.end)

    def in_trial(self, day: date) -> bool:
        """Whether `day` is one of its free trial's."""
        return self.trial_from is not None and self.trial_from <= day < self.start

    def discount_on(self, day: date) -> int:
        """The discount in per cent for a period that starts on `day`."""
        return self.discount_percent if self.discount_until is None or day < self.discount_until else 0

    def periods(self, until: date) -> tuple[BillingPeriod, ...]:
        """The periods of the present row that have begun by `until`, cut at its end."""
        return billing_periods(self.anchor, self.end, max(until, self.anchor), self.frequency, self.anchor_day)

    def period_on(self, day: date) -> BillingPeriod | None:
        """The whole period that holds `day`, not cut at the end; None before the anchor."""
        if day < self.anchor:
            return None
        return period_holding(self.anchor, day, self.frequency, self.anchor_day)

    def next_renewal(self, today: date) -> date | None:
        """The first period start after `today`; None when it will not renew."""
        if today < self.anchor:
            return self.anchor
        current = period_holding(self.anchor, today, self.frequency, self.anchor_day)
        return current.end if self.end is None or current.end < self.end else None
