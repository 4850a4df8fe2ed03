"""What a preview shows is what is then done, to the cent; or nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.accounts import Account
from billing.catalogue import Plan
from billing.changes import (
    AddPlan,
    Cancel,
    ChangeFrequency,
    ChangeLicences,
    ChangePlan,
    KeepOn,
    UndoPending,
    Wish,
)
from billing.errors import NotFound, Refusal
from billing.invoices import Invoice
from billing.issuing import receive
from billing.kinds import KINDS
from billing.outbox import OutboxMessage
from billing.periods import Frequency
from billing.plan_changes import (
    CannotInvoice,
    Preview,
    PreviewStale,
    RenewalWaits,
    catalogue,
    confirm,
    preview,
    running,
    set_method,
)
from billing.record import Record, changed
from billing.store import Span
from billing.subscriptions import Subscription
from billing.vendor import Vendor
from tests.billing.shop import PLANS, Shop

M, Y = Frequency.MONTHLY, Frequency.YEARLY
MID, APRIL = date(2026, 3, 16), date(2026, 4, 1)
FIRST = "id00000"


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.subscribe("plus", 3)
    return made


def everything(shop: Shop) -> list[tuple[Record, ...]]:
    return [shop.all(kind) for kind in KINDS]


WISHES: list[Wish] = [
    AddPlan(plan_id="basic", quantity=2, frequency=M),
    AddPlan(plan_id="tried", quantity=2, frequency=Y, coupon="half"),
    ChangePlan(subscription_id=FIRST, plan_id="team"),
    ChangePlan(subscription_id=FIRST, plan_id="basic"),
    ChangeLicences(subscription_id=FIRST, quantity=8),
    ChangeLicences(subscription_id=FIRST, quantity=1),
    ChangeFrequency(subscription_id=FIRST, frequency=Y),
    ChangeFrequency(subscription_id=FIRST, frequency=Frequency.WEEKLY),
    Cancel(subscription_id=FIRST, reason="moving"),
]


@pytest.mark.parametrize("wish", WISHES)
def test_a_preview_keeps_nothing(shop: Shop, wish: Wish) -> None:
    shop.go(date(2026, 5, 20))
    before = everything(shop)
    assert preview(shop.desk(), wish).fingerprint
    assert everything(shop) == before


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("day", [date(2026, 3, 1), MID, date(2026, 5, 1)])
def test_what_is_done_is_what_was_shown(shop: Shop, wish: Wish, day: date) -> None:
    shop.go(day)
    seen = preview(shop.desk(), wish)
    receipt = confirm(shop.desk(), seen)
    assert changed(receipt.subscription, version=0) == changed(seen.after, version=0)
    if seen.lines:
        assert receipt.invoice is not None
        assert (receipt.invoice.lines, receipt.invoice.gross) == (seen.lines, seen.totals.gross)
        assert receipt.invoice.due == seen.due_today.minor
    else:
        assert receipt.invoice is None
    assert len([m for m in shop.all(OutboxMessage) if m.template.startswith("subscription_")]) == 2
    for coming in seen.upcoming:
        (issued,) = [
            r for r in shop.go(coming.on).renew().issued if r.invoice.subscription_id == receipt.subscription.id
        ]
        assert (issued.invoice.net, issued.invoice.gross) == (coming.net, coming.gross)
    shop.agree()


@pytest.mark.parametrize("wish", WISHES)
def test_confirming_twice_does_it_once(shop: Shop, wish: Wish) -> None:
    seen = preview(shop.desk(), wish)
    confirm(shop.desk(), seen)
    after = everything(shop)
    with pytest.raises(Refusal):
        confirm(shop.desk(), seen)
    assert everything(shop) == after


def _price(shop: Shop) -> None:
    plan = shop.get(Plan, "team")
    prices = tuple(msgspec.structs.replace(p, amount=p.amount + 1) for p in plan.prices)
    shop.put(changed(plan, prices=prices))


def _credit(shop: Shop) -> None:
    (invoice, *_) = shop.invoices
    with shop.store.write() as books:
        receive(books, books.get(Invoice, invoice.id), invoice.gross, shop.day, "Transfer")
    shop.credit(invoice, 50)


def _day(shop: Shop) -> None:
    shop.go(shop.day + timedelta(days=1))


def _change(shop: Shop) -> None:
    shop.ask(ChangeLicences(subscription_id=FIRST, quantity=4))


def _tax(shop: Shop) -> None:
    account = shop.get(Account, "acme")
    shop.put(changed(account, address=msgspec.structs.replace(account.address, postcode="35001")))


def _cancel(shop: Shop) -> None:
    shop.ask(Cancel(subscription_id=FIRST))


@pytest.mark.parametrize("moved", [_price, _credit, _day, _change, _tax, _cancel])
def test_what_moved_since_makes_the_preview_stale_and_nothing_is_done(
    shop: Shop, moved: Callable[[Shop], None]
) -> None:
    shop.go(MID)
    seen = preview(shop.desk(), ChangePlan(subscription_id=FIRST, plan_id="team"))
    moved(shop)
    after = everything(shop)
    with pytest.raises(PreviewStale):
        confirm(shop.desk(), seen)
    assert everything(shop) == after


def test_what_moved_elsewhere_does_not_matter(shop: Shop) -> None:
    seen = preview(shop.go(MID).desk(), ChangePlan(subscription_id=FIRST, plan_id="team"))
    shop.subscribe("basic", account=shop.open_account("other").id)
    shop.put(changed(PLANS[0], version=1, about="New words."))
    assert confirm(shop.desk(), seen).subscription.plan_id == "team"


def test_a_preview_that_somebody_edited_is_not_believed(shop: Shop) -> None:
    seen = preview(shop.go(MID).desk(), ChangePlan(subscription_id=FIRST, plan_id="team"))
    for forged in (
        msgspec.structs.replace(seen, wish=ChangeLicences(subscription_id=FIRST, quantity=1000)),
        msgspec.structs.replace(seen, fingerprint=""),
    ):
        with pytest.raises(PreviewStale):
            confirm(shop.desk(), forged)


def test_a_change_first_bills_what_the_nightly_run_has_not_and_counts_the_credit_that_took(shop: Shop) -> None:
    _credit(shop)
    credit = shop.get(Account, "acme").credit
    assert 0 < credit < 7260
    seen = preview(shop.go(date(2026, 4, 15)).desk(), ChangeLicences(subscription_id=FIRST, quantity=4))
    assert seen.credit == 0, "the renewal of 1 April uses it up"
    receipt = confirm(shop.desk(), seen)
    assert receipt.invoice is not None
    assert receipt.invoice.due == seen.due_today.minor
    assert [i.renewals for i in shop.invoices if i.issued_on == shop.day] == [(f"{FIRST}:2026-04-01",), ()]
    assert shop.renew().issued == []
    shop.agree()


def test_credit_pays_what_a_change_costs(shop: Shop) -> None:
    _credit(shop)
    seen = preview(shop.go(MID).desk(), ChangeLicences(subscription_id=FIRST, quantity=4))
    assert seen.due_today.minor == 0 < seen.totals.gross
    receipt = confirm(shop.desk(), seen)
    assert receipt.invoice is not None
    assert receipt.invoice.due == 0
    shop.agree()


def test_while_its_invoice_is_held_a_subscription_cannot_be_changed(shop: Shop) -> None:
    shop.put(changed(shop.get(Account, "acme"), name=""))
    shop.go(APRIL).renew()
    with pytest.raises(RenewalWaits):
        preview(shop.desk(), ChangeLicences(subscription_id=FIRST, quantity=4))


def test_what_must_be_invoiced_now_and_may_not_be_is_not_done(shop: Shop) -> None:
    shop.put(changed(shop.get(Account, "acme"), tax_id="ESB12345678"))
    before = everything(shop)
    with pytest.raises(CannotInvoice):
        shop.ask(ChangeLicences(subscription_id=FIRST, quantity=4))
    assert everything(shop) == before
    assert shop.ask(ChangeLicences(subscription_id=FIRST, quantity=1)).subscription.pending


def test_twelve_months_before_and_after_are_what_is_then_billed(shop: Shop) -> None:
    seen = preview(shop.go(MID).desk(), ChangePlan(subscription_id=FIRST, plan_id="basic"))
    confirm(shop.desk(), seen)
    shop.go(date(2027, 2, 28)).renew()
    assert seen.months_before == (0, *[7260] * 11)
    assert seen.months_after == (0, *[3630] * 11)
    assert sum(seen.months_after) == sum(i.gross for i in shop.invoices[1:])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_preview_and_commit_agree_whatever_came_before(data: st.DataObject) -> None:
    shop = Shop(day=date(2026, 1, 30))
    wishes: list[Callable[[], Wish]] = [
        lambda: AddPlan(plan_id=data.draw(plans), quantity=data.draw(numbers), frequency=data.draw(frequencies)),
        lambda: ChangePlan(subscription_id=FIRST, plan_id=data.draw(plans)),
        lambda: ChangeLicences(subscription_id=FIRST, quantity=data.draw(numbers)),
        lambda: ChangeFrequency(subscription_id=FIRST, frequency=data.draw(frequencies)),
        lambda: Cancel(subscription_id=FIRST),
        lambda: KeepOn(subscription_id=FIRST),
        lambda: UndoPending(subscription_id=FIRST),
    ]
    plans, numbers = st.sampled_from([p.id for p in PLANS]), st.integers(1, 9)
    frequencies = st.sampled_from(Frequency)
    for make in [wishes[0], *data.draw(st.lists(st.sampled_from(wishes), max_size=8))]:
        shop.go(shop.day + timedelta(days=data.draw(st.sampled_from([0, 0, 1, 5, 17, 31, 100]))))
        before = everything(shop)
        try:
            seen = preview(shop.desk(), make())
        except Refusal:
            assert everything(shop) == before
            continue
        assert everything(shop) == before
        _as_shown(shop, seen)
    shop.renew()
    shop.agree()


def _as_shown(shop: Shop, seen: Preview) -> None:
    receipt = confirm(shop.desk(), seen)
    assert changed(receipt.subscription, version=0) == changed(seen.after, version=0)
    assert (receipt.invoice.lines if receipt.invoice else ()) == seen.lines
    assert (receipt.invoice.due if receipt.invoice else 0) == seen.due_today.minor
    assert seen.at_once == (seen.effective == shop.day)


def test_only_what_is_sold_in_the_accounts_currency_is_in_the_catalogue_cheapest_first(shop: Shop) -> None:
    shop.put(changed(PLANS[0], version=1, offered=False))
    assert [p.id for p in catalogue(shop.desk())] == ["tried", "plus", "team", "solo"]
    shop.open_account("yen", currency="JPY")
    assert catalogue(shop.desk("yen")) == ()


def test_what_runs_and_what_is_to_begin_is_listed_until_it_ends(shop: Shop) -> None:
    trial = shop.subscribe("tried")
    assert [s.id for s in running(shop.desk())] == [FIRST, trial.id]
    shop.ask(Cancel(subscription_id=FIRST))
    assert [s.id for s in running(shop.go(date(2026, 3, 31)).desk())] == [FIRST, trial.id]
    assert [s.id for s in running(shop.go(APRIL).desk())] == [trial.id]


def test_a_subscription_is_charged_to_a_method_of_the_accounts_own_only(shop: Shop) -> None:
    shop.open_account("other", card=True)
    mine = shop.give_card("acme")
    with pytest.raises(NotFound):
        set_method(shop.desk(), FIRST, "other-card")
    assert set_method(shop.desk(), FIRST, mine.id).method_id == mine.id
    assert set_method(shop.desk(), FIRST, "").method_id == ""


def test_another_accounts_subscription_is_not_found_by_any_wish(shop: Shop) -> None:
    shop.open_account("other")
    before = everything(shop)
    for wish in [*WISHES[2:], KeepOn(subscription_id=FIRST), UndoPending(subscription_id=FIRST)]:
        with pytest.raises(NotFound):
            preview(shop.desk("other"), wish)
    with shop.store.read() as books:
        assert books.count(Subscription, Span("account", ("other",))) == 0
    assert everything(shop) == before
    assert shop.get(Vendor, "vendor")
