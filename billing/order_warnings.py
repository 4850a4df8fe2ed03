"""Warning ahead: an order that runs out or expires is told to those who can do something about it, each thing once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from billing.accounts import Account, Person
from billing.errors import NotFound
from billing.money import Money
from billing.notices import Notice, Urgency
from billing.order_ledger import drawn
from billing.outbox import MailKind
from billing.purchase_orders import PurchaseOrder, warnings
from billing.store import Cursor, Span, Store, Writing
from billing.telling import mail, notify, post

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
    for name, message in warnings(order, total, today):
        event = f"order:{order.id}:{name}"
        if _known(books, event):
            continue
        values: dict[str, Any] = {
            "number": order.number,
            "drawn": Money(total, order.currency),
            "budget": Money(order.terms.budget or 0, order.currency),
            "day": order.terms.valid_until or "",
        }
        notify(books, account, event, now, message, urgency=Urgency.WARNING, subject_id=order.id, **values)
        template = "order_drawn" if name.startswith("drawn") else "order_expires"
        mail(books, account, event, now, MailKind.QUOTE, template, account=account.name, **values)
        if account.representative_id:
            person = books.get(Person, account.representative_id)
            language = person.language or account.language
            post(
                books, account, event, now, MailKind.QUOTE, template, person.email, language,
                account=account.name, **values,
            )  # fmt: skip
        told += 1
    return told


def _known(books: Writing, event: str) -> bool:
    try:
        books.get(Notice, event)
    except NotFound:
        return False
    return True
