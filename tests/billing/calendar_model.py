"""Another way to find billing periods: walk the calendar and ask of each day whether a period begins on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from billing.periods import Frequency

ONE = timedelta(days=1)
STEP = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.HALF_YEARLY: 6, Frequency.YEARLY: 12}


def begins(day: date, start: date, frequency: Frequency, anchor: int) -> bool:
    """Whether an aligned period begins on `day`, for a subscription that started on `start`."""
    if frequency is Frequency.WEEKLY:
        return day.isoweekday() == anchor
    months = (day.year - start.year) * 12 + day.month - start.month
    last_of_month = (day + ONE).month != day.month
    on_anchor = day.day == anchor or (last_of_month and day.day < anchor)
    return on_anchor and months % STEP[frequency] == 0


def walked(
    start: date, end: date | None, until: date, frequency: Frequency, anchor: int
) -> Iterator[tuple[date, date, int, int]]:
    """Each period as its first day, the day after its last, its days, and the days of the whole aligned period."""
    day = start
    while day <= until and (end is None or day < end):
        opens = day
        while not begins(opens, start, frequency, anchor):
            opens -= ONE
        closes = day + ONE
        while not begins(closes, start, frequency, anchor):
            closes += ONE
        stop = closes if end is None else min(closes, end)
        yield day, stop, (stop - day).days, (closes - opens).days
        day = stop
