"""What happens to an account whose invoices stay unpaid: reminders, then past due, suspended, cancelled.

The state is the account's, not the invoice's (Kill Bill's overdue states): it follows from its oldest unpaid invoice
and the vendor's days, and is gone the moment nothing is overdue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from billing.accounts import Account, Standing
from billing.errors import N_, NotFound
from billing.holds import HeldInvoice
from billing.invoices import Invoice
from billing.money import Money
from billing.notices import Notice, Urgency
from billing.outbox import MailKind, OutboxMessage
from billing.record import Id, changed
from billing.store import Cursor, Span, Store, Writing
from billing.subscriptions import Subscription
from billing.telling import mail, notify
from billing.vendor import Dunning, Vendor

PAGE = 100
MOST_OPEN = 10_000


@dataclass(frozen=True, slots=True)
class Dunned:
    """What a run did: accounts whose standing moved, and how many reminders were written."""

    day: date
    moved: list[Account] = field(default_factory=list)
    reminders: int = 0


def standing_after(rules: Dunning, days_late: int) -> Standing:
    """How an account stands whose oldest unpaid invoice is so many days late."""
    if rules.cancel_after is not None and days_late >= rules.cancel_after:
        return Standing.CANCELLED
    if rules.suspend_after is not None and days_late >= rules.suspend_after:
        return Standing.SUSPENDED
    return Standing.PAST_DUE if days_late > 0 else Standing.GOOD


def dun(store: Store, now: datetime, *, as_of: date | None = None) -> Dunned:
    """Remind, and move accounts to the standing their oldest unpaid invoice gives them. Safe to repeat."""
    with store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
    day = as_of or now.astimezone(ZoneInfo(vendor.time_zone)).date()
    done, reminders = Dunned(day), 0
    seen: set[Id] = set()
    cursor: Cursor | None = None
    while True:
        with store.read() as books:
            page = books.find(Invoice, Span("unpaid", high=day), limit=PAGE, after=cursor)
        for invoice in page.rows:
            with store.write() as writing:
                reminders += _remind(writing, vendor, invoice, day, now)
                if invoice.account_id not in seen:
                    seen.add(invoice.account_id)
                    if (moved := restand(writing, vendor.dunning, invoice.account_id, day, now)) is not None:
                        done.moved.append(moved)
        if (cursor := page.next) is None:
            return Dunned(day, done.moved, reminders)


def _remind(books: Writing, vendor: Vendor, invoice: Invoice, day: date, now: datetime) -> int:
    """One mail for the newest reminder that is due; those missed meanwhile are not made up for."""
    invoice = books.get(Invoice, invoice.id)
    if invoice.due <= 0:  # paid since the run looked
        return 0
    late = (day - invoice.due_on).days
    passed = [days for days in vendor.dunning.remind_days if days <= late]
    if not passed:
        return 0
    event = f"reminder:{invoice.id}:{passed[-1]}"
    if books.find(OutboxMessage, Span("dedupe", low=event, high=event + ";"), limit=1).rows:
        return 0
    account = books.get(Account, invoice.account_id)
    mail(
        books, account, event, now, MailKind.PAYMENT, "payment_reminder",
        number=invoice.number, amount=invoice.money(invoice.due), due=invoice.due_on, days=late,
    )  # fmt: skip
    return 1


def restand(books: Writing, rules: Dunning, account_id: Id, day: date, now: datetime) -> Account | None:
    """Give the account the standing it has on `day`; the account where that is another than before."""
    account = books.get(Account, account_id)
    oldest = books.find(Invoice, Span("due", (account_id,)), limit=1).rows
    standing = standing_after(rules, (day - oldest[0].due_on).days if oldest else 0)
    if standing is account.standing:
        return None
    worse = list(Standing).index(standing) > list(Standing).index(account.standing)
    account = books.put(changed(account, standing=standing))
    if standing is Standing.CANCELLED:
        _end_subscriptions(books, account, day)
    if worse and standing in (Standing.SUSPENDED, Standing.CANCELLED):
        _tell(books, account, day, now)
    return account


def _end_subscriptions(books: Writing, account: Account, day: date) -> None:
    """End what runs with what has been billed: nothing more is invoiced, nor waits to be."""
    for held in books.find(HeldInvoice, Span("account", (account.id,)), limit=MOST_OPEN).rows:
        books.remove(held)
    for subscription in books.find(Subscription, Span("account", (account.id,)), limit=MOST_OPEN).rows:
        if subscription.renews_on is not None:
            end = max(subscription.renews_on, subscription.start)
            ended = changed(subscription, end=end, renews_on=None, pending=None, cancelled_on=day)
            books.put(changed(ended, cancel_reason="unpaid"))


def _tell(books: Writing, account: Account, day: date, now: datetime) -> None:
    standing = account.standing
    rows = books.find(Invoice, Span("due", (account.id,), high=day), limit=MOST_OPEN).rows
    amount = Money(sum(i.due for i in rows), account.currency)
    message = {
        Standing.SUSPENDED: N_("The account is suspended: {amount} is overdue. Pay it and everything runs again."),
        Standing.CANCELLED: N_("The subscriptions were ended: {amount} is long overdue. Pay it to subscribe again."),
    }[standing]
    event = _once_more(books, f"{account.id}:{standing.value}:{day.isoformat()}")
    notify(books, account, event, now, message, urgency=Urgency.ACTION, amount=amount)
    mail(books, account, event, now, MailKind.PAYMENT, f"account_{standing.value}", amount=amount)


def _once_more(books: Writing, event: str) -> str:
    """The event's name, or another where it has happened before: a debit that fails may suspend twice in a day."""
    name, times = event, 1
    while True:
        try:
            books.get(Notice, name)
        except NotFound:
            return name
        times += 1
        name = f"{event}.{times}"


def clear_if_paid(books: Writing, account_id: Id, now: datetime) -> None:
    """After money came in: the account is in good standing again the moment nothing is overdue."""
    account = books.get(Account, account_id)
    if account.standing is Standing.GOOD:
        return
    day = now.astimezone(ZoneInfo(account.time_zone)).date()
    oldest = books.find(Invoice, Span("due", (account_id,)), limit=1).rows
    if not oldest or oldest[0].due_on >= day:
        books.put(changed(account, standing=Standing.GOOD))
