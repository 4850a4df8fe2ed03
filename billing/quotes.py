"""Quotes: a price asked for, offered, answered and agreed, revision by revision (M12).

Every word that counts is a revision that never changes; a counter-offer is one too, from the customer's side. What is
accepted is one exact revision, by its hash (billing rules, §8; invoiceninja/invoiceninja#11361).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import ClassVar

import msgspec

from billing.errors import N_, Refusal
from billing.language import Word
from billing.money import half_up
from billing.periods import Frequency
from billing.proration import PERIODS_A_YEAR
from billing.record import Id, Index, Record

MOST_LINES = 20
MOST_MONTHS = 60
LONGEST_NOTE = 2000


class Side(Enum):
    """Whose word it is."""

    CUSTOMER = "customer"
    VENDOR = "vendor"


class QuoteState(Enum):
    """How a quote stands. The last two are never stored: they follow from the day (`standing`)."""

    REQUESTED = "requested"
    """The customer asked for a price."""
    DRAFT = "draft"
    """The vendor is at work; the customer does not see it."""
    AWAITING_LEAD = "awaiting_lead"
    """Priced beyond the representative's limit: the lead decides before the customer sees it."""
    SENT = "sent"
    """The vendor's offer lies with the customer."""
    COUNTERED = "countered"
    """The customer's counter-offer lies with the vendor."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """An offer whose last day has passed without an answer."""
    FULFILLED = "fulfilled"
    """Accepted, and its terms are in force."""


class Move(Enum):
    """What can be done with a quote."""

    PRICE = "price"
    LET_OUT = "let_out"
    SEND_BACK = "send_back"
    COUNTER = "counter"
    APPROVE = "approve"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    COMMENT = "comment"


_S = QuoteState
MOVES: dict[QuoteState, frozenset[Move]] = {
    _S.REQUESTED: frozenset({Move.PRICE, Move.DECLINE, Move.WITHDRAW, Move.COMMENT}),
    _S.DRAFT: frozenset({Move.PRICE, Move.WITHDRAW, Move.COMMENT}),
    _S.AWAITING_LEAD: frozenset({Move.PRICE, Move.LET_OUT, Move.SEND_BACK, Move.WITHDRAW, Move.COMMENT}),
    _S.SENT: frozenset(
        {Move.PRICE, Move.COUNTER, Move.APPROVE, Move.ACCEPT, Move.DECLINE, Move.WITHDRAW, Move.COMMENT}
    ),
    _S.COUNTERED: frozenset({Move.PRICE, Move.COUNTER, Move.DECLINE, Move.WITHDRAW, Move.COMMENT}),
    _S.ACCEPTED: frozenset({Move.COMMENT}),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset({Move.PRICE, Move.WITHDRAW, Move.COMMENT}),
    _S.FULFILLED: frozenset({Move.COMMENT}),
}
"""What each state allows; anything else is refused."""

WAITS_FOR: dict[QuoteState, Side] = {
    _S.REQUESTED: Side.VENDOR,
    _S.DRAFT: Side.VENDOR,
    _S.AWAITING_LEAD: Side.VENDOR,
    _S.SENT: Side.CUSTOMER,
    _S.COUNTERED: Side.VENDOR,
}
"""Who is to act; nobody where it is settled."""


class QuoteLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Licences of one plan at a price. Prices are per licence and period before tax, in minor units."""

    plan_id: Id
    plan_name: str
    quantity: int
    list_price: int
    """What the catalogue asked when the revision was written."""
    unit_price: int
    """What is offered."""
    subscription_id: Id = ""
    """The subscription it renews; empty for a new one."""

    @property
    def net(self) -> int:
        """One period of the line."""
        return self.quantity * self.unit_price

    @property
    def discount(self) -> Fraction:
        """What is taken off the list price, in per cent; negative for a surcharge."""
        return Fraction(100 * (self.list_price - self.unit_price), self.list_price) if self.list_price else Fraction(0)


class QuoteTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that is agreed to when a revision is accepted."""

    lines: tuple[QuoteLine, ...]
    currency: str
    frequency: Frequency
    months: int
    """The term, from the day the terms take effect."""
    starts_on: date | None = None
    """For new subscriptions: their first day; None for the day of acceptance. What renews begins with its renewal."""
    valid_until: date | None = None
    """The last day on which it can be accepted; None in a customer's word, which binds nobody."""
    conditions: str = ""

    @property
    def net(self) -> int:
        """One period of all lines, before tax."""
        return sum(line.net for line in self.lines)

    @property
    def whole(self) -> int:
        """The whole term, before tax: what approval thresholds are held against."""
        return half_up(self.net * PERIODS_A_YEAR[self.frequency] * Fraction(self.months, 12))

    @property
    def discount(self) -> Fraction:
        """The largest discount of a line, in per cent: what a representative's limit is held against."""
        return max((line.discount for line in self.lines), default=Fraction(0))


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An approver's word on one exact revision."""

    person_id: Id
    name: str
    at: datetime
    hash: str


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who accepted which revision, when, and against which purchase order."""

    person_id: Id
    name: str
    at: datetime
    revision: int
    hash: str
    purchase_order: str = ""
    effective_on: date
    """When the last of its lines takes effect."""


class Quote(Record, frozen=True, kw_only=True):
    """One negotiation. Its words are `QuoteRevision`s; `revision` counts them."""

    kind: ClassVar[str] = "quotes"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda q: [(q.account_id, q.moved_at.isoformat(), q.id)]),
        Index("number", lambda q: [(q.account_id, q.number)], unique=True),
        Index("state", lambda q: [(q.account_id, q.state.value, q.moved_at.isoformat())]),
    )

    account_id: Id
    number: str
    title: str
    state: QuoteState
    opened_by: Side
    opened_at: datetime
    moved_at: datetime
    """When anything last happened to it."""
    revision: int = 0
    """The newest revision."""
    shown: int = 0
    """The newest revision the customer sees: in `SENT`, the one offer that can be accepted."""
    unseen: tuple[int, ...] = ()
    """Older revisions that never left the vendor."""
    valid_until: date | None = None
    """Of the offer that lies with the customer."""
    approvals: tuple[Approval, ...] = ()
    accepted: Acceptance | None = None
    reason: str = ""
    """Why it was declined or withdrawn."""

    def sees(self, side: Side, number: int) -> bool:
        """Whether a side sees a revision: the vendor all, the customer what was let out."""
        return side is Side.VENDOR or (number <= self.shown and number not in self.unseen)

    def lies_before(self, side: Side) -> bool:
        """Whether a side sees the quote at all: a draft is the vendor's own."""
        return side is Side.VENDOR or self.shown > 0


class QuoteRevision(Record, frozen=True, kw_only=True):
    """One word in a negotiation; it never changes. The id is the quote's with `.r` and its number."""

    kind: ClassVar[str] = "quote_revisions"
    indexes: ClassVar[tuple[Index, ...]] = (Index("quote", lambda r: [(r.account_id, r.quote_id, r.number)]),)

    account_id: Id
    quote_id: Id
    number: int
    side: Side
    person_id: Id
    name: str
    """The author's name as it was."""
    at: datetime
    terms: QuoteTerms
    note: str = ""
    """What was said with it."""
    hash: str


class QuoteComment(Record, frozen=True, kw_only=True):
    """Something said about a quote. An internal one is the vendor's own."""

    kind: ClassVar[str] = "quote_comments"
    indexes: ClassVar[tuple[Index, ...]] = (Index("quote", lambda c: [(c.account_id, c.quote_id, c.at.isoformat())]),)

    account_id: Id
    quote_id: Id
    side: Side
    person_id: Id
    name: str
    at: datetime
    text: str
    internal: bool = False


class NotNow(Refusal):
    """The state of the quote does not allow the move."""

    message = N_("Quote {number} is {state}: this cannot be done with it. Nothing was changed.")


class TermsWrong(Refusal):
    """Terms that can be no offer."""

    message = N_("These terms cannot be offered: {reason}. Nothing was changed. Correct them.")

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason=reason, **values)
        self.reason = reason


def standing(quote: Quote, today: date) -> QuoteState:
    """How the quote stands on `today`: an offer is good through the end of its last day."""
    offered = quote.state in (QuoteState.SENT, QuoteState.COUNTERED)
    if offered and quote.valid_until is not None and quote.valid_until < today:
        return QuoteState.EXPIRED
    if quote.accepted is not None and quote.accepted.effective_on <= today:
        return QuoteState.FULFILLED
    return quote.state


