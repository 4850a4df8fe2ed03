"""Renewals: every period is invoiced when it begins, once, whatever crashes, repeats or runs beside it.

A renewal is unique by its subscription and the start of its period; the store refuses a second invoice for it. Each is
issued, booked, mailed and moved on in one transaction. Missed days are caught up in the order in which they fell due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from billing.accounts import Account, Person
from billing.desk import AccountLedger
from billing.errors import N_, NotFound
from billing.holds import HOLD_WORDS, HeldInvoice, HoldReason
from billing.invoices import Invoice, Line, renewal_key
from billing.issuing import Sale, changed_line, hold_reason, issue
from billing.language import Language, Word
from billing.notices import Urgency
from billing.order_ledger import order_reason
from billing.outbox import MailKind
from billing.periods import BillingPeriod, Frequency, boundary
from billing.proration import Writer, period_line
from billing.record import Id, changed
from billing.store import Cursor, Span, Store, Writing
from billing.subscriptions import Pending, Subscription
from billing.tax import tax_totals
from billing.tax_treatment import treatment
from billing.telling import mail, notify, post
from billing.vendor import Vendor

MOST_TOGETHER = 500
"""Subscriptions of an account among which those of one day are looked for."""

BATCH = 25
"""Renewals of one transaction: few enough that a reader never waits long, many enough to share a disk write."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """The next period of a subscription, and what it becomes once that is billed."""

    period: BillingPeriod
    terms: Subscription
    """The subscription as it is billed: a pending reduction has taken effect."""
    after: Subscription

    @property
    def key(self) -> str:
        """What it is unique by."""
        return renewal_key(self.terms.id, self.period.start)


def anchor_day_of(day: date, frequency: Frequency) -> int:
    """The anchor that makes periods begin on `day`: its day of the month, or of the week for weekly periods."""
    return day.isoweekday() if frequency is Frequency.WEEKLY else day.day


def take_effect(subscription: Subscription, pending: Pending) -> Subscription:
    """The subscription once a pending change has happened. Another frequency begins a new row of periods."""
    if pending.ends_coupon:
        subscription = without_coupon(subscription)
    anchor: dict[str, object] = {}
    if pending.frequency is not subscription.frequency:
        anchor = {"anchored_on": pending.on, "anchor_day": anchor_day_of(pending.on, pending.frequency)}
    return changed(
        subscription,
        plan_id=pending.plan_id,
        plan_name=pending.plan_name,
        quantity=pending.quantity,
        unit_price=pending.unit_price,
        frequency=pending.frequency,
        pending=None,
        **anchor,
    )


def without_coupon(subscription: Subscription) -> Subscription:
    """The subscription at its full price."""
    return changed(subscription, coupon="", discount_percent=0, discount_until=None)


def next_renewal(subscription: Subscription) -> Renewal | None:
    """The renewal after what has been billed; None where there is none. Pure: forecasting walks it again and again."""
    day = subscription.renews_on
    if day is None:
        return None
    pending = subscription.pending
    terms = take_effect(subscription, pending) if pending and pending.on <= day else subscription
    period = terms.period_on(day)
    if period is None:
        raise ValueError(f"subscription {subscription.id} renews on {day}, before its anchor")
    if terms.end is not None and terms.end < period.end:
        whole = period.days / period.share
        period = BillingPeriod(period.start, terms.end, ((terms.end - period.start).days / whole))
    following = period.end if terms.end is None or period.end < terms.end else None
    return Renewal(period, terms, changed(terms, renews_on=following))


def renewal_sale(writer: Writer, renewal: Renewal) -> Sale:
    """The invoice to be for a renewal."""
    lines: tuple[Line, ...] = (period_line(writer, renewal.terms, renewal.period),)
    terms = renewal.terms
    note = trial_note(writer.language, renewal)
    return Sale(lines, terms.id, (renewal.key,), terms.purchase_order, terms.quote, note)


def together(sales: Sequence[Sale]) -> Sale:
    """One invoice for several renewals of one day: a line for each, in the order of their keys."""
    if len(sales) == 1:
        return sales[0]
    return Sale(
        lines=tuple(line for sale in sales for line in sale.lines),
        renewals=tuple(key for sale in sales for key in sale.renewals),
        purchase_order=sales[0].purchase_order,
        quote=sales[0].quote,
        notes="\n".join(filter(None, (sale.notes for sale in sales))),
    )


def trial_note(language: Language, renewal: Renewal) -> str:
    """On the first invoice after a trial, that there was one."""
    terms = renewal.terms
    if terms.trial_from is None or renewal.period.start != terms.start:
        return ""
    days = (terms.start - terms.trial_from).days
    return language.count(
        "After {number} day of free trial, which began on {day}.",
        "After {number} days of free trial, which began on {day}.",
        days,
        day=language.date(terms.trial_from),
    )


@dataclass(frozen=True, slots=True)
class Renewed:
    """An invoice that a run issued."""

    invoice: Invoice
    period: BillingPeriod
    next: date | None
    """When the subscription renews again."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did, or (a preview) would do. `held` are new and old: all that wait."""

    day: date
    issued: list[Renewed] = field(default_factory=list)
    held: list[HeldInvoice] = field(default_factory=list)


