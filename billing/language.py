"""Words, amounts and dates in a person's or a document's language.

One `Language` belongs to one session or one document; nothing here is global, so two people in one process read two
languages. English is the source text; every other language is a catalogue under `locale/`. Babel formats amounts and
dates; it, and money, are imported on first use: the front door needs neither.
"""

from __future__ import annotations

import datetime as dt
import gettext
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billing.errors import N_, Refusal

if TYPE_CHECKING:
    from decimal import Decimal

    from babel import Locale

    from billing.money import Money

LOCALE_FOLDER = Path(__file__).parent / "locale"

NAMES = {"es": "Español", "en": "English"}
"""The languages offered, each by its own name. The first is the default."""

_TERRITORIES = {"es": "es_ES", "en": "en_GB"}

LONGEST_TYPED = 40
"""Characters of a typed amount or day that are looked at."""

MOST_DIGITS = 15
"""Digits of a typed amount: 9 999 999 999 999.99 euro."""


class CountryCode(str):
    """An ISO 3166-1 code among a sentence's values: it is written as the country's name."""

    __slots__ = ()


class Word(str):
    """A catalogue message among a sentence's values, such as the name of a field: it is written in the language."""

    __slots__ = ()


class NotAnAmount(Refusal):
    """The text is no amount as this language writes it. A point is never taken for a comma."""

    message = N_("{typed} is no amount. Nothing was changed. Write it like {example}.")


class TooManyDecimals(NotAnAmount):
    """More decimals than the currency has; an amount is never rounded behind a person's back."""

    message = N_("{typed} has more decimals than {currency} has. Nothing was changed. Write it like {example}.")


class NegativeAmount(NotAnAmount):
    """Below nothing, where that means nothing."""

    message = N_("{typed} is below zero. Nothing was changed. Write it like {example}.")


class NotADate(Refusal):
    """The text is no day, or not without doubt."""

    message = N_("{typed} is no date. Nothing was changed. Write day, month and year, like {example} or {words}.")


@cache
def _catalogue(tag: str) -> gettext.NullTranslations:
    return gettext.translation("ventanilla", LOCALE_FOLDER, [tag], fallback=tag == "en")


@cache
def _locale(tag: str) -> Locale:
    from babel import Locale

    return Locale.parse(_TERRITORIES[tag])


