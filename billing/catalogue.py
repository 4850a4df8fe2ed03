"""What the vendor sells: plans, and what a licence of each costs per period."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from billing.periods import Frequency
from billing.record import Id, Record


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one licence costs for one period, before tax, in minor units of `currency`."""

    frequency: Frequency
    currency: str
    amount: int


class Plan(Record, frozen=True, kw_only=True):
    """Something a customer can subscribe to."""

    kind: ClassVar[str] = "plans"

    name: str
    prices: tuple[Price, ...]
    about: str = ""
    """What it is, in a sentence, in the vendor's words."""
    offered: bool = True
    """Whether it can still be chosen; who has it keeps it."""
    trial_days: int = 0
    """Days before the first bill, for an account that never had the plan."""
    minimum_months: int = 0
    """How long a subscription cannot be reduced or ended (an annual commitment is 12)."""
    most_licences: int = 10_000

    def price(self, frequency: Frequency, currency: str) -> Price | None:
        """The list price, or None where the plan is not sold that way."""
        return next((p for p in self.prices if (p.frequency, p.currency) == (frequency, currency)), None)


class Coupon(Record, frozen=True, kw_only=True):
    """A discount given for a code, which is the record's id in upper case."""

    kind: ClassVar[str] = "coupons"

    percent: int
    """From 1 to 100."""
    periods: int = 0
    """For how many billing periods; 0 for as long as the subscription runs."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which it can be used."""
    plan_ids: tuple[Id, ...] = ()
    """The plans it is for; empty for all."""
