"""The sentences of the mission that no other journey walks, each by its number, through the real program."""

from __future__ import annotations

import re

import pytest

from billing.credentials import Credential
from billing.desk import Desk
from billing.history import Question, list_invoices, open_invoice
from billing.invoices import Invoice
from billing.ordering import create_order
from billing.purchase_orders import OrderTerms
from billing.sign_in import open_desk, standings
from billing.store import Span, Store
from billing.vendor import Vendor
from billing.verify import verify
from gateways.documents.local import LocalDocuments
from tests.conftest import IBERIA, LUIS, MARTA, Visit, Visitor, standing_of
from tests.journeys.test_negotiation import fill_in, shown
from tests.screens.test_every_screen import more
from tui.demo.stage import DEMO_PASSWORD, demo_clock, demo_store


@pytest.fixture
def store() -> Store:
    """A store of the journey's own."""
    return demo_store()


async def sign_in(visitor: Visitor, door: int, user: str, password: str) -> None:
    """Go to a door by its place on the list, and type."""
    await visitor.press(*["down"] * door, "enter")
    await visitor.type(user)
    await visitor.press("enter")
    await visitor.type(password)
    await visitor.press("enter")


CENTER, PORTAL, DESK = range(3)


async def test_m2_a_proven_person_at_the_wrong_counter_is_shown_the_right_one(visit: Visit) -> None:
    async with visit() as visitor:
        await sign_in(visitor, CENTER, "carmen@peninsular.example", DEMO_PASSWORD)
        await shown(visitor, "Another counter", "Enterprise Billing Portal")
        assert "€" not in visitor.screen_text, "nothing of the account is shown"


async def test_m7_a_member_sees_whom_to_ask_and_nothing_else(visit: Visit) -> None:
    async with visit(signed_in=LUIS) as visitor:
        text = await shown(visitor, "Marta Ruiz Peña", "marta@acme.example")
        assert "F-2026" not in text
        for key in ("f3", "f4", "f6", "f9"):
            await visitor.press(key)
        assert "F-2026" not in visitor.screen_text


@pytest.mark.parametrize(("lang", "words"), [("es", "contacto de facturación"), ("en", "billing contact")])
async def test_m9_help_tells_about_billing_contacts_in_both_languages(visit: Visit, lang: str, words: str) -> None:
    async with visit(lang=lang) as visitor:
        await visitor.press("enter", "f1")
        text = " ".join(visitor.screen_text.split())
        assert words in text


async def test_m10_a_contact_is_invited_creates_a_password_and_is_handed_the_account(
    visit: Visit, store: Store
) -> None:
    async with visit(signed_in=IBERIA) as owner:
        await owner.press(*more(7), "f3")
        await fill_in(owner, name="Ana Gil", email="ana@peninsular.example", user_id="iberia-ana")
        await owner.press("f2")
        await shown(owner, "Ana Gil (invited)")
        code = await mailed_code(owner, "ana@peninsular.example")
        async with visit() as ana:
            await ana.press("down", "enter", "f6", "f6")
            await fill_in(ana, code=code, password="a quiet harbour 1", again="a quiet harbour 1")
            await ana.press("f2")
            await shown(ana, "The new password is saved")
            await ana.press("escape")
            await ana.press("home")
            await sign_in(ana, PORTAL, "iberia-ana", "a quiet harbour 1")
            await shown(ana, "Corporación Aérea", "Ana Gil")
            await owner.press("escape", *more(7))
            assert "(invited)" not in await shown(owner, "Ana Gil")
            await owner.press("f6")
            await shown(owner, "Hand the account over to")
            await owner.press("down", "down", "enter")
            await shown(owner, "offers to hand the account over to Ana Gil")
            await ana.press(*more(7), "f6")
            await shown(ana, "The account is offered to you")
            await ana.press("enter")
            await shown(ana, "Contacts", "Carmen Sáenz")
            assert [line.split()[-2:] for line in ana.screen_text.split("\n") if "Ana Gil" in line] == [
                ["billing", "contact"]
            ]
            assert "Invite" not in await shown(owner, "Ana Gil", "viewer")
    assert not list(verify(store))


async def mailed_code(visitor: Visitor, address: str) -> str:
    """The code in the demonstration's mail to an address."""
    services = visitor.app.session.services
    assert services.mailbox is not None
    for _ in range(100):
        for mail in services.mailbox():
            found = re.search(r"^(?:Your code|Su código): (\S+)$", mail, re.MULTILINE)
            if found and mail.startswith(address):
                return found[1]
        await visitor.pilot.pause(0.05)
    raise AssertionError(f"no code for {address}: {services.mailbox()}")


