"""Billing periods follow the calendar from their anchor, tile time, and never drift."""

from __future__ import annotations

import calendar
import itertools
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from billing.periods import BillingPeriod, Frequency, PeriodOutOfOrder, billing_periods, period_holding
from tests.billing.calendar_model import walked

M, W, Y = Frequency.MONTHLY, Frequency.WEEKLY, Frequency.YEARLY
DAYS = st.dates(date(2019, 12, 1), date(2025, 3, 31))


def starts(start: date, until: date, frequency: Frequency, anchor: int) -> list[date]:
    """The first days of all periods reached."""
    return [p.start for p in billing_periods(start, None, until, frequency, anchor)]


@st.composite
def billed(draw: st.DrawFn) -> tuple[date, date | None, date, Frequency, int]:
    """Any start, end, target day, frequency and anchor."""
    start, frequency = draw(DAYS), draw(st.sampled_from(Frequency))
    anchor = draw(st.integers(1, 7 if frequency is W else 31))
    until = start + timedelta(days=draw(st.integers(0, 900)))
    length = draw(st.none() | st.integers(0, 900))
    return start, None if length is None else start + timedelta(days=length), until, frequency, anchor


@settings(max_examples=150, deadline=None)
@given(billed())
@example((date(2024, 1, 31), None, date(2026, 3, 1), M, 31))
@example((date(2020, 2, 29), None, date(2025, 3, 1), Y, 29))
@example((date(2024, 2, 29), date(2024, 2, 29), date(2024, 2, 29), M, 29))
@example((date(2023, 11, 30), None, date(2024, 3, 5), Frequency.QUARTERLY, 31))
def test_periods_are_those_found_by_walking_the_calendar(
    question: tuple[date, date | None, date, Frequency, int],
) -> None:
    found = [
        (p.start, p.end, Fraction(p.days, whole), p.share, whole)
        for p, (_, _, _, whole) in zip(billing_periods(*question), walked(*question), strict=True)
    ]
    expected = [
        (first, stop, Fraction(n, whole), Fraction(n, whole), whole) for first, stop, n, whole in walked(*question)
    ]
    assert found == expected


@settings(max_examples=100, deadline=None)
@given(billed())
def test_periods_tile_time_without_gap_or_overlap(question: tuple[date, date | None, date, Frequency, int]) -> None:
    start, end, until, _, _ = question
    periods = billing_periods(*question)
    if end == start:
        assert periods == ()
        return
    assert periods[0].start == start
    assert all(a.end == b.start for a, b in itertools.pairwise(periods))
    assert all(p.share == 1 for p in periods[1:-1])
    assert all(0 < p.share <= 1 for p in periods)
    assert periods[-1].end == end or periods[-1].end > until


@pytest.mark.parametrize("anchor", range(1, 32))
def test_every_anchor_day_comes_back_after_short_months(anchor: int) -> None:
    for day in starts(date(2023, 1, 1), date(2029, 1, 1), M, anchor)[1:]:
        assert day.day == min(anchor, calendar.monthrange(day.year, day.month)[1])


def test_the_last_of_january_renews_on_the_last_of_february_and_of_march() -> None:
    assert starts(date(2024, 1, 31), date(2024, 4, 30), M, 31) == [
        date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30),
    ]  # fmt: skip


def test_a_leap_day_renews_on_the_28th_and_on_the_29th_again() -> None:
    assert starts(date(2020, 2, 29), date(2024, 2, 29), Y, 29) == [
        date(2020, 2, 29), date(2021, 2, 28), date(2022, 2, 28), date(2023, 2, 28), date(2024, 2, 29),
    ]  # fmt: skip


def test_a_start_between_anchors_is_billed_for_its_days_of_the_whole_period() -> None:
    stub, whole = billing_periods(date(2026, 3, 10), None, date(2026, 4, 1), M, 1)
    assert (stub.start, stub.end, stub.share) == (date(2026, 3, 10), date(2026, 4, 1), Fraction(22, 31))
    assert stub.last_day == date(2026, 3, 31)
    assert (whole.start, whole.share) == (date(2026, 4, 1), Fraction(1))


