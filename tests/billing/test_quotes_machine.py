"""Anybody does anything with a quote in any order: only legal moves happen, and only the exact offer is accepted."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from billing.errors import NotAllowed, NotFound, Refusal
from billing.invoices import Invoice
from billing.quote_acceptance import ApprovalMissing, NothingToRenew, accept, approve
from billing.quote_views import QuoteView, open_quote
from billing.quotes import MOVES, Move, Quote, QuoteRevision, QuoteState, Side, TermsWrong, seal
from billing.quoting import (
    BeyondFloor,
    QuoteMoved,
    comment,
    counter,
    decline,
    let_out,
    offer_quote,
    price,
    request_quote,
    send_back,
    withdraw,
)
from billing.renewals import renew
from billing.store import Span
from billing.subscriptions import Subscription
from billing.verify import verify
from tests.billing.table import Table

SEEN_BY = {"owner": Side.CUSTOMER, "approver": Side.CUSTOMER, "rita": Side.VENDOR, "lena": Side.VENDOR}
MAY = {
    Move.PRICE: {"rita", "lena"}, Move.WITHDRAW: {"rita", "lena"}, Move.LET_OUT: {"lena"}, Move.SEND_BACK: {"lena"},
    Move.COUNTER: {"owner", "approver"}, Move.APPROVE: {"approver"}, Move.ACCEPT: {"owner"}, Move.DECLINE: {"owner"},
    Move.COMMENT: {"owner", "approver", "rita", "lena"},
}  # fmt: skip
"""Who may do what: written here once more, so that the table of permissions is held to it."""

THRESHOLD = 130_000
people = st.sampled_from(sorted(SEEN_BY))
discounts = st.sampled_from([0, 10, 20, 21, 60, 61, 70, 71])


class Negotiation(RuleBasedStateMachine):
    """One quote and everybody around it; what they read may be old."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.table.account(approval_above=THRESHOLD)
        self.quote_id = ""
        self.read: list[QuoteView] = []
        self.accepted: str | None = None

    def desk(self, who: str) -> Any:
        return self.table.behind(who) if SEEN_BY[who] is Side.VENDOR else self.table.at(who)

    @property
    def quote(self) -> Quote:
        with self.table.store.read() as books:
            return books.get(Quote, self.quote_id)

    @initialize(by_customer=st.booleans(), draft=st.booleans(), discount=st.sampled_from([0, 30]))
    def opens(self, by_customer: bool, draft: bool, discount: int) -> None:
        terms = self.table.terms(discount)
        if by_customer:
            self.quote_id = request_quote(self.table.at("owner"), "Machine", terms).id
        else:
            self.quote_id = offer_quote(self.table.behind("rita"), "Machine", terms, draft=draft).id

    @rule(who=people)
    def reads(self, who: str) -> None:
        if self.quote.lies_before(SEEN_BY[who]):
            self.read.append(open_quote(self.desk(who), self.quote_id))
        else:
            with pytest.raises(NotFound):
                open_quote(self.desk(who), self.quote_id)

    def tried(self, who: str, move: Move, doing: Any) -> bool:
        """Do it; whether it happened. Refused where it must be, and then nothing has changed."""
        before = self.quote
        legal = move in MOVES[self.standing()] and who in MAY[move] and before.lies_before(SEEN_BY[who])
        try:
            doing()
        except (BeyondFloor, QuoteMoved):
            assert self.quote == before
            return False
        except Refusal as refusal:
            said = refusal
        else:
            assert legal, f"{move} by {who} in {before.state} happened"
            return True
        assert self.quote == before
        assert isinstance(said, NotAllowed) is (who not in MAY[move])
        too_late = move is Move.LET_OUT and isinstance(said, TermsWrong)
        not_yet = move is Move.ACCEPT and isinstance(said, ApprovalMissing | NothingToRenew)
        assert not legal or too_late or not_yet, f"{move} was refused: {said}"
        return False

    def standing(self) -> QuoteState:
        from billing.quotes import standing

        return standing(self.quote, self.table.today)

    @rule(who=people, discount=discounts, quantity=st.integers(1, 40), old=st.booleans(), valid=st.integers(0, 20))
    def writes(self, who: str, discount: int, quantity: int, old: bool, valid: int) -> None:
        desk, terms = self.desk(who), self.table.terms(discount, quantity=quantity, valid=valid)
        newest = self.quote.revision if SEEN_BY[who] is Side.VENDOR else self.quote.shown
        based = newest - 1 if old else newest
        if SEEN_BY[who] is Side.VENDOR:
            done = self.tried(who, Move.PRICE, lambda: price(desk, self.quote_id, terms, based_on=based))
            if done:
                limit = 20 if who == "rita" else 60
                wanted = QuoteState.SENT if discount <= limit else QuoteState.AWAITING_LEAD
                assert self.quote.state is wanted
                assert discount <= 70
        else:
            done = self.tried(who, Move.COUNTER, lambda: counter(desk, self.quote_id, terms, based_on=based))
        assert not (done and old), "what was written on an old revision was taken"

    @rule(who=people, out=st.booleans())
    def decides(self, who: str, out: bool) -> None:
        desk, based = self.desk(who), self.quote.revision
        if out:
            self.tried(who, Move.LET_OUT, lambda: let_out(desk, self.quote_id, based_on=based))
        else:
            self.tried(who, Move.SEND_BACK, lambda: send_back(desk, self.quote_id, "Why", based_on=based))

    @precondition(lambda self: self.quote_id)
    @rule(who=st.sampled_from(["owner", "owner", "owner", "approver", "rita"]), which=st.integers(-9, 50))
    def agrees(self, who: str, which: int) -> None:
        """To what lies there now, or to something read earlier; an approver approves, others try to accept."""
        also = who == "approver"
        if which < 0 or not self.read:
            if not self.quote.lies_before(Side.CUSTOMER):
                return
            seen = open_quote(self.table.at("owner"), self.quote_id)
        else:
            seen = self.read[which % len(self.read)]
        if seen.current is None:
            return
        sealed, desk = seen.current.hash, self.desk(who)
        if also:
            self.tried(who, Move.APPROVE, lambda: approve(desk, self.quote_id, sealed))
            return
        if self.accepted is not None and who == "owner" and sealed == self.accepted:
            assert accept(desk, self.quote_id, sealed) == self.quote, "again is once"
            return
        before = self.quote
        if self.tried(who, Move.ACCEPT, lambda: accept(desk, self.quote_id, sealed)):
            with self.table.store.read() as books:
                meant = books.get(QuoteRevision, f"{before.id}.r{before.shown}")
            assert sealed == meant.hash == seal(before.id, meant.number, meant.side, meant.terms)
            assert meant.side is Side.VENDOR
            assert meant.terms.valid_until is not None
            assert self.table.today <= meant.terms.valid_until
            assert meant.terms.whole <= THRESHOLD or sealed in {a.hash for a in before.approvals}
            self.accepted = sealed
            event("accepted")

    @rule(who=people, no=st.booleans())
    def ends(self, who: str, no: bool) -> None:
        desk = self.desk(who)
        if no:
            self.tried(who, Move.DECLINE, lambda: decline(desk, self.quote_id, "Because"))
        else:
            self.tried(who, Move.WITHDRAW, lambda: withdraw(desk, self.quote_id, "Because"))

    @rule(who=people, internal=st.booleans())
    def says(self, who: str, internal: bool) -> None:
        desk = self.desk(who)
        self.tried(who, Move.COMMENT, lambda: comment(desk, self.quote_id, "A word", internal=internal))

    @rule(days=st.integers(1, 15))
    def days_pass(self, days: int) -> None:
        self.table.next_day(days)
        renew(self.table.store, self.table.clock(), as_of=self.table.today)

    @invariant()
    def the_customer_sees_only_what_was_let_out(self) -> None:
        if not self.quote_id or not self.quote.lies_before(Side.CUSTOMER):
            return
        seen = open_quote(self.table.at("owner"), self.quote_id)
        for revision in seen.revisions:
            assert revision.side is Side.CUSTOMER or revision.number not in self.quote.unseen
        assert all(not c.internal for c in seen.comments)
        assert seen.current is not None
        assert seen.current.number == self.quote.shown

    def teardown(self) -> None:
        if not self.quote_id:
            return
        assert not list(verify(self.table.store))
        with self.table.store.read() as books:
            held = books.get(Subscription, "corp.s1")
            invoices = books.find(Invoice, Span("history", ("corp",))).rows
        assert (held.quote == self.quote.number) is (self.accepted is not None)
        if self.accepted is not None:
            with self.table.store.read() as books:
                accepted = self.quote.accepted
                assert accepted is not None
                terms = books.get(QuoteRevision, f"{self.quote_id}.r{accepted.revision}").terms
            agreed = [i.net for i in invoices if i.quote or (i.lines[0].start or date.min) >= accepted.effective_on]
            assert all(net == terms.net for net in agreed)


TestNegotiation = Negotiation.TestCase
TestNegotiation.settings = settings(
    max_examples=int(os.environ.get("NEGOTIATIONS", "150")), stateful_step_count=25, deadline=None
)
