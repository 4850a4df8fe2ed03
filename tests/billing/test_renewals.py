"""Every period is invoiced when it begins, once: late, again, held, in any zone, at any frequency."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.accounts import Account
from billing.changes import Cancel, ChangeLicences
from billing.holds import HeldInvoice, HoldReason
from billing.invoices import Invoice
from billing.issuing import DateBeforeSeries
from billing.notices import Notice
from billing.outbox import OutboxMessage
from billing.periods import Frequency, billing_periods
from billing.record import changed
from billing.renewals import BATCH, first_boundary, renew, upcoming
from billing.subscriptions import Subscription
from billing.vendor import Series, Vendor
from tests.billing.shop import DOLLARS, VENDOR, Shop

W, M, Q, H, Y = Frequency
DAY = timedelta(days=1)
APRIL = date(2026, 4, 1)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def renewed(shop: Shop) -> list[str]:
    """Which renewals are billed, in the order of the documents."""
    return [key for invoice in shop.invoices for key in invoice.renewals]


def test_a_period_is_invoiced_on_its_first_day_and_not_before(shop: Shop) -> None:
    s = shop.subscribe()
    assert shop.go(APRIL - DAY).renew().issued == []
    (one,) = shop.go(APRIL).renew().issued
    assert (one.invoice.issued_on, one.period.start, one.next) == (APRIL, APRIL, date(2026, 5, 1))
    assert one.invoice.renewals == (f"{s.id}:2026-04-01",)
    shop.agree()


def test_running_again_issues_nothing_more(shop: Shop) -> None:
    shop.subscribe()
    shop.go(APRIL).renew()
    before = renewed(shop)
    assert [shop.renew().issued for _ in range(3)] == [[], [], []]
    assert renewed(shop) == before


def test_what_was_missed_is_caught_up_in_the_order_in_which_it_fell_due(shop: Shop) -> None:
    monthly, weekly = shop.subscribe(), shop.subscribe("plus", frequency=W)
    run = shop.go(date(2026, 6, 3)).renew()
    days = [r.period.start for r in run.issued]
    assert days == sorted(days)
    assert Counter(r.invoice.subscription_id for r in run.issued) == {monthly.id: 3, weekly.id: 13}
    assert {r.invoice.issued_on for r in run.issued} == {date(2026, 6, 3)}
    assert [i.number for i in shop.invoices] == [f"F-2026-{n:06d}" for n in range(1, 19)]
    shop.agree()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 90), min_size=1, max_size=6), st.lists(st.sampled_from(Frequency), min_size=1, max_size=4)
)
def test_however_the_runs_fall_each_period_is_billed_once(gaps: list[int], frequencies: list[Frequency]) -> None:
    shop = Shop(day=date(2026, 1, 31))
    made = [shop.subscribe(frequency=f) for f in frequencies]
    for gap in gaps:
        shop.go(shop.day + gap * DAY).renew()
    assert Counter(renewed(shop)) == Counter(
        f"{s.id}:{p.start}" for s in made for p in billing_periods(s.start, None, shop.day, s.frequency, s.anchor_day)
    )
    shop.agree()


def test_many_weekly_and_yearly_ones_beside_each_other_are_all_billed_in_batches(shop: Shop) -> None:
    for number in range(BATCH + 7):
        shop.subscribe(frequency=W if number % 3 else Y)
    shop.go(date(2027, 3, 15)).renew()
    weekly = [p.start for p in billing_periods(date(2026, 3, 1), None, shop.day, W, 7)]
    found = Counter(renewed(shop))
    assert max(found.values()) == 1
    assert len(found) == sum(len(weekly) if n % 3 else 2 for n in range(BATCH + 7))
    shop.agree()


def test_a_preview_issues_nothing_and_shows_exactly_what_the_run_then_does(shop: Shop) -> None:
    for number in range(BATCH + 3):
        shop.subscribe("plus" if number % 2 else "basic", frequency=(W, M, Y)[number % 3])
    shop.go(date(2026, 5, 20))
    before = shop.all(Subscription), shop.invoices, shop.all(Series), shop.all(OutboxMessage)
    shown = shop.renew(preview=True)
    assert (shop.all(Subscription), shop.invoices, shop.all(Series), shop.all(OutboxMessage)) == before
    done = shop.renew()
    assert shown.issued
    assert shown == done


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"name": "  "}, HoldReason.ADDRESS_MISSING),
        ({"address": msgspec.structs.replace(VENDOR.party.address, lines=())}, HoldReason.ADDRESS_MISSING),
        ({"tax_id": "ESB12345678"}, HoldReason.TAX_ID_WRONG),
        ({"currency": "USD"}, HoldReason.RATE_MISSING),
    ],
)
def test_a_renewal_that_may_not_be_invoiced_waits_without_a_number_and_is_billed_once_it_may(
    shop: Shop, spoil: dict[str, object], reason: HoldReason
) -> None:
    good = shop.get(Account, "acme")
    if "currency" in spoil:
        good = shop.open_account("abroad", currency="USD", tax_id="")
        shop.put(changed(shop.get(Vendor, "vendor"), euro_rates=DOLLARS))
        s = shop.subscribe(account="abroad")
        shop.put(changed(shop.get(Vendor, "vendor"), euro_rates={}))
    else:
        s = shop.subscribe()
        shop.put(changed(shop.get(Account, "acme"), **spoil))
    for day in (APRIL, APRIL + DAY, date(2026, 5, 2)):
        run = shop.go(day).renew()
        assert [(h.reason, h.period_start, h.since) for h in run.held] == [(reason, APRIL, APRIL)]
        assert run.issued == []
    told = [m for m in shop.all(OutboxMessage) if m.template == "invoice_held"]
    assert (len(told), len([n for n in shop.all(Notice) if "waits" in n.message])) == (1, 1)
    assert shop.again(s).renews_on == APRIL
    shop.agree()
    if "currency" in spoil:
        shop.put(changed(shop.get(Vendor, "vendor"), euro_rates=DOLLARS))
    else:
        shop.put(changed(good, version=shop.again(good).version))
    run = shop.renew()
    assert [r.period.start for r in run.issued] == [APRIL, date(2026, 5, 1)]
    assert (run.held, shop.all(HeldInvoice)) == ([], ())
    assert [i.number[-2:] for i in shop.invoices] == ["01", "02", "03"]
    shop.agree()


def test_a_hold_with_another_reason_is_told_again(shop: Shop) -> None:
    shop.subscribe()
    shop.put(changed(shop.get(Account, "acme"), tax_id="ESB12345678"))
    shop.go(APRIL).renew()
    shop.put(changed(shop.get(Account, "acme"), name=""))
    shop.renew()
    shop.renew()
    (held,) = shop.all(HeldInvoice)
    assert (held.reason, held.version) == (HoldReason.ADDRESS_MISSING, 2)
    assert len([n for n in shop.all(Notice) if "waits" in n.message]) == 2


def test_one_held_subscription_does_not_hold_up_the_others(shop: Shop) -> None:
    shop.open_account("other")
    first, second = shop.subscribe(), shop.subscribe(account="other")
    shop.put(changed(shop.get(Account, "acme"), name=""))
    run = shop.go(date(2026, 5, 1)).renew()
    assert [r.invoice.subscription_id for r in run.issued] == [second.id] * 2
    assert [h.subscription_id for h in run.held] == [first.id]


@pytest.mark.parametrize(
    ("zone", "utc", "billed"),
    [
        ("Asia/Tokyo", datetime(2026, 3, 31, 14, 59, tzinfo=UTC), False),
        ("Asia/Tokyo", datetime(2026, 3, 31, 15, 0, tzinfo=UTC), True),
        ("Pacific/Kiritimati", datetime(2026, 3, 31, 10, 0, tzinfo=UTC), True),
        ("Pacific/Kiritimati", datetime(2026, 3, 31, 9, 59, tzinfo=UTC), False),
        ("Pacific/Pago_Pago", datetime(2026, 4, 1, 10, 59, tzinfo=UTC), False),
        ("Pacific/Pago_Pago", datetime(2026, 4, 1, 11, 0, tzinfo=UTC), True),
        ("Europe/Madrid", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), False),
        ("Europe/Madrid", datetime(2026, 3, 31, 22, 0, tzinfo=UTC), True),
    ],
)
def test_the_billing_day_is_the_customers(shop: Shop, zone: str, utc: datetime, billed: bool) -> None:
    shop.open_account("far", time_zone=zone)
    s = shop.put(
        Subscription(
            id="far", account_id="far", plan_id="basic", plan_name="Basic", quantity=1, unit_price=1000,
            frequency=M, anchor_day=1, start=APRIL, renews_on=APRIL,
        )
    )  # fmt: skip
    shop.subscribe()
    assert [r.invoice.subscription_id for r in renew(shop.store, utc).issued if r.invoice.account_id == "far"] == [
        s.id
    ] * billed


def test_a_customer_further_west_does_not_stop_the_run_for_those_after_them(shop: Shop) -> None:
    shop.open_account("west", time_zone="Pacific/Pago_Pago")
    shop.subscribe(account="west")
    shop.subscribe()
    run = renew(shop.store, datetime(2026, 4, 1, 1, tzinfo=UTC))
    assert [r.invoice.account_id for r in run.issued] == ["acme"]
    run = renew(shop.store, datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert [r.invoice.account_id for r in run.issued] == ["west"]


def test_an_end_is_the_end_and_a_last_period_may_be_short(shop: Shop) -> None:
    s = shop.subscribe()
    shop.ask(Cancel(subscription_id=s.id))
    short = shop.put(
        Subscription(
            id="short", account_id="acme", plan_id="basic", plan_name="Basic", quantity=1, unit_price=3000,
            frequency=M, anchor_day=1, start=date(2026, 3, 1), renews_on=date(2026, 3, 1), end=date(2026, 4, 16),
        )
    )  # fmt: skip
    run = shop.go(date(2026, 7, 1)).renew()
    assert [(r.invoice.subscription_id, r.invoice.net) for r in run.issued] == [("short", 3000), ("short", 1500)]
    assert shop.again(short).renews_on is None
    shop.agree()


def test_documents_are_not_dated_back(shop: Shop) -> None:
    shop.subscribe()
    shop.go(date(2026, 5, 1)).subscribe()
    with pytest.raises(DateBeforeSeries):
        shop.go(date(2026, 4, 20)).renew()
    assert len(shop.invoices) == 2
    assert shop.go(date(2026, 5, 1)).renew().issued
    shop.agree()


def test_a_new_year_begins_a_series_of_its_own(shop: Shop) -> None:
    shop.go(date(2026, 12, 31)).subscribe(frequency=W)
    shop.go(date(2027, 1, 7)).renew()
    assert [i.number for i in shop.invoices] == ["F-2026-000001", "F-2027-000001"]
    shop.agree()


def test_credit_in_hand_pays_renewals_as_far_as_it_goes(shop: Shop) -> None:
    s = shop.subscribe(quantity=2)
    with shop.store.write() as books:
        from billing.issuing import receive

        receive(books, books.get(Invoice, shop.invoices[0].id), 2420, shop.day, "Transfer")
    shop.credit(shop.invoices[0], 100)
    shop.ask(ChangeLicences(subscription_id=s.id, quantity=1))
    shop.go(date(2026, 6, 1)).renew()
    assert [i.due for i in shop.invoices if i.number.startswith("F")] == [0, 0, 0, 1210]
    assert shop.get(Account, "acme").credit == 0
    shop.agree()


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.sampled_from(Frequency), st.integers(0, 800))
def test_what_is_foretold_is_what_the_calendar_says(start: date, frequency: Frequency, days: int) -> None:
    s = Subscription(
        id="s", account_id="a", plan_id="p", plan_name="P", quantity=1, unit_price=1, frequency=frequency,
        anchor_day=start.isoweekday() if frequency is W else start.day, start=start, renews_on=start,
    )  # fmt: skip
    until = start + (days + 1) * DAY
    assert [r.period for r in upcoming(s, until)] == list(
        billing_periods(start, None, until - DAY, frequency, s.anchor_day)
    )
    found = first_boundary(s, start + days * DAY)
    assert found >= start + days * DAY
    assert found in {start, *(p.end for p in billing_periods(start, None, until, frequency, s.anchor_day))}
