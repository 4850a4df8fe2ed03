"""Anybody does anything with two purchase orders in any order: the budget is never overdrawn, and the ledger sums."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from billing.accounts import Account
from billing.errors import NotAllowed, Refusal
from billing.holds import ORDER_REASONS, HeldInvoice
from billing.invoices import Invoice, InvoiceType
from billing.issuing import credit_note
from billing.ordering import (
    OrderConflict,
    activate_order,
    attach_order,
    change_order,
    close_order,
    create_order,
    detach_order,
    open_order,
)
from billing.purchase_orders import OrderState, OrderTerms, PurchaseOrder
from billing.record import changed
from billing.renewals import renew
from billing.store import Span
from billing.subscriptions import Subscription
from billing.vendor import Vendor
from billing.verify import verify
from tests.billing.table import LIST_PRICE, Table

QUARTER = 5 * LIST_PRICE
MAY = {"owner", "payer", "rita", "lena"}
people = st.sampled_from(["owner", "payer", "viewer", "rita", "lena"])
numbers = st.sampled_from(["PO-1", "PO-2"])
LEGAL = {
    OrderState.DRAFT: {"edit", "activate", "attach", "close"},
    OrderState.ACTIVE: {"edit", "close", "attach", "activate"},  # activating again changes nothing
    OrderState.CLOSED: {"close"},
}


class Purchasing(RuleBasedStateMachine):
    """One subscription, two numbers, an account that requires orders from some day on."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.table.account(order_required=True)
        self.terms_read: dict[str, tuple[int, OrderTerms]] = {}

    def desk(self, who: str) -> Any:
        return self.table.behind(who) if who in ("rita", "lena") else self.table.at(who)

    def order(self, number: str) -> PurchaseOrder | None:
        with self.table.store.read() as books:
            rows = books.find(PurchaseOrder, Span("number", ("corp", number))).rows
        return rows[0] if rows else None

    def tried(self, who: str, move: str, number: str, doing: Any) -> None:
        before = self.order(number)
        legal = who in MAY and (before is not None and move in LEGAL[before.state])
        try:
            doing()
        except OrderConflict:
            assert legal
            assert self.order(number) == before
        except Refusal as refusal:
            said = refusal
        else:
            assert legal, f"{move} by {who} on {before} happened"
            event(move)
            return
        if "said" in locals():
            assert isinstance(said, NotAllowed) is (who not in MAY)
            assert not legal, f"{move} by {who} on {before} was refused: {said}"
            assert self.order(number) == before

    @rule(who=people, number=numbers, draft=st.booleans(), quarters=st.one_of(st.none(), st.integers(0, 3)),
          days=st.one_of(st.none(), st.integers(0, 300)), attach=st.booleans())  # fmt: skip
    def enters(self, who: str, number: str, draft: bool, quarters: int | None, days: int | None, attach: bool) -> None:
        terms = OrderTerms(
            issuer="Purchasing",
            valid_from=self.table.today - timedelta(days=1),
            valid_until=None if days is None else self.table.today + timedelta(days=days),
            budget=None if quarters is None else quarters * QUARTER,
        )
        new = self.order(number) is None
        try:
            create_order(self.desk(who), number, terms, draft=draft, attach=("corp.s1",) if attach else ())
        except Refusal:
            assert who not in MAY or not new
        else:
            assert who in MAY
            assert new
            event("entered")

    @rule(number=numbers)
    def reads(self, number: str) -> None:
        if (order := self.order(number)) is not None:
            self.terms_read[number] = (order.revision, order.terms)

    @rule(who=people, number=numbers, quarters=st.integers(0, 4), old=st.booleans(), note=st.text(max_size=3))
    def edits(self, who: str, number: str, quarters: int, old: bool, note: str) -> None:
        order = self.order(number)
        if order is None:
            return
        based, terms = self.terms_read.get(number, (order.revision, order.terms)) if old else (
            order.revision, order.terms,
        )  # fmt: skip
        wanted = replace(terms, budget=quarters * QUARTER, note=note)
        self.tried(who, "edit", number, lambda: change_order(self.desk(who), order.id, wanted, based_on=based))

    @rule(who=people, number=numbers, move=st.sampled_from(["activate", "close", "attach"]))
    def moves(self, who: str, number: str, move: str) -> None:
        order = self.order(number)
        if order is None:
            return
        desk = self.desk(who)
        doing = {
            "activate": lambda: activate_order(desk, order.id),
            "close": lambda: close_order(desk, order.id),
            "attach": lambda: attach_order(desk, order.id, "corp.s1"),
        }[move]
        self.tried(who, move, number, doing)

    @rule()
    def detaches(self) -> None:
        detach_order(self.table.at("owner"), "corp.s1")

    @rule(days=st.integers(1, 60))
    def days_pass(self, days: int) -> None:
        self.table.next_day(days)
        renew(self.table.store, self.table.clock(), as_of=self.table.today)

    @rule(percent=st.sampled_from([50, 100]))
    def is_credited(self, percent: int) -> None:
        with self.table.store.write() as books:
            rows = books.find(Invoice, Span("history", ("corp",)), descending=True).rows
            left = [i for i in rows if i.type is InvoiceType.INVOICE and not i.credited]
            if left:
                account, vendor = books.get(Account, "corp"), books.get(Vendor, Vendor.ID)
                credit_note(books, vendor, account, left[0], percent, "Why", self.table.today, self.table.clock())
                event("credited")

    @invariant()
    def no_invoice_is_without_an_order_that_allowed_it(self) -> None:
        with self.table.store.read() as books:
            documents = books.find(Invoice, Span("history", ("corp",))).rows
        drawn: dict[str, int] = {}
        for document in documents:
            assert document.purchase_order in ("PO-1", "PO-2")
            drawn[document.purchase_order] = drawn.get(document.purchase_order, 0) + document.net
        for number, total in drawn.items():
            order = self.order(number)
            assert order is not None
            seen = open_order(self.table.at("viewer"), order.id)
            assert seen.row.drawn == total == sum(i.net for i in seen.ledger)
            highest = max((r.terms.budget for r in seen.revisions if r.terms.budget is not None), default=None)
            if highest is not None and all(r.terms.budget is not None for r in seen.revisions):
                assert total <= highest

    @invariant()
    def what_waits_is_told_why_and_is_not_billed(self) -> None:
        with self.table.store.read() as books:
            held = [h for h in books.every(HeldInvoice) if h.account_id == "corp"]
            subscription = books.get(Subscription, "corp.s1")
        assert len(held) <= 1
        for one in held:
            assert one.reason in ORDER_REASONS
            assert subscription.renews_on == one.period_start
            event("held")

    def teardown(self) -> None:
        assert not list(verify(self.table.store))
        with self.table.store.write() as books:  # once nothing is required, everything that waited goes out
            books.put(changed(books.get(Account, "corp"), order_required=False))
        renew(self.table.store, self.table.clock(), as_of=self.table.today)
        with self.table.store.read() as books:
            assert not [h for h in books.every(HeldInvoice) if h.account_id == "corp"]
            assert (books.get(Subscription, "corp.s1").renews_on or date.max) > self.table.today
        assert not list(verify(self.table.store))


TestPurchasing = Purchasing.TestCase
TestPurchasing.settings = settings(
    max_examples=int(os.environ.get("PURCHASES", "60")), stateful_step_count=30, deadline=None
)
