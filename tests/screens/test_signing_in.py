"""At the counter's door: the article's exact words, nothing told that should not be, nothing typed lost."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from billing.accounts import Account
from billing.sign_in import InvalidCredentials, InvalidUserId
from screens.center.accounts import Accounts
from screens.center.not_contact import NotContact
from screens.center.overview import OverviewScreen
from screens.front.door import Door
from screens.front.wrong_counter import WrongCounter
from tests.conftest import IBERIA, LUIS, MARTA, Visit, Visitor
from tui.demo.stage import DEMO_PASSWORD

WRONG = {"es": "ID de usuario/contraseña no válidos", "en": "Invalid user ID/password"}
NO_ID = {"es": "ID de usuario no válido", "en": "Invalid user ID"}


async def offer(visitor: Visitor, user: str, password: str) -> None:
    """Type a user ID and a password, and press Enter after each."""
    await visitor.press("enter")
    visitor.app.screen.query_one("#user", Input).value = user
    await visitor.press("enter")
    visitor.app.screen.query_one("#password", Input).value = password
    await visitor.press("enter")


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("user", [MARTA, "nobody@acme.example", IBERIA, "x" * 60])
async def test_whatever_is_wrong_the_answer_is_the_same(visit: Visit, lang: str, user: str) -> None:
    async with visit(lang=lang) as visitor:
        await offer(visitor, user, "wrong")
        assert f"! {WRONG[lang]}\n" in visitor.screen_text
        assert visitor.app.screen.query_one("#user", Input).value == user
        assert visitor.app.screen.query_one("#password", Input).value == ""
        assert visitor.app.session.identity is None


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("user", ["", " ", "two words", "a@b", "[/]", "\x1b[2J@x.example", "ñ@x.example", "a" * 254])
async def test_what_can_be_no_user_id_is_said_at_once(visit: Visit, lang: str, user: str) -> None:
    async with visit(lang=lang) as visitor:
        await offer(visitor, user, "anything")
        assert f"! {NO_ID[lang]}\n" in visitor.screen_text
        assert visitor.app.session.identity is None


def test_the_words_are_the_articles() -> None:
    assert (InvalidUserId.message, InvalidCredentials.message) == (NO_ID["en"], WRONG["en"])


async def test_a_billing_contact_arrives_at_the_account(visit: Visit) -> None:
    async with visit() as visitor:
        await offer(visitor, MARTA.upper(), DEMO_PASSWORD)
        assert isinstance(visitor.app.screen, OverviewScreen)
        assert "ACME Ibérica, S.L." in visitor.screen_text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", "Póngase en contacto con el administrador de facturación (Marta Ruiz Peña, marta@acme.example) para"),
        ("en", "Contact the billing administrator (Marta Ruiz Peña, marta@acme.example) to make changes"),
    ],
)
async def test_a_member_without_rights_is_told_whom_to_ask(visit: Visit, lang: str, words: str) -> None:
    async with visit(lang=lang) as visitor:
        await offer(visitor, LUIS, DEMO_PASSWORD)
        assert isinstance(visitor.app.screen, NotContact)
        shown = " ".join(visitor.screen_text.replace("│", " ").split())
        assert words in shown


async def test_the_product_password_does_not_open_the_enterprise_door(visit: Visit) -> None:
    async with visit() as visitor:
        await visitor.press("down")
        await offer(visitor, MARTA, DEMO_PASSWORD)
        assert WRONG["en"] in visitor.screen_text


async def test_a_proven_person_at_the_wrong_counter_is_shown_the_right_one(visit: Visit) -> None:
    async with visit() as visitor:
        await offer(visitor, "carmen@peninsular.example", DEMO_PASSWORD)
        assert isinstance(visitor.app.screen, WrongCounter)
        assert "Enterprise Billing Portal" in visitor.screen_text
        assert "F-20" not in visitor.screen_text


async def test_somebody_on_several_accounts_chooses_one(visit: Visit) -> None:
    async with visit() as visitor:
        await offer(visitor, "nuria@gestoria.example", DEMO_PASSWORD)
        assert isinstance(visitor.app.screen, Accounts)
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, OverviewScreen)


async def test_signing_out_forgets_everything(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        await visitor.press("f3", "f10", "down", "enter")
        assert isinstance(visitor.app.screen, Door)
        assert len(visitor.app.screen_stack) == 1
        assert visitor.app.session.identity is None
        assert visitor.app.session.desk is None
        assert "ACME" not in visitor.screen_text


async def test_a_demo_person_can_be_chosen_from_a_list(visit: Visit) -> None:
    async with visit() as visitor:
        await visitor.press("enter", "f4", "enter", "enter")
        assert isinstance(visitor.app.screen, OverviewScreen)


async def test_changing_language_while_signing_in_keeps_what_was_typed(visit: Visit) -> None:
    async with visit(lang="en") as visitor:
        await visitor.press("enter")
        await visitor.type("marta@acme.example")
        visitor.app.session.language = type(visitor.app.session.language)("es")
        await visitor.app.retell()
        await visitor.settle()
        assert "Contraseña" in visitor.screen_text
        assert visitor.app.screen.query_one("#user", Input).value == "marta@acme.example"


async def test_growing_too_small_and_back_keeps_what_was_typed(visit: Visit) -> None:
    async with visit() as visitor:
        await visitor.press("enter")
        await visitor.type("marta")
        await visitor.pilot.resize_terminal(20, 5)
        await visitor.settle()
        assert "enlarge" in visitor.screen_text
        await visitor.pilot.resize_terminal(80, 24)
        await visitor.settle()
        assert visitor.app.screen.query_one("#user", Input).value == "marta"
        assert "User ID" in visitor.screen_text


async def test_the_cover_goes_even_when_the_window_grew_behind_a_dialog(visit: Visit) -> None:
    async with visit() as visitor:
        await visitor.pilot.resize_terminal(20, 5)
        await visitor.press("f10")
        await visitor.pilot.resize_terminal(80, 24)
        await visitor.press("escape")
        assert isinstance(visitor.app.screen, Door)


def test_records_of_an_account_hold_no_password() -> None:
    assert "password" not in " ".join(Account.__struct_fields__)
