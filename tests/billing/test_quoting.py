"""A quote from request to agreement: whose move it is, what the other side sees, and what is billed in the end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from billing.accounts import Account
from billing.audit import AuditEvent
from billing.changes import AgreedPrice, ChangeLicences, UndoPending
from billing.errors import NotAllowed, NotFound
from billing.invoices import Invoice
from billing.outbox import OutboxMessage
from billing.plan_changes import preview
from billing.quote_acceptance import ApprovalMissing, NothingToRenew, OrderNeeded, accept, approve
from billing.quote_views import list_quotes, open_quote
from billing.quotes import Move, NotNow, Quote, QuoteState, Side, TermsWrong, difference, standing
from billing.quoting import (
    BeyondFloor,
    NothingSaid,
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
from billing.record import changed
from billing.renewals import renew
from billing.store import Span
from billing.subscriptions import Subscription
from billing.verify import verify
from tests.billing.table import LIST_PRICE, Table


@pytest.fixture
def table() -> Table:
    return Table()


def offered(table: Table, discount: int = 10) -> Quote:
    """An offer of the representative."""
    return offer_quote(table.behind("rita"), "Renewal 2027", table.terms(discount))


def current(table: Table, quote: Quote) -> str:
    seen = open_quote(table.at("owner"), quote.id).current
    assert seen is not None
    return seen.hash


def test_two_counter_offers_lead_to_a_price_that_is_billed(table: Table) -> None:
    owner, rep = table.at("owner"), table.behind("rita")
    quote = request_quote(owner, "Renewal 2027", table.terms(20), "Ten licences next year")
    assert standing(quote, table.today) is QuoteState.REQUESTED
    quote = price(rep, quote.id, table.terms(5), based_on=1)
    quote = counter(owner, quote.id, table.terms(18), based_on=2)
    quote = price(rep, quote.id, table.terms(10), based_on=3)
    quote = counter(owner, quote.id, table.terms(15, quantity=12), based_on=4)
    quote = price(rep, quote.id, table.terms(15, quantity=12), "Agreed", based_on=5)
    quote = accept(owner, quote.id, current(table, quote))
    assert quote.accepted is not None
    assert (quote.accepted.revision, quote.accepted.effective_on) == (6, date(2026, 12, 1))
    assert standing(quote, table.today) is QuoteState.ACCEPTED
    table.next_day(8)
    assert standing(quote, table.today) is QuoteState.FULFILLED
    (renewed,) = renew(table.store, table.clock(), as_of=date(2026, 12, 1)).issued[:1]
    assert renewed.invoice.net == 12 * (LIST_PRICE * 85 // 100)
    with table.store.read() as books:
        held = books.get(Subscription, "corp.s1")
    assert (held.end, held.quantity, held.quote) == (date(2027, 12, 1), 12, quote.number)
    assert not list(verify(table.store))


def test_the_agreed_price_holds_to_the_end_of_the_term_and_not_a_day_longer(table: Table) -> None:
    quote = offered(table, 20)
    accept(table.at("owner"), quote.id, current(table, quote))
    renew(table.store, table.clock(), as_of=date(2028, 6, 1))
    with table.store.read() as books:
        invoices = books.find(Invoice, Span("history", ("corp",))).rows
    assert [i.net for i in invoices] == [10 * (LIST_PRICE * 80 // 100)] * 4
    last = invoices[-1].period
    assert last is not None
    assert last.end == date(2027, 12, 1)


def test_a_new_subscription_begins_on_its_day_and_is_billed_at_once_where_that_is_today(table: Table) -> None:
    rep, owner = table.behind("rita"), table.at("owner")
    now = offer_quote(rep, "More", table.terms(10, subscription_id=""))
    accept(owner, now.id, current(table, now))
    later = replace(table.terms(10, subscription_id="", quantity=3), starts_on=table.today + timedelta(days=40))
    quote = offer_quote(rep, "Even more", later)
    quote = accept(owner, quote.id, current(table, quote))
    with table.store.read() as books:
        (invoice,) = books.find(Invoice, Span("history", ("corp",))).rows
        held = books.find(Subscription, Span("account", ("corp",))).rows
    assert invoice.net == 10 * (LIST_PRICE * 90 // 100)
    assert [s.start for s in held if s.quote == quote.number] == [date(2027, 1, 2)]
    assert not list(verify(table.store))


def test_accepting_twice_is_accepting_once(table: Table) -> None:
    quote = offer_quote(table.behind("rita"), "New", table.terms(0, subscription_id=""))
    sealed = current(table, quote)
    assert accept(table.at("owner"), quote.id, sealed) == accept(table.at("owner"), quote.id, sealed)
    with table.store.read() as books:
        assert books.count(Invoice, Span("history", ("corp",))) == 1


def test_only_the_exact_offer_that_was_read_is_accepted(table: Table) -> None:
    quote = offered(table)
    read = current(table, quote)
    price(table.behind("rita"), quote.id, table.terms(5), based_on=1)
    with pytest.raises(QuoteMoved):
        accept(table.at("owner"), quote.id, read)
    counter(table.at("owner"), quote.id, table.terms(15), based_on=2)
    with pytest.raises(NotNow):
        accept(table.at("owner"), quote.id, read)


def test_two_people_who_write_at_once_lose_nothing_and_learn_of_each_other(table: Table) -> None:
    quote = offered(table)
    counter(table.at("owner"), quote.id, table.terms(15), based_on=1)
    mine = table.terms(12, quantity=7)
    with pytest.raises(QuoteMoved) as moved:
        counter(table.at("approver"), quote.id, mine, based_on=1)
    assert "Owner" in str(moved.value)
    assert {d.field for d in moved.value.differences} == {"unit_price", "valid_until"}
    kept = counter(table.at("approver"), quote.id, mine, based_on=moved.value.revision)
    assert [r.terms.lines[0].quantity for r in open_quote(table.at("owner"), kept.id).revisions] == [10, 10, 7]


def test_an_offer_is_good_through_the_end_of_its_last_day(table: Table) -> None:
    quote = offer_quote(table.behind("rita"), "Short", table.terms(5, valid=2))
    table.next_day(2)
    assert open_quote(table.at("owner"), quote.id).standing is QuoteState.SENT
    table.next_day()
    assert open_quote(table.at("owner"), quote.id).standing is QuoteState.EXPIRED
    with pytest.raises(NotNow):
        accept(table.at("owner"), quote.id, current(table, quote))
    price(table.behind("rita"), quote.id, table.terms(5), based_on=1)
    assert open_quote(table.at("owner"), quote.id).standing is QuoteState.SENT


def test_a_discount_beyond_the_limit_waits_for_the_lead_and_is_not_seen_before(table: Table) -> None:
    quote = offered(table, 10)
    quote = price(table.behind("rita"), quote.id, table.terms(40), based_on=1)
    seen = open_quote(table.at("owner"), quote.id)
    assert (quote.state, len(seen.revisions)) == (QuoteState.AWAITING_LEAD, 1)
    assert Move.ACCEPT not in seen.moves
    with pytest.raises(NotAllowed):
        let_out(table.behind("rita"), quote.id, based_on=2)
    quote = send_back(table.behind("lena"), quote.id, "Not that much", based_on=2)
    assert quote.state is QuoteState.SENT
    assert Move.ACCEPT in open_quote(table.at("owner"), quote.id).moves
    quote = price(table.behind("rita"), quote.id, table.terms(30), based_on=2)
    let_out(table.behind("lena"), quote.id, based_on=3)
    seen = open_quote(table.at("owner"), quote.id)
    assert [r.number for r in seen.revisions] == [1, 3], "what was given back is never shown"
    assert not seen.comments, "what the lead said stays with the vendor"
    assert len(open_quote(table.behind("rita"), quote.id).revisions) == 3


def test_nobody_goes_below_the_floor(table: Table) -> None:
    with pytest.raises(BeyondFloor):
        offered(table, 71)
    quote = offered(table, 65)
    with pytest.raises(BeyondFloor):
        let_out(table.behind("lena"), quote.id, based_on=1)


def test_a_draft_is_the_vendors_own(table: Table) -> None:
    quote = offer_quote(table.behind("rita"), "Draft", table.terms(5), draft=True)
    assert list_quotes(table.at("owner")).total == 0
    assert list_quotes(table.behind("rita")).total == 1
    with pytest.raises(NotFound):
        open_quote(table.at("owner"), quote.id)
    price(table.behind("rita"), quote.id, table.terms(5), based_on=1)
    assert [r.quote.number for r in list_quotes(table.at("owner")).rows] == [quote.number]


def test_above_the_threshold_an_approver_looks_first_at_exactly_this_offer(table: Table) -> None:
    table.account(approval_above=100_000)
    quote = offered(table)
    sealed = current(table, quote)
    with pytest.raises(ApprovalMissing):
        accept(table.at("owner"), quote.id, sealed)
    with pytest.raises(NotAllowed):
        approve(table.at("owner"), quote.id, sealed)
    approve(table.at("approver"), quote.id, sealed)
    price(table.behind("rita"), quote.id, table.terms(9), based_on=1)
    with pytest.raises(ApprovalMissing):
        accept(table.at("owner"), quote.id, current(table, quote))
    approve(table.at("approver"), quote.id, current(table, quote))
    assert accept(table.at("owner"), quote.id, current(table, quote)).state is QuoteState.ACCEPTED


def test_where_orders_are_required_the_number_is_asked_for(table: Table) -> None:
    table.account(order_required=True)
    quote = offered(table)
    with pytest.raises(OrderNeeded):
        accept(table.at("owner"), quote.id, current(table, quote))


def test_a_price_that_was_agreed_is_changed_by_agreement_only(table: Table) -> None:
    quote = offered(table)
    accept(table.at("owner"), quote.id, current(table, quote))
    for wish in (ChangeLicences(subscription_id="corp.s1", quantity=50), UndoPending(subscription_id="corp.s1")):
        with pytest.raises(AgreedPrice):
            preview(table.at("owner"), wish)


def test_what_does_not_renew_cannot_be_renewed(table: Table) -> None:
    quote = offered(table)
    with table.store.write() as books:
        held = books.get(Subscription, "corp.s1")
        books.put(changed(held, renews_on=None, end=date(2026, 12, 1)))
    with pytest.raises(NothingToRenew):
        accept(table.at("owner"), quote.id, current(table, quote))


def test_the_price_holds_though_the_catalogue_moves(table: Table) -> None:
    from billing.catalogue import Plan

    quote = offered(table, 10)
    with table.store.write() as books:
        plan = books.get(Plan, "basic")
        books.put(changed(plan, prices=()))
    accept(table.at("owner"), quote.id, current(table, quote))
    (renewed,) = renew(table.store, table.clock(), as_of=date(2026, 12, 1)).issued[:1]
    assert renewed.invoice.net == 10 * (LIST_PRICE * 90 // 100)


def test_no_takes_words_and_ends_it(table: Table) -> None:
    quote = offered(table)
    with pytest.raises(NothingSaid):
        decline(table.at("owner"), quote.id, "  ")
    quote = decline(table.at("owner"), quote.id, "Too dear")
    assert (quote.state, quote.reason) == (QuoteState.DECLINED, "Too dear")
    with pytest.raises(NotNow):
        withdraw(table.behind("rita"), quote.id, "Then not")


def test_each_move_is_told_to_the_other_side_and_written_down_once(table: Table) -> None:
    quote = request_quote(table.at("owner"), "Renewal", table.terms(5))
    price(table.behind("rita"), quote.id, table.terms(5), based_on=1)
    comment(table.behind("rita"), quote.id, "Our own view", internal=True)
    comment(table.at("approver"), quote.id, "Thanks")
    with table.store.read() as books:
        events = books.find(AuditEvent, Span("subject", ("corp", quote.id))).rows
        mails = books.every(OutboxMessage)
    assert [e.act for e in events] == ["negotiate", "price_quote", "negotiate"]
    assert sorted(m.to for m in mails) == sorted(
        ["rita@vendor.example"] * 2 + [f"{who}@corp.example" for who in ("owner", "payer", "approver")]
    )
    assert not any("Our own view" in str(m) for m in mails)
    assert [c.text for c in open_quote(table.at("viewer"), quote.id).comments] == ["Thanks"]


@pytest.mark.parametrize(
    "wrong",
    [{"lines": ()}, {"months": 0}, {"months": 61}, {"valid_until": None}, {"valid_until": date(2026, 11, 22)},
     {"starts_on": date(2026, 11, 22)}, {"conditions": "x" * 2001}],
    ids=str,
)  # fmt: skip
def test_terms_that_can_be_no_offer_are_refused_before_they_are_sent(table: Table, wrong: dict[str, object]) -> None:
    with pytest.raises(TermsWrong):
        offer_quote(table.behind("rita"), "Odd", replace(table.terms(5), **wrong))
    assert list_quotes(table.behind("rita")).total == 0


def test_the_difference_names_each_thing_side_by_side(table: Table) -> None:
    before = table.terms(10)
    after = replace(before, months=24, lines=(*before.lines, replace(before.lines[0], subscription_id="", quantity=2)))
    found = {(d.line, d.field): (d.before, d.after) for d in difference(before, after)}
    assert found[0, "months"] == (12, 24)
    assert found[2, "quantity"] == (None, 2)
    assert (1, "quantity") not in found


def test_another_accounts_quote_is_not_there(table: Table) -> None:
    quote = offered(table)
    for desk in (table.at("owner-elsewhere", "elsewhere"), table.behind("otto", "elsewhere")):
        with pytest.raises(NotFound):
            open_quote(desk, quote.id)
    with pytest.raises(NotAllowed):
        list_quotes(table.behind("otto"))
    with table.store.read() as books:
        assert books.get(Account, "corp").representative_id == "rita"
    assert quote.opened_by is Side.VENDOR
