"""A contact and a representative, each at their own counter at the same time, from request to renewal (M11, M12).

Two whole programs run in one process on one store, as two people over SSH do; each sees what the other does as it
happens, without a key pressed.
"""

from __future__ import annotations

from datetime import date

import pytest

from billing.invoices import Invoice
from billing.renewals import renew
from billing.store import Span, Store
from billing.verify import verify
from screens.enterprise.quote import QuoteScreen
from screens.enterprise.quote_terms import QuoteForm
from tests.conftest import Visit, Visitor
from tui.demo.stage import demo_clock, demo_store

CONTACT, REP, APPROVER = "iberia-facturacion", "desk.elena", "iberia-compras"
RENEWS = date(2027, 2, 15)


@pytest.fixture
def store() -> Store:
    """A store of the journey's own."""
    return demo_store()


async def fill_in(visitor: Visitor, **fields: str) -> None:
    """Put text into fields of a form, by their ids."""
    from textual.widgets import Input

    for name, text in fields.items():
        visitor.app.screen.query_one(f"#{name.replace('__', '-')}", Input).focus()
        await visitor.press("home", "shift+end")
        await visitor.type(text)


async def shown(visitor: Visitor, *texts: str) -> str:
    """Wait until the visitor sees these texts, as a person would: without pressing anything."""
    for _ in range(100):
        if all(text in visitor.screen_text for text in texts):
            return visitor.screen_text
        await visitor.pilot.pause(0.05)
    raise AssertionError(f"{texts} did not appear in:\n{visitor.screen_text}")


async def test_a_quote_from_request_over_two_counter_offers_to_the_renewal(visit: Visit, store: Store) -> None:
    async with visit(signed_in=CONTACT) as contact, visit(signed_in=REP, lang="es") as rep:
        await shown(rep, "Corporación Aérea Penin")
        await contact.press("f6", "f3")
        assert isinstance(contact.app.screen, QuoteForm)
        await fill_in(contact, title="Hangares 2027", quantity__1="150", price__1="40%")
        await contact.press("f2")
        await shown(contact, "Hangares 2027", "The other side is to answer", "€99.00")

        # The representative's queue shows it by itself; they open it and make an offer.
        await shown(rep, "Hangares 2027")
        await open_from_queue(rep, "Hangares 2027")
        await rep.press("f4")
        await fill_in(rep, price__1="10%")
        await rep.press("f2")
        await shown(contact, "It is your turn", "revision 2", "€148.50")

        # First counter-offer, second offer.
        await contact.press("f4")
        await fill_in(contact, price__1="30%", note="Firmamos hoy.")
        await contact.press("f2")
        await shown(rep, "Firmamos hoy.", "115,50")
        await rep.press("f4")
        await fill_in(rep, price__1="20%")

        # While the representative types, the contact comments: nothing typed is lost.
        await contact.press("f7")
        await contact.type("Sin prisa")
        await contact.press("f9")
        await shown(contact, "Sin prisa")
        assert isinstance(rep.app.screen, QuoteForm)
        assert rep.app.screen.typed("price-1") == "20%"
        await rep.press("f2")
        await shown(contact, "revision 4", "€132.00")

        # Second counter-offer, and the last offer agrees to it.
        await contact.press("f4")
        await fill_in(contact, price__1="25%", quantity__1="160")
        await contact.press("f2")
        await shown(rep, "160", "123,75")
        await rep.press("f4", "f2")
        await shown(contact, "revision 6", "€123.75", "approver has to approve")

        async with visit(signed_in=APPROVER) as approver:
            await approver.press("f6")
            await shown(approver, "Hangares 2027")
            await approver.press("enter", "f8", "enter")
            await shown(approver, "Approved by Pablo Otero")
        await shown(contact, "Approved by Pablo Otero")

        await contact.press("f9")
        await shown(contact, "Accept the quote", "Purchase order (required)")
        await contact.type("PO-2027-0001")
        await contact.press("f9")
        await shown(contact, "Accepted by Carmen Sáenz", "15 Feb 2027")
        await shown(rep, "Carmen Sáenz")

        renew(store, demo_clock(RENEWS)(), as_of=RENEWS)
        with store.read() as books:
            invoices = books.find(Invoice, Span("order", ("iberia", "PO-2027-0001"))).rows
        (invoice,) = invoices
        assert invoice.net == 160 * 12375
        assert invoice.quote
        assert invoice.lines[0].quantity == 160

        # The contact reads the order's ledger: what the invoice drew.
        await contact.press("escape", "escape", "f8")
        await shown(contact, "PO-2027-0001")
    assert not list(verify(store))