class _Undo(Exception):
    """Ends a preview's transaction without a commit."""


def renew(store: Store, now: datetime, *, as_of: date | None = None, preview: bool = False) -> Run:
    """Issue everything due on day `as_of` (None: on each account's own today), oldest first.

    Running it again issues nothing more. With `preview`, everything is done by the same code and undone.
    """
    run = Run(as_of or _local(now, _vendor(store).time_zone))
    cursor: Cursor | None = None
    if preview:
        try:
            with store.write() as books:
                while (cursor := _batch(books, run, now, as_of, cursor)) is not None:
                    pass
                raise _Undo
        except _Undo:
            return run
    while True:
        # A batch that fails leaves the run's report as it was: nothing is told that was not kept.
        done = replace(run, issued=[], held=[])
        with store.write() as books:
            cursor = _batch(books, done, now, as_of, cursor)
        run.issued.extend(done.issued)
        run.held.extend(done.held)
        if cursor is None:
            return run


def _vendor(store: Store) -> Vendor:
    with store.read() as books:
        return books.get(Vendor, Vendor.ID)


def _local(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _batch(books: Writing, run: Run, now: datetime, as_of: date | None, cursor: Cursor | None) -> Cursor | None:
    """Bill up to a batch of subscriptions, one period each; where the next batch begins, None at the end.

    Those billed come back further on, with their next period; those held stay behind.
    """
    latest = as_of or max(_local(now, zone) for zone in ("Etc/GMT-14", "UTC"))
    span = Span("due", high=date.fromordinal(latest.toordinal() + 1))
    page = books.find(Subscription, span, limit=BATCH, after=cursor)
    vendor = books.get(Vendor, Vendor.ID)
    soonest, last = date.max, cursor
    for subscription in page.rows:
        day = subscription.renews_on
        if day is None or day >= soonest:  # the next period of one just billed comes first
            break
        last = Cursor((day, subscription.id), subscription.id)
        account = books.get(Account, subscription.account_id)
        if account.consolidated or account.parent_id:  # it may have been billed with another of this batch
            subscription = books.get(Subscription, subscription.id)
            if subscription.renews_on != day:
                soonest = min(soonest, subscription.renews_on or date.max)
                continue
        today = as_of or _local(now, account.time_zone)
        if day > today:
            continue
        found = bill_next(books, vendor, account, subscription, run.day, now)
        if isinstance(found, HeldInvoice):
            run.held.append(found)
        elif found is not None:
            run.issued.append(found)
            soonest = min(soonest, found.next or date.max)
    return last if page.rows else None


def bill_next(
    books: Writing, vendor: Vendor, account: Account, subscription: Subscription, day: date, now: datetime
) -> Renewed | HeldInvoice | None:
    """Bill the next period of a subscription with a document of `day`, or hold it with its reason.

    None where its invoice may go into another account's books, which a desk does not reach: it is left to `renew`.
    """
    first = next_renewal(subscription)
    if first is None:
        raise ValueError(f"subscription {subscription.id} has nothing to renew")
    payer = payer_of(books, account)
    if payer is None:
        return None
    writer = Writer(Language(payer.language), treatment(vendor, payer, first.period.start))
    due = [(account, first), *_companions(books, payer, first)]
    sale = together([_sale_to(payer, writer, holder, one) for holder, one in due])
    reason = hold_reason(vendor, payer, sale) or order_reason(books, payer, sale, day)
    if reason is not None and len(due) > 1:  # what holds one up must not hold up the others
        del due[1:]
        sale = _sale_to(payer, writer, account, first)
        reason = hold_reason(vendor, payer, sale) or order_reason(books, payer, sale, day)
    if reason is not None:
        return hold(books, account, first, sale, reason, day, now, _held(books, first.key), payer=payer)
    for _, one in due:
        if (held := _held(books, one.key)) is not None:
            books.remove(held)
    invoice = issue(books, vendor, payer, sale, day, now)
    after = [_moved_on(books, holder, one, now) for holder, one in due]
    return Renewed(invoice, first.period, min((a.renews_on for a in after if a.renews_on), default=None))


def payer_of(books: Writing, account: Account) -> Account | None:
    """Who is invoiced for an account's renewals: itself, or the parent that pays for its branches.

    None where that is another account than the one whose desk this is. Another currency is never put together.
    """
    if not account.parent_id:
        return account
    try:
        parent = books.get(Account, account.parent_id)
    except NotFound:
        return None
    if not parent.pays_for_branches or parent.currency != account.currency:
        return account
    return None if isinstance(books, AccountLedger) else parent


def _sale_to(payer: Account, writer: Writer, holder: Account, renewal: Renewal) -> Sale:
    """The invoice to be for a renewal; a branch is named on what its parent is invoiced for."""
    sale = renewal_sale(writer, renewal)
    if holder.id == payer.id:
        return sale
    lines = tuple(changed_line(line, description=f"{holder.name}: {line.description}") for line in sale.lines)
    return replace(sale, lines=lines, subscription_id="")


def _companions(books: Writing, payer: Account, first: Renewal) -> Iterator[tuple[Account, Renewal]]:
    """Other renewals of the same day that go on the same invoice, where the account that pays wants that."""
    if not payer.consolidated:
        return
    for holder in (payer, *branches(books, payer)):
        for other in books.find(Subscription, Span("account", (holder.id,)), limit=MOST_TOGETHER).rows:
            if other.id == first.terms.id or other.renews_on != first.period.start:
                continue
            found = next_renewal(other)
            if found is not None and (found.terms.purchase_order, found.terms.quote) == (
                first.terms.purchase_order, first.terms.quote,
            ):  # fmt: skip
                yield holder, found


def branches(books: Writing, payer: Account) -> tuple[Account, ...]:
    """The branches an account pays for; none at its own desk, which does not reach them."""
    if not payer.pays_for_branches:
        return ()
    try:
        rows = books.find(Account, Span("parent", (payer.id,)), limit=MOST_TOGETHER).rows
    except NotFound:
        return ()
    return tuple(a for a in rows if a.currency == payer.currency)


def _moved_on(books: Writing, account: Account, renewal: Renewal, now: datetime) -> Subscription:
    """The subscription once its period is billed; a change that was asked for has happened."""
    pending = books.get(Subscription, renewal.after.id).pending
    after = books.put(renewal.after)
    if pending and not after.pending:
        notify(
            books, account, f"{renewal.key}:changed", now, N_("{plan} now runs as you asked (licences: {number})."),
            subject_id=after.id, plan=after.plan_name, number=after.quantity,
        )  # fmt: skip
    return after


def _held(books: Writing, key: Id) -> HeldInvoice | None:
    try:
        return books.get(HeldInvoice, key)
    except NotFound:
        return None


def hold(
    books: Writing,
    account: Account,
    renewal: Renewal,
    sale: Sale,
    reason: HoldReason,
    day: date,
    now: datetime,
    held: HeldInvoice | None,
    *,
    payer: Account | None = None,
) -> HeldInvoice:
    """Keep a renewal waiting, un-numbered; told once for each reason, to `payer` too where that is another account."""
    if held is not None and held.reason is reason:
        return held
    record = HeldInvoice(
        id=renewal.key,
        account_id=account.id,
        subscription_id=renewal.terms.id,
        period_start=renewal.period.start,
        period_end=renewal.period.end,
        net=tax_totals(sale.lines).net,
        reason=reason,
        since=day,
        version=held.version if held else 0,
    )
    record = books.put(record)
    words = Language(account.language).say(HOLD_WORDS[reason])
    event = f"{renewal.key}:held{record.version}.{day:%Y%m%d}"
    message = N_("The invoice for {plan} from {day} waits: {reason}")
    plan = renewal.terms.plan_name
    notify(
        books, account, event, now, message, urgency=Urgency.ACTION, subject_id=renewal.terms.id,
        plan=plan, day=renewal.period.start, reason=words,
    )  # fmt: skip
    mail(books, account, event, now, MailKind.INVOICE, "invoice_held", plan=plan, reason=words)
    if payer is not None and payer.id != account.id:
        named, told = f"{plan} ({account.name})", Language(payer.language).say(HOLD_WORDS[reason])
        notify(
            books, payer, f"{event}:payer", now, message, urgency=Urgency.ACTION,
            plan=named, day=renewal.period.start, reason=told,
        )  # fmt: skip
        mail(books, payer, f"{event}:payer", now, MailKind.INVOICE, "invoice_held", plan=named, reason=told)
    if account.representative_id:
        person = books.get(Person, account.representative_id)
        post(
            books, account, event, now, MailKind.QUOTE, "invoice_held", person.email, person.language or "en",
            plan=f"{plan} ({account.name})", reason=Word(HOLD_WORDS[reason]),
        )  # fmt: skip
    return record


def upcoming(subscription: Subscription, until: date) -> Iterator[Renewal]:
    """The renewals to come before `until`, as things stand."""
    while (renewal := next_renewal(subscription)) is not None and renewal.period.start < until:
        yield renewal
        subscription = renewal.after


def first_boundary(subscription: Subscription, day: date) -> date:
    """The first day on or after `day` on which a period of the subscription begins."""
    if day <= subscription.anchor:
        return subscription.anchor
    number = 0
    while (found := boundary(subscription.anchor, subscription.frequency, subscription.anchor_day, number)) < day:
        number += 1
    return found
