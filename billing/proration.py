"""What part of a period costs: days used over days of the whole period, multiplied first and rounded once, last.

The grain is the day, and the day of a change belongs to the new terms. The denominator is the whole aligned period,
even for a subscription that started within it (getlago/lago-api#6194). A change credits what is left of the old terms
and charges the same days of the new, as two lines (Stripe, Kill Bill).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from billing.invoices import Line
from billing.language import Language
from billing.money import half_up
from billing.periods import BillingPeriod, Frequency
from billing.subscriptions import Subscription
from billing.tax_treatment import Treatment

PERIODS_A_YEAR = {
    Frequency.WEEKLY: Fraction(1461, 28),
    Frequency.MONTHLY: Fraction(12),
    Frequency.QUARTERLY: Fraction(4),
    Frequency.HALF_YEARLY: Fraction(2),
    Frequency.YEARLY: Fraction(1),
}
"""How many periods an average year (365.25 days) has: what makes prices of two frequencies comparable."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What lines are written with: the document's language, and how the sale is taxed."""

    language: Language
    treatment: Treatment

    def line(self, text: str, price: int, start: date, end: date, *, quantity: int = 1, net: int | None = None) -> Line:
        """A line of `quantity` at `price`; what `net` falls short of it is the discount."""
        net = quantity * price if net is None else net
        return Line(
            description=text,
            quantity=quantity,
            unit_price=price,
            discount=quantity * price - net,
            net=net,
            category=self.treatment.category,
            rate=self.treatment.rate,
            start=start,
            end=end,
        )


def yearly_price(quantity: int, unit_price: int, frequency: Frequency) -> Fraction:
    """What an average year costs. Price per day decides what is an upgrade, not the plan's name (Lago)."""
    return quantity * unit_price * PERIODS_A_YEAR[frequency]


def whole_days(period: BillingPeriod) -> int:
    """The days of the full aligned period of which `period` is a share."""
    return int(period.days / period.share)


def period_line(writer: Writer, subscription: Subscription, period: BillingPeriod) -> Line:
    """The line that bills a period; one shorter than a full one says how many of its days."""
    if period.share != 1:
        return rest_line(writer, subscription, period.start, period)
    price, quantity = subscription.unit_price, subscription.quantity
    net = half_up(Fraction(quantity * price * (100 - subscription.discount_on(period.start)), 100))
    return writer.line(subscription.plan_name, price, period.start, period.end, quantity=quantity, net=net)


def unused_line(writer: Writer, subscription: Subscription, day: date, period: BillingPeriod) -> Line:
    """The credit for the days of a billed period from `day` on."""
    text = writer.language.count(
        "{plan}: {number} licence not used, {days} of {of} days",
        "{plan}: {number} licences not used, {days} of {of} days",
        subscription.quantity,
        plan=subscription.plan_name,
        days=(period.end - day).days,
        of=whole_days(period),
    )
    return _part(writer, subscription, day, period, text, -1)


def rest_line(writer: Writer, subscription: Subscription, day: date, period: BillingPeriod) -> Line:
    """The charge for the days of a period from `day` on."""
    text = writer.language.count(
        "{plan}: {number} licence, {days} of {of} days",
        "{plan}: {number} licences, {days} of {of} days",
        subscription.quantity,
        plan=subscription.plan_name,
        days=(period.end - day).days,
        of=whole_days(period),
    )
    return _part(writer, subscription, day, period, text, 1)


def _part(writer: Writer, subscription: Subscription, start: date, period: BillingPeriod, text: str, sign: int) -> Line:
    share = Fraction((period.end - start).days, whole_days(period))
    full = subscription.quantity * subscription.unit_price * share
    net = half_up(full * (100 - subscription.discount_on(period.start)) / 100)
    return writer.line(text, sign * half_up(full), start, period.end, net=sign * net)
