"""Every period of a subscription is billed once, and its days leave no gap (trust notes, I5 and I6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from billing.holds import HeldInvoice
from billing.invariants.faults import Fault, Records, named, of
from billing.invoices import Invoice, InvoiceType, renewal_key
from billing.record import Id
from billing.subscriptions import Subscription


def period_faults(records: Records) -> Iterator[Fault]:
    """From its start to its next renewal, or its end, a subscription is billed."""
    invoices = [i for i in of(records, Invoice) if i.type is InvoiceType.INVOICE]
    subscriptions = {s.id: s for s in of(records, Subscription)}
    billed: set[str] = set()
    days: dict[Id, list[tuple[date, date]]] = defaultdict(list)
    for invoice in invoices:
        if invoice.subscription_id or not invoice.renewals:
            days[invoice.subscription_id] += [(p.start, p.end) for line in invoice.lines if (p := line.period)]
        elif len(invoice.renewals) != len(invoice.lines):
            yield named(invoice), "renewals", "a consolidated invoice has one line for each renewal"
        else:
            for key, line in zip(invoice.renewals, invoice.lines, strict=True):
                if (period := line.period) is not None:
                    days[key.rpartition(":")[0]].append((period.start, period.end))
        for key in invoice.renewals:  # that no two invoices bear one key is told by `references`
            billed.add(key)
            if invoice.subscription_id and key.rpartition(":")[0] != invoice.subscription_id:
                yield named(invoice), "renewals", f"{key[:80]} is not of the invoice's subscription"
    for held in of(records, HeldInvoice):
        if held.id in billed:
            yield named(held), "id", "is billed already"
        elif subscriptions[held.subscription_id].renews_on != held.period_start:
            yield named(held), "period_start", "is not where its subscription renews"
    for subscription in subscriptions.values():
        yield from _billed(subscription, billed, days[subscription.id])


def _billed(subscription: Subscription, billed: set[str], days: list[tuple[date, date]]) -> Iterator[Fault]:
    until = subscription.renews_on or subscription.end
    if until is None:
        yield named(subscription), "renews_on", "is missing in a subscription without an end"
        return
    if subscription.renews_on is not None:
        period = subscription.period_on(subscription.renews_on)
        if period is None or period.start != subscription.renews_on:
            yield named(subscription), "renews_on", "is no boundary counted from the anchor"
            return
    for period in subscription.periods(until) if until > subscription.anchor else ():
        if period.start < until and renewal_key(subscription.id, period.start) not in billed:
            yield named(subscription), "renews_on", f"the period from {period.start} was never billed"
            return
    reached = subscription.start
    for start, end in sorted(days):
        if start > reached:
            break
        reached = max(reached, end)
    if reached < until:
        yield named(subscription), "renews_on", f"the days from {reached} were never billed"
