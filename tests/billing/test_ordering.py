"""Purchase orders: what was drawn, what is held for want of one, and two people who edit the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from billing.accounts import CUSTOMER_ROLES, Account, Role
from billing.audit import AuditEvent
from billing.changes import ChangeLicences
from billing.conflict import Disagreement
from billing.desk import Desk
from billing.errors import NotAllowed, NotFound
from billing.holds import HeldInvoice, HoldReason
from billing.invoices import Invoice
from billing.issuing import credit_note
from billing.notices import Notice
from billing.order_warnings import warn_of_orders
from billing.ordering import (
    OrderConflict,
    OrderIs,
    OrderWrong,
    activate_order,
    attach_order,
    attachable,
    change_order,
    close_order,
    create_order,
    detach_order,
    held_for_an_order,
    list_orders,
    open_order,
    order_named,
    terms_read,
)
from billing.outbox import OutboxMessage
from billing.plan_changes import CannotInvoice, confirm, preview
from billing.purchase_orders import OrderLine, OrderState, OrderTerms, PurchaseOrder
from billing.record import Id, changed
from billing.renewals import renew
from billing.store import Span
from billing.vendor import Vendor
from billing.verify import verify
from tests.billing.table import LIST_PRICE, Table, role_desk

QUARTER = 5 * LIST_PRICE
"""What the running subscription bills on 1 December."""
RENEWS = date(2026, 12, 1)


@pytest.fixture
def table() -> Table:
    return Table()


def terms(**fields: object) -> OrderTerms:
    return replace(OrderTerms(issuer="Purchasing", valid_from=date(2026, 1, 1)), **fields)


def renewed(table: Table, day: date = RENEWS) -> tuple[int, list[HeldInvoice]]:
    """Run to a day: how many were issued, and what waits."""
    table.today = day
    run = renew(table.store, table.clock(), as_of=day)
    return sum(r.invoice.account_id == "corp" for r in run.issued), [h for h in run.held if h.account_id == "corp"]


def test_the_ledger_of_an_order_is_what_was_issued_under_it(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(budget=3 * QUARTER), attach=("corp.s1",))
    renewed(table)
    seen = open_order(table.at("viewer"), order.id)
    assert (seen.row.drawn, seen.row.remaining) == (QUARTER, 2 * QUARTER)
    assert [i.purchase_order for i in seen.ledger] == ["PO-1"]
    with table.store.write() as books:
        account, vendor = books.get(Account, "corp"), books.get(Vendor, Vendor.ID)
        credit_note(books, vendor, account, seen.ledger[0], 100, "Mistake", table.today, table.clock())
    assert open_order(table.at("viewer"), order.id).row.remaining == 3 * QUARTER
    assert not list(verify(table.store))


def test_it_says_which_renewal_will_be_too_much_and_which_comes_too_late(table: Table) -> None:
    create_order(
        table.at("owner"), "PO-1", terms(budget=2 * QUARTER, valid_until=date(2027, 2, 28)), attach=("corp.s1",)
    )
    (row,) = list_orders(table.at("owner"))
    assert row.forecast.exhausted_by is not None
    assert row.forecast.exhausted_by.on == date(2027, 6, 1)
    assert row.forecast.expires_before is not None
    assert row.forecast.expires_before.on == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, HoldReason.ORDER_MISSING),
        ({"valid_until": date(2026, 11, 30)}, HoldReason.ORDER_NOT_VALID),
        ({"valid_from": date(2026, 12, 2)}, HoldReason.ORDER_NOT_VALID),
        ({"budget": QUARTER - 1}, HoldReason.ORDER_EXHAUSTED),
    ],
)
def test_where_orders_are_required_an_invoice_without_one_waits_with_its_reason_and_without_a_number(
    table: Table, given: dict[str, object] | None, reason: HoldReason
) -> None:
    table.account(order_required=True)
    if given is not None:
        create_order(table.at("owner"), "PO-1", terms(**given), attach=("corp.s1",))
    issued, held = renewed(table)
    assert (issued, [h.reason for h in held]) == (0, [reason])
    with table.store.read() as books:
        told = {m.to for m in books.every(OutboxMessage) if m.template == "invoice_held"}
    assert {"owner@corp.example", "rita@vendor.example"} <= told
    create_order(table.at("payer"), "PO-2", terms(budget=QUARTER), attach=("corp.s1",))
    with table.store.read() as books:
        (invoice,) = books.find(Invoice, Span("history", ("corp",))).rows
        assert not books.every(HeldInvoice)
    assert (invoice.number, invoice.purchase_order) == ("F-2026-000002", "PO-2")
    assert not list(verify(table.store))


def test_the_whole_budget_may_be_drawn_and_its_last_day_counts(table: Table) -> None:
    table.account(order_required=True)
    order = create_order(table.at("owner"), "PO-1", terms(budget=QUARTER, valid_until=RENEWS), attach=("corp.s1",))
    assert renewed(table)[0] == 1
    assert open_order(table.at("owner"), order.id).row.standing is OrderState.EXHAUSTED
    assert renewed(table, date(2027, 3, 1))[1][0].reason is HoldReason.ORDER_NOT_VALID


@pytest.mark.parametrize("how", ["extend", "activate", "attach"])
def test_mending_an_order_lets_what_waits_go_out(table: Table, how: str) -> None:
    table.account(order_required=True)
    last = date(2026, 11, 30) if how == "extend" else None
    order = create_order(
        table.at("owner"), "PO-1", terms(valid_until=last), draft=how == "activate",
        attach=() if how == "attach" else ("corp.s1",),
    )  # fmt: skip
    assert renewed(table)[0] == 0
    match how:
        case "extend":
            change_order(table.at("owner"), order.id, terms(), based_on=1)
        case "activate":
            activate_order(table.at("owner"), order.id)
        case "attach":
            attach_order(table.behind("rita"), order.id, "corp.s1")
    with table.store.read() as books:
        assert books.count(Invoice, Span("history", ("corp",))) == 1


def test_where_orders_are_not_required_they_are_advisory(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(budget=1), attach=("corp.s1",))
    assert renewed(table)[0] == 1
    assert open_order(table.at("owner"), order.id).row.remaining == 1 - QUARTER


def test_a_change_that_costs_something_today_needs_its_order_today(table: Table) -> None:
    table.account(order_required=True)
    create_order(table.at("owner"), "PO-1", terms(budget=QUARTER + 100), attach=("corp.s1",))
    renewed(table)
    seen = preview(table.at("owner"), ChangeLicences(subscription_id="corp.s1", quantity=50))
    with pytest.raises(CannotInvoice):
        confirm(table.at("owner"), seen)
    assert not list(verify(table.store))


def test_what_two_people_changed_in_different_fields_is_put_together(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(budget=1000))
    change_order(table.at("owner"), order.id, terms(budget=2000), based_on=1)
    order = change_order(table.behind("rita"), order.id, terms(budget=1000, note="By phone"), based_on=1)
    assert (order.revision, order.terms.budget, order.terms.note) == (3, 2000, "By phone")


def test_where_two_people_disagree_both_are_shown_and_nothing_is_lost(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(budget=1000))
    change_order(table.at("owner"), order.id, terms(budget=2000, note="Raised"), based_on=1)
    mine = terms(budget=3000, issuer="Head of purchasing")
    with pytest.raises(OrderConflict) as conflict:
        change_order(table.behind("rita"), order.id, mine, based_on=1)
    (disagreement,) = conflict.value.disagreements
    assert disagreement == Disagreement("budget", base=1000, theirs=2000, mine=3000)
    assert "Owner" in str(conflict.value)
    proposal = conflict.value.proposal
    assert (proposal.issuer, proposal.note, proposal.budget) == ("Head of purchasing", "Raised", 2000)
    chosen = change_order(
        table.behind("rita"), order.id, replace(proposal, budget=3000), based_on=conflict.value.based_on
    )
    assert (chosen.terms.budget, chosen.terms.note) == (3000, "Raised")
    seen = open_order(table.at("owner"), order.id)
    assert [(r.number, r.name) for r in seen.revisions] == [(1, "Owner"), (2, "Owner"), (3, "Rita")]
    assert [c.after for c in seen.revisions[2].changes] == ["Head of purchasing", "€30.00"]


@pytest.mark.parametrize(
    "wrong",
    [{"issuer": " "}, {"valid_until": date(2025, 12, 31)}, {"budget": -1}, {"lines": (OrderLine(description=" "),)}],
    ids=str,
)
def test_terms_that_can_be_no_orders_are_refused_with_their_field(table: Table, wrong: dict[str, object]) -> None:
    with pytest.raises(OrderWrong) as refused:
        create_order(table.at("owner"), "PO-1", terms(**wrong))
    assert refused.value.field == next(iter(wrong))
    assert list_orders(table.at("owner")) == ()


def test_a_number_is_given_once_and_only_within_the_account(table: Table) -> None:
    create_order(table.at("owner"), "PO-1", terms())
    with pytest.raises(OrderWrong):
        create_order(table.at("payer"), " PO-1 ", terms())
    theirs = create_order(table.at("owner-elsewhere", "elsewhere"), "PO-1", terms())
    for use_case in (open_order, close_order):
        with pytest.raises(NotFound):
            use_case(table.at("owner"), theirs.id)
    with pytest.raises(NotAllowed):
        create_order(table.at("viewer"), "PO-2", terms())


def test_what_is_done_with_an_order_stands_in_the_audit_trail_before_and_after(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(), draft=True, attach=("corp.s1",))
    activate_order(table.behind("rita"), order.id)
    change_order(table.at("payer"), order.id, terms(note="Ask first"), based_on=1)
    close_order(table.at("owner"), order.id)
    with table.store.read() as books:
        rows = books.find(AuditEvent, Span("subject", ("corp", order.id))).rows
    assert [(e.person_id, e.door, *((c.before, c.after) for c in e.changes)) for e in rows] == [
        ("owner", "enterprise", ("", "PO-1")),
        ("rita", "desk", ("a draft", "active")),
        ("payer", "enterprise", ("", "Ask first")),
        ("owner", "enterprise", ("active", "closed")),
    ]


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"state": OrderState.EXHAUSTED}, "state"),
        ({"currency": "USD"}, "currency"),
        ({"revision": 3}, "revision"),
        ({"terms": terms(note="Written behind its back")}, "terms"),
        ({"terms": terms(budget=-1)}, "terms.budget"),
        ({"terms": terms(valid_until=date(2025, 1, 1))}, "terms.valid_until"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_an_order_changed_behind_its_back_is_found(table: Table, broken: dict[str, object], field: str) -> None:
    order = create_order(table.at("owner"), "PO-1", terms())
    with table.store.write() as books:
        books.put(changed(books.get(PurchaseOrder, order.id), **broken))
    assert (f"purchase_orders {order.id}", field) in [(f[0], f[1]) for f in verify(table.store)]


def test_a_draft_can_be_dropped(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(), draft=True)
    assert close_order(table.at("owner"), order.id).state is OrderState.CLOSED
    with pytest.raises(OrderIs):
        activate_order(table.at("owner"), order.id)


SEES = frozenset(Role) - {Role.MEMBER}
CHANGES = frozenset({Role.OWNER, Role.PAYER, Role.REPRESENTATIVE, Role.LEAD})
USE_CASES: dict[str, tuple[frozenset[Role], Callable[[Desk, Id, Id], object]]] = {
    "list": (SEES, lambda desk, order, held: list_orders(desk)),
    "open": (SEES, lambda desk, order, held: open_order(desk, order)),
    "find": (SEES, lambda desk, order, held: order_named(desk, order)),
    "a version": (SEES, lambda desk, order, held: terms_read(desk, order, 1)),
    "what waits": (SEES, lambda desk, order, held: held_for_an_order(desk)),
    "attachable": (SEES, lambda desk, order, held: attachable(desk)),
    "create": (CHANGES, lambda desk, order, held: create_order(desk, "NEW", terms(), attach=(held,))),
    "edit": (CHANGES, lambda desk, order, held: change_order(desk, order, terms(note="x"), based_on=1)),
    "activate": (CHANGES, lambda desk, order, held: activate_order(desk, order)),
    "close": (CHANGES, lambda desk, order, held: close_order(desk, order)),
    "attach": (CHANGES, lambda desk, order, held: attach_order(desk, order, held)),
    "detach": (CHANGES, lambda desk, order, held: detach_order(desk, held)),
}


@pytest.mark.parametrize("name", USE_CASES)
def test_each_role_does_what_it_may_and_nobody_reaches_another_accounts_orders(table: Table, name: str) -> None:
    allowed, use_case = USE_CASES[name]
    theirs = create_order(table.at("owner-elsewhere", "elsewhere"), "THEIRS", terms(), draft=True)
    for number, role in enumerate((*CUSTOMER_ROLES, Role.REPRESENTATIVE, Role.LEAD)):
        order = create_order(table.at("owner"), f"PO-{number}", terms(), draft=True)
        desk = role_desk(table, role)
        if role not in allowed:
            with pytest.raises(NotAllowed):
                use_case(desk, order.id, "corp.s1")
            continue
        if name != "create" or role is Role.OWNER:
            use_case(desk, order.id, "corp.s1")
        if name not in ("list", "what waits", "attachable"):
            with pytest.raises(NotFound):
                use_case(desk, theirs.id, "elsewhere.s1") if name != "create" else create_order(
                    desk, f"N-{role.value}", terms(), attach=("elsewhere.s1",)
                )
    (seen,) = list_orders(table.at("owner-elsewhere", "elsewhere"))
    assert (seen.order, seen.order.revision) == (theirs, 1)


def test_closed_is_closed(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(), attach=("corp.s1",))
    close_order(table.at("owner"), order.id)
    for move in (
        lambda: change_order(table.at("owner"), order.id, terms(note="x"), based_on=1),
        lambda: attach_order(table.at("owner"), order.id, "corp.s1"),
        lambda: activate_order(table.at("owner"), order.id),
    ):
        with pytest.raises(OrderIs):
            move()
    assert detach_order(table.at("owner"), "corp.s1").purchase_order == ""


def test_people_are_warned_ahead_and_of_each_thing_once(table: Table) -> None:
    create_order(table.at("owner"), "PO-1", terms(budget=QUARTER, valid_until=date(2026, 12, 20)), attach=("corp.s1",))
    assert warn_of_orders(table.store, table.clock()) == 1
    renewed(table)
    assert warn_of_orders(table.store, table.clock()) == 1
    table.next_day(13)
    assert warn_of_orders(table.store, table.clock()) == 1
    assert warn_of_orders(table.store, table.clock()) == 0
    with table.store.read() as books:
        assert sum(n.id.startswith("order:") for n in books.every(Notice)) == 3
        assert sum(m.to == "rita@vendor.example" for m in books.every(OutboxMessage)) == 3


def test_too_little_for_the_next_renewal_is_told_a_month_before_and_once_for_each_budget(table: Table) -> None:
    order = create_order(table.at("owner"), "PO-1", terms(budget=2 * QUARTER - 1), attach=("corp.s1",))
    renewed(table)
    table.today = date(2027, 1, 29)
    assert warn_of_orders(table.store, table.clock()) == 0, "half is drawn, and the renewal is more than a month ahead"
    table.next_day()
    assert [warn_of_orders(table.store, table.clock()) for _ in range(2)] == [1, 0]
    with table.store.read() as books:
        (notice,) = (n for n in books.every(Notice) if n.id.startswith("order:"))
        assert {m.to for m in books.every(OutboxMessage) if m.dedupe_key.startswith(notice.id)} >= {
            "owner@corp.example", "payer@corp.example", "rita@vendor.example",
        }  # fmt: skip
    assert (notice.values["remaining"], notice.values["short"]) == ("€144.99", "1 Mar 2027")
    change_order(table.at("owner"), order.id, terms(budget=2 * QUARTER), based_on=1)
    assert warn_of_orders(table.store, table.clock()) == 0


def test_renewals_of_one_day_go_on_one_invoice_where_the_account_wants_that(table: Table) -> None:
    from billing.quote_acceptance import accept
    from billing.quote_views import open_quote
    from billing.quoting import offer_quote

    table.account(consolidated=True)
    later = replace(table.terms(0, subscription_id="", quantity=2), starts_on=RENEWS)
    quote = offer_quote(table.behind("rita"), "More", later)
    seen = open_quote(table.at("owner"), quote.id).current
    assert seen is not None
    accept(table.at("owner"), quote.id, seen.hash)
    order = create_order(table.at("owner"), "PO-1", terms(), attach=("corp.s1",))
    issued, _ = renewed(table)
    assert issued == 2, "another order, another quote: not the same invoice"
    with table.store.read() as books:
        held = books.find(Invoice, Span("history", ("corp",))).rows
    assert {i.quote for i in held} == {"", quote.number}
    detach_order(table.at("owner"), "corp.s1")
    assert order.number == "PO-1"
    with table.store.write() as books:
        from billing.subscriptions import Subscription

        for row in books.find(Subscription, Span("account", ("corp",))).rows:
            books.put(changed(row, quote="", end=None))
    issued, _ = renewed(table, date(2027, 3, 1))
    assert issued == 1
    with table.store.read() as books:
        both = books.find(Invoice, Span("history", ("corp",)), descending=True).rows[0]
        assert len(both.renewals) == len(both.lines) == 2
        assert both.net == QUARTER + 2 * LIST_PRICE
        for subscription_id in both.subscription_ids:
            assert both in books.find(Invoice, Span("subscription", ("corp", subscription_id))).rows
    assert renewed(table, date(2027, 3, 1) + timedelta(days=1))[0] == 0
    assert not list(verify(table.store))
