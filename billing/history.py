"""The invoice history: find one document among thousands without reading thousands.

Every list is a window. Where one index answers a question in the wanted order, any window of it costs the same. Where
none does (two filters at once, a search, an unusual order), the narrowest index is read up to `MOST_NARROWED`
documents, newest first, and `cut` says when there were more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from billing.desk import AccountBooks, Desk
from billing.errors import NotFound
from billing.invoices import LONGEST_WORD, Invoice, InvoiceState, words
from billing.payments import Payment
from billing.permissions import Act
from billing.record import Id
from billing.store import Page, Span
from billing.subscriptions import Subscription

MOST_NARROWED = 2000


class StateFilter(Enum):
    """Which documents a list shows. Overdue is open and past its due date."""

    ALL = "all"
    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"
    NOTES = "note"


class Order(Enum):
    """How a list is sorted; ties by number."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    DUE_FIRST = "due_first"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person wants to see of their history. The empty question is all of it, newest first."""

    state: StateFilter = StateFilter.ALL
    year: int | None = None
    subscription_id: Id = ""
    text: str = ""
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class Window:
    """Rows `offset` … of `total`. With `cut`, older documents match too but were not looked at."""

    rows: tuple[Invoice, ...]
    offset: int
    total: int
    cut: bool = False


def list_invoices(desk: Desk, question: Question, *, offset: int = 0, limit: int = 50) -> Window:
    """One window of the answer to `question`."""
    with desk.read(Act.SEE_INVOICES) as books:
        if (direct := _direct(question)) is not None:
            span, descending = direct
            page = books.find(Invoice, span, descending=descending, offset=offset, limit=limit)
            return Window(page.rows, offset, books.count(Invoice, span))
        rows, cut = _narrowed(books, question, desk.today)
        return Window(tuple(rows[offset : offset + limit]), offset, len(rows), cut)


def years(desk: Desk) -> tuple[int, ...]:
    """The years that have documents, newest first."""
    with desk.read(Act.SEE_INVOICES) as books:
        ends = [books.find(Invoice, Span("history"), descending=d, limit=1).rows for d in (False, True)]
        if not ends[0]:
            return ()
        first, last = (end[0].issued_on.year for end in ends)
        return tuple(y for y in range(last, first - 1, -1) if books.count(Invoice, _dated("history", y)))


def subscriptions(desk: Desk) -> tuple[Subscription, ...]:
    """The account's subscriptions, past ones included, newest first."""
    with desk.read(Act.SEE_INVOICES) as books:
        return books.find(Subscription, Span("account"), descending=True, limit=MOST_NARROWED).rows


def find_number(desk: Desk, typed: str) -> Invoice:
    """The document with this number, or with this running number (the newest where several series have it)."""
    text = typed.strip().casefold()
    with desk.read(Act.SEE_INVOICES) as books:
        for name in filter(None, (text, text.lstrip("0"))):
            if found := books.find(Invoice, Span("reference", (name,)), descending=True, limit=1).rows:
                return found[0]
    raise NotFound(kind=Invoice.kind, id=typed.strip()[:40])


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """A document with what belongs to it: its payments, its credit notes, the invoice it corrects."""

    invoice: Invoice
    today: date
    payments: tuple[Payment, ...]
    credit_notes: tuple[Invoice, ...]
    original: Invoice | None


def open_invoice(desk: Desk, invoice_id: Id) -> InvoiceFile:
    """One document of the account, whole."""
    with desk.read(Act.SEE_INVOICES) as books:
        invoice = books.get(Invoice, invoice_id)
        return InvoiceFile(
            invoice=invoice,
            today=desk.today,
            payments=books.find(Payment, Span("invoice", (invoice.id,))).rows,
            credit_notes=books.find(Invoice, Span("corrects", (invoice.id,))).rows,
            original=books.get(Invoice, invoice.corrects) if invoice.corrects else None,
        )


def _dated(index: str, year: int | None, *equal: str) -> Span:
    if year is None:
        return Span(index, equal)
    return Span(index, equal, low=date(year, 1, 1), high=date(year + 1, 1, 1))


def _direct(question: Question) -> tuple[Span, bool] | None:
    """The index that answers the question by itself, and whether to read it backwards."""
    stated = question.state not in (StateFilter.ALL, StateFilter.OVERDUE)
    match question:
        case Question(text=text) if any(words(text)):
            return None
        case Question(order=Order.LARGEST, state=StateFilter.ALL, year=None, subscription_id=""):
            return Span("amount"), True
        case Question(order=Order.DUE_FIRST, state=StateFilter.OPEN, year=None, subscription_id=""):
            return Span("due"), False
        case Question(order=Order.LARGEST | Order.DUE_FIRST) | Question(state=StateFilter.OVERDUE):
            return None
        case Question(subscription_id="") if stated:
            span = _dated("state", question.year, question.state.value)
        case Question(subscription_id=""):
            span = _dated("history", question.year)
        case Question() if not stated:
            span = _dated("subscription", question.year, question.subscription_id)
        case _:
            return None
    return span, question.order is Order.NEWEST


def _narrowed(books: AccountBooks, question: Question, today: date) -> tuple[list[Invoice], bool]:
    typed = [word[:LONGEST_WORD] for word in words(question.text)]
    spans = [_dated("history", question.year)]
    if question.state is StateFilter.OVERDUE:
        spans.append(Span("due", high=today))
    elif question.state is not StateFilter.ALL:
        spans.append(_dated("state", question.year, question.state.value))
    if question.subscription_id:
        spans.append(_dated("subscription", question.year, question.subscription_id))
    spans += [Span("words", low=word, high=word + "\U0010ffff") for word in typed]
    narrowest = min(spans, key=lambda span: books.count(Invoice, span))
    if narrowest.index == "words" and books.count(Invoice, narrowest) > MOST_NARROWED:
        narrowest = min((s for s in spans if s.index != "words"), key=lambda span: books.count(Invoice, span))
    page: Page[Invoice] = books.find(Invoice, narrowest, descending=True, limit=MOST_NARROWED)
    fits = _filter(question, typed, today)
    rows = list({row.id: row for row in page.rows if fits(row)}.values())
    rows.sort(key=_ORDERS[question.order], reverse=question.order in (Order.NEWEST, Order.LARGEST))
    return rows, page.next is not None


_ORDERS: dict[Order, Callable[[Invoice], Any]] = {
    Order.NEWEST: lambda i: (i.issued_on, i.number),
    Order.OLDEST: lambda i: (i.issued_on, i.number),
    Order.LARGEST: lambda i: (i.gross, i.number),
    Order.DUE_FIRST: lambda i: (i.state is not InvoiceState.OPEN, i.due_on, i.number),
}


def _filter(question: Question, typed: list[str], today: date) -> Callable[[Invoice], bool]:
    def fits(invoice: Invoice) -> bool:
        if question.state is StateFilter.OVERDUE:
            if not invoice.overdue(today):
                return False
        elif question.state is not StateFilter.ALL and invoice.state.value != question.state.value:
            return False
        if question.year not in (None, invoice.issued_on.year):
            return False
        if question.subscription_id and question.subscription_id not in invoice.subscription_ids:
            return False
        return all(any(word.startswith(t) for word in invoice.words) for t in typed)

    return fits
