"""Money is taken once, whatever is declined, lost, repeated or killed on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.accounts import Account
from billing.charges import UNSETTLED, Charge, ChargeState, Share
from billing.collecting import AlreadyUnderWay, TooMuch, book, collect, resolve
from billing.desk import fresh_id
from billing.invoices import Invoice, InvoiceState
from billing.notices import Notice
from billing.outbox import OutboxMessage
from billing.paying import KeyReused, NoMethod, pay, till, watch
from billing.payment_gateway import (
    Declined,
    GatewayRefused,
    GatewayUnavailable,
    NeedsCustomer,
    Outcome,
    Processing,
    Succeeded,
    Unknown,
)
from billing.payment_methods import PaymentMethod
from billing.payments import Payment
from billing.record import changed
from billing.subscriptions import Subscription
from tests.billing.shop import Lost, Shop

NO_FUNDS = Declined("ch", "insufficient_funds", may_retry=True)
STOLEN = Declined("ch", "stolen_card", may_retry=False)
DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.give_card("acme")
    return made


def billed(shop: Shop, quantity: int = 1) -> Invoice:
    """An open invoice of 12.10 a licence."""
    shop.subscribe(quantity=quantity)
    return shop.invoices[-1]


def run(shop: Shop) -> list[Charge]:
    return collect(shop.store, shop.gateway, shop.now()).charges


def shares(*parts: tuple[Invoice, int]) -> tuple[Share, ...]:
    return tuple(Share(invoice.id, amount) for invoice, amount in parts)


def test_an_invoice_is_charged_on_the_day_it_is_due_and_once(shop: Shop) -> None:
    invoice = billed(shop)
    (charge,) = run(shop)
    assert (charge.state, charge.amount, charge.automatic) == (ChargeState.SUCCEEDED, 1210, True)
    assert shop.again(invoice).state is InvoiceState.PAID
    assert run(shop) == []
    assert shop.gateway.times_taken == 1
    shop.agree()


def test_an_invoice_with_days_to_pay_is_left_until_it_is_due(shop: Shop) -> None:
    shop.put(changed(shop.get(Account, "acme"), payment_days=30))
    billed(shop)
    assert run(shop.go(date(2026, 3, 30))) == []
    assert len(run(shop.go(date(2026, 3, 31)))) == 1


def test_a_decline_that_may_pass_is_tried_again_by_the_schedule_and_told_each_time(shop: Shop) -> None:
    invoice, tried = billed(shop), []
    shop.gateway.will(*[NO_FUNDS] * 9)
    for _ in range(60):
        tried += [shop.day for _ in run(shop) + run(shop)]
        shop.go(shop.day + DAY)
    assert tried == [invoice.issued_on + timedelta(days=n) for n in (0, 3, 7, 14, 21)]
    told = [m for m in shop.all(OutboxMessage) if m.template.startswith("payment_failed")]
    assert sorted(m.template for m in told) == ["payment_failed"] * 4 + ["payment_failed_finally"]
    assert shop.again(invoice).due == 1210
    shop.agree()


def test_attempts_that_were_missed_are_not_made_all_at_once(shop: Shop) -> None:
    billed(shop)
    shop.gateway.will(*[NO_FUNDS] * 9)
    shop.go(date(2026, 4, 10))
    assert [len(run(shop)) for _ in range(3)] == [1, 0, 0]
    (notice,) = [n for n in shop.all(Notice) if "tried again" in n.message]
    assert "11" in notice.values["day"]
    assert [len(run(shop.go(shop.day + DAY))) for _ in range(6)] == [1, 1, 1, 1, 0, 0]


def test_a_refusal_for_good_ends_the_row_and_another_method_begins_a_new_one(shop: Shop) -> None:
    invoice = billed(shop)
    shop.gateway.will(STOLEN)
    run(shop)
    assert shop.get(PaymentMethod, "acme-card").refused == "stolen_card"
    for _ in range(30):
        assert run(shop.go(shop.day + DAY)) == []
    shop.give_card("acme", "new")
    (charge,) = run(shop)
    assert (charge.state, charge.method_id) == (ChargeState.SUCCEEDED, "acme-new")
    assert shop.again(invoice).due == 0
    shop.agree()


def test_a_schedule_that_ran_out_begins_anew_with_another_method(shop: Shop) -> None:
    billed(shop)
    shop.gateway.will(*[NO_FUNDS] * 5)
    for _ in range(40):
        run(shop)
        shop.go(shop.day + DAY)
    shop.give_card("acme", "new")
    assert [c.state for c in run(shop)] == [ChargeState.SUCCEEDED]


def test_a_subscriptions_own_method_is_charged_before_the_accounts(shop: Shop) -> None:
    own = shop.give_card("acme", "own", default=False)
    invoice = billed(shop)
    shop.put(changed(shop.get(Subscription, invoice.subscription_id), method_id=own.id))
    assert [c.method_id for c in run(shop)] == [own.id]


@pytest.mark.parametrize("removed", [{"removed_on": date(2026, 2, 1)}, {"refused": "x"}, {"expires": date(2026, 3, 1)}])
def test_a_method_that_cannot_be_charged_is_passed_over(shop: Shop, removed: dict[str, object]) -> None:
    billed(shop)
    shop.put(changed(shop.get(PaymentMethod, "acme-card"), **removed))
    assert run(shop) == []
    assert shop.charges == ()


def test_an_answer_that_was_lost_is_looked_up_and_never_charged_twice(shop: Shop) -> None:
    invoice = billed(shop)
    shop.gateway.will(Unknown())
    (charge,) = run(shop)
    assert charge.state is ChargeState.UNKNOWN
    with pytest.raises(AlreadyUnderWay):
        pay(shop.desk(), shop.gateway, shares((invoice, 1210)), "acme-card", key="k")
    (settled,) = run(shop)
    assert (settled.id, settled.state) == (charge.id, ChargeState.SUCCEEDED)
    assert (shop.gateway.times_taken, len(shop.charges), shop.again(invoice).due) == (1, 1, 0)
    shop.agree()


def test_a_request_that_never_arrived_is_asked_for_again_under_its_key(shop: Shop) -> None:
    invoice = billed(shop)
    shop.gateway.will(GatewayUnavailable(reason="down"), GatewayUnavailable(reason="down"))
    (charge,) = run(shop)
    assert charge.state is ChargeState.UNKNOWN
    run(shop)
    run(shop)
    assert {key for key, _, _ in shop.gateway.asked} == {charge.id}
    assert shop.again(invoice).due == 0


def test_what_the_gateway_does_not_take_at_all_stops_neither_the_run_nor_the_next(shop: Shop) -> None:
    refused, taken = billed(shop), billed(shop, 2)
    shop.gateway.will(GatewayRefused(reason="no such method"))
    assert [c.state for c in run(shop)] == [ChargeState.FAILED, ChargeState.SUCCEEDED]
    assert [shop.again(i).due for i in (refused, taken)] == [1210, 0]
    assert run(shop) == []
    assert [c.state for c in run(shop.go(date(2026, 3, 4)))] == [ChargeState.SUCCEEDED]
    shop.agree()


def test_an_attempt_whose_key_the_gateway_does_not_take_again_is_never_given_up(shop: Shop) -> None:
    """The key may be refused because it is known: what it stands for is found later, not charged anew."""
    lost, other = billed(shop), billed(shop, 2)
    shop.gateway.will(GatewayUnavailable(reason="down"))
    (charge, _) = run(shop)
    shop.gateway.will(GatewayRefused(reason="the key belongs to another request"))
    assert run(shop) == []
    assert (shop.again(charge).state, shop.again(lost).due, shop.again(other).due) == (ChargeState.UNKNOWN, 1210, 0)
    shop.gateway.becomes(charge.id, Succeeded("ch"))
    assert [c.state for c in run(shop)] == [ChargeState.SUCCEEDED]
    assert shop.again(lost).due == 0
    shop.agree()


@pytest.mark.parametrize("step", ["before it was asked", "after it was asked"])
@pytest.mark.parametrize("outcome", [Succeeded("ch"), NO_FUNDS, Processing("ch"), NeedsCustomer("ch", "https://x")])
def test_a_process_that_dies_between_the_steps_leaves_what_the_next_one_finishes(
    shop: Shop, step: str, outcome: Outcome
) -> None:
    invoice = billed(shop)
    shop.gateway.will(outcome)
    charging = shop.gateway.charge

    def dies(*args: object, **more: object) -> Outcome:
        if step == "after it was asked":
            charging(*args, **more)  # type: ignore[arg-type]
        raise Lost

    shop.gateway.charge = dies  # type: ignore[method-assign]
    with pytest.raises(Lost):
        run(shop)
    assert [c.state for c in shop.charges] == [ChargeState.SENT]
    shop.agree()
    shop.gateway.charge = charging  # type: ignore[method-assign]
    run(shop)
    run(shop)
    assert len(shop.charges) == len(shop.gateway.took) == 1
    moved = isinstance(outcome, Succeeded | Processing)
    assert shop.again(invoice).paid == (1210 if moved else 0)
    shop.agree()


def test_a_bank_debit_counts_as_paid_and_is_taken_back_where_it_fails_days_later(shop: Shop) -> None:
    invoice = billed(shop)
    shop.gateway.will(Processing("ch"))
    (charge,) = run(shop)
    assert (charge.state, shop.again(invoice).state) == (ChargeState.PROCESSING, InvoiceState.PAID)
    assert run(shop) == []
    shop.agree()
    shop.gateway.becomes(charge.id, NO_FUNDS)
    (failed,) = resolve(shop.store, shop.gateway, shop.go(date(2026, 3, 3)).now())
    assert (failed.state, shop.again(invoice).state, shop.again(invoice).due) == (
        ChargeState.FAILED, InvoiceState.OPEN, 1210,
    )  # fmt: skip
    assert [p.amount for p in shop.all(Payment)] == [1210, -1210]
    shop.agree()
    assert [c.state for c in run(shop.go(date(2026, 3, 4)))] == [ChargeState.SUCCEEDED]
    shop.agree()


@pytest.mark.parametrize("percent", [40, 100])
def test_a_bank_debit_that_fails_after_a_credit_note_takes_back_the_credit_it_made(shop: Shop, percent: int) -> None:
    invoice = billed(shop)
    shop.gateway.will(Processing("ch"))
    (charge,) = run(shop)
    shop.credit(invoice, percent)
    assert shop.get(Account, "acme").credit == 1210 * percent // 100
    shop.gateway.becomes(charge.id, STOLEN)
    resolve(shop.store, shop.gateway, shop.now())
    assert shop.get(Account, "acme").credit == 0
    assert (shop.again(invoice).paid, shop.again(invoice).due) == (0, 1210 - 1210 * percent // 100)
    shop.agree()


def test_money_that_arrives_after_a_credit_note_becomes_credit(shop: Shop) -> None:
    invoice = billed(shop)
    shop.gateway.will(NeedsCustomer("ch", "https://confirm.example"))
    (charge,) = run(shop)
    shop.credit(invoice, 100)
    shop.gateway.becomes(charge.id, Succeeded("ch"))
    resolve(shop.store, shop.gateway, shop.now())
    assert (shop.again(invoice).due, shop.get(Account, "acme").credit) == (0, 1210)
    shop.agree()


def test_several_invoices_are_paid_at_once_and_one_in_part(shop: Shop) -> None:
    first, second = billed(shop), billed(shop, 2)
    charge = pay(shop.desk(), shop.gateway, shares((first, 1210), (second, 1000)), "acme-card", key="k")
    assert (charge.amount, charge.state) == (2210, ChargeState.SUCCEEDED)
    assert [shop.again(i).due for i in (first, second)] == [0, 1420]
    assert [c.amount for c in run(shop)] == [1420]
    shop.agree()


def test_a_payment_asked_for_twice_under_one_key_happens_once(shop: Shop) -> None:
    invoice = billed(shop)
    done = [pay(shop.desk(), shop.gateway, shares((invoice, 700)), "acme-card", key="k") for _ in range(2)]
    assert done[0] == done[1]
    with pytest.raises(KeyReused):
        pay(shop.desk(), shop.gateway, shares((invoice, 510)), "acme-card", key="k")
    assert (shop.again(invoice).paid, shop.gateway.times_taken) == (700, 1)
    shop.agree()


@pytest.mark.parametrize("amounts", [(1211,), (0,), (-5,), (1210, 1210), (600, 610)])
def test_more_than_is_owed_nothing_or_one_invoice_twice_is_refused(shop: Shop, amounts: tuple[int, ...]) -> None:
    invoice = billed(shop)
    with pytest.raises(TooMuch):
        pay(shop.desk(), shop.gateway, shares(*((invoice, a) for a in amounts)), "acme-card", key="k")
    assert (shop.charges, shop.gateway.asked) == ((), [])


def test_without_a_method_or_an_invoice_nothing_is_asked(shop: Shop) -> None:
    invoice = billed(shop)
    with pytest.raises(NoMethod):
        pay(shop.desk(), shop.gateway, (), "acme-card", key="k")
    shop.put(changed(shop.get(PaymentMethod, "acme-card"), refused="lost_card"))
    with pytest.raises(NoMethod):
        pay(shop.desk(), shop.gateway, shares((invoice, 10)), "acme-card", key="k")


def test_what_is_under_way_is_not_offered_to_be_paid_and_can_be_watched(shop: Shop) -> None:
    invoice = billed(shop)
    shop.gateway.will(NeedsCustomer("ch", "https://confirm.example"))
    charge = pay(shop.desk(), shop.gateway, shares((invoice, 1210)), "acme-card", key="k")
    assert (charge.state, charge.confirm_url) == (ChargeState.NEEDS_CUSTOMER, "https://confirm.example")
    assert [p.due for p in till(shop.desk()).payables] == [0]
    assert watch(shop.desk(), shop.gateway, "k").state is ChargeState.NEEDS_CUSTOMER
    shop.gateway.becomes("k", Succeeded("ch"))
    assert watch(shop.desk(), shop.gateway, "k").state is ChargeState.SUCCEEDED
    assert till(shop.desk()).payables == ()
    shop.agree()


OUTCOMES = st.sampled_from(
    [Succeeded("ch"), Processing("ch"), NO_FUNDS, STOLEN, NeedsCustomer("ch", "https://x"), Unknown()]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(OUTCOMES, min_size=1, max_size=7), st.booleans(), st.integers(0, 6), st.sampled_from([30, 100]))
def test_whatever_is_told_of_an_attempt_in_any_order_it_is_booked_once(
    outcomes: list[Outcome], automatic: bool, noted: int, percent: int
) -> None:
    shop = Shop()
    shop.give_card("acme")
    invoice = billed(shop)
    shop.gateway.on_charge = lambda: (_ for _ in ()).throw(Lost())
    with pytest.raises(Lost):
        if automatic:
            run(shop)
        else:
            pay(shop.desk(), shop.gateway, shares((invoice, 1210)), "acme-card", key=fresh_id())
    (charge,) = shop.charges
    for number, outcome in enumerate(outcomes):
        if number == noted:
            shop.credit(invoice, percent)
        for _ in range(2):
            with shop.store.write() as books:
                before = books.get(Charge, charge.id)
                after = book(books, charge.id, outcome, shop.now())
            if before.state not in UNSETTLED:
                assert after == before
        shop.agree()
    paid = sum(p.amount for p in shop.all(Payment) if p.charge_id)
    assert paid in (0, 1210)