def test_an_end_within_a_period_cuts_it_short_over_the_same_denominator() -> None:
    (only,) = billing_periods(date(2026, 3, 10), date(2026, 3, 20), date(2026, 12, 31), M, 1)
    assert (only.days, only.share) == (10, Fraction(10, 31))


def test_a_period_that_begins_on_the_target_day_is_reached_and_one_on_the_next_is_not() -> None:
    assert len(billing_periods(date(2026, 1, 1), None, date(2026, 2, 1), M, 1)) == 2
    assert len(billing_periods(date(2026, 1, 1), None, date(2026, 1, 31), M, 1)) == 1


def test_an_end_on_a_boundary_leaves_no_stub() -> None:
    periods = billing_periods(date(2026, 1, 1), date(2026, 3, 1), date(2027, 1, 1), M, 1)
    assert [p.share for p in periods] == [1, 1]


def test_weeks_begin_on_their_weekday() -> None:
    assert starts(date(2026, 11, 4), date(2026, 11, 23), W, 1) == [
        date(2026, 11, 4), date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23),
    ]  # fmt: skip


@pytest.mark.parametrize(("end", "until"), [(None, date(2025, 12, 31)), (date(2025, 12, 31), date(2026, 2, 1))])
def test_a_day_before_the_start_is_refused(end: date | None, until: date) -> None:
    with pytest.raises(PeriodOutOfOrder):
        billing_periods(date(2026, 1, 1), end, until, M, 1)


@pytest.mark.parametrize(("frequency", "anchor"), [(M, 0), (M, 32), (W, 8), (W, 0), (Y, -1)])
def test_an_anchor_that_does_not_exist_is_a_defect(frequency: Frequency, anchor: int) -> None:
    with pytest.raises(ValueError, match="anchor_day"):
        billing_periods(date(2026, 1, 1), None, date(2026, 2, 1), frequency, anchor)


@settings(max_examples=200, deadline=None)
@given(billed())
@example((date(2020, 2, 29), None, date(2024, 2, 29), Y, 29))
@example((date(2020, 2, 29), None, date(2023, 2, 28), Y, 31))
@example((date(2024, 1, 31), None, date(2024, 2, 29), M, 31))
@example((date(2024, 1, 30), None, date(2024, 2, 28), M, 31))
@example((date(2023, 12, 31), None, date(2024, 2, 29), Frequency.HALF_YEARLY, 31))
@example((date(2026, 11, 1), None, date(2026, 11, 1), W, 7))
def test_the_period_that_holds_a_day_is_the_last_one_reached_by_it(
    question: tuple[date, date | None, date, Frequency, int],
) -> None:
    start, _, day, frequency, anchor = question
    found = period_holding(start, day, frequency, anchor)
    assert found == billing_periods(start, None, day, frequency, anchor)[-1]
    first, stop, days, whole = list(walked(start, None, day, frequency, anchor))[-1]
    assert found == BillingPeriod(first, stop, Fraction(days, whole))
    assert found.start <= day < found.end


@pytest.mark.parametrize("frequency", Frequency)
def test_a_century_of_days_each_lies_in_one_period(frequency: Frequency) -> None:
    for anchor in (7,) if frequency is W else (1, 28, 29, 30, 31):
        start, day = date(1999, 12, 31), date(1999, 12, 31)
        while day < date(2101, 3, 5):
            period = period_holding(start, day, frequency, anchor)
            assert period.start == day
            assert period_holding(start, period.last_day, frequency, anchor) == period
            day = period.end


def test_a_day_before_the_start_lies_in_no_period() -> None:
    with pytest.raises(PeriodOutOfOrder):
        period_holding(date(2026, 1, 2), date(2026, 1, 1), M, 1)
