"""Amounts, days and numbers as Spanish and English readers write them, whatever the currency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.errors import NotFound, Refusal
from billing.language import NAMES, Language, preferred
from billing.money import Money, exponent

ES, EN = Language("es"), Language("en")


def plain(text: str) -> str:
    """Any space as a space, for reading the tests."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("amount", "spanish", "english"),
    [
        (Money(123456, "EUR"), "1.234,56 €", "€1,234.56"),
        (Money(12345678, "EUR"), "123.456,78 €", "€123,456.78"),
        (Money(-500, "GBP"), "-5,00 GBP", "-£5.00"),
        (Money(123456, "JPY"), "123.456 JPY", "JP¥123,456"),
        (Money(0, "JPY"), "0 JPY", "JP¥0"),
        (Money(99, "USD"), "0,99 US$", "US$0.99"),
    ],
    ids=lambda value: str(value),
)
def test_an_amount_is_written_with_the_currencys_own_places(amount: Money, spanish: str, english: str) -> None:
    assert plain(ES.money(amount)) == spanish
    assert plain(EN.money(amount)) == english


@given(st.integers(-(10**12), 10**12), st.sampled_from(("EUR", "USD", "GBP", "JPY", "KWD")), st.sampled_from((ES, EN)))
def test_no_amount_loses_or_gains_a_unit_on_paper(minor: int, currency: str, language: Language) -> None:
    text = language.money(Money(minor, currency))
    digits = "".join(c for c in text if c.isdigit())
    assert int(digits) == abs(minor)
    assert ("-" in text) is (minor < 0)
    point = "," if language is ES else "."
    assert len("".join(c for c in text.rpartition(point)[2] if c.isdigit())) == exponent(currency) or not exponent(
        currency
    )


@pytest.mark.parametrize(
    ("day", "spanish", "english"),
    [
        (date(2026, 11, 23), "23 nov 2026", "23 Nov 2026"),
        (date(2024, 2, 29), "29 feb 2024", "29 Feb 2024"),
        (date(2026, 9, 1), "1 sept 2026", "1 Sept 2026"),
    ],
)
def test_a_day_cannot_be_misread(day: date, spanish: str, english: str) -> None:
    assert plain(ES.date(day)) == spanish
    assert plain(EN.date(day)) == english


def test_months_numbers_rates_and_countries() -> None:
    assert [ES.month(date(2026, 1, 1)), EN.month(date(2026, 1, 1))] == ["ene", "Jan"]
    assert [ES.number(12345), EN.number(12345)] == ["12.345", "12,345"]
    assert [plain(ES.percent(Decimal(21))), EN.percent(Decimal(21))] == ["21 %", "21%"]
    assert [plain(ES.percent(Decimal("5.5"))), EN.percent(Decimal("5.5"))] == ["5,5 %", "5.5%"]
    assert [ES.country("DE"), EN.country("DE"), ES.country("??")] == ["Alemania", "Germany", "??"]


def test_a_refusal_speaks_the_persons_language_and_writes_its_values_in_it() -> None:
    class Owed(Refusal):
        message = "{amount} since {day}, {times} times, {name}"

    error = Owed(amount=Money(150000, "EUR"), day=date(2026, 11, 23), times=1200, name="[/] {x}")
    assert plain(EN.refusal(error)) == "€1,500.00 since 23 Nov 2026, 1,200 times, [/] {x}"
    assert plain(ES.refusal(error)) == "1.500,00 € since 23 nov 2026, 1.200 times, [/] {x}"
    assert ES.refusal(NotFound(id="F-1")) != EN.refusal(NotFound(id="F-1"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "True"),
        (Decimal("1.5"), "1.5"),
        ("x", "x"),
        (datetime(2026, 11, 23, tzinfo=UTC), "23 Nov 2026"),
        (1000, "1,000"),
    ],
)
def test_a_value_is_written_by_its_kind(value: object, text: str) -> None:
    assert plain(EN.write(value)) == text


@pytest.mark.parametrize(
    ("wishes", "tag"),
    [
        (("en_GB.UTF-8",), "en"),
        (("es",), "es"),
        (("", "EN"), "en"),
        (("fr_FR", "en-US"), "en"),
        (("C.UTF-8",), "es"),
        (("de_DE@euro",), "es"),
        ((), "es"),
        (("\x1b[2J",), "es"),
    ],
)
def test_the_first_offered_language_among_a_persons_wishes_is_taken(wishes: tuple[str, ...], tag: str) -> None:
    assert preferred(*wishes).tag == tag


def test_spanish_comes_first_and_every_language_names_itself() -> None:
    assert next(iter(NAMES.items())) == ("es", "Español")
