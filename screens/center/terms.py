"""How terms read: frequencies, prices, days, and what is to become of a subscription."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from billing.catalogue import Price
from billing.changes import AddPlan, Cancel, ChangeFrequency, ChangeLicences, ChangePlan, KeepOn, UndoPending
from billing.errors import N_
from billing.language import Language
from billing.money import Money
from billing.offers import Offer, period_price
from billing.periods import Frequency
from billing.subscriptions import Subscription
from billing.tax import TaxCategory, TaxGroup
from tui.widgets.window_list import Tone

FREQUENCY_WORDS = {
    Frequency.WEEKLY: N_("weekly"),
    Frequency.MONTHLY: N_("monthly"),
    Frequency.QUARTERLY: N_("quarterly"),
    Frequency.HALF_YEARLY: N_("half-yearly"),
    Frequency.YEARLY: N_("yearly"),
}

WISH_WORDS: dict[type, str] = {
    AddPlan: N_("Add a plan"),
    ChangePlan: N_("Change the plan"),
    ChangeLicences: N_("Change the licences"),
    ChangeFrequency: N_("Change the frequency"),
    Cancel: N_("Cancel the plan"),
    KeepOn: N_("Take the cancellation back"),
    UndoPending: N_("Take the waiting change back"),
}

TAX_WORDS = {
    TaxCategory.STANDARD: N_("VAT {rate}"),
    TaxCategory.ZERO: N_("VAT {rate}"),
    TaxCategory.EXEMPT: N_("Exempt from VAT"),
    TaxCategory.REVERSE_CHARGE: N_("Reverse charge"),
    TaxCategory.EXPORT: N_("Export"),
    TaxCategory.OUTSIDE: N_("Not subject to VAT"),
}


def last_day(end: date) -> date:
    """The day before an end that is not included: what people call the last day."""
    return end - timedelta(days=1)


def outlook(subscription: Subscription, today: date, language: Language) -> tuple[str, Tone]:
    """What comes next, short enough for a column of 20 cells, and its tone."""
    if subscription.end is not None:
        return language.say(N_("Ends {day}"), day=language.date(last_day(subscription.end))), "bad"
    if subscription.pending is not None:
        return language.say(N_("Changes {day}"), day=language.date(subscription.pending.on)), "warn"
    if subscription.in_trial(today):
        return language.say(N_("Trial to {day}"), day=language.date(last_day(subscription.start))), "good"
    if subscription.renews_on is not None:
        return language.say(N_("Renews {day}"), day=language.date(subscription.renews_on)), ""
    return language.say(N_("Will not renew")), "muted"


def outlook_lines(subscription: Subscription, today: date, language: Language) -> list[str]:
    """The same in whole sentences, and everything else that binds."""
    say, lines = language.say, []
    if subscription.in_trial(today):
        day = language.date(last_day(subscription.start))
        lines.append(say(N_("Free trial until {day}."), day=day))
    if subscription.end is not None:
        lines.append(say(N_("Ends on {day}; not renewed."), day=language.date(last_day(subscription.end))))
    elif subscription.renews_on is not None:
        lines.append(say(N_("Next renewal: {day}"), day=language.date(subscription.renews_on)))
    if (pending := subscription.pending) is not None:
        lines.append(
            say(
                N_("From {day}: {licences} x {plan}, {frequency}."),
                day=language.date(pending.on),
                licences=language.number(pending.quantity),
                plan=pending.plan_name,
                frequency=say(FREQUENCY_WORDS[pending.frequency]),
            )
        )
    if subscription.minimum_until is not None and today < subscription.minimum_until:
        lines.append(minimum(subscription.minimum_until, language))
    return lines


def minimum(until: date, language: Language) -> str:
    """A minimum term in words."""
    return language.say(N_("Minimum term: not reduced or ended before {day}."), day=language.date(until))


def charge(subscription: Subscription, today: date, currency: str, language: Language) -> str:
    """What a period costs before tax."""
    due = max(subscription.renews_on or today, today)
    amount = period_price(subscription.quantity, subscription.unit_price, subscription.discount_on(due))
    return language.money(Money(amount, currency))


def sum_words(quantity: int, price: Price, language: Language) -> str:
    """What so many licences at a list price make: `3 x 55,00 € = 165,00 €, monthly, before tax`."""
    return language.say(
        N_("{licences} x {price} = {total}, {frequency}, before tax"),
        licences=language.number(quantity),
        price=language.money(Money(price.amount, price.currency)),
        total=language.money(Money(quantity * price.amount, price.currency)),
        frequency=language.say(FREQUENCY_WORDS[price.frequency]),
    )


def discount(subscription: Subscription, day: date, language: Language) -> str:
    """The discount in words; empty where there is none any more."""
    until, percent = subscription.discount_until, language.percent(Decimal(subscription.discount_percent))
    if not subscription.discount_percent or (until is not None and until <= day):
        return ""
    if until is None:
        return language.say(N_("{percent} discount"), percent=percent)
    return language.say(N_("{percent} discount until {day}"), percent=percent, day=language.date(last_day(until)))


def each(unit_price: int, frequency: Frequency, currency: str, language: Language) -> str:
    """The price of a licence."""
    return language.say(
        N_("{price} per licence, {frequency}"),
        price=language.money(Money(unit_price, currency)),
        frequency=language.say(FREQUENCY_WORDS[frequency]),
    )


def with_saving(offer: Offer, language: Language) -> str:
    """A frequency and what it saves against being billed monthly."""
    return ", ".join(filter(None, (language.say(FREQUENCY_WORDS[offer.frequency]), saving(offer, language))))


def saving(offer: Offer, language: Language) -> str:
    """What a frequency saves; empty where it saves nothing."""
    percent = language.percent(Decimal(offer.saving))
    return language.say(N_("{percent} less"), percent=percent) if offer.saving else ""


def tax(group: TaxGroup, language: Language) -> str:
    """How a group of a document is taxed."""
    return language.say(TAX_WORDS[group.category], rate=language.percent(group.rate))


def days(start: date, end: date, language: Language) -> str:
    """The days from `start` to before `end`."""
    return language.say(N_("{first} to {last}"), first=language.date(start), last=language.date(last_day(end)))
