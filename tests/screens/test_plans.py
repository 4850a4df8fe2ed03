"""Plans, by keys: add one, more and less of it, another frequency, end it and think again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any

import pytest
from textual.widgets import Input

from billing.accounts import Membership, Role
from billing.catalogue import Coupon, Plan, Price
from billing.invoices import Invoice
from billing.periods import Frequency
from billing.record import changed
from billing.store import Span, Store
from billing.subscriptions import Subscription
from screens.center.invoice import InvoiceScreen
from screens.center.plans import PlansScreen
from screens.center.preview import PreviewScreen
from screens.center.timeline import TimelineScreen
from tests.conftest import MARTA, Visit, Visitor
from tui.demo.stage import demo_store

INES = "ines@acme.example"

ACADEMY = Plan(
    id="academy",
    name="Academy",
    about="Courses for those who help others.",
    prices=(Price(Frequency.MONTHLY, "EUR", 1000), Price(Frequency.YEARLY, "EUR", 9000)),
    trial_days=14,
    minimum_months=12,
)

AtPlans = Callable[..., AbstractAsyncContextManager[Visitor]]


@pytest.fixture
def fresh() -> Iterator[Store]:
    """The demonstration's data, to be written to."""
    store = demo_store()
    with store.write() as books:
        books.put(ACADEMY)
        books.put(Coupon(id="HELLO", percent=25, periods=3))
    yield store
    store.close()


@pytest.fixture
def at_plans(visit: Visit, fresh: Store) -> AtPlans:
    """Somebody (Marta, unless another is named) at their plans."""

    @asynccontextmanager
    async def opened(person: str = MARTA, **options: Any) -> AsyncIterator[Visitor]:
        async with visit(signed_in=person, store=lambda: fresh, **options) as visitor:
            await step(visitor, "f6")
            assert isinstance(visitor.app.screen, PlansScreen)
            yield visitor

    return opened


async def step(visitor: Visitor, *keys: str) -> None:
    """Press keys as somebody does who reads each screen first."""
    for key in keys:
        await visitor.press(key)


def said(visitor: Visitor) -> str:
    """The screen's words without its lines, frames and gaps."""
    return " ".join(visitor.screen_text.replace("│", " ").split())


def plans_of(store: Store) -> dict[str, Subscription]:
    with store.read() as books:
        return {s.id: s for s in books.find(Subscription, Span("account", ("acme",))).rows}


def issued(store: Store) -> int:
    with store.read() as books:
        return books.count(Invoice, Span("history", ("acme",)))


async def replace_input(visitor: Visitor, value: str) -> None:
    visitor.app.screen.query_one("#licences", Input).value = value
    await visitor.settle()


class TestTheList:
    async def test_each_plan_says_its_price_frequency_and_what_comes(self, at_plans: AtPlans) -> None:
        async with at_plans() as visitor:
            for words in ("€474.00", "monthly", "Renews 3 Dec 2026", "Renews 31 May 2027", "Visa •••• 4242"):
                assert words in visitor.screen_text
            await step(visitor, "down")
            assert "1 x €190.00 per licence, yearly" in visitor.screen_text

    async def test_whoever_may_only_read_is_offered_nothing_that_would_be_refused(self, at_plans: AtPlans) -> None:
        async with at_plans(INES) as visitor:
            assert "F3 Add" not in visitor.screen_text
            await step(visitor, "f4", "f3")
            assert isinstance(visitor.app.screen, PlansScreen)
            await step(visitor, "enter")
            assert "Change the licences" not in visitor.screen_text
            assert "Leave it as it is" in visitor.screen_text

    async def test_whoever_pays_may_choose_what_is_charged(self, at_plans: AtPlans, fresh: Store) -> None:
        with fresh.write() as books:
            ines = next(m for m in books.every(Membership) if (m.person_id, m.account_id) == ("ines", "acme"))
            books.put(changed(ines, role=Role.PAYER))
        async with at_plans(INES) as visitor:
            await step(visitor, "enter")
            assert "Choose what it is charged to" in visitor.screen_text
            assert "Cancel the plan" not in visitor.screen_text

    async def test_its_timeline_is_one_choice_away(self, at_plans: AtPlans) -> None:
        async with at_plans() as visitor:
            await step(visitor, "enter", "end", "up", "enter")
            assert isinstance(visitor.app.screen, TimelineScreen)
            assert visitor.app.screen.subscription_id == "acme.s1"

    async def test_without_plans_it_says_where_they_are(self, at_plans: AtPlans) -> None:
        async with at_plans("agora@clinica.example") as visitor:
            assert "F3 shows what is on offer" in visitor.screen_text
            await step(visitor, "enter", "f4", "f6")
            assert isinstance(visitor.app.screen, PlansScreen)

    async def test_hostile_names_are_only_shown(self, at_plans: AtPlans) -> None:
        async with at_plans("mallory@evil.example") as visitor:
            await step(visitor, "enter", "escape", "f4", "enter")
            assert "\x1b" not in visitor.screen_text


