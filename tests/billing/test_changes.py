"""What becomes of a subscription when its customer asks for something: now, later, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.accounts import Account, Standing
from billing.changes import (
    AccountClosed,
    AddPlan,
    Cancel,
    ChangeFrequency,
    ChangeLicences,
    ChangePlan,
    CouponRefused,
    Ended,
    KeepOn,
    NothingChanges,
    NothingToUndo,
    NotSold,
    QuantityOutOfRange,
    UndoPending,
    Wish,
)
from billing.errors import NotFound, Refusal
from billing.periods import Frequency
from billing.plan_changes import preview
from billing.proration import yearly_price
from billing.record import changed
from billing.subscriptions import Subscription
from tests.billing.shop import PLANS, Shop

W, M, Q, H, Y = Frequency
MID = date(2026, 3, 16)
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_new_plan_is_billed_from_today_and_renews_on_this_day(shop: Shop) -> None:
    receipt = shop.go(date(2026, 1, 31)).ask(AddPlan(plan_id="basic", quantity=3, frequency=M))
    assert receipt.invoice is not None
    assert (receipt.invoice.net, receipt.invoice.renewals) == (3000, (f"{receipt.subscription.id}:2026-01-31",))
    assert (receipt.subscription.anchor_day, receipt.subscription.renews_on) == (31, date(2026, 2, 28))
    shop.agree()


@pytest.mark.parametrize(
    ("wish", "net"),
    [
        (ChangePlan(subscription_id="id00000", plan_id="plus"), -1032 + 2065),
        (ChangeLicences(subscription_id="id00000", quantity=5), -1032 + 2581),
    ],
)
def test_more_happens_at_once_for_the_days_left(shop: Shop, wish: Wish, net: int) -> None:
    old = shop.subscribe(quantity=2)
    receipt = shop.go(MID).ask(wish)
    assert receipt.invoice is not None
    assert receipt.invoice.net == net
    assert receipt.subscription.renews_on == old.renews_on == APRIL
    assert receipt.invoice.renewals == ()
    shop.agree()


@pytest.mark.parametrize(
    "wish",
    [
        ChangePlan(subscription_id="id00000", plan_id="basic"),
        ChangeLicences(subscription_id="id00000", quantity=1),
        ChangeFrequency(subscription_id="id00000", frequency=W),
    ],
)
def test_less_waits_for_the_end_of_what_is_billed_and_can_be_undone_until_then(shop: Shop, wish: Wish) -> None:
    old = shop.subscribe("plus", quantity=2)
    receipt = shop.go(MID).ask(wish)
    assert receipt.invoice is None
    assert receipt.subscription.pending is not None
    assert receipt.subscription.pending.on == APRIL
    assert (receipt.subscription.plan_id, receipt.subscription.quantity) == ("plus", 2)
    back = shop.ask(UndoPending(subscription_id=old.id)).subscription
    assert changed(back, version=0) == changed(old, version=0)
    shop.ask(wish)
    (renewed,) = shop.go(APRIL).renew().issued
    after = shop.again(old)
    assert renewed.invoice.net == after.quantity * after.unit_price < 4000
    assert after.pending is None
    with pytest.raises(NothingToUndo):
        shop.ask(UndoPending(subscription_id=old.id))
    shop.agree()


def test_a_newer_wish_takes_the_place_of_the_waiting_one(shop: Shop) -> None:
    old = shop.subscribe("plus", quantity=5)
    shop.ask(ChangeLicences(subscription_id=old.id, quantity=4))
    after = shop.ask(ChangeLicences(subscription_id=old.id, quantity=2)).subscription
    assert after.pending is not None
    assert after.pending.quantity == 2
    after = shop.ask(ChangeLicences(subscription_id=old.id, quantity=6)).subscription
    assert (after.pending, after.quantity) == (None, 6)
    shop.agree()


def test_a_price_by_the_day_decides_what_is_more_not_the_name(shop: Shop) -> None:
    """Lago: the same price counts as more, at once."""
    cheap = shop.subscribe("plus", quantity=1)
    shop.put(changed(next(p for p in PLANS if p.id == "basic"), id="twin", name="Twin", prices=PLANS[1].prices))
    receipt = shop.ask(ChangePlan(subscription_id=cheap.id, plan_id="twin"))
    assert (receipt.subscription.plan_id, receipt.subscription.pending) == ("twin", None)
    assert receipt.invoice is not None
    assert receipt.invoice.gross == 0
    shop.agree()


def test_a_longer_frequency_begins_a_new_row_of_periods_today_less_what_is_unused(shop: Shop) -> None:
    old = shop.subscribe("basic")
    receipt = shop.go(date(2026, 3, 31)).ask(ChangeFrequency(subscription_id=old.id, frequency=Y))
    after = receipt.subscription
    assert receipt.invoice is not None
    assert receipt.invoice.net == 10000 - 32
    assert (after.anchor, after.anchor_day, after.renews_on) == (date(2026, 3, 31), 31, date(2027, 3, 31))
    assert receipt.invoice.renewals == (f"{old.id}:2026-03-31",)
    assert not shop.go(APRIL).renew().issued
    shop.agree()


def test_two_longer_frequencies_on_one_day_bill_each_day_once(shop: Shop) -> None:
    old = shop.subscribe("basic")
    for frequency in (Q, H, Y):
        shop.ask(ChangeFrequency(subscription_id=old.id, frequency=frequency))
    assert sum(i.net for i in shop.invoices) == 10000
    shop.agree()


def test_a_shorter_frequency_begins_with_the_next_period(shop: Shop) -> None:
    old = shop.subscribe("basic", frequency=Q)
    shop.go(MID).ask(ChangeFrequency(subscription_id=old.id, frequency=W))
    (first,) = shop.go(JUNE).renew().issued
    after = shop.again(old)
    assert (first.invoice.net, after.frequency) == (250, W)
    assert (after.anchored_on, after.anchor_day, after.renews_on) == (JUNE, 1, date(2026, 6, 8))
    shop.agree()


def test_within_a_minimum_term_more_is_possible_and_less_waits_for_its_end(shop: Shop) -> None:
    old = shop.subscribe("team", quantity=3)
    assert old.minimum_until == date(2026, 9, 1)
    assert shop.go(MID).ask(ChangeLicences(subscription_id=old.id, quantity=4)).subscription.quantity == 4
    after = shop.ask(ChangeLicences(subscription_id=old.id, quantity=1)).subscription
    assert after.pending is not None
    assert after.pending.on == date(2026, 9, 1)
    ended = shop.ask(Cancel(subscription_id=old.id)).subscription
    assert (ended.end, ended.pending, ended.renews_on) == (date(2026, 9, 1), None, APRIL)
    run = shop.go(date(2026, 12, 1)).renew()
    assert [r.period.start.month for r in run.issued] == [4, 5, 6, 7, 8]
    assert shop.again(old).renews_on is None
    shop.agree()


def test_a_plan_with_a_minimum_term_binds_from_the_day_it_is_changed_to(shop: Shop) -> None:
    old = shop.subscribe("basic")
    after = shop.go(MID).ask(ChangePlan(subscription_id=old.id, plan_id="team")).subscription
    assert after.minimum_until == date(2026, 9, 16)
    assert shop.ask(Cancel(subscription_id=old.id)).subscription.end == date(2026, 10, 1)
    shop.agree()


def test_a_trial_costs_nothing_and_is_billed_from_its_end_unless_cancelled(shop: Shop) -> None:
    kept, left = shop.subscribe("tried"), shop.subscribe("tried", account=shop.open_account("other").id)
    assert shop.invoices == ()
    assert (kept.trial_from, kept.start, kept.anchor_day) == (date(2026, 3, 1), date(2026, 3, 15), 15)
    gone = shop.go(date(2026, 3, 14)).ask(Cancel(subscription_id=left.id), "other").subscription
    assert (gone.end, gone.renews_on) == (date(2026, 3, 15), None)
    (first,) = shop.go(date(2026, 3, 15)).renew().issued
    assert (first.invoice.subscription_id, first.invoice.net) == (kept.id, 1500)
    assert "14 days of free trial" in first.invoice.notes
    shop.agree()


def test_a_trial_is_had_once(shop: Shop) -> None:
    shop.subscribe("tried")
    again = shop.subscribe("tried")
    assert (again.trial_from, again.start) == (None, shop.day)


@pytest.mark.parametrize(
    "wish",
    [
        ChangePlan(subscription_id="id00000", plan_id="plus"),
        ChangePlan(subscription_id="id00000", plan_id="basic"),
        ChangeLicences(subscription_id="id00000", quantity=9),
        ChangeFrequency(subscription_id="id00000", frequency=Y),
        ChangeFrequency(subscription_id="id00000", frequency=W),
    ],
)
def test_within_a_trial_every_change_is_free_and_the_trial_goes_on_counting(shop: Shop, wish: Wish) -> None:
    old = shop.subscribe("tried", quantity=2)
    receipt = shop.go(date(2026, 3, 5)).ask(wish)
    assert receipt.invoice is None
    assert (receipt.subscription.start, receipt.subscription.pending) == (old.start, None)
    (first,) = shop.go(date(2026, 3, 15)).renew().issued
    after = shop.again(old)
    assert (first.invoice.net, first.period.start) == (after.quantity * after.unit_price, old.start)
    assert first.period.share == 1
    shop.agree()


def test_a_minimum_term_cannot_be_evaded_by_changing_within_a_trial(shop: Shop) -> None:
    old = shop.subscribe("tried")
    assert shop.ask(ChangePlan(subscription_id=old.id, plan_id="team")).subscription.minimum_until == date(2026, 9, 15)
    assert shop.ask(ChangePlan(subscription_id=old.id, plan_id="plus")).subscription.minimum_until is None


def test_a_coupon_is_good_for_its_number_of_periods(shop: Shop) -> None:
    old = shop.subscribe("basic", quantity=2, coupon=" half ")
    shop.go(date(2026, 8, 1)).renew()
    assert [i.net for i in shop.invoices] == [1000, 1000, 2000, 2000, 2000, 2000]
    assert old.discount_until == MAY
    shop.agree()


def test_a_coupon_holds_for_what_is_added_and_credited_within_its_periods(shop: Shop) -> None:
    old = shop.subscribe("basic", quantity=1, coupon="half")
    receipt = shop.go(MID).ask(ChangeLicences(subscription_id=old.id, quantity=2))
    assert receipt.invoice is not None
    assert [line.net for line in receipt.invoice.lines] == [-258, 516]


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("nope", date(2026, 3, 15)),
        ("SPRING", date(2026, 3, 9)),
        ("SPRING", date(2026, 3, 21)),
        ("BASIC", date(2026, 3, 15)),
    ],
)
def test_a_coupon_that_is_unknown_early_late_or_for_another_plan_is_refused(shop: Shop, code: str, day: date) -> None:
    with pytest.raises(CouponRefused):
        shop.go(day).subscribe("plus", coupon=code)
    assert shop.all(Subscription) == ()


@pytest.mark.parametrize("day", [date(2026, 3, 10), date(2026, 3, 20)])
def test_a_coupon_is_taken_on_its_first_and_last_day(shop: Shop, day: date) -> None:
    assert shop.go(day).subscribe("plus", coupon="spring").discount_percent == 20


def test_cancelling_ends_with_what_is_billed_and_keeping_on_is_as_if_nothing_had_been(shop: Shop) -> None:
    old = shop.subscribe()
    gone = shop.go(MID).ask(Cancel(subscription_id=old.id, reason="too dear")).subscription
    assert (gone.end, gone.renews_on, gone.cancel_reason) == (APRIL, None, "too dear")
    kept = shop.go(date(2026, 3, 31)).ask(KeepOn(subscription_id=old.id)).subscription
    assert changed(kept, version=0) == changed(old, version=0)
    assert len(shop.go(APRIL).renew().issued) == 1
    shop.agree()


def test_after_its_end_a_subscription_is_not_taken_up_again(shop: Shop) -> None:
    old = shop.subscribe()
    shop.ask(Cancel(subscription_id=old.id))
    assert not shop.go(APRIL).renew().issued
    with pytest.raises(NothingToUndo):
        shop.ask(KeepOn(subscription_id=old.id))
    shop.agree()


def test_what_is_cancelled_is_not_changed(shop: Shop) -> None:
    old = shop.subscribe()
    shop.ask(Cancel(subscription_id=old.id))
    wishes = (
        ChangeLicences(subscription_id=old.id, quantity=2), ChangePlan(subscription_id=old.id, plan_id="plus"),
        ChangeFrequency(subscription_id=old.id, frequency=Y), Cancel(subscription_id=old.id),
    )  # fmt: skip
    for wish in wishes:
        with pytest.raises(Ended):
            shop.ask(wish)


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (ChangeLicences(subscription_id="id00000", quantity=0), QuantityOutOfRange),
        (ChangeLicences(subscription_id="id00000", quantity=-5), QuantityOutOfRange),
        (ChangeLicences(subscription_id="id00000", quantity=10_001), QuantityOutOfRange),
        (ChangeLicences(subscription_id="id00000", quantity=3), NothingChanges),
        (ChangePlan(subscription_id="id00000", plan_id="basic"), NothingChanges),
        (ChangePlan(subscription_id="id00000", plan_id="solo"), QuantityOutOfRange),
        (ChangePlan(subscription_id="id00000", plan_id="nope"), NotFound),
        (ChangeFrequency(subscription_id="id00000", frequency=M), NothingChanges),
        (KeepOn(subscription_id="id00000"), NothingToUndo),
        (UndoPending(subscription_id="id00000"), NothingToUndo),
        (AddPlan(plan_id="solo", quantity=3, frequency=M), QuantityOutOfRange),
        (AddPlan(plan_id="basic", quantity=0, frequency=M), QuantityOutOfRange),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(shop: Shop, wish: Wish, refusal: type[Refusal]) -> None:
    old = shop.subscribe(quantity=3)
    with pytest.raises(refusal):
        shop.ask(wish)
    assert shop.all(Subscription) == (shop.again(old),) == (old,)
    assert len(shop.invoices) == 1


def test_a_plan_no_longer_offered_is_kept_and_grows_but_is_not_chosen(shop: Shop) -> None:
    mine, other = shop.subscribe("basic"), shop.subscribe("plus")
    shop.put(changed(shop.again(PLANS[0]), version=1, offered=False))
    for wish in (
        AddPlan(plan_id="basic", quantity=1, frequency=M),
        ChangePlan(subscription_id=other.id, plan_id="basic"),
    ):
        with pytest.raises(NotSold):
            shop.ask(wish)
    assert shop.ask(ChangeLicences(subscription_id=mine.id, quantity=2)).subscription.quantity == 2
    assert shop.ask(ChangeFrequency(subscription_id=mine.id, frequency=Y)).subscription.frequency is Y


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.CANCELLED])
def test_an_account_that_does_not_pay_adds_nothing_and_may_reduce(shop: Shop, standing: Standing) -> None:
    running, ending = shop.subscribe("plus", 5), shop.subscribe("plus")
    shop.ask(Cancel(subscription_id=ending.id))
    shop.put(changed(shop.get(Account, "acme"), standing=standing))
    more = (
        AddPlan(plan_id="basic", quantity=1, frequency=M), ChangeLicences(subscription_id=running.id, quantity=6),
        ChangeFrequency(subscription_id=running.id, frequency=Y), KeepOn(subscription_id=ending.id),
    )  # fmt: skip
    for wish in more:
        with pytest.raises(AccountClosed):
            shop.ask(wish)
    assert shop.ask(ChangeLicences(subscription_id=running.id, quantity=1)).subscription.pending


def test_a_coupon_of_one_plan_does_not_go_with_another(shop: Shop) -> None:
    old = shop.subscribe("basic", coupon="basic")
    assert old.discount_percent == 10
    receipt = shop.go(MID).ask(ChangePlan(subscription_id=old.id, plan_id="plus"))
    assert (receipt.subscription.coupon, receipt.subscription.discount_percent) == ("", 0)
    assert receipt.invoice is not None
    assert [line.net for line in receipt.invoice.lines] == [-465, 1032]
    shop.agree()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["basic", "plus", "team"]), st.integers(1, 20), st.sampled_from(Frequency),
    st.sampled_from(["basic", "plus", "team"]), st.integers(1, 20), st.sampled_from(Frequency), st.integers(0, 400),
)  # fmt: skip
def test_no_change_ever_costs_less_than_nothing_or_more_than_its_first_period(
    plan: str, quantity: int, frequency: Frequency, to: str, number: int, other: Frequency, days: int
) -> None:
    shop = Shop()
    old = shop.subscribe(plan, quantity, frequency)
    shop.go(shop.day + timedelta(days=days)).renew()
    for wish in (
        ChangePlan(subscription_id=old.id, plan_id=to), ChangeLicences(subscription_id=old.id, quantity=number),
        ChangeFrequency(subscription_id=old.id, frequency=other),
    ):  # fmt: skip
        before = shop.again(old)
        try:
            receipt = shop.ask(wish)
        except NothingChanges:
            continue
        after = receipt.subscription
        cost = receipt.invoice.net if receipt.invoice else 0
        assert 0 <= cost <= after.quantity * after.unit_price
        dearer = yearly_price(after.quantity, after.unit_price, after.frequency) >= yearly_price(
            before.quantity, before.unit_price, before.frequency
        )
        if after.pending is None and after.frequency is before.frequency:
            assert dearer, "less never happens at once"
            assert after.renews_on == before.renews_on
        if after.pending is not None:
            assert cost == 0
            assert after.pending.on >= (before.renews_on or shop.day)
    shop.agree()
    upcoming = preview(shop.desk(), Cancel(subscription_id=old.id))
    assert upcoming.after.end is not None
    assert Fraction(upcoming.totals.gross) == 0
