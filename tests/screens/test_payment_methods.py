"""At the Billing Center: payment methods, by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from billing.payment_gateway import CollectionState, GatewayUnavailable
from billing.payment_methods import PaymentMethod
from billing.store import Span, Store
from screens.center.add_card import AddCard
from screens.center.payment_methods import PaymentMethodsScreen
from tests.conftest import MARTA, SMALL, Visit, Visitor
from tests.screens.till import CARD_PAGE, Till
from tui.demo.stage import demo_store
from tui.look import Borders, Look, Palette

INES = "ines@acme.example"
IBAN = "ES9121000418450200051332"


@pytest.fixture
def fresh() -> Iterator[Store]:
    """A demonstration of the test's own, to be written to."""
    opened = demo_store()
    yield opened
    opened.close()


def methods_of(store: Store, account: str = "acme") -> list[str]:
    with store.read() as books:
        return [m.label for m in books.find(PaymentMethod, Span("account", (account,))).rows]


def words(visitor: Visitor) -> str:
    return " ".join(visitor.screen_text.replace("│", " ").split())


async def at_methods(visitor: Visitor) -> None:
    visitor.app.push_screen(PaymentMethodsScreen())
    await visitor.settle()


class TestTheList:
    async def test_it_says_what_is_charged_for_what(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA, payments=Till) as visitor:
            await at_methods(visitor)
            for said in ("Visa •••• 4242", "12/30", "2 plans", "* Default", "Next charged on 3 Dec 2026"):
                assert said in visitor.screen_text

    async def test_who_may_only_look_is_not_offered_changes(self, visit: Visit) -> None:
        async with visit(signed_in=INES, payments=Till) as visitor:
            await at_methods(visitor)
            assert "Visa •••• 4242" in visitor.screen_text
            assert "F8" not in visitor.screen_text
            await visitor.press("f3", "f8")
            assert isinstance(visitor.app.screen, PaymentMethodsScreen)


class TestAddingACard:
    async def test_the_link_shows_whole_beside_its_code_on_a_small_screen(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, size=SMALL, payments=Till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter")
            assert CARD_PAGE in visitor.screen_text
            assert visitor.screen_text.count("▀▀▀▀▀▀▀") >= 3, "the code shows whole"
            assert "Waiting for you" in visitor.screen_text

    async def test_in_plain_ascii_there_is_the_link_alone(self, visit: Visit, fresh: Store) -> None:
        look = Look(Palette.NONE, Borders.ASCII)
        async with visit(signed_in=MARTA, look=look, payments=Till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter")
            assert CARD_PAGE in visitor.screen_text
            assert "camera" not in visitor.screen_text
            assert "█" not in visitor.screen_text

    async def test_the_card_entered_on_the_page_is_taken_up(self, visit: Visit, fresh: Store) -> None:
        till = Till()
        async with visit(signed_in=MARTA, payments=lambda: till, sandbox=lambda: till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter", "f4")
            assert "not a real payment page" in visitor.screen_text
            await visitor.press("enter")
            assert isinstance(visitor.app.screen, PaymentMethodsScreen)
            assert "* Added: Visa •••• 0077." in visitor.screen_text
            assert methods_of(fresh) == ["Visa •••• 4242", "Visa •••• 0077"]

    async def test_a_refused_page_can_be_opened_anew(self, visit: Visit, fresh: Store) -> None:
        till = Till()
        async with visit(signed_in=MARTA, payments=lambda: till, sandbox=lambda: till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter", "f4", "down", "enter")
            assert "Nothing was added" in visitor.screen_text
            await visitor.press("enter")
            assert len(till.collections) == 2
            assert "Waiting for you" in visitor.screen_text

    async def test_an_expired_link_says_so(self, visit: Visit, fresh: Store) -> None:
        till = Till()
        async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter")
            till.become(next(iter(till.collections)), CollectionState.EXPIRED)
            screen = visitor.app.screen
            assert isinstance(screen, AddCard)
            screen._watch.now()
            await visitor.settle()
            assert "The link has expired. Nothing was added." in words(visitor)

    async def test_a_card_entered_after_leaving_is_not_lost(self, visit: Visit, fresh: Store) -> None:
        till = Till()
        async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter", "escape", "escape", "escape")
            till.enter(next(iter(till.collections)), "Visa")
            await at_methods(visitor)
            assert "* Added: Visa •••• 0077." in visitor.screen_text

    async def test_a_service_that_does_not_answer_is_said_and_can_be_left(self, visit: Visit, fresh: Store) -> None:
        till = Till(fails=GatewayUnavailable(reason="time-out [/] \x1b[2J"))
        async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter")
            assert "cannot be reached: time-out [/] \ufffd[2J. Nothing was charged." in words(visitor)
            await visitor.press("escape", "escape")
            assert isinstance(visitor.app.screen, PaymentMethodsScreen)


class TestAddingABankAccount:
    async def test_iban_bank_mandate_and_agreement(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, payments=Till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "down", "enter")
            assert "LogMeIn Ibérica Demo, S.L." in visitor.screen_text
            await visitor.type(IBAN)
            assert "•••• 1332" in visitor.screen_text
            await visitor.press("f9")
            assert "* Added: Banco de Prueba •••• 1332." in visitor.screen_text

    async def test_a_wrong_digit_is_said_and_what_was_typed_stays(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, payments=Till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "down", "enter")
            await visitor.type(IBAN[:-1] + "3")
            await visitor.press("f9")
            assert "check digits do not agree" in words(visitor)
            assert visitor.app.screen.query_one("#iban", Input).value == IBAN[:-1] + "3"
            assert methods_of(fresh) == ["Visa •••• 4242"]

    async def test_a_card_number_does_not_stay_in_the_field(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, payments=Till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "down", "enter")
            for field in ("#iban", "#holder"):
                visitor.app.screen.query_one(field, Input).value = "4242 4242 4242 4242"
                await visitor.settle()
                assert "This holds a card number. Nothing was kept." in words(visitor)
                assert visitor.app.screen.query_one(field, Input).value == ""


class TestChanging:
    async def test_removing_tells_what_it_brings_first(self, visit: Visit, fresh: Store) -> None:
        till = Till()
        async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f8")
            for said in ("It pays:", "3 Dec 2026", "Nothing is left to charge", "open"):
                assert said in words(visitor)
            await visitor.press("enter", "escape")
            assert methods_of(fresh) == ["Visa •••• 4242"]
            await visitor.press("f8", "f8")
            assert "Removed: Visa •••• 4242." in visitor.screen_text
            assert methods_of(fresh) == []
            assert till.removed == ["card_acme"]

    async def test_the_default_and_each_plan_s_own(self, visit: Visit, fresh: Store) -> None:
        till = Till()
        async with visit(signed_in=MARTA, payments=lambda: till, sandbox=lambda: till, store=lambda: fresh) as visitor:
            await at_methods(visitor)
            await visitor.press("f3", "enter", "f4", "enter", "down", "f7")
            assert "Visa •••• 0077 is charged by default from now on." in visitor.screen_text
            await visitor.press("f6", "right")
            assert "Visa •••• 4242" in visitor.screen_text
            await visitor.press("enter")
            assert "1 plan " in visitor.screen_text