class Language:
    """One language: `es` or `en`."""

    __slots__ = ("_words", "tag")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._words = _catalogue(tag)

    def say(self, message: str, **values: Any) -> str:
        """The message in this language, with its named places filled."""
        text = self._words.gettext(message)
        return text.format(**values) if values else text

    def count(self, one: str, many: str, number: int, **values: Any) -> str:
        """The singular or plural message for `number`, which also fills `{number}`."""
        return self._words.ngettext(one, many, number).format(number=self.number(number), **values)

    def term(self, context: str, word: str) -> str:
        """A word that translates differently by context, such as the state of an invoice."""
        return self._words.pgettext(context, word)

    def refusal(self, error: Refusal) -> str:
        """The sentence for an error. Dates and amounts among its values are written in this language."""
        return self.say(error.message, **{name: self.write(value) for name, value in error.values.items()})

    def write(self, value: Any) -> str:
        """A value as text: dates, amounts and numbers in this language's way."""
        from billing.money import Money

        match value:
            case Money():
                return self.money(value)
            case dt.date():
                return self.date(value)
            case bool():
                return str(value)
            case int():
                return self.number(value)
            case CountryCode():
                return self.country(value)
            case Word():
                return str(self.say(value))
            case tuple():
                return ", ".join(self.write(part) for part in value)
            case _:
                return str(value)

    def money(self, amount: Money) -> str:
        """An amount with its currency: `1.234,56 €`, `£1,234.56`. The currency's own places, none for yen."""
        from decimal import Decimal

        from babel.numbers import format_currency

        from billing.money import exponent

        value = Decimal(amount.minor).scaleb(-exponent(amount.currency))
        return format_currency(value, amount.currency, locale=_locale(self.tag))

    def figure(self, amount: Money) -> str:
        """An amount without its currency, for columns that are all of one: `-1.234,56`."""
        from decimal import Decimal

        from babel.numbers import format_decimal

        from billing.money import exponent

        places = exponent(amount.currency)
        form = "#,##0." + "0" * places if places else "#,##0"
        return format_decimal(Decimal(amount.minor).scaleb(-places), form, _locale(self.tag))

    def number(self, value: int | Decimal) -> str:
        """A number with this language's separators."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=_locale(self.tag))

    def percent(self, rate: Decimal) -> str:
        """A rate given in per cent: 21 is `21 %`."""
        from babel.numbers import format_percent

        return format_percent(rate / 100, "#,##0.## %" if self.tag == "es" else "#,##0.##%", _locale(self.tag))

    def date(self, day: dt.date) -> str:
        """A day without ambiguity, short enough for a column: `23 nov 2026`, `23 Nov 2026`."""
        from babel.dates import format_date

        return format_date(day, "d MMM y", locale=_locale(self.tag))

    def long_date(self, day: dt.date) -> str:
        """A day as in a letter: `23 de noviembre de 2026`, `23 November 2026`."""
        from babel.dates import format_date

        return format_date(day, "long", locale=_locale(self.tag))

    def month(self, day: dt.date) -> str:
        """The month's short name: `nov`, `Nov`."""
        from babel.dates import format_date

        return format_date(day, "LLL", locale=_locale(self.tag))

    def country(self, code: str) -> str:
        """A country by its name; the code itself where it is unknown."""
        return str(_locale(self.tag).territories.get(code, code))

    def countries(self) -> dict[str, str]:
        """Every country's name by its ISO 3166-1 code, sorted by name. What Unicode keeps beside them is left out."""
        names = {c: n for c, n in _locale(self.tag).territories.items() if re.fullmatch("[A-Z]{2}", c)}
        return dict(
            sorted(((c, n) for c, n in names.items() if c not in _NO_COUNTRIES), key=lambda row: comparable(row[1]))
        )

    def parse_amount(self, text: str, currency: str, *, negative: bool = False) -> Money:
        """The amount a person typed, with or without its currency: `1.234,56`, `£5.00`; or `NotAnAmount`.

        Grouping must be whole: in Spanish `12.34` is refused, but `1.234` is one thousand two hundred and thirty-four.
        Show a person what was understood before anything is done with it.
        """
        from babel.numbers import NumberFormatError, get_currency_symbol, parse_decimal

        from billing.money import Money, exponent

        places, locale = exponent(currency), _locale(self.tag)
        told = {
            "typed": text[:LONGEST_TYPED],
            "currency": currency,
            "example": Money(123456 * 10**places // 100, currency),
        }
        symbols = "|".join(re.escape(s) for s in (get_currency_symbol(currency, locale), currency))
        form = rf"(?P<sign>[-−+]?)\s*(?:{symbols})?\s*(?P<digits>[0-9][0-9.,]*)\s*(?:{symbols})?"
        found = re.fullmatch(form, text.strip()) if len(text) <= LONGEST_TYPED else None
        if found is None or sum(c.isdigit() for c in text) > MOST_DIGITS:
            raise NotAnAmount(**told)
        try:
            value = parse_decimal(found["digits"], locale, strict=True).scaleb(places)
        except NumberFormatError as error:
            raise NotAnAmount(**told) from error
        if value != value.to_integral_value():
            raise TooManyDecimals(**told)
        minor = -int(value) if found["sign"] in ("-", "−") else int(value)
        if minor < 0 and not negative:
            raise NegativeAmount(**told)
        return Money(minor, currency)

    def parse_date(self, text: str) -> dt.date:
        """The day a person typed, or `NotADate`: `23/11/2026`, `2026-11-23`, `23 nov 2026`, `23 de noviembre de 2026`.

        The day comes before the month in every language offered; the year has four digits.
        """
        typed = comparable(text) if len(text) <= LONGEST_TYPED else ""
        if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", typed):
            year, month, day = (int(part) for part in found.groups())
        elif found := re.fullmatch(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", typed):
            day, month, year = int(found[1]), int(found[3]), int(found[4])
        elif found := re.fullmatch(r"([0-9]{1,2})(?: de)? ([a-z]+)\.?(?: de)? ([0-9]{4})", typed):
            day, month, year = int(found[1]), _month(found[2], self.tag), int(found[3])
        else:
            day = month = year = 0
        try:
            return dt.date(year, month, day)
        except ValueError as error:
            example = dt.date(2026, 11, 23)
            raise NotADate(typed=text[:LONGEST_TYPED], example=f"{example:%d/%m/%Y}", words=example) from error


_NO_COUNTRIES = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))
"""Two-letter codes of Unicode that are no countries of ISO 3166-1. Kosovo's, XK, is in common use and stays."""


def _month(typed: str, tag: str) -> int:
    """The month a word of three letters or more begins the name of; 0 for none."""
    from babel.dates import get_month_names

    names = get_month_names("wide", locale=_locale(tag))
    return next((n for n, name in names.items() if len(typed) >= 3 and comparable(name).startswith(typed)), 0)


def comparable(text: str) -> str:
    """Text to compare by: lower case, no accents, single spaces."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def preferred(*wishes: str) -> Language:
    """The first offered language among `wishes` (tags such as `es_ES.UTF-8`), else the default."""
    tags = (wish.replace("-", "_").split("_")[0].split(".")[0].lower() for wish in wishes if wish)
    return Language(next((tag for tag in tags if tag in NAMES), next(iter(NAMES))))
