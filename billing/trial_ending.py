"""Warning ahead: a trial that is about to cost something is told while there is time to cancel it, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from billing.accounts import Account
from billing.errors import N_, NotFound
from billing.forecast import expected
from billing.money import Money
from billing.notices import Notice, Urgency
from billing.outbox import MailKind
from billing.store import Cursor, Span, Store, Writing
from billing.subscriptions import Subscription
from billing.telling import mail, notify
from billing.vendor import Vendor

REMIND_AHEAD = 7
"""Days before the first charge: what Visa's rules for trials ask for at least, and Mastercard's at most."""

BATCH = 50


def warn_of_trials(store: Store, now: datetime, *, as_of: date | None = None) -> int:
    """Tell every account whose trial ends within the days ahead and goes on by itself; how many were told."""
    latest = as_of or now.astimezone(ZoneInfo("Etc/GMT-14")).date()  # where the day begins first
    span = Span("due", high=latest + timedelta(days=REMIND_AHEAD + 1))
    told = 0
    cursor: Cursor | None = None
    while True:
        with store.write() as books:
            page = books.find(Subscription, span, limit=BATCH, after=cursor)
            told += sum(_warn(books, held, now, as_of) for held in page.rows)
        cursor = page.next
        if cursor is None:
            return told


def _warn(books: Writing, held: Subscription, now: datetime, as_of: date | None) -> bool:
    if held.trial_from is None or held.renews_on != held.start:
        return False
    account = books.get(Account, held.account_id)
    today = as_of or now.astimezone(ZoneInfo(account.time_zone)).date()
    event = f"trial:{held.id}:{held.start:%Y%m%d}"
    if not held.in_trial(today) or held.start > today + timedelta(days=REMIND_AHEAD) or _known(books, event):
        return False
    first = expected(books.get(Vendor, Vendor.ID), account, held, held.start + timedelta(days=1))[0]
    values: dict[str, Any] = {"plan": first.plan, "day": held.start, "amount": Money(first.gross, account.currency)}
    message = N_("The trial of {plan} ends on {day}. From then on it costs {amount}.")
    notify(books, account, event, now, message, urgency=Urgency.WARNING, subject_id=held.id, **values)
    mail(books, account, event, now, MailKind.SUBSCRIPTION, "trial_ends", **values)
    return True


def _known(books: Writing, event: str) -> bool:
    try:
        books.get(Notice, event)
    except NotFound:
        return False
    return True
