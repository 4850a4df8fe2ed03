"""The account at a glance: what runs, what is owed, what needs attention, what was spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.accounts import Account
from billing.desk import AccountBooks, Desk
from billing.invoices import Invoice
from billing.money import Money
from billing.permissions import Act
from billing.store import Span
from billing.subscriptions import Subscription

MOST_READ = 1000
"""Never more documents than this are read for an overview."""


@dataclass(frozen=True, slots=True)
class MonthSpent:
    """What was invoiced, less credit notes, in the month that begins on `month`."""

    month: date
    spent: Money


@dataclass(frozen=True, slots=True)
class Overview:
    """What a billing contact wants to know first. `complete` is false where `MOST_READ` cut the sums short."""

    account: Account
    today: date
    subscriptions: tuple[Subscription, ...]
    next_renewal: date | None
    due: Money
    overdue: tuple[Invoice, ...]
    overdue_total: Money
    latest: tuple[Invoice, ...]
    months: tuple[MonthSpent, ...]
    complete: bool


def overview(desk: Desk, *, latest: int = 5, months: int = 12) -> Overview:
    """The account as it stands today. Months with no documents count zero; the last one is the current month."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        account = books.get(type(desk.account), desk.account.id)
        today, currency = desk.today, account.currency
        open_invoices = books.find(Invoice, Span("due"), limit=MOST_READ)
        overdue = tuple(i for i in open_invoices.rows if i.overdue(today))
        subscriptions = tuple(
            s
            for s in books.find(Subscription, Span("account"), descending=True, limit=MOST_READ).rows
            if s.runs_on(today)
        )
        spent, complete = _spending(books, today, currency, months)
        return Overview(
            account=account,
            today=today,
            subscriptions=subscriptions,
            next_renewal=min((d for s in subscriptions if (d := s.next_renewal(today))), default=None),
            due=Money(sum(i.due for i in open_invoices.rows), currency),
            overdue=overdue,
            overdue_total=Money(sum(i.due for i in overdue), currency),
            latest=books.find(Invoice, Span("history"), descending=True, limit=latest).rows,
            months=spent,
            complete=complete and open_invoices.next is None,
        )


def _spending(books: AccountBooks, today: date, currency: str, months: int) -> tuple[tuple[MonthSpent, ...], bool]:
    """Month by month, newest documents first, so that a cut-off costs the oldest months."""
    count = today.year * 12 + today.month - 1
    starts = [date(m // 12, m % 12 + 1, 1) for m in range(count - months + 1, count + 1)]
    page = books.find(Invoice, Span("history", low=starts[0]), descending=True, limit=MOST_READ)
    sums = dict.fromkeys(starts, 0)
    for document in page.rows:
        if (month := document.issued_on.replace(day=1)) in sums:
            sums[month] += document.gross
    return tuple(MonthSpent(month, Money(total, currency)) for month, total in sums.items()), page.next is None
