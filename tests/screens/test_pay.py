"""At the Billing Center: paying, by keys; each payment once, and every answer told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from billing.charges import Charge, ChargeState
from billing.invoices import Invoice
from billing.money import Money
from billing.payment_gateway import Declined, NeedsCustomer, Outcome, Processing, Unknown
from billing.store import Span, Store
from screens.center.pay import PayScreen
from screens.center.payment_result import PaymentResult
from tests.conftest import MARTA, Visit, Visitor
from tests.screens.till import BANK_PAGE, Till
from tui.demo.stage import demo_store


@pytest.fixture
def fresh() -> Iterator[Store]:
    """A demonstration of the test's own, to be written to."""
    opened = demo_store()
    yield opened
    opened.close()


def open_invoices(store: Store, account: str = "acme") -> list[Invoice]:
    with store.read() as books:
        return list(books.find(Invoice, Span("due", (account,))).rows)


def charges(store: Store, account: str = "acme") -> list[Charge]:
    with store.read() as books:
        return [c for c in books.find(Charge, Span("account", (account,)), limit=1000).rows if not c.automatic]


def words(visitor: Visitor) -> str:
    return " ".join(visitor.screen_text.replace("│", " ").split())


async def at_the_till(visitor: Visitor) -> None:
    visitor.app.push_screen(PayScreen())
    await visitor.settle()


async def look_again(visitor: Visitor) -> None:
    screen = visitor.app.screen
    assert isinstance(screen, PaymentResult)
    screen._watch.now()
    await visitor.settle()


async def test_all_that_is_open_is_marked_and_paid_with_one_key(visit: Visit, fresh: Store) -> None:
    till = Till()
    owed = sum(i.due for i in open_invoices(fresh))
    async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        assert visitor.screen_text.count("[x]") == len(open_invoices(fresh))
        assert "Visa •••• 4242 (default)" in visitor.screen_text
        await visitor.press("enter")
        assert "* Paid:" in visitor.screen_text
        await visitor.press("enter")
        assert "Nothing to pay. Thank you." in visitor.screen_text
    assert [amount for amount, _ in till.asked.values()] == [Money(owed, "EUR")]
    assert open_invoices(fresh) == []


async def test_space_leaves_an_invoice_out(visit: Visit, fresh: Store) -> None:
    till = Till()
    async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        await visitor.press(*("space", "down") * len(open_invoices(fresh)), "enter")
        assert "Nothing is marked. Nothing was charged." in visitor.screen_text
        await visitor.press("space", "f9")
        assert "* Paid:" in visitor.screen_text
    assert len(till.asked) == 1


async def test_a_part_is_said_back_before_it_is_taken(visit: Visit, fresh: Store) -> None:
    till = Till()
    async with visit(lang="es", signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        await visitor.press("f4")
        await visitor.type("12,5")
        assert "= 12,50 €" in visitor.screen_text
        await visitor.press("enter", "enter")
    assert charges(fresh)[-1].shares[0].amount == 1250


@pytest.mark.parametrize("typed", ["0", "99999999", "abc", "-5", "\u202e5", "4242424242424242"])
async def test_an_amount_that_cannot_be_paid_is_refused_where_it_was_typed(
    visit: Visit, fresh: Store, typed: str
) -> None:
    async with visit(signed_in=MARTA, payments=Till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        await visitor.press("f4")
        visitor.app.screen.query_one("#amount", Input).value = typed
        await visitor.press("enter")
        assert "!" in visitor.screen_text
        assert visitor.app.screen.query_one("#amount", Input).value == typed


async def test_pressing_again_and_again_charges_once(visit: Visit, fresh: Store) -> None:
    till = Till()
    async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        screen = visitor.app.screen
        assert isinstance(screen, PayScreen)
        for _ in range(4):
            screen.action_pay()
        await visitor.settle()
    assert len(till.asked) == 1
    assert len(charges(fresh)) == 1


async def test_a_declined_payment_says_why_and_can_be_made_again(visit: Visit, fresh: Store) -> None:
    answers: list[Outcome] = [Declined("ch_1", "insufficient_funds", may_retry=True)]
    till = Till(answer=lambda key: answers.pop() if answers else Processing(key))
    async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        await visitor.press("enter")
        assert "there is not enough money on the account" in words(visitor)
        assert "Nothing was charged" in words(visitor)
        await visitor.press("enter", "enter")
        assert "* On its way:" in visitor.screen_text
    assert len(till.asked) == 2


async def test_a_payment_to_confirm_shows_the_bank_s_page_and_goes_on_by_itself(visit: Visit, fresh: Store) -> None:
    till = Till(answer=lambda key: NeedsCustomer(key, BANK_PAGE))
    async with visit(signed_in=MARTA, payments=lambda: till, sandbox=lambda: till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        await visitor.press("enter")
        assert BANK_PAGE in visitor.screen_text
        assert visitor.screen_text.count("▀▀▀▀▀▀▀") >= 3, "the code shows whole"
        await visitor.press("escape")
        assert "under way" in visitor.screen_text
        await visitor.press("enter")
        assert "Nothing is marked" in visitor.screen_text
        await visitor.press("f6", "f4", "enter")
        assert "* Paid:" in visitor.screen_text
    assert len(till.asked) == 1
    assert open_invoices(fresh) == []


async def test_a_lost_answer_is_looked_up_and_never_charged_again(visit: Visit, fresh: Store) -> None:
    till = Till(answer=lambda key: Unknown())
    async with visit(signed_in=MARTA, payments=lambda: till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        await visitor.press("enter")
        assert "! To be confirmed:" in visitor.screen_text
        await visitor.press("escape", "enter", "f9")
        assert len(till.asked) == 1
        await visitor.press("f6")
        (key,) = till.outcomes
        till.outcomes[key] = Processing("ch_late")
        await look_again(visitor)
        assert "* On its way:" in visitor.screen_text
    assert [c.state for c in charges(fresh)] == [ChargeState.PROCESSING]
    assert len(till.asked) == 1


async def test_without_a_method_it_says_what_to_do(visit: Visit, fresh: Store) -> None:
    async with visit(signed_in="billing@erez.example", payments=Till, store=lambda: fresh) as visitor:
        await at_the_till(visitor)
        assert "no payment method that can be charged" in visitor.screen_text
        assert "Add a card or a bank account under Payment methods." in visitor.screen_text
