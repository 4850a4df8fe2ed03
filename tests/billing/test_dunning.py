"""What happens to an account that does not pay, day by day, and that it is over the moment nothing is owed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.accounts import Account, Standing
from billing.changes import Cancel
from billing.charges import Share
from billing.collecting import resolve
from billing.dunning import Dunned, dun, standing_after
from billing.holds import HeldInvoice
from billing.notices import Notice
from billing.outbox import OutboxMessage
from billing.paying import pay
from billing.payment_gateway import Declined, Processing
from billing.record import changed
from billing.store import Writing
from billing.subscriptions import Subscription
from billing.vendor import Dunning
from tests.billing.shop import Shop

DAY = timedelta(days=1)
RULES = Dunning()


@pytest.fixture
def shop() -> Shop:
    """A customer who owes 12.10 since 1 March."""
    made = Shop()
    made.subscribe()
    return made


def run(shop: Shop) -> Dunned:
    return dun(shop.store, shop.now())


def standing(shop: Shop) -> Standing:
    return shop.get(Account, "acme").standing


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-5, Standing.GOOD), (0, Standing.GOOD), (1, Standing.PAST_DUE), (29, Standing.PAST_DUE),
     (30, Standing.SUSPENDED), (59, Standing.SUSPENDED), (60, Standing.CANCELLED), (900, Standing.CANCELLED)],
)  # fmt: skip
def test_standing_follows_from_the_days_of_the_oldest_debt(days: int, expected: Standing) -> None:
    assert standing_after(RULES, days) is expected


@given(st.integers(-10, 400), st.integers(0, 50), st.none() | st.integers(1, 90), st.none() | st.integers(1, 90))
def test_standing_never_gets_better_by_waiting(days: int, more: int, suspend: int | None, cancel: int | None) -> None:
    rules, order = Dunning(suspend_after=suspend, cancel_after=cancel), list(Standing)
    assert order.index(standing_after(rules, days)) <= order.index(standing_after(rules, days + more))


def test_an_unpaid_account_is_reminded_on_its_days_once_each_and_moves_through_the_standings(shop: Shop) -> None:
    shop.ask(Cancel(subscription_id="id00000"))
    moved: dict[int, Standing] = {}
    reminded = []
    for late in range(80):
        for _ in range(2):
            done = run(shop.go(date(2026, 3, 1) + late * DAY))
            moved.update((late, a.standing) for a in done.moved)
            reminded += [late] * done.reminders
    assert moved == {1: Standing.PAST_DUE, 30: Standing.SUSPENDED, 60: Standing.CANCELLED}
    assert reminded == [1, 7, 14]
    assert sorted(m.template for m in shop.all(OutboxMessage) if m.template.startswith("account_")) == [
        "account_cancelled", "account_suspended",
    ]  # fmt: skip
    shop.agree()


def test_reminders_that_were_missed_are_not_made_up_for(shop: Shop) -> None:
    assert [run(shop.go(date(2026, 3, 12))).reminders for _ in range(2)] == [1, 0]
    assert [m.dedupe_key.split(":")[2] for m in shop.all(OutboxMessage) if m.template == "payment_reminder"] == ["7"]


def test_an_invoice_paid_since_the_run_looked_is_not_reminded_of(shop: Shop) -> None:
    for _ in range(3):
        shop.subscribe()
    shop.give_card("acme")
    newest = shop.invoices[-1]
    original = shop.store.write

    def paid_meanwhile() -> AbstractContextManager[Writing]:
        shop.store.write = original  # type: ignore[method-assign]
        pay(shop.desk(), shop.gateway, (Share(newest.id, newest.due),), "acme-card", key="k")
        return original()

    shop.go(date(2026, 3, 3))
    shop.store.write = paid_meanwhile  # type: ignore[method-assign]
    run(shop)
    about = {m.values["number"] for m in shop.all(OutboxMessage) if m.template == "payment_reminder"}
    assert about == {i.number for i in shop.invoices[:-1]}


@pytest.mark.parametrize("how", ["card", "credit note", "bank debit"])
def test_everything_is_over_the_moment_nothing_is_owed(shop: Shop, how: str) -> None:
    run(shop.go(date(2026, 4, 5)))
    assert standing(shop) is Standing.SUSPENDED
    (invoice,) = shop.invoices
    if how == "credit note":
        shop.credit(invoice)
    else:
        shop.give_card("acme")
        if how == "bank debit":
            shop.gateway.will(Processing("ch"))
        pay(shop.desk(), shop.gateway, (Share(invoice.id, invoice.due),), "acme-card", key="k")
    assert standing(shop) is Standing.GOOD
    shop.agree()


def test_a_part_payment_of_what_is_overdue_changes_nothing(shop: Shop) -> None:
    run(shop.go(date(2026, 4, 5)))
    shop.give_card("acme")
    pay(shop.desk(), shop.gateway, (Share(shop.invoices[0].id, 1000),), "acme-card", key="k")
    assert standing(shop) is Standing.SUSPENDED


def test_an_account_is_told_again_when_it_is_suspended_again_even_on_the_same_day(shop: Shop) -> None:
    (invoice,) = shop.invoices
    run(shop.go(date(2026, 4, 5)))
    shop.give_card("acme")
    shop.gateway.will(Processing("ch"))
    pay(shop.desk(), shop.gateway, (Share(invoice.id, invoice.due),), "acme-card", key="k")
    shop.gateway.becomes("k", Declined("ch", "insufficient_funds", may_retry=True))
    resolve(shop.store, shop.gateway, shop.now())
    run(shop)
    assert standing(shop) is Standing.SUSPENDED
    assert sum("suspended" in n.message for n in shop.all(Notice)) == 2


def test_a_cancelled_accounts_subscriptions_end_with_what_is_billed(shop: Shop) -> None:
    trial = shop.subscribe("tried")
    shop.renew()
    run(shop.go(date(2026, 4, 30)))
    assert standing(shop) is Standing.CANCELLED
    billed, unbilled = shop.get(Subscription, "id00000"), shop.again(trial)
    assert (billed.end, billed.renews_on, billed.cancel_reason) == (date(2026, 4, 1), None, "unpaid")
    assert (unbilled.end, unbilled.renews_on) == (trial.start, None)
    assert shop.renew().issued == []
    shop.agree()


def test_what_waits_to_be_invoiced_does_not_outlive_the_subscription(shop: Shop) -> None:
    account = shop.get(Account, "acme")
    shop.put(changed(account, address=msgspec.structs.replace(account.address, city="")))
    shop.go(date(2026, 4, 1)).renew()
    assert len(shop.all(HeldInvoice)) == 1
    run(shop.go(date(2026, 4, 30)))
    assert (standing(shop), shop.all(HeldInvoice)) == (Standing.CANCELLED, ())
    shop.agree()


def test_what_is_not_yet_due_does_not_hold_an_account_back(shop: Shop) -> None:
    run(shop.go(date(2026, 4, 5)))
    shop.put(changed(shop.get(Account, "acme"), payment_days=30))
    shop.renew()
    overdue, _ = shop.invoices
    shop.give_card("acme")
    pay(shop.desk(), shop.gateway, (Share(overdue.id, overdue.due),), "acme-card", key="k")
    assert shop.invoices[1].due > 0
    assert standing(shop) is Standing.GOOD
    assert run(shop).moved == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 25), st.booleans()), min_size=1, max_size=8))
def test_however_often_the_run_happens_the_standing_is_the_one_of_the_day(steps: list[tuple[int, bool]]) -> None:
    shop = Shop()
    shop.subscribe()
    for days, renewing in steps:
        shop.go(shop.day + timedelta(days=days))
        if renewing:
            shop.renew()
        run(shop)
        run(shop)
        oldest = min((i.due_on for i in shop.invoices if i.due > 0), default=shop.day)
        assert standing(shop) is standing_after(RULES, (shop.day - oldest).days)
        shop.agree()
