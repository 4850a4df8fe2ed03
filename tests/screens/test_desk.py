"""The representative's desk on screens: the door, the day, the accounts, and what is done on one of them."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from billing.accounts import Account
from billing.invoices import Invoice, InvoiceType
from billing.record import changed
from billing.representatives import Representative
from billing.store import Store
from screens.center.invoice import InvoiceScreen
from screens.desk.accounts import DeskAccounts
from screens.desk.credit_note import CreditNoteForm
from screens.desk.queue import QueueScreen
from screens.enterprise.approval_rule import ApprovalRule
from screens.enterprise.overview import EnterpriseOverview
from screens.enterprise.quote import QuoteScreen
from screens.front.door import Door
from screens.front.sign_in import SignIn
from tests.conftest import IBERIA, LARGE, MARTA, Visit, Visitor
from tui.demo.stage import DEMO_PEOPLE, demo_store

ELENA, TERESA, BRUNO = "desk.elena", "desk.teresa", "desk.bruno"
ELENAS = {"faros", "iberia", "lumiere", "atlantico", "vacia"}


@pytest.fixture
def fresh() -> Store:
    """A store of its own, for a test that writes."""
    return demo_store()


def accounts_shown(visitor: Visitor) -> set[str]:
    screen = visitor.app.screen
    assert isinstance(screen, DeskAccounts)
    return {row.item.account.id for row in screen._rows}


async def test_the_door_leads_a_representative_to_what_waits_and_a_contact_nowhere(visit: Visit) -> None:
    who = next(p for p in DEMO_PEOPLE if p.user_id == ELENA)
    async with visit() as visitor:
        await visitor.press("down", "down", "enter")
        assert isinstance(visitor.app.screen, SignIn)
        await visitor.type(IBERIA)
        await visitor.press("enter")
        await visitor.type(next(p.password for p in DEMO_PEOPLE if p.user_id == IBERIA))
        await visitor.press("enter")
        assert "Invalid user ID/password" in visitor.screen_text
        visitor.app.screen.query_one("#user", Input).value = who.user_id
        await visitor.type(who.password)
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, QueueScreen)
        assert "A quote is asked for" in visitor.screen_text
        assert visitor.app.session.desk is None


async def test_opened_for_the_desk_it_asks_who_is_there_at_once(visit: Visit) -> None:
    async with visit(demo_people=(), desk_door=True) as visitor:
        assert type(visitor.app.screen).__name__ == SignIn.__name__
        assert "Representative's desk" in visitor.screen_text
        await visitor.press("escape")
        assert isinstance(visitor.app.screen_stack[-1], Door)
        assert "Representative's desk" in visitor.screen_text


async def test_no_door_where_the_vendor_is_not(visit: Visit) -> None:
    async with visit(demo_people=(), desk_door=False) as visitor:
        assert "Representative's desk" not in visitor.screen_text


@pytest.mark.parametrize(("person", "own"), [(ELENA, ELENAS), (TERESA, ELENAS), (BRUNO, {"rhein", "olimpo"})])
async def test_each_sees_their_accounts_and_a_lead_the_teams(visit: Visit, person: str, own: set[str]) -> None:
    async with visit(signed_in=person, size=LARGE) as visitor:
        await visitor.press("f3")
        assert accounts_shown(visitor) == own


async def test_only_a_lead_chooses_whose_day_to_see(visit: Visit) -> None:
    async with visit(signed_in=TERESA) as visitor:
        assert "Teresa Vidal" in visitor.screen_text.split("\n")[0]
        await visitor.press("f4")
        assert "Elena Prats" in visitor.screen_text.split("\n")[0]
        await visitor.press("f4")
        assert "Teresa Vidal" in visitor.screen_text.split("\n")[0]
    async with visit(signed_in=ELENA) as visitor:
        assert "F4" not in visitor.screen_text.split("\n")[-1]


async def test_enter_opens_what_waits_and_coming_back_leaves_the_account(visit: Visit) -> None:
    async with visit(signed_in=ELENA) as visitor:
        await visitor.press("down", "enter")
        assert isinstance(visitor.app.screen, QuoteScreen)
        assert visitor.app.session.desk is not None
        await visitor.press("escape")
        assert isinstance(visitor.app.screen, QueueScreen)
        assert visitor.app.session.desk is None


async def test_typing_finds_an_account_and_enter_opens_it(visit: Visit) -> None:
    async with visit(signed_in=ELENA) as visitor:
        await visitor.press("f3")
        await visitor.type("lumi")
        assert "Corporación" not in visitor.screen_text
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, EnterpriseOverview)
        assert visitor.app.session.desk is not None
        assert visitor.app.session.desk.account.id == "lumiere"
        await visitor.press("escape", "escape")
        assert isinstance(visitor.app.screen, QueueScreen)


async def test_a_credit_note_is_looked_at_needs_a_reason_and_is_issued_once(visit: Visit, fresh: Store) -> None:
    with fresh.read() as books:
        before = len(books.every(Invoice, limit=10_000))
        invoice = next(
            i for i in books.every(Invoice, limit=10_000)
            if i.account_id == "lumiere" and i.due and i.type is not InvoiceType.CREDIT_NOTE and not i.credited
        )  # fmt: skip
    async with visit(signed_in=ELENA, store=lambda: fresh) as visitor:
        await visitor.press("f3")
        await visitor.type("lumi")
        await visitor.press("enter")
        visitor.app.push_screen(InvoiceScreen(invoice.id))
        await visitor.settle()
        await visitor.press("f6")
        assert isinstance(visitor.app.screen, CreditNoteForm)
        for _ in range(3):
            await visitor.press("backspace")
        await visitor.press("f2")
        assert "from 1 to 100" in visitor.screen_text
        await visitor.type("50")
        assert "€1,100.00 with tax are credited" in visitor.screen_text
        await visitor.press("f2")
        assert isinstance(visitor.app.screen, CreditNoteForm), "no reason, no credit note"
        await visitor.press("down")
        await visitor.type("Half not used")
        await visitor.press("f2", "f2")
        assert "Credit note for invoice" in visitor.screen_text
        with fresh.read() as books:
            assert len(books.every(Invoice, limit=10_000)) == before + 1
            assert books.get(Invoice, invoice.id).credited == 110_000


async def test_what_is_given_away_is_gone_from_the_open_screens(visit: Visit, fresh: Store) -> None:
    async with visit(signed_in=ELENA, store=lambda: fresh, size=LARGE) as visitor:
        await visitor.press("f3")
        assert accounts_shown(visitor) == ELENAS
        with fresh.write() as books:
            assert books.get(Representative, "teresa").lead
            books.put(changed(books.get(Account, "iberia"), representative_id="teresa"))
        await visitor.pilot.pause(0.3)
        await visitor.settle()
        assert accounts_shown(visitor) == ELENAS - {"iberia"}
        await visitor.press("escape")
        assert "Corporación" not in visitor.screen_text


async def test_a_customer_has_none_of_a_representatives_keys(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        await visitor.press("enter")
        assert "Credit" not in visitor.screen_text.split("\n")[-1]


async def test_a_contact_says_which_quotes_need_an_approver(visit: Visit) -> None:
    fresh = demo_store()
    async with visit(signed_in=IBERIA, store=lambda: fresh) as visitor:
        visitor.app.push_screen(ApprovalRule())
        await visitor.settle()
        visitor.app.screen.query_one("#threshold", Input).value = ""
        await visitor.type("12x")
        await visitor.press("f2")
        assert isinstance(visitor.app.screen, ApprovalRule)
        visitor.app.screen.query_one("#threshold", Input).value = "1234.50"
        await visitor.press("f2")
        assert isinstance(visitor.app.screen, EnterpriseOverview)
        with fresh.read() as books:
            assert books.get(Account, "iberia").approval_above == 123_450
