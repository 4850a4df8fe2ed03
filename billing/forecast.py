"""What is to come: the next invoices of a subscription, and what twelve months cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from billing.accounts import Account
from billing.changes import months_later
from billing.language import Language
from billing.proration import Writer
from billing.renewals import renewal_sale, upcoming
from billing.subscriptions import Subscription
from billing.tax import tax_totals
from billing.tax_treatment import treatment
from billing.vendor import Vendor


class Expected(msgspec.Struct, frozen=True):
    """An invoice to come: when, for which days (`end` is exclusive), and how much, in minor units."""

    on: date
    end: date
    plan: str
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """With tax."""
        return self.net + self.tax


def expected(vendor: Vendor, account: Account, subscription: Subscription, until: date) -> tuple[Expected, ...]:
    """The invoices of a subscription that are still to come before `until`, as things stand."""
    found = []
    for renewal in upcoming(subscription, until):
        writer = Writer(Language(account.language), treatment(vendor, account, renewal.period.start))
        totals = tax_totals(renewal_sale(writer, renewal).lines)
        period = renewal.period
        found.append(Expected(period.start, period.end, renewal.terms.plan_name, totals.net, totals.tax))
    return tuple(found)


MONTHS_AHEAD = 12


def horizon(today: date) -> date:
    """The end of the twelve months that a forecast looks at; the first is the current one."""
    return months_later(today.replace(day=1), MONTHS_AHEAD)


def by_month(today: date, amounts: Iterable[tuple[date, int]]) -> tuple[int, ...]:
    """Amounts summed by calendar month, for twelve months from `today`'s."""
    sums = [0] * MONTHS_AHEAD
    for day, amount in amounts:
        month = (day.year - today.year) * 12 + day.month - today.month
        if 0 <= month < MONTHS_AHEAD:
            sums[month] += amount
    return tuple(sums)