class TestAdding:
    async def test_the_catalogue_says_prices_savings_trial_and_minimum(self, at_plans: AtPlans) -> None:
        async with at_plans() as visitor:
            await step(visitor, "f3")
            assert "€10.00" in visitor.screen_text
            assert "Courses for those who help others." in visitor.screen_text
            assert "Free trial of 14 days" in visitor.screen_text
            assert "Minimum term: 12 months" in visitor.screen_text
            await step(visitor, "left", "left")
            assert "yearly" in visitor.screen_text
            assert "25% less" in visitor.screen_text

    async def test_a_plan_is_added_invoiced_and_listed(self, at_plans: AtPlans, fresh: Store) -> None:
        before = issued(fresh)
        async with at_plans() as visitor:
            await step(visitor, "f3", "down", "down", "enter")
            assert "Service Desk" in visitor.screen_text
            await replace_input(visitor, "3")
            assert "3 x €24.00 = €72.00, monthly, before tax" in visitor.screen_text
            await step(visitor, "enter")
            for words in ("To pay now: €87.12", "Takes effect today", "VAT 21%", "€15.12", "Next invoices"):
                assert words in visitor.screen_text
            assert issued(fresh) == before
            await step(visitor, "enter")
            assert "The plan was added." in visitor.screen_text
            assert "was issued: €87.12 is due on" in said(visitor)
            assert issued(fresh) == before + 1
            await step(visitor, "enter")
            assert isinstance(visitor.app.screen, InvoiceScreen)
            await step(visitor, "escape", "escape")
            assert isinstance(visitor.app.screen, PlansScreen)
            assert "3 x Service Desk" in visitor.screen_text

    async def test_a_trial_costs_nothing_today(self, at_plans: AtPlans, fresh: Store) -> None:
        before = issued(fresh)
        async with at_plans() as visitor:
            await step(visitor, "f3", "enter")
            await step(visitor, "enter")
            assert "Nothing to pay now." in visitor.screen_text
            assert "Free trial until 6 Dec 2026; then the first invoice." in visitor.screen_text
            assert "Minimum term: not reduced or ended before 7 Dec 2027." in visitor.screen_text
            await step(visitor, "f9", "enter")
            assert "Trial to 6 Dec 2026" in visitor.screen_text
        assert issued(fresh) == before

    async def test_a_coupon_is_taken_off_and_a_wrong_one_keeps_what_was_typed(self, at_plans: AtPlans) -> None:
        async with at_plans() as visitor:
            await step(visitor, "f3", "down", "down", "enter")
            await replace_input(visitor, "2")
            await step(visitor, "tab", "tab")
            await visitor.type("nope")
            await step(visitor, "enter")
            assert "The code nope cannot be used here" in said(visitor)
            visitor.app.screen.query_one("#coupon", Input).value = "hello"
            await step(visitor, "enter")
            assert "25% discount until 22 Feb 2027" in said(visitor)
            assert "€36.00" in visitor.screen_text
            await step(visitor, "escape")
            fields = [field.value for field in visitor.app.screen.query(Input)]
            assert fields == ["2", "hello"]

    @pytest.mark.parametrize("typed", ["", "0", "999999"])
    async def test_a_number_that_cannot_be_is_refused_kindly(self, at_plans: AtPlans, typed: str) -> None:
        async with at_plans() as visitor:
            await step(visitor, "f4")
            await replace_input(visitor, typed)
            await step(visitor, "enter")
            assert "Choose from 1 to 10,000 licences." in said(visitor)


