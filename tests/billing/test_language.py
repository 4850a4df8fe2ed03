"""Amounts, days and numbers as Spanish and English readers write them, whatever the currency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.errors import NotFound, Refusal
from billing.language import (
    NAMES,
    CountryCode,
    Language,
    NegativeAmount,
    NotADate,
    NotAnAmount,
    TooManyDecimals,
    Word,
    preferred,
)
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
        (CountryCode("DE"), "Germany"),
        ((Word("Back"), 5, "x"), "Back, 5, x"),
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


CURRENCIES = ("EUR", "USD", "GBP", "JPY", "KWD", "CHF", "MXN")


@given(st.integers(-(10**13), 10**13), st.sampled_from(CURRENCIES), st.sampled_from((ES, EN)))
def test_an_amount_that_is_shown_can_be_typed_back(minor: int, currency: str, language: Language) -> None:
    amount = Money(minor, currency)
    assert language.parse_amount(language.money(amount), currency, negative=True) == amount


@given(st.integers(-(10**13), 10**13), st.sampled_from(CURRENCIES), st.sampled_from((ES, EN)))
def test_a_figure_without_its_currency_can_be_typed_back_too(minor: int, currency: str, language: Language) -> None:
    amount = Money(minor, currency)
    assert language.parse_amount(language.figure(amount), currency, negative=True) == amount


@pytest.mark.parametrize(
    ("typed", "spanish", "english"),
    [
        ("12,34", 1234, None),
        ("12.34", None, 1234),
        ("1.234", 123400, None),
        ("1,234", None, 123400),
        ("1.234,56", 123456, None),
        ("1,234.56", None, 123456),
        ("1234", 123400, 123400),
        (" 5 \u20ac", 500, 500),
        ("EUR 5", 500, 500),
        ("+5", 500, 500),
        ("5,0", 500, None),
        ("1.23,4", None, None),
        ("12,345,67", None, None),
        ("1,2,3", None, None),
        ("", None, None),
        ("\u20ac", None, None),
        ("5 $", None, None),
        ("1e5", None, None),
        ("NaN", None, None),
        ("Infinity", None, None),
        ("\u0665", None, None),
        ("1_000", None, None),
        ("0x10", None, None),
        ("5 5", None, None),
        ("9" * 16, None, None),
        ("9" * 5000, None, None),
        ("\ud800", None, None),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_typed_amount_is_read_strictly(typed: str, spanish: int | None, english: int | None) -> None:
    for language, expected in ((ES, spanish), (EN, english)):
        if expected is None:
            with pytest.raises(NotAnAmount):
                language.parse_amount(typed, "EUR")
        else:
            assert language.parse_amount(typed, "EUR") == Money(expected, "EUR")


def test_the_currencys_own_places_are_kept_to() -> None:
    assert ES.parse_amount("1,234", "KWD") == Money(1234, "KWD")
    assert EN.parse_amount("500", "JPY") == Money(500, "JPY")
    for typed, currency in (("1,234", "EUR"), ("1,5", "JPY"), ("1,2345", "KWD")):
        with pytest.raises(TooManyDecimals):
            ES.parse_amount(typed, currency)


def test_below_zero_is_refused_unless_it_means_something() -> None:
    with pytest.raises(NegativeAmount):
        ES.parse_amount("-5", "EUR")
    assert ES.parse_amount("-5", "EUR", negative=True) == Money(-500, "EUR")
    assert ES.parse_amount("-0", "EUR") == Money(0, "EUR")


def test_a_refused_amount_is_answered_with_an_example_in_the_persons_language() -> None:
    for language, example in ((ES, "1.234,56 \u20ac"), (EN, "\u20ac1,234.56")):
        with pytest.raises(NotAnAmount) as refused:
            language.parse_amount("a lot", "EUR")
        assert example in plain(language.refusal(refused.value))


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)), st.sampled_from((ES, EN)))
def test_a_day_that_is_shown_can_be_typed_back(day: date, language: Language) -> None:
    written = (language.date(day), language.long_date(day), day.isoformat(), f"{day:%d/%m/}{day.year}")
    assert {language.parse_date(text) for text in written} == {day}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3/11/2026", date(2026, 11, 3)),
        ("03.11.2026", date(2026, 11, 3)),
        (" 29-2-2024 ", date(2024, 2, 29)),
        ("3 DE NOVIEMBRE DE 2026", date(2026, 11, 3)),
        ("3 sep 2026", date(2026, 9, 3)),
        ("29/2/2026", None),
        ("11/23/2026", None),
        ("3/11-2026", None),
        ("3/11/26", None),
        ("3 ma 2026", None),
        ("3 brumario 2026", None),
        ("20261103", None),
        ("0000-01-01", None),
        ("", None),
        ("\u0663/11/2026", None),
        ("1" * 5000, None),
        ("\ud800", None),
    ],
)
def test_a_typed_day_is_read_strictly(typed: str, day: date | None) -> None:
    if day is not None:
        assert ES.parse_date(typed) == day
        return
    with pytest.raises(NotADate) as refused:
        ES.parse_date(typed)
    assert "23/11/2026" in plain(ES.refusal(refused.value))
    assert "23 nov 2026" in plain(ES.refusal(refused.value))


def test_countries_are_offered_by_name_and_only_countries() -> None:
    assert len(ES.countries()) == 250
    assert {"ES": "Espa\u00f1a", "DE": "Alemania"}.items() <= ES.countries().items()
    assert not {"EU", "UN", "ZZ", "IC"} & set(EN.countries())
    assert list(EN.countries())[:2] == ["AF", "AX"]
