"""What the vendor sells: plans, and what a licence of each costs per period."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from billing.periods import Frequency
from billing.record import Record


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

    def price(self, frequency: Frequency, currency: str) -> Price | None:
        """The list price, or None where the plan is not sold that way."""
        return next((p for p in self.prices if (p.frequency, p.currency) == (frequency, currency)), None)
