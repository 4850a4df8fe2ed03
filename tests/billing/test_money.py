"""Amounts are exact: rounded once, half away from zero, and shared out without losing a cent."""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import CurrencyMismatch, Money, exponent, half_up, split

AMOUNTS = st.integers(-(10**12), 10**12)


def test_the_standards_own_tie_rounds_up() -> None:
    """1460.50 EUR at 25 % is 365.125 in the samples of EN 16931, and 365.13 on paper: half-even would say 365.12."""
    assert half_up(Fraction(146050 * 25, 100)) == 36513


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("-2.5", -3), ("2.49", 2), ("-2.49", -2), ("0", 0), ("2419.35", 2419)],
)
def test_ties_go_away_from_zero(amount: str, rounded: int) -> None:
    assert half_up(Fraction(amount)) == rounded


@given(st.decimals(-(10**9), 10**9, places=6))
def test_rounding_agrees_with_the_decimal_module(amount: Decimal) -> None:
    assert half_up(Fraction(amount)) == int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@given(st.fractions())
def test_a_credit_mirrors_its_charge(amount: Fraction) -> None:
    assert half_up(-amount) == -half_up(amount)
    assert abs(half_up(amount) - amount) <= Fraction(1, 2)


def test_multiplying_first_and_rounding_last() -> None:
    """50.00 for 15 of 31 days is 24.19; rounding the day's price first would make it 24.15."""
    assert half_up(5000 * Fraction(15, 31)) == 2419


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_shares_add_up_and_are_within_one_unit_of_their_part(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        fair = Fraction(amount * weight, total) if total else Fraction(amount, len(weights))
        assert abs(part - fair) < 1


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_whoever_weighs_more_never_gets_less(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    by_weight = sorted(zip(weights, parts, strict=True))
    assert all(
        few[1] <= many[1] for few, many in itertools.pairwise(by_weight) if few[0] < many[0]
    )  # fmt: skip


def test_what_is_left_over_goes_to_the_first_of_equals() -> None:
    assert split(100, (1, 1, 1)) == (34, 33, 33)
    assert split(-100, (1, 1, 1)) == (-33, -33, -34)
    assert split(5, (0, 0)) == (3, 2)
    assert split(5, ()) == ()


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLP", 0), ("XXX", 2)])
def test_a_currency_has_its_own_places(currency: str, places: int) -> None:
    assert exponent(currency) == places


def test_two_currencies_never_meet_in_a_sum() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") - Money(1, "JPY")


@given(AMOUNTS, AMOUNTS)
def test_amounts_add_as_numbers_do(a: int, b: int) -> None:
    assert Money(a, "EUR") + Money(b, "EUR") == Money(a + b, "EUR")
    assert Money(a, "EUR") - Money(b, "EUR") == Money(a, "EUR") + -Money(b, "EUR")
    assert bool(Money(a, "EUR")) is (a != 0)
