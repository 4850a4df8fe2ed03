"""What an account is subscribed to, and when it renews."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from billing.periods import Frequency, billing_periods
from billing.record import Id, Index, Record


class Subscription(Record, frozen=True, kw_only=True):
    """Licences of one plan, billed in advance from `start` on `anchor_day`, to before `end` (None: renews).

    `unit_price` is per licence and period before tax, in minor units of the account's currency.
    """

    kind: ClassVar[str] = "subscriptions"
    indexes: ClassVar[tuple[Index, ...]] = (Index("account", lambda s: [(s.account_id, s.start)]),)

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

    def runs_on(self, day: date) -> bool:
        """Whether the subscription is in force on `day`."""
        return self.start <= day and (self.end is None or day < self.end)

    def next_renewal(self, today: date) -> date | None:
        """The first period start after `today`; None when it will not renew."""
        if today < self.start:
            return self.start
        current = billing_periods(self.start, None, today, self.frequency, self.anchor_day)[-1]
        return current.end if self.end is None or current.end < self.end else None