async def open_from_queue(visitor: Visitor, title: str) -> None:
    """Go down the queue to a line, and open it."""
    for _ in range(30):
        if any(title in line and "›" in line for line in visitor.screen_text.split("\n")):
            break
        await visitor.press("down")
    await visitor.press("enter")
    assert isinstance(visitor.app.screen, QuoteScreen)


async def test_two_people_who_edit_one_order_both_learn_of_it_and_nothing_is_lost(visit: Visit, store: Store) -> None:
    async with visit(signed_in=CONTACT) as contact, visit(signed_in="iberia-pagos") as payer:
        for visitor in (contact, payer):
            await visitor.press("f8", "enter", "f2")
            await shown(visitor, "Compras, Iker Landa")
        await fill_in(contact, budget="70,000.00", note="Raised by Carmen")
        await contact.press("f2")
        await shown(contact, "€70,000.00")
        await fill_in(payer, budget="80,000.00", issuer="Compras, Nerea Sanz")
        await payer.press("f2")
        await shown(payer, "Somebody else was here", "Carmen Sáenz", "€70,000.00", "€80,000.00")
        await payer.press("space", "f2")
        await shown(payer, "€70,000.00", "Nerea Sanz", "Raised by Carmen")
        await shown(contact, "Nerea Sanz")
    assert not list(verify(store))


async def test_two_people_who_edit_one_contact_both_learn_of_it(visit: Visit, store: Store) -> None:
    from tests.screens.test_every_screen import more

    async with visit(signed_in=CONTACT) as contact, visit(signed_in=CONTACT) as other:
        for visitor in (contact, other):
            await visitor.press(*more(7), "down", "enter")
            await shown(visitor, "Signs in as iberia-pagos")
        await fill_in(contact, name="Inés Robledo Gil")
        await contact.press("f2")
        await shown(contact, "Inés Robledo Gil")
        await fill_in(other, name="Agnès Robledo", email="agnes@peninsular.example")
        await other.press("f2")
        await shown(other, "Somebody else was here", "Inés Robledo Gil", "Agnès Robledo")
        await other.press("f2")
        await shown(contact, "Agnès Robledo", "agnes@peninsular.example")
    assert not list(verify(store))


async def test_two_people_who_answer_one_quote_both_learn_of_it_and_nothing_is_lost(visit: Visit, store: Store) -> None:
    async with visit(signed_in=CONTACT) as contact, visit(signed_in=APPROVER) as other:
        for visitor in (contact, other):
            await visitor.press("f6", "enter", "f4")
            await shown(visitor, "Counter-offer")
        await fill_in(contact, price__1="30%")
        await contact.press("f2")
        await shown(contact, "revision 2")
        await fill_in(other, price__1="35%", note="Mine")
        await other.press("f2")
        await shown(other, "Carmen Sáenz changed quote Q-2026-000009", "What you wrote was not sent")
        form = other.app.screen
        assert isinstance(form, QuoteForm)
        assert (form.typed("price-1"), form.typed("note")) == ("35%", "Mine")
        await other.press("f2")
        await shown(contact, "revision 3", "Pablo Otero", "€15.60")
    assert not list(verify(store))
