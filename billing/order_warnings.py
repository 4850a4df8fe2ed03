"""Warning ahead: an order that runs out or expires is told to those who can do something about it, each thing once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from billing.accounts import Account, Person
from billing.errors import NotFound
from billing.forecast import expected
from billing.money import Money
from billing.notices import Notice, Urgency
from billing.order_ledger import drawn
from billing.outbox import MailKind
from billing.purchase_orders import WARN_AHEAD, Draw, PurchaseOrder, too_little_for, warnings
from billing.renewals import MOST_TOGETHER, branches
from billing.store import Cursor, Span, Store, Writing
from billing.subscriptions import Subscription
from billing.telling import mail, notify, post
from billing.vendor import Vendor

BATCH = 50


def warn_of_orders(store: Store, now: datetime, *, as_of: date | None = None) -> int:
    """Look at every active order, and tell what is new; how many warnings were given."""
    told = 0
    cursor: Cursor | None = None
    while True:
        with store.write() as books:
            page = books.find(PurchaseOrder, Span("running"), limit=BATCH, after=cursor)
            told += sum(_warn(books, order, now, as_of) for order in page.rows)
        cursor = page.next
        if cursor is None:
            return told


def _warn(books: Writing, order: PurchaseOrder, now: datetime, as_of: date | None) -> int:
    account = books.get(Account, order.account_id)
    today = as_of or now.astimezone(ZoneInfo(account.time_zone)).date()
    total, told = drawn(books, account.id, order.number), 0
    draws = tuple(_coming(books, account, order, today))
    mailed: set[str] = set()
    short = too_little_for(order, total, draws, today)
    for name, message in warnings(order, total, today, draws):
        event = f"order:{order.id}:{name}"
        if _known(books, event):
            continue
        values: dict[str, Any] = {
            "number": order.number,
            "drawn": Money(total, order.currency),
            "budget": Money(order.terms.budget or 0, order.currency),
            "remaining": Money((order.terms.budget or 0) - total, order.currency),
            "day": order.terms.valid_until or "",
            "short": short.on if short else "",
        }
        notify(books, account, event, now, message, urgency=Urgency.WARNING, subject_id=order.id, **values)
        template = "order_expires" if name.startswith("expires") else "order_drawn"
        told += 1
        if template in mailed:  # two notices of one day are one mail
            continue
        mailed.add(template)
        mail(books, account, event, now, MailKind.QUOTE, template, account=account.name, **values)
        if account.representative_id:
            person = books.get(Person, account.representative_id)
            language = person.language or account.language
            post(
                books, account, event, now, MailKind.QUOTE, template, person.email, language,
                account=account.name, **values,
            )  # fmt: skip
    return told


def _coming(books: Writing, account: Account, order: PurchaseOrder, today: date) -> Iterator[Draw]:
    """What will be drawn in the days for which people are warned, the branches' that the account pays for included."""
    if order.terms.budget is None:
        return
    vendor, until = books.get(Vendor, Vendor.ID), today + timedelta(days=WARN_AHEAD + 1)
    for holder in (account, *branches(books, account)):
        for held in books.find(Subscription, Span("account", (holder.id,)), limit=MOST_TOGETHER).rows:
            if held.purchase_order == order.number:
                yield from (Draw(one.on, one.net) for one in expected(vendor, account, held, until))


def _known(books: Writing, event: str) -> bool:
    try:
        books.get(Notice, event)
    except NotFound:
        return False
    return True
