"""The demonstration's payments from end to end: each of the sandbox's cards, by keys, through the real wiring."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing.charges import Charge
from billing.store import Span, Store
from screens.center.payment_methods import PaymentMethodsScreen
from screens.center.payment_result import PaymentResult
from tests.conftest import MARTA, Visit, Visitor
from tui.demo.stage import demo_store
from tui.widgets.held_list import HeldList

OUTCOMES = {
    "ok": "* Paid:",
    "mastercard": "* Paid:",
    "no-funds": "there is not enough money on the account.",
    "tomorrow": "there is not enough money on the account.",
    "declined": "the bank gave no reason.",
    "lost": "the card was reported lost.",
    "expired": "the card has expired.",
    "confirm": "! Your bank wants you to confirm",
    "answer-lost": "! To be confirmed:",
    "request-lost": "! To be confirmed:",
}


@pytest.fixture
def fresh() -> Iterator[Store]:
    """A demonstration of the test's own, to be written to."""
    opened = demo_store()
    yield opened
    opened.close()


def words(visitor: Visitor) -> str:
    return " ".join(visitor.screen_text.replace("│", " ").split())


async def add(visitor: Visitor, card: str) -> None:
    """Add a test card on the sandbox's page, and make it the default."""
    await visitor.press("f4", "enter", "f3", "enter")
    await visitor.press("f4")  # there is a page now
    cards = visitor.app.screen.query_one(HeldList)
    place = [c.name for c in cards.items].index(card)
    await visitor.press(*["down"] * place, "enter")
    assert isinstance(visitor.app.screen, PaymentMethodsScreen)
    assert "* Added:" in visitor.screen_text
    await visitor.press("end", "f7")
    assert "is charged by default from now on" in visitor.screen_text
    await visitor.press("escape")


@pytest.mark.parametrize("card", OUTCOMES)
async def test_each_card_pays_as_it_says(visit: Visit, fresh: Store, card: str) -> None:
    async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
        await add(visitor, card)
        await visitor.press("f9", "enter")
        assert isinstance(visitor.app.screen, PaymentResult)
        assert OUTCOMES[card] in words(visitor)


async def test_a_payment_is_confirmed_at_the_bank_and_told(visit: Visit, fresh: Store) -> None:
    async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
        await add(visitor, "confirm")
        await visitor.press("f9", "enter", "f4", "enter")
        assert "* Paid:" in visitor.screen_text


async def test_a_payment_that_is_not_confirmed_is_not_made(visit: Visit, fresh: Store) -> None:
    async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
        await add(visitor, "confirm")
        await visitor.press("f9", "enter", "f4", "down", "enter")
        assert "it was not confirmed at the bank." in words(visitor)


async def test_a_lost_answer_is_found_by_its_key(visit: Visit, fresh: Store) -> None:
    async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
        await add(visitor, "answer-lost")
        await visitor.press("f9", "enter")
        screen = visitor.app.screen
        assert isinstance(screen, PaymentResult)
        screen._watch.now()
        await visitor.settle()
        assert "* Paid:" in visitor.screen_text
    with fresh.read() as books:
        made = [c for c in books.find(Charge, Span("account", ("acme",)), limit=1000).rows if not c.automatic]
    assert len(made) == 1


async def test_a_direct_debit_is_on_its_way(visit: Visit, fresh: Store) -> None:
    async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
        await visitor.press("f4", "enter", "f3", "down", "enter")
        await visitor.type("ES9121000418450200051332")
        await visitor.press("f9", "end", "f7", "escape", "f9", "enter")
        assert "* On its way:" in visitor.screen_text


async def test_the_demonstration_s_own_card_pays(visit: Visit, fresh: Store) -> None:
    async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
        await visitor.press("f9", "enter")
        assert "* Paid:" in visitor.screen_text