def require(quote: Quote, move: Move, today: date) -> None:
    """Raise `NotNow` where the quote's standing does not allow the move."""
    now = standing(quote, today)
    if move not in MOVES[now]:
        raise NotNow(number=quote.number, state=Word(STATE_WORDS[now]))


def seal(quote_id: Id, number: int, side: Side, terms: QuoteTerms) -> str:
    """The hash of a revision: SHA-256 over what binds, in a form that has one spelling only."""
    said = (quote_id, number, side.value, terms)
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


def checked(terms: QuoteTerms, side: Side, today: date) -> QuoteTerms:
    """The terms, where they can be offered; `TermsWrong` otherwise."""
    reason = next(_wrong(terms, side, today), None)
    if reason is not None:
        raise TermsWrong(Word(reason))
    return terms


def _wrong(terms: QuoteTerms, side: Side, today: date) -> Iterator[str]:
    if not 1 <= len(terms.lines) <= MOST_LINES:
        yield N_("a quote has from 1 to 20 lines")
    if any(line.quantity < 1 for line in terms.lines):
        yield N_("each line needs at least one licence")
    if any(not 0 <= line.unit_price <= line.list_price for line in terms.lines):
        yield N_("a price lies between nothing and the list price")
    if not 1 <= terms.months <= MOST_MONTHS:
        yield N_("the term is from 1 to 60 months")
    if terms.starts_on is not None and terms.starts_on < today:
        yield N_("the first day has passed")
    if side is Side.VENDOR and terms.valid_until is None:
        yield N_("an offer needs its last day")
    if terms.valid_until is not None and terms.valid_until < today:
        yield N_("the last day has passed")
    renewed = [line.subscription_id for line in terms.lines if line.subscription_id]
    if len(set(renewed)) < len(renewed):
        yield N_("a subscription stands in two lines")
    if len(terms.conditions) > LONGEST_NOTE:
        yield N_("the conditions are too long")


class TermChange(msgspec.Struct, frozen=True):
    """One thing in which two revisions differ. `line` is the place of the line from 1, 0 for the whole quote."""

    line: int
    field: str
    before: object
    after: object


_WHOLE = ("frequency", "months", "starts_on", "valid_until", "conditions")
_OF_LINE = ("plan_name", "quantity", "list_price", "unit_price", "subscription_id")


def difference(before: QuoteTerms, after: QuoteTerms) -> tuple[TermChange, ...]:
    """In what two revisions differ, the lines side by side in their order; a line that is new or gone has None."""
    found = [
        TermChange(0, name, getattr(before, name), getattr(after, name))
        for name in _WHOLE
        if getattr(before, name) != getattr(after, name)
    ]
    for number in range(max(len(before.lines), len(after.lines))):
        old = before.lines[number] if number < len(before.lines) else None
        new = after.lines[number] if number < len(after.lines) else None
        for name in _OF_LINE:
            was, now = getattr(old, name, None), getattr(new, name, None)
            if was != now:
                found.append(TermChange(number + 1, name, was, now))
    return tuple(found)


STATE_WORDS = {
    QuoteState.REQUESTED: N_("requested"),
    QuoteState.DRAFT: N_("a draft"),
    QuoteState.AWAITING_LEAD: N_("being priced"),
    QuoteState.SENT: N_("offered"),
    QuoteState.COUNTERED: N_("countered"),
    QuoteState.ACCEPTED: N_("accepted"),
    QuoteState.DECLINED: N_("declined"),
    QuoteState.WITHDRAWN: N_("withdrawn"),
    QuoteState.EXPIRED: N_("expired"),
    QuoteState.FULFILLED: N_("in force"),
}

FIELD_WORDS = {
    "frequency": N_("billed"),
    "months": N_("term in months"),
    "starts_on": N_("first day"),
    "valid_until": N_("valid until"),
    "conditions": N_("conditions"),
    "plan_name": N_("plan"),
    "quantity": N_("licences"),
    "list_price": N_("list price"),
    "unit_price": N_("price"),
    "subscription_id": N_("subscription"),
}
"""What the fields of terms are called."""

FREQUENCY_WORDS = {
    Frequency.WEEKLY: N_("weekly"),
    Frequency.MONTHLY: N_("monthly"),
    Frequency.QUARTERLY: N_("quarterly"),
    Frequency.HALF_YEARLY: N_("half-yearly"),
    Frequency.YEARLY: N_("yearly"),
}
