"""Reading quotes: the list, and one quote with all its words, as each side of the counter sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.accounts import Account
from billing.credentials import Counter
from billing.desk import AccountBooks, Desk
from billing.errors import NotFound
from billing.permissions import Act
from billing.quotes import (
    MOVES,
    WAITS_FOR,
    Move,
    Quote,
    QuoteComment,
    QuoteRevision,
    QuoteState,
    QuoteTerms,
    Side,
    standing,
)
from billing.record import Id
from billing.store import Span

MOST_REVISIONS = 200
MOST_COMMENTS = 500

ACT_OF = {
    Move.PRICE: Act.PRICE_QUOTE,
    Move.WITHDRAW: Act.PRICE_QUOTE,
    Move.LET_OUT: Act.APPROVE_DISCOUNT,
    Move.SEND_BACK: Act.APPROVE_DISCOUNT,
    Move.COUNTER: Act.NEGOTIATE,
    Move.APPROVE: Act.APPROVE_QUOTE,
    Move.ACCEPT: Act.ACCEPT_QUOTE,
    Move.DECLINE: Act.ACCEPT_QUOTE,
}
"""Which right each move takes; a comment takes the right to negotiate, on either side."""


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote in a list, as one side sees it: its newest revision there, and who is to act."""

    quote: Quote
    standing: QuoteState
    terms: QuoteTerms | None
    waits_for: Side | None


@dataclass(frozen=True, slots=True)
class QuoteWindow:
    """Rows `offset` … of `total`, the latest moved first."""

    rows: tuple[QuoteRow, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Everything one side sees of a quote."""

    quote: Quote
    standing: QuoteState
    revisions: tuple[QuoteRevision, ...]
    """From the first to the newest that this side sees."""
    comments: tuple[QuoteComment, ...]
    moves: frozenset[Move]
    """What this person can do now."""
    needs_approval: bool
    """Whether the current offer waits for an approver."""
    order_required: bool

    @property
    def current(self) -> QuoteRevision | None:
        """The newest revision this side sees."""
        return self.revisions[-1] if self.revisions else None


def side_of(desk: Desk) -> Side:
    """On which side of the counter the person stands."""
    return Side.VENDOR if desk.counter is Counter.DESK else Side.CUSTOMER


def list_quotes(desk: Desk, *, offset: int = 0, limit: int = 50) -> QuoteWindow:
    """One window of the account's quotes."""
    side = side_of(desk)
    with desk.read(Act.SEE_QUOTES) as books:
        if side is Side.CUSTOMER:
            # Drafts are few, and not the customer's to count.
            drafts = [q for q in _in_state(books, QuoteState.DRAFT) if not q.lies_before(side)]
            drafts += [q for q in _in_state(books, QuoteState.AWAITING_LEAD) if not q.lies_before(side)]
        else:
            drafts = []
        hidden = {q.id for q in drafts}
        page = books.find(Quote, Span("account"), descending=True, limit=offset + limit + len(hidden)).rows
        shown = [q for q in page if q.id not in hidden][offset : offset + limit]
        rows = tuple(_row(books, quote, side, desk.today) for quote in shown)
        return QuoteWindow(rows, offset, books.count(Quote, Span("account")) - len(hidden))


def _in_state(books: AccountBooks, state: QuoteState) -> tuple[Quote, ...]:
    return books.find(Quote, Span("state", (state.value,)), limit=1000).rows


def _row(books: AccountBooks, quote: Quote, side: Side, today: date) -> QuoteRow:
    number = quote.shown if side is Side.CUSTOMER else quote.revision
    terms = books.get(QuoteRevision, revision_id(quote, number)).terms if number else None
    now = standing(quote, today)
    return QuoteRow(quote, now, terms, WAITS_FOR.get(now))


def revision_id(quote: Quote, number: int) -> Id:
    """The id of a revision."""
    return f"{quote.id}.r{number}"


def open_quote(desk: Desk, quote_id: Id) -> QuoteView:
    """A quote with all its words, as the person's side sees it; `NotFound` where it is not theirs to see."""
    with desk.read(Act.SEE_QUOTES) as books:
        quote = visible_quote(desk, books, quote_id)
        return _view(desk, books, quote)


def visible_quote(desk: Desk, books: AccountBooks, quote_id: Id) -> Quote:
    """The quote, where it lies before the person's side; `NotFound` otherwise."""
    quote = books.get(Quote, quote_id)
    if not quote.lies_before(side_of(desk)):
        raise NotFound(kind=Quote.kind, id=quote_id)
    return quote


def _view(desk: Desk, books: AccountBooks, quote: Quote) -> QuoteView:
    side, account = side_of(desk), books.get(Account, desk.account.id)
    every = books.find(QuoteRevision, Span("quote", (quote.id,)), limit=MOST_REVISIONS).rows
    comments = books.find(QuoteComment, Span("quote", (quote.id,)), limit=MOST_COMMENTS).rows
    now = standing(quote, desk.today)
    waits = now is QuoteState.SENT and needs_approval(quote, books.get(QuoteRevision, current_id(quote)), account)
    return QuoteView(
        quote=quote,
        standing=now,
        revisions=tuple(r for r in every if quote.sees(side, r.number)),
        comments=tuple(c for c in comments if side is Side.VENDOR or not c.internal),
        moves=frozenset(m for m in MOVES[now] if _may(desk, m) and (m is not Move.APPROVE or waits)),
        needs_approval=waits,
        order_required=account.order_required,
    )


def _may(desk: Desk, move: Move) -> bool:
    if move is Move.COMMENT:
        return desk.may(Act.NEGOTIATE) or desk.may(Act.PRICE_QUOTE)
    return desk.may(ACT_OF[move])


def current_id(quote: Quote) -> Id:
    """The revision that lies before the customer."""
    return revision_id(quote, quote.shown)


def needs_approval(quote: Quote, revision: QuoteRevision, account: Account) -> bool:
    """Whether the account's own rule asks for an approver's word on this revision, and it is not there yet."""
    if account.approval_above is None or revision.terms.whole <= account.approval_above:
        return False
    return all(approval.hash != revision.hash for approval in quote.approvals)
