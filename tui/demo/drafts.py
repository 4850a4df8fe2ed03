"""What an invented customer is billed, and when: every renewal, every change in between, every single session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from billing.catalogue import Plan
from billing.invoices import Line
from billing.language import Language
from billing.money import half_up
from billing.periods import BillingPeriod, billing_periods
from billing.tax import TaxTotals, tax_totals
from tui.demo.customers import Change, Customer, Licence

SESSION_PRICE = {"EUR": 1250, "USD": 1350, "GBP": 1100, "JPY": 1900}

_WORDS = {
    "es": {
        "more": "{plan}: {more} licencias más, {days} de {of} días",
        "unused": "{plan}: {quantity} licencias sin usar, {days} de {of} días",
        "instead": "{plan}: {quantity} licencias, {days} de {of} días",
        "part": "{plan}: {quantity} licencias, {days} de {of} días",
        "session": "Sesión de asistencia suelta",
        "trial": "Tras {days} días de prueba gratuita, hasta el {day}.",
    },
    "en": {
        "more": "{plan}: {more} more licences, {days} of {of} days",
        "unused": "{plan}: {quantity} licences unused, {days} of {of} days",
        "instead": "{plan}: {quantity} licences, {days} of {of} days",
        "part": "{plan}: {quantity} licences, {days} of {of} days",
        "session": "Single support session",
        "trial": "After {days} days of free trial, until {day}.",
    },
}


@dataclass(slots=True, eq=False)
class Draft:
    """A document before it has its number. A credit note names the draft it `corrects`."""

    customer: Customer
    subscription_id: str
    issued_on: date
    lines: tuple[Line, ...]
    totals: TaxTotals
    purchase_order: str = ""
    notes: str = ""
    corrects: Draft | None = None
    reason: str = ""
    credited: int = 0

    @property
    def gross(self) -> int:
        """The total with tax."""
        return self.totals.gross


def draft(
    customer: Customer,
    subscription_id: str,
    day: date,
    lines: Iterable[Line],
    purchase_order: str = "",
    notes: str = "",
) -> Draft:
    """An invoice to be."""
    lines = tuple(lines)
    return Draft(customer, subscription_id, day, lines, tax_totals(lines), purchase_order, notes)


def unit_price(customer: Customer, licence: Licence, plan: Plan) -> int:
    """What one licence costs the customer for a period."""
    price = plan.price(licence.frequency, customer.currency)
    if price is None:
        raise ValueError(f"{plan.name} is not sold {licence.frequency.value} in {customer.currency}")
    return price.amount


def invoices_to_be(customer: Customer, as_of: date) -> Iterator[Draft]:
    """Everything the customer was billed until `as_of`, subscription by subscription."""
    for number, licence in enumerate(customer.licences, 1):
        yield from _of_licence(customer, f"{customer.id}.s{number}", licence, as_of)
    days = (as_of - customer.since).days
    for number in range(customer.sessions):
        day = customer.since + timedelta(days=number * days // customer.sessions)
        price = SESSION_PRICE[customer.currency]
        line = _line(customer, _words(customer, "session"), price, BillingPeriod(day, day + timedelta(days=1)))
        yield draft(customer, "", day, (line,))


def _of_licence(customer: Customer, subscription_id: str, licence: Licence, as_of: date) -> Iterator[Draft]:
    if as_of < licence.start:
        return
    trial = licence.trial_days and _trial(customer, licence)
    notes = [note for note in (trial, customer.notes) if note]
    for period in billing_periods(licence.start, licence.end, as_of, licence.frequency, licence.anchor_day):
        line = _renewal(customer, licence, period)
        order = licence.purchase_order
        yield draft(customer, subscription_id, period.start, (line,), purchase_order=order, notes="\n".join(notes))
        notes = [customer.notes]
        for change in licence.changes:
            if period.start < change.on < period.end and change.on <= as_of:
                lines = _changed(customer, licence, change, period)
                yield draft(customer, subscription_id, change.on, lines, purchase_order=order, notes=customer.notes)


def _trial(customer: Customer, licence: Licence) -> str:
    day = Language(customer.language).date(licence.start - timedelta(days=1))
    return _words(customer, "trial", days=licence.trial_days, day=day)


def _renewal(customer: Customer, licence: Licence, period: BillingPeriod) -> Line:
    plan, quantity = licence.at(period.start)
    price = unit_price(customer, licence, plan)
    if period.share != 1:
        of = round(period.days / period.share)
        text = _words(customer, "part", plan=plan.name, quantity=quantity, days=period.days, of=of)
        return _line(customer, text, half_up(quantity * price * period.share), period, licence.discount_percent)
    return _line(customer, plan.name, price, period, licence.discount_percent, quantity)


def _changed(customer: Customer, licence: Licence, change: Change, period: BillingPeriod) -> Iterator[Line]:
    """The rest of the period at the new plan and number, less the same days at the old; rounded once, last."""
    rest = BillingPeriod(change.on, period.end)
    share = period.share * Fraction(rest.days, period.days)
    count = {"days": rest.days, "of": round(period.days / period.share)}
    (before, old), (after, new) = licence.at(change.on - timedelta(days=1)), licence.at(change.on)
    old_price, new_price = unit_price(customer, licence, before), unit_price(customer, licence, after)
    if before is after:
        text = _words(customer, "more", plan=after.name, more=new - old, **count)
        yield _line(customer, text, half_up((new - old) * new_price * share), rest, licence.discount_percent)
        return
    text = _words(customer, "unused", plan=before.name, quantity=old, **count)
    yield _line(customer, text, -half_up(old * old_price * share), rest, licence.discount_percent)
    text = _words(customer, "instead", plan=after.name, quantity=new, **count)
    yield _line(customer, text, half_up(new * new_price * share), rest, licence.discount_percent)


def _line(
    customer: Customer, text: str, price: int, period: BillingPeriod, discount_percent: int = 0, quantity: int = 1
) -> Line:
    discount = half_up(Fraction(quantity * price * discount_percent, 100))
    return Line(
        description=text,
        quantity=quantity,
        unit_price=price,
        discount=discount,
        net=quantity * price - discount,
        category=customer.category,
        rate=customer.rate,
        start=period.start,
        end=period.end,
    )


def _words(customer: Customer, which: str, **values: object) -> str:
    return _WORDS[customer.language][which].format(**values)