class TestMore:
    async def test_an_upgrade_credits_and_charges_the_days_that_are_left(self, at_plans: AtPlans, fresh: Store) -> None:
        async with at_plans() as visitor:
            await step(visitor, "down", "f6")
            assert "+€50.00" in visitor.screen_text
            await step(visitor, "down", "enter")
            assert "189 de 365 días" in said(visitor)
            assert "Unattended Access, 25 computers" in visitor.screen_text
            due = plans_of(fresh)["acme.s2"]
            assert due.plan_id == "unattended-25"
            await step(visitor, "enter", "escape")
            assert "The plan was changed." not in visitor.screen_text
            assert plans_of(fresh)["acme.s2"].plan_id == "service-desk"
            assert "1 x Service Desk" in visitor.screen_text

    async def test_licences_go_up_by_keys(self, at_plans: AtPlans, fresh: Store) -> None:
        async with at_plans() as visitor:
            await step(visitor, "f4", "up", "up", "down", "up")
            assert "8 x €79.00 = €632.00" in visitor.screen_text
            await step(visitor, "enter")
            assert "To pay now: €63.73" in visitor.screen_text
            await step(visitor, "enter", "escape")
            assert plans_of(fresh)["acme.s1"].quantity == 8
            assert "8 x GoToAssist" in visitor.screen_text

    async def test_monthly_becomes_yearly_today(self, at_plans: AtPlans, fresh: Store) -> None:
        async with at_plans() as visitor:
            await step(visitor, "enter", "down", "down", "enter")
            assert "16% less" in visitor.screen_text
            await step(visitor, "end", "enter")
            assert "To pay now: €5,544.22" in visitor.screen_text
            await step(visitor, "end")
            assert "€764.72 less in twelve months" in visitor.screen_text
            await step(visitor, "enter", "escape")
            assert "Renews 23 Nov 2027" in visitor.screen_text
        assert plans_of(fresh)["acme.s1"].frequency is Frequency.YEARLY


class TestLess:
    async def test_a_downgrade_waits_and_is_taken_back(self, at_plans: AtPlans, fresh: Store) -> None:
        before = issued(fresh)
        async with at_plans() as visitor:
            await step(visitor, "f4", "down", "down", "enter")
            assert "Nothing to pay now." in visitor.screen_text
            assert "Takes effect on 3 Dec 2026; until then you can take this back." in visitor.screen_text
            await step(visitor, "enter")
            assert "The change is noted." in visitor.screen_text
            await step(visitor, "enter")
            assert "Changes 3 Dec 2026" in visitor.screen_text
            assert "From 3 Dec 2026: 4 x GoToAssist Remote Support 5 Plus, monthly." in visitor.screen_text
            assert plans_of(fresh)["acme.s1"].quantity == 6
            await step(visitor, "enter", "enter")
            assert "Planned from 3 Dec 2026" in visitor.screen_text
            await step(visitor, "enter")
            assert "The waiting change was taken back." in visitor.screen_text
            await step(visitor, "enter")
            assert "Renews 3 Dec 2026" in visitor.screen_text
        assert plans_of(fresh)["acme.s1"].pending is None
        assert issued(fresh) == before

    async def test_cancelling_says_the_last_day_and_can_be_taken_back(self, at_plans: AtPlans, fresh: Store) -> None:
        async with at_plans() as visitor:
            await step(visitor, "enter", "down", "down", "down", "enter")
            assert "runs until 2 Dec 2026," in visitor.screen_text
            await step(visitor, "down", "tab")
            await visitor.type("too.many")
            await step(visitor, "enter")
            assert "It runs until 2 Dec 2026, then ends" in visitor.screen_text
            assert "No more invoices for this plan." in visitor.screen_text
            await step(visitor, "escape")
            assert visitor.app.screen.query_one("#remark", Input).value == "too.many"
            await step(visitor, "enter", "enter", "enter")
            assert "Ends 2 Dec 2026" in visitor.screen_text
            assert plans_of(fresh)["acme.s1"].cancel_reason.endswith(": too.many")
            await step(visitor, "enter", "enter")
            assert "It goes on as before" in visitor.screen_text
            await step(visitor, "enter", "enter")
            assert "Renews 3 Dec 2026" in visitor.screen_text
        assert plans_of(fresh)["acme.s1"].end is None