async def test_m11_an_invoice_that_waits_for_its_order_goes_out_when_it_is_entered(visit: Visit, store: Store) -> None:
    async with visit(signed_in="desk.elena") as rep:
        await shown(rep, "The invoice from 30 Oct 2026 waits")
        zoe = desk_of(store, "enterprise", "compta@lumiere.example")
        terms = OrderTerms(issuer="Achats", valid_from=zoe.today, budget=10_000_000)
        create_order(zoe, "LUM-26-099", terms, attach=("lumiere.s1",))
        for _ in range(100):
            if "The invoice from 30 Oct 2026 waits" not in rep.screen_text:
                break
            await rep.pilot.pause(0.05)
        assert "The invoice from 30 Oct 2026 waits" not in rep.screen_text
    with store.read() as books:
        (invoice,) = books.find(Invoice, Span("order", ("lumiere", "LUM-26-099"))).rows
    assert invoice.renewals == ("lumiere.s1:2026-10-30",)
    assert not list(verify(store))


def desk_of(store: Store, counter: str, user: str) -> Desk:
    """The desk behind a user ID at one counter."""
    with store.read() as books:
        credential = books.find(Credential, Span("user_id", (counter, user))).rows[0]
    identity = standings(store, credential)
    return open_desk(store, demo_clock(), identity, identity.standings[0])


async def test_m13_the_user_id_on_the_invoice_opens_the_portal_and_no_other_door(visit: Visit, store: Store) -> None:
    credential, standing = standing_of(store, IBERIA)
    desk = open_desk(store, demo_clock(), standings(store, credential), standing)
    newest = list_invoices(desk, Question(), limit=1).rows[0]
    with store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
    printed = LocalDocuments().text(open_invoice(desk, newest.id), vendor, 80)
    assert IBERIA in str(printed)
    async with visit() as visitor:
        await sign_in(visitor, CENTER, IBERIA, DEMO_PASSWORD)
        await shown(visitor, "Invalid user ID/password")
    async with visit() as visitor:
        await sign_in(visitor, PORTAL, MARTA, DEMO_PASSWORD)
        await shown(visitor, "Invalid user ID/password")
    async with visit() as visitor:
        await sign_in(visitor, PORTAL, IBERIA, DEMO_PASSWORD)
        await shown(visitor, "Corporación Aérea", "Carmen Sáenz")


async def test_m14_the_two_messages_tell_nothing_of_whether_an_account_exists(visit: Visit) -> None:
    async with visit(lang="es") as visitor:
        await sign_in(visitor, PORTAL, "no es válido", "x")
        await shown(visitor, "ID de usuario no válido")
    said = []
    for user in (IBERIA, "nadie.conocido", "desk.elena"):
        async with visit(lang="es") as visitor:
            await sign_in(visitor, PORTAL, user, "no es esta")
            text = await shown(visitor, "ID de usuario/contraseña no válidos")
            said.append(text.replace(user, "").replace(" ", ""))
    assert len(set(said)) == 1


async def test_m15_a_forgotten_password_is_made_anew_with_a_mailed_code(visit: Visit, store: Store) -> None:
    async with visit(lang="es") as visitor, visit(signed_in=IBERIA) as elsewhere:
        await visitor.press("down", "enter", "f6")
        await visitor.type(IBERIA)
        await visitor.press("enter")
        await shown(visitor, "Si el ID de usuario existe")
        code = await mailed_code(visitor, "carmen@peninsular.example")
        await fill_in(visitor, code=code, password="un puerto tranquilo", again="un puerto tranquilo")
        await visitor.press("f2")
        await shown(visitor, "Inicie sesión con ella")
        # The visit that was open elsewhere has ended, and says so.
        await elsewhere.press("f3")
        await shown(elsewhere, "Your visit has ended")
        await visitor.press("escape", "home")
        await sign_in(visitor, PORTAL, IBERIA, "un puerto tranquilo")
        await shown(visitor, "Carmen Sáenz")
    async with visit() as unknown:
        await unknown.press("down", "enter", "f6")
        await unknown.type("nobody.at.all")
        await unknown.press("enter")
        await shown(unknown, "If the user ID exists")
    assert not list(verify(store))
