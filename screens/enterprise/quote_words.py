"""How terms of quotes read, line by line, wherever they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.errors import N_
from billing.language import Language
from billing.money import Money
from billing.quotes import FREQUENCY_WORDS, QuoteLine, QuoteTerms, Side

SIDE_WORDS = {Side.CUSTOMER: N_("customer"), Side.VENDOR: N_("vendor")}


def per_cent(share: Fraction, language: Language) -> str:
    """A discount, to one decimal: `-25%`; nothing for none."""
    if not share:
        return ""
    rounded = Decimal(round(share * 10)).scaleb(-1).normalize()
    return f"-{language.percent(rounded)}"


def line_words(line: QuoteLine, terms: QuoteTerms, language: Language) -> str:
    """One line: licences, plan, price and what is taken off."""
    price = language.money(Money(line.unit_price, terms.currency))
    listed = language.money(Money(line.list_price, terms.currency))
    off = per_cent(line.discount, language)
    words = f"{language.number(line.quantity)} x {line.plan_name}: {price}"
    return f"{words} ({listed} {off})" if off else words


def terms_words(terms: QuoteTerms, language: Language) -> Iterator[str]:
    """All terms, a line of text for each."""
    for line in terms.lines:
        how = N_("with its next renewal") if line.subscription_id else N_("new")
        yield f"{line_words(line, terms, language)}, {language.say(how)}"
    money = language.money
    yield language.say(
        N_("{net} before tax, billed {often}; {whole} in {months} months"),
        net=money(Money(terms.net, terms.currency)),
        often=language.say(FREQUENCY_WORDS[terms.frequency]),
        whole=money(Money(terms.whole, terms.currency)),
        months=terms.months,
    )
    if terms.starts_on is not None and any(not line.subscription_id for line in terms.lines):
        yield language.say(N_("New plans begin on {day}"), day=language.date(terms.starts_on))
    if terms.valid_until is not None:
        yield language.say(N_("Valid until {day}"), day=language.date(terms.valid_until))
    if terms.conditions:
        yield language.say(N_("Conditions: {text}"), text=terms.conditions)


def value_words(field: str, value: Any, currency: str, language: Language) -> str:
    """One field of terms, for a comparison; `-` for nothing."""
    if value in (None, ""):
        return "-"
    if field in ("list_price", "unit_price"):
        return language.money(Money(value, currency))
    if field == "frequency":
        return language.say(FREQUENCY_WORDS[value])
    return language.write(value)
