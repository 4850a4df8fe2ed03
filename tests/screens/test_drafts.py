"""What is typed into a form outlives a visit that is cut short: the next one offers it, in that form alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.widgets import Input

from billing.purchase_orders import PurchaseOrder
from billing.store import Store
from screens.center.billing_information import BillingInformationScreen
from screens.counter_screen import CounterScreen
from screens.enterprise.invite import InviteForm
from screens.enterprise.order_form import OrderForm
from screens.enterprise.quote_terms import QuoteForm
from screens.front.change_password import ChangePassword
from tests.conftest import IBERIA, MARTA, Visit, Visitor
from tui.demo.stage import demo_store


@pytest.fixture
def own() -> Iterator[Store]:
    """A demonstration that a test may change."""
    opened = demo_store()
    yield opened
    opened.close()


async def open_at(visitor: Visitor, made: Callable[..., CounterScreen[Any]], *about: Any) -> CounterScreen[Any]:
    screen = made(*about)
    visitor.app.push_screen(screen)
    await visitor.settle()
    return screen


def fields(visitor: Visitor) -> dict[str, str]:
    return {field.id or "": field.value for field in visitor.app.screen.query(Input)}


@pytest.mark.parametrize(
    ("who", "form", "field"),
    [
        (MARTA, BillingInformationScreen, "city"),
        (IBERIA, InviteForm, "email"),
        (IBERIA, OrderForm, "note"),
        (IBERIA, QuoteForm, "conditions"),
    ],
)
@pytest.mark.parametrize("lang", ["es", "en"])
async def test_what_was_typed_comes_back_by_f4(
    visit: Visit, own: Store, who: str, form: type[CounterScreen[Any]], field: str, lang: str
) -> None:
    async with visit(signed_in=who, store=lambda: own) as visitor:
        await open_at(visitor, form)
        before = fields(visitor)
        visitor.app.screen.query_one(f"#{field}", Input).focus()
        await visitor.press("end", "ctrl+u")
        await visitor.type("half typed")
        visitor.app.exit()
        await visitor.pilot.pause()
    async with visit(signed_in=who, store=lambda: own, lang=lang) as visitor:
        await open_at(visitor, form)
        assert "F4" in visitor.screen_text
        assert max(map(len, visitor.screen_text.splitlines())) <= 80
        assert fields(visitor)[field] == before[field]
        await visitor.press("f4")
        assert fields(visitor)[field] == "half typed"
        assert "F4" not in visitor.screen_text
        await visitor.press("escape")
        assert visitor.app.screen.query("#form, #fields"), "it is not saved, and not left at once"


async def test_lines_that_were_added_come_back_too(visit: Visit, own: Store) -> None:
    async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
        await open_at(visitor, QuoteForm)
        await visitor.press("f3", "f3")
        visitor.app.screen.query_one("#quantity-3", Input).value = "77"
        visitor.app.exit()
        await visitor.pilot.pause()
    async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
        await open_at(visitor, QuoteForm)
        await visitor.press("f4")
        assert fields(visitor)["quantity-3"] == "77"


async def test_it_is_offered_in_that_form_alone_and_once(visit: Visit, own: Store) -> None:
    with own.read() as books:
        order = next(o for o in books.every(PurchaseOrder) if o.account_id == "iberia")
    async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
        await open_at(visitor, OrderForm, order)
        visitor.app.screen.query_one("#note", Input).value = "half typed"
        visitor.app.exit()
        await visitor.pilot.pause()
    async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
        for about, offered in (((), False), ((order,), True), ((order,), False)):
            await open_at(visitor, OrderForm, *about)
            assert ("F4" in visitor.screen_text) == offered
            await visitor.press("escape", "escape")


async def test_an_offer_that_was_not_taken_up_is_kept_once_more_when_the_next_visit_is_cut_short(
    visit: Visit, own: Store
) -> None:
    for _ in range(2):
        async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
            await open_at(visitor, InviteForm)
            if "F4" not in visitor.screen_text:
                visitor.app.screen.query_one("#name", Input).value = "Nuria"
            visitor.app.exit()
            await visitor.pilot.pause()
    async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
        await open_at(visitor, InviteForm)
        await visitor.press("f4")
        assert fields(visitor)["name"] == "Nuria"


async def test_a_password_is_never_kept(visit: Visit, own: Store) -> None:
    async with visit(signed_in=MARTA, store=lambda: own) as visitor:
        screen = await open_at(visitor, ChangePassword)
        for field in screen.query(Input):
            field.value = "a secret of mine"
        visitor.app.exit()
        await visitor.pilot.pause()
    with own.read() as books:
        from billing.drafts import FormDraft

        assert not books.every(FormDraft)
