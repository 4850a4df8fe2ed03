"""Words, amounts and dates in a person's or a document's language.

One `Language` belongs to one session or one document; nothing here is global, so two people in one process read two
languages. English is the source text; every other language is a catalogue under `locale/`. Babel formats amounts and
dates; it, and money, are imported on first use: the front door needs neither.
"""

from __future__ import annotations

import datetime as dt
import gettext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billing.errors import Refusal

if TYPE_CHECKING:
    from decimal import Decimal

    from babel import Locale

    from billing.money import Money

LOCALE_FOLDER = Path(__file__).parent / "locale"

NAMES = {"es": "Español", "en": "English"}
"""The languages offered, each by its own name. The first is the default."""

_TERRITORIES = {"es": "es_ES", "en": "en_GB"}


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
            case _:
                return str(value)

    def money(self, amount: Money) -> str:
        """An amount with its currency: `1.234,56 €`, `£1,234.56`. The currency's own places, none for yen."""
        from decimal import Decimal

        from babel.numbers import format_currency

        from billing.money import exponent

        value = Decimal(amount.minor).scaleb(-exponent(amount.currency))
        return format_currency(value, amount.currency, locale=_locale(self.tag))

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

    def month(self, day: dt.date) -> str:
        """The month's short name: `nov`, `Nov`."""
        from babel.dates import format_date

        return format_date(day, "LLL", locale=_locale(self.tag))

    def country(self, code: str) -> str:
        """A country by its name; the code itself where it is unknown."""
        return str(_locale(self.tag).territories.get(code, code))


def preferred(*wishes: str) -> Language:
    """The first offered language among `wishes` (tags such as `es_ES.UTF-8`), else the default."""
    tags = (wish.replace("-", "_").split("_")[0].split(".")[0].lower() for wish in wishes if wish)
    return Language(next((tag for tag in tags if tag in NAMES), next(iter(NAMES))))