class TestConfirming:
    async def test_what_moved_meanwhile_is_shown_and_asked_again(self, at_plans: AtPlans, fresh: Store) -> None:
        before = issued(fresh)
        async with at_plans() as visitor:
            await step(visitor, "f3", "down", "down", "enter", "enter")
            assert "To pay now: €29.04" in visitor.screen_text
            with fresh.write() as books:
                desk = books.get(Plan, "service-desk")
                books.put(changed(desk, prices=(Price(Frequency.MONTHLY, "EUR", 3000),)))
            await step(visitor, "enter")
            assert "Something changed since this preview" in said(visitor)
            assert "To pay now: €36.30" in visitor.screen_text
            assert issued(fresh) == before
            await step(visitor, "enter")
            assert "The plan was added." in visitor.screen_text
        assert issued(fresh) == before + 1

    async def test_what_cannot_be_any_more_cannot_be_confirmed(self, at_plans: AtPlans, fresh: Store) -> None:
        before = issued(fresh)
        async with at_plans() as visitor:
            await step(visitor, "f3", "down", "down", "enter", "enter")
            with fresh.write() as books:
                books.put(changed(books.get(Plan, "service-desk"), offered=False))
            await step(visitor, "enter")
            assert "is not sold this way" in said(visitor)
            assert "Enter Confirm" not in visitor.screen_text
            await step(visitor, "enter", "f9")
            assert isinstance(visitor.app.screen, PreviewScreen)
        assert issued(fresh) == before

    async def test_a_person_in_a_hurry_buys_once(self, at_plans: AtPlans, fresh: Store) -> None:
        before = issued(fresh)
        async with at_plans() as visitor:
            await step(visitor, "f3", "down", "down", "enter", "enter")
            for _ in range(4):
                visitor.app.screen.action_confirm()  # type: ignore[attr-defined]
            await visitor.settle()
            assert "The plan was added." in visitor.screen_text
        assert issued(fresh) == before + 1
        assert len(plans_of(fresh)) == 3

    async def test_the_amount_stays_in_sight_and_the_language_changes_in_place(self, at_plans: AtPlans) -> None:
        async with at_plans() as visitor:
            await step(visitor, "f4", "up", "enter", "end")
            assert "To pay now: €31.86" in visitor.screen_text
            assert "twelve months" in visitor.screen_text
            visitor.app.session.language = type(visitor.app.session.language)("es")
            await visitor.app.retell()
            await visitor.settle()
            assert "31,86" in visitor.screen_text
            assert isinstance(visitor.app.screen, PreviewScreen)

    async def test_the_overview_tells_the_change_too(self, at_plans: AtPlans) -> None:
        async with at_plans() as visitor:
            await step(visitor, "f4", "up", "enter", "enter", "escape", "escape")
            assert "7 x GoToAssist Remote Support 5 Plus" in visitor.screen_text


def test_the_demonstration_stands_where_these_tests_expect_it(fresh: Store) -> None:
    found = plans_of(fresh)
    assert found["acme.s1"].renews_on == date(2026, 12, 3)
    assert found["acme.s2"].renews_on == date(2027, 5, 31)
