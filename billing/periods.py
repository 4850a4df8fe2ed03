"""Billing periods: every boundary is computed from the anchor, never from the boundary before it.

A subscription anchored on the 31st renews on 28 or 29 February and on 31 March again (Stripe, Lago and Kill Bill
agree; killbill/killbill#127 shows what chaining does). Days are calendar days; intervals are half-open.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction

import msgspec

from billing.errors import N_, Refusal


class Frequency(Enum):
    """How often a subscription is billed."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.HALF_YEARLY: 6, Frequency.YEARLY: 12}
"""Length in months; weekly periods are seven days."""


class PeriodOutOfOrder(Refusal):
    """An end or a target day before the start."""

    message = N_("The day {day} lies before the start, {start}. Nothing was changed. Choose a later day.")


class BillingPeriod(msgspec.Struct, frozen=True):
    """The days from `start` to before `end`, and what share of a full aligned period they are."""

    start: date
    end: date
    share: Fraction = Fraction(1)

    @property
    def days(self) -> int:
        """How many days are billed."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day included, as printed on paper."""
        return self.end - timedelta(days=1)


def billing_periods(
    start: date, end: date | None, until: date, frequency: Frequency, anchor_day: int
) -> tuple[BillingPeriod, ...]:
    """The periods that billing in advance has reached on day `until`; one that begins on `until` is reached.

    The subscription runs from `start` to before `end` (None: open). Boundaries fall on `anchor_day` of the month,
    clamped to the month's length (31 is the last day), in the months counted from the start's; weekly boundaries
    fall on ISO weekday `anchor_day` (1 Monday to 7 Sunday). A period cut at either end is a stub whose `share` is
    its days over the days of the full aligned period (the whole period as denominator: getlago/lago-api#6194).

    Raises `PeriodOutOfOrder` when `until` or `end` lies before `start`, and ValueError for an impossible anchor.
    """
    if not 1 <= anchor_day <= (7 if frequency is Frequency.WEEKLY else 31):
        raise ValueError(f"anchor_day {anchor_day} does not exist for {frequency.value} periods")
    for day in (until, end):
        if day is not None and day < start:
            raise PeriodOutOfOrder(day=day, start=start)
    periods: list[BillingPeriod] = []
    number = 0 if boundary(start, frequency, anchor_day, 0) <= start else -1
    while True:
        opens, closes = (boundary(start, frequency, anchor_day, number + k) for k in (0, 1))
        first, last = max(opens, start), closes if end is None else min(closes, end)
        if first > until or first >= last:
            return tuple(periods)
        share = Fraction((last - first).days, (closes - opens).days)
        periods.append(BillingPeriod(first, last, share))
        number += 1


def period_holding(start: date, day: date, frequency: Frequency, anchor_day: int) -> BillingPeriod:
    """The period, among those of a subscription open since `start`, that holds `day`; found without walking there.

    Raises `PeriodOutOfOrder` when `day` lies before `start`.
    """
    if day < start:
        raise PeriodOutOfOrder(day=day, start=start)
    if frequency is Frequency.WEEKLY:
        number = (day - boundary(start, frequency, anchor_day, 0)).days // 7
    else:
        number = ((day.year - start.year) * 12 + day.month - start.month) // MONTHS[frequency]
    if boundary(start, frequency, anchor_day, number) > day:
        number -= 1
    elif boundary(start, frequency, anchor_day, number + 1) <= day:
        number += 1
    opens, closes = (boundary(start, frequency, anchor_day, number + k) for k in (0, 1))
    first = max(opens, start)
    return BillingPeriod(first, closes, Fraction((closes - first).days, (closes - opens).days))


def boundary(start: date, frequency: Frequency, anchor_day: int, number: int) -> date:
    """The `number`-th aligned boundary, counted from the month (or week) that holds `start`."""
    if frequency is Frequency.WEEKLY:
        return start + timedelta(days=anchor_day - start.isoweekday(), weeks=number)
    year, month = divmod(start.year * 12 + start.month - 1 + number * MONTHS[frequency], 12)
    return date(year, month + 1, min(anchor_day, calendar.monthrange(year, month + 1)[1]))
