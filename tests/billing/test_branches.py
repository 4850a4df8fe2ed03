"""A parent account that pays for its branches: what it is invoiced for, what stays the branch's, and what waits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from billing.accounts import Account
from billing.desk import Desk
from billing.document_content import document
from billing.errors import NotFound
from billing.history import Question, list_invoices, open_invoice
from billing.holds import HeldInvoice, HoldReason
from billing.invoices import Invoice
from billing.notices import Notice
from billing.ordering import change_order, create_order, open_order
from billing.outbox import OutboxMessage
from billing.permissions import Act
from billing.purchase_orders import OrderTerms
from billing.record import changed
from billing.renewals import bill_next, renew
from billing.store import Span
from billing.subscriptions import Subscription
from billing.timeline import timeline
from billing.vendor import Vendor
from billing.verify import verify
from tests.billing.table import LIST_PRICE, Table

QUARTER = 5 * LIST_PRICE
RENEWS = date(2026, 12, 1)


@pytest.fixture
def table() -> Table:
    """`elsewhere` is a branch of `corp`, which pays for it."""
    table = Table()
    table.account(pays_for_branches=True)
    put(table, Account, "elsewhere", parent_id="corp")
    return table


def put(table: Table, kind: type[Account] | type[Subscription], record_id: str, **fields: object) -> None:
    with table.store.write() as books:
        books.put(changed(books.get(kind, record_id), **fields))


def renewed(table: Table, day: date = RENEWS) -> list[HeldInvoice]:
    table.today = day
    return renew(table.store, table.clock(), as_of=day).held


def invoices(desk: Desk) -> list[Invoice]:
    return list(list_invoices(desk, Question()).rows)


def renews_on(table: Table, subscription_id: str) -> date | None:
    with table.store.read() as books:
        return books.get(Subscription, subscription_id).renews_on


def test_a_parent_is_invoiced_for_its_branch_which_is_named_and_moves_on(table: Table) -> None:
    assert not renewed(table)
    documents = invoices(table.at("owner"))
    assert {i.lines[0].description for i in documents} == {"Basic", "Elsewhere: Basic"}
    assert {(i.account_id, i.customer.user_id) for i in documents} == {("corp", "corp.billing")}
    assert invoices(table.at("owner-elsewhere", "elsewhere")) == []
    with pytest.raises(NotFound):
        open_invoice(table.at("owner-elsewhere", "elsewhere"), documents[0].id)
    assert renews_on(table, "elsewhere.s1") == renews_on(table, "corp.s1") == date(2027, 3, 1)
    with table.store.read() as books:
        assert not any(m.account_id == "elsewhere" for m in books.every(OutboxMessage))
    renewed(table)
    assert len(invoices(table.at("owner"))) == 2, "nothing is billed twice"
    assert not list(verify(table.store))


def test_the_renewals_of_parent_and_branch_on_one_day_are_one_invoice_where_wanted(table: Table) -> None:
    table.account(consolidated=True)
    renewed(table)
    (both,) = invoices(table.at("owner"))
    assert both.net == 2 * QUARTER
    assert sorted(both.renewals) == ["corp.s1:2026-12-01", "elsewhere.s1:2026-12-01"]
    assert both.subscription_ids == tuple(key.partition(":")[0] for key in both.renewals)
    renewed(table, date(2027, 6, 2))
    assert [len(i.renewals) for i in invoices(table.at("owner"))] == [2, 2, 2]
    assert not list(verify(table.store))


def test_a_consolidated_invoice_is_found_with_each_of_its_subscriptions(table: Table) -> None:
    put(table, Account, "elsewhere", parent_id="")
    table.account(consolidated=True)
    with table.store.write() as books:
        books.put(changed(books.get(Subscription, "corp.s1"), id="corp.s2", version=0))
    renewed(table)
    desk = table.at("owner")
    (both,) = invoices(desk)
    for each in ("corp.s1", "corp.s2"):
        assert both in [h.of for h in timeline(desk, subscription_id=each)]
        assert list_invoices(desk, Question(subscription_id=each, text=both.number)).rows == (both,)


def test_a_branch_that_pays_itself_has_its_held_invoice_as_soon_as_its_order_is_entered(table: Table) -> None:
    table.account(pays_for_branches=False)
    put(table, Account, "elsewhere", order_required=True)
    assert [h.subscription_id for h in renewed(table)] == ["elsewhere.s1"]
    desk = table.at("owner-elsewhere", "elsewhere")
    terms = OrderTerms(issuer="Purchasing", valid_from=date(2026, 1, 1))
    create_order(desk, "PO-1", terms, attach=("elsewhere.s1",))
    assert [i.purchase_order for i in invoices(desk)] == ["PO-1"]
    assert not list(verify(table.store))


def test_what_corporate_purchasing_asks_for_is_printed_on_the_invoice(table: Table) -> None:
    table.account(contract="FRAME-7")
    put(table, Subscription, "corp.s1", purchase_order="PO-1", quote="Q-2026-0001")
    renewed(table)
    desk = table.at("viewer")
    document_id = next(i.id for i in invoices(desk) if i.purchase_order)
    with table.store.read() as books:
        printed = document(open_invoice(desk, document_id), books.get(Vendor, Vendor.ID))
    assert {fact.label: fact.value for fact in printed.facts}.items() >= {
        "User ID": "corp.billing", "Purchase order": "PO-1", "Quote": "Q-2026-0001", "Contract": "FRAME-7",
    }.items()  # fmt: skip


@pytest.mark.parametrize("why", ["another order", "another day"])
def test_what_differs_is_invoiced_apart(table: Table, why: str) -> None:
    table.account(consolidated=True)
    if why == "another order":
        put(table, Subscription, "elsewhere.s1", purchase_order="PO-9")
    else:
        put(table, Subscription, "elsewhere.s1", start=date(2026, 12, 2), renews_on=date(2026, 12, 2), anchor_day=2)
    renewed(table, date(2026, 12, 2))
    assert [len(i.lines) for i in invoices(table.at("owner"))] == [1, 1]
    assert not list(verify(table.store))


@pytest.mark.parametrize("why", ["the parent does not pay", "another currency"])
def test_otherwise_each_account_is_invoiced_for_its_own(table: Table, why: str) -> None:
    if why == "another currency":
        put(table, Account, "elsewhere", currency="GBP")
        with table.store.write() as books:
            books.put(changed(books.get(Vendor, Vendor.ID), euro_rates={"GBP": Decimal("1.15")}))
    else:
        table.account(pays_for_branches=False)
    renewed(table)
    assert [i.account_id for i in invoices(table.at("owner-elsewhere", "elsewhere"))] == ["elsewhere"]
    assert [i.account_id for i in invoices(table.at("owner"))] == ["corp"]


def test_the_parents_orders_rule_what_it_is_invoiced_for_and_both_are_told_what_waits(table: Table) -> None:
    table.account(order_required=True)
    put(table, Subscription, "elsewhere.s1", purchase_order="PO-1")
    held = {h.subscription_id: h for h in renewed(table)}
    assert {h.reason for h in held.values()} == {HoldReason.ORDER_MISSING}
    assert held["elsewhere.s1"].account_id == "elsewhere"
    with table.store.read() as books:
        told = {n.account_id for n in books.every(Notice) if "elsewhere.s1" in n.id}
    assert told == {"corp", "elsewhere"}
    terms = OrderTerms(issuer="Purchasing", valid_from=date(2026, 1, 1), budget=2 * QUARTER)
    order = create_order(table.at("owner"), "PO-1", terms, attach=("corp.s1",))
    assert not renewed(table, date(2026, 12, 2))
    assert open_order(table.at("owner"), order.id).row.drawn == 2 * QUARTER
    assert {h.reason for h in renewed(table, date(2027, 3, 1))} == {HoldReason.ORDER_EXHAUSTED}
    assert not list(verify(table.store))


def test_where_too_little_is_left_for_all_of_a_day_what_fits_goes_out_and_the_rest_waits(table: Table) -> None:
    table.account(consolidated=True, order_required=True)
    put(table, Subscription, "elsewhere.s1", purchase_order="PO-1")
    terms = OrderTerms(issuer="Purchasing", valid_from=date(2026, 1, 1), budget=QUARTER)
    order = create_order(table.at("owner"), "PO-1", terms, attach=("corp.s1",))
    (held,) = renewed(table)
    assert held.reason is HoldReason.ORDER_EXHAUSTED
    assert open_order(table.at("owner"), order.id).row.remaining == 0
    change_order(table.at("owner"), order.id, replace(terms, budget=2 * QUARTER), based_on=1)
    assert not renewed(table, date(2026, 12, 2))
    assert open_order(table.at("owner"), order.id).row.remaining == 0
    assert not list(verify(table.store))


@settings(max_examples=40, deadline=None)
@given(
    starts=st.lists(st.integers(1, 28), min_size=3, max_size=3),
    orders=st.lists(st.sampled_from(["", "PO-1"]), min_size=3, max_size=3),
    pays=st.booleans(),
    runs=st.lists(st.integers(1, 70), min_size=1, max_size=4),
)
def test_how_invoices_are_put_together_never_changes_what_is_billed(
    starts: list[int], orders: list[str], pays: bool, runs: list[int]
) -> None:
    billed: dict[bool, list[tuple[str, int, date]]] = {}
    for consolidated in (False, True):
        table = Table()
        table.account(consolidated=consolidated, pays_for_branches=pays)
        put(table, Account, "elsewhere", parent_id="corp")
        with table.store.write() as books:
            books.put(changed(books.get(Subscription, "corp.s1"), id="corp.s2", quantity=3, version=0))
        for name, day, number in zip(("corp.s1", "corp.s2", "elsewhere.s1"), starts, orders, strict=True):
            start = date(2026, 12, day)
            put(table, Subscription, name, start=start, renews_on=start, anchor_day=day, purchase_order=number)
        for days in runs:
            assert not renewed(table, table.today + timedelta(days=days))
        assert not list(verify(table.store))
        with table.store.read() as books:
            documents = books.every(Invoice)
        assert len({key for i in documents for key in i.renewals}) == sum(len(i.lines) for i in documents)
        assert {i.account_id for i in documents} <= ({"corp"} if pays else {"corp", "elsewhere"})
        billed[consolidated] = sorted(
            (line.description, line.net, line.start or date.min) for i in documents for line in i.lines
        )
    assert billed[False] == billed[True]


def test_a_desk_of_the_branch_leaves_to_the_daily_run_what_goes_into_the_parents_books(table: Table) -> None:
    table.today = RENEWS
    desk = table.at("owner-elsewhere", "elsewhere")
    with desk.write(Act.CHANGE_SUBSCRIPTION) as books:
        subscription, vendor = books.get(Subscription, "elsewhere.s1"), books.get(Vendor, Vendor.ID)
        assert bill_next(books.ledger, vendor, desk.account, subscription, RENEWS, table.clock()) is None
    assert renews_on(table, "elsewhere.s1") == RENEWS
    with table.store.read() as reading:
        assert not reading.find(Invoice, Span("history", ("corp",))).rows
