"""What part of a period costs: the worked examples of others, and what holds for every price and day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.language import Language
from billing.periods import Frequency, period_holding
from billing.proration import Writer, period_line, rest_line, unused_line, whole_days, yearly_price
from billing.record import changed
from billing.subscriptions import Subscription
from billing.tax import TaxCategory
from billing.tax_treatment import Treatment

WRITER = Writer(Language("en"), Treatment(TaxCategory.STANDARD, Decimal(21)))
M = Frequency.MONTHLY


def runs(price: int, start: date, *, quantity: int = 1, frequency: Frequency = M, **more: Any) -> Subscription:
    anchor = start.isoweekday() if frequency is Frequency.WEEKLY else start.day
    fields: dict[str, Any] = {"anchor_day": anchor, **more}
    return Subscription(
        id="s", account_id="a", plan_id="p", plan_name="Plan", quantity=quantity, unit_price=price,
        frequency=frequency, start=start, **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "start", "day", "credited", "charged"),
    [
        pytest.param(1000, 2000, date(2026, 4, 1), date(2026, 4, 16), -500, 1000,
                     id="docs.stripe.com prorations: 10 to 20 half-way is -5 and +10"),
        pytest.param(0, 5000, date(2026, 5, 1), date(2026, 5, 17), 0, 2419,
                     id="50 x 15/31 is 24.19; UniBee's rounded daily rate gives 24.15"),
        pytest.param(3100, 6200, date(2026, 1, 1), date(2026, 1, 31), -100, 200,
                     id="the last day of a month"),
        pytest.param(2900, 5800, date(2024, 2, 1), date(2024, 2, 29), -100, 200,
                     id="the leap day is one of 29"),
        pytest.param(1000, 2000, date(2026, 4, 1), date(2026, 4, 1), -1000, 2000,
                     id="on the first day the whole period: the day of the change belongs to the new plan"),
    ],
)  # fmt: skip
def test_worked_examples_of_a_change(old: int, new: int, start: date, day: date, credited: int, charged: int) -> None:
    period = period_holding(start, day, M, start.day)
    assert unused_line(WRITER, runs(old, start), day, period).net == credited
    assert rest_line(WRITER, runs(new, start), day, period).net == charged


@pytest.mark.parametrize(
    ("start", "anchor", "price", "days", "of", "net"),
    [
        pytest.param(date(2026, 3, 10), 1, 3100, 22, 31, 2200, id="getlago/lago-api#6194: over the whole month"),
        pytest.param(date(2026, 2, 15), 1, 2800, 14, 28, 1400, id="Kill Bill InvoiceDateUtils: days of the period"),
    ],
)
def test_a_first_period_cut_short_is_charged_by_its_days_of_the_whole_one(
    start: date, anchor: int, price: int, days: int, of: int, net: int
) -> None:
    subscription = runs(price, start, anchor_day=anchor)
    period = period_holding(start, start, M, anchor)
    line = period_line(WRITER, subscription, period)
    assert (period.days, whole_days(period), line.net) == (days, of, net)
    assert f"{days} of {of} days" in line.description


def test_a_period_from_the_last_of_january_has_29_days_in_a_leap_year_and_comes_back_to_the_31st() -> None:
    """Lago `billing_boundaries_spec`: 2024-01-31, 02-29, 03-31."""
    subscription = runs(2900, date(2024, 1, 31))
    first, second = (period_holding(subscription.start, d, M, 31) for d in (date(2024, 2, 15), date(2024, 2, 29)))
    assert (whole_days(first), whole_days(second), second.end) == (29, 31, date(2024, 3, 31))
    assert unused_line(WRITER, subscription, date(2024, 2, 15), first).net == -1400


@st.composite
def changes(draw: st.DrawFn) -> tuple[Subscription, Subscription, date]:
    """Any subscription, what it becomes, and the day in any of its periods."""
    frequency = draw(st.sampled_from(Frequency))
    start = draw(st.dates(date(2019, 1, 1), date(2028, 12, 31)))
    old = runs(
        draw(st.integers(0, 10**7)), start, quantity=draw(st.integers(1, 500)), frequency=frequency,
        anchor_day=draw(st.integers(1, 7 if frequency is Frequency.WEEKLY else 31)),
        discount_percent=draw(st.integers(0, 100)),
    )  # fmt: skip
    new = changed(old, unit_price=draw(st.integers(0, 10**7)), quantity=draw(st.integers(1, 500)))
    return old, new, start + timedelta(days=draw(st.integers(0, 1500)))


@settings(max_examples=150, deadline=None)
@given(changes())
def test_credit_and_charge_are_the_price_difference_for_the_days_left_to_the_cent(
    question: tuple[Subscription, Subscription, date],
) -> None:
    old, new, day = question
    period = old.period_on(day)
    assert period is not None
    net = unused_line(WRITER, old, day, period).net + rest_line(WRITER, new, day, period).net
    full = new.quantity * new.unit_price - old.quantity * old.unit_price
    exact = full * Fraction(100 - old.discount_percent, 100) * Fraction((period.end - day).days, whole_days(period))
    assert abs(net - exact) <= 1


@settings(max_examples=150, deadline=None)
@given(changes())
def test_what_is_left_is_never_more_than_what_was_billed_and_all_of_it_on_the_first_day(
    question: tuple[Subscription, Subscription, date],
) -> None:
    old, _, day = question
    period = old.period_on(day)
    assert period is not None
    billed = period_line(WRITER, old, period).net
    assert 0 <= -unused_line(WRITER, old, day, period).net <= billed
    assert -unused_line(WRITER, old, period.start, period).net == billed


@settings(max_examples=100, deadline=None)
@given(changes())
def test_each_line_is_quantity_times_price_less_discount(question: tuple[Subscription, Subscription, date]) -> None:
    old, new, day = question
    period = old.period_on(day)
    assert period is not None
    for line in (
        period_line(WRITER, old, period), unused_line(WRITER, old, day, period), rest_line(WRITER, new, day, period),
    ):  # fmt: skip
        assert line.net == line.quantity * line.unit_price - line.discount
        assert line.discount * line.net >= 0
        assert (line.start, line.end) in {(period.start, period.end), (day, period.end)}


@settings(max_examples=100, deadline=None)
@given(changes(), st.integers(1, 3))
def test_changing_back_the_same_day_costs_nothing(
    question: tuple[Subscription, Subscription, date], times: int
) -> None:
    old, new, day = question
    period = old.period_on(day)
    assert period is not None
    moves = sum(
        unused_line(WRITER, a, day, period).net + rest_line(WRITER, b, day, period).net
        for a, b in ((old, new), (new, old))
    )
    assert moves * times == 0


def test_a_price_by_the_year_makes_frequencies_comparable() -> None:
    yearly = yearly_price(1, 118800, Frequency.YEARLY)
    assert yearly < yearly_price(1, 12900, M), "129 a month is dearer than 1188 a year (Lago)"
    assert yearly_price(1, 1000, M) == yearly_price(1, 12000, Frequency.YEARLY), "10 a month equals 120 a year"
    assert yearly_price(2, 700, Frequency.WEEKLY) == Fraction(1400 * 1461, 28)
