"""Signing in line by line: the same gate, the same sentences, and nobody seen who is not proven."""

from __future__ import annotations

import asyncio
import re

import pytest

from billing.accounts import Account, Membership
from billing.credentials import Counter, Credential
from billing.desk import Desk
from billing.forgotten_password import changed_password
from billing.record import changed
from billing.store import Span
from screens.session import Services
from tests.conftest import IBERIA, LUIS, MARTA, standing_of
from tests.plain.journeys import YES, desk_of
from tests.plain.speaker import converses
from tui.demo.stage import DEMO_PASSWORD

IN = ("1", "@Sign in")


async def test_a_person_signs_in_and_out(house: Services) -> None:
    code, script = await converses(house, "", (*IN, MARTA, DEMO_PASSWORD, "@Leave this account", "q"))
    assert code == 0
    assert "ACME Ibérica, S.L., Marta Ruiz Peña" in script.text
    assert "You are signed out." in script.text
    assert script.secrets == ["Password: "], "a password is asked for unseen, everything else is seen"
    assert DEMO_PASSWORD not in script.text


async def test_what_is_wrong_is_told_alike_and_asked_again_with_the_user_id_kept(house: Services) -> None:
    answers = (*IN, "no user id !", "x", MARTA, "wrong", "", DEMO_PASSWORD, "q")
    code, script = await converses(house, "", answers)
    assert code == 0
    assert "Invalid user ID" in script.shown
    assert "Invalid user ID/password" in script.shown
    assert f"User ID [{MARTA}]: " in script.prompts
    unknown = await converses(house, "", (*IN, "nobody@acme.example", "wrong", ".", "q"))
    wrong = await converses(house, "", (*IN, LUIS, "wrong", ".", "q"))
    assert unknown[1].text.replace("nobody@acme.example", LUIS) == wrong[1].text


async def test_guessing_is_slowed(house: Services) -> None:
    answers = (*IN, *(word for _ in range(6) for word in (MARTA, "wrong")), ".", "q")
    _, script = await converses(house, "", answers)
    assert "Too many tries." in script.text


async def test_the_wrong_counter_names_the_right_one_only_to_whoever_is_proven(house: Services) -> None:
    store = house.store()
    with store.write() as books:
        books.put(changed(books.get(Account, "acme"), type=books.get(Account, "iberia").type))
    _, script = await converses(house, "", (*IN, MARTA, DEMO_PASSWORD, "q"))
    assert "Enterprise Billing Portal, together with your representative" in " ".join(script.shown)
    assert "Overview" not in script.text


async def test_whoever_looks_after_several_accounts_chooses(house: Services) -> None:
    answers = (*IN, "nuria@gestoria.example", DEMO_PASSWORD, "9", "2", "@Overview", "b", "1", "b", ".", "q")
    code, script = await converses(house, "", answers)
    assert code == 0
    assert not script.answers
    assert "Panadería Núñez y Cía., Núria Puig i Ferrer" in script.text
    assert "Clínica de Fisioterapia Ágora, Núria Puig i Ferrer" in script.text


async def test_a_forgotten_password_is_made_anew_with_the_code_that_was_mailed(house: Services) -> None:
    asked = ("1", "@Forgotten password, or first access", MARTA, ".", "@Demo mail", "q")
    code, script = await converses(house, "", asked)
    assert code == 0
    assert house.mailbox is not None
    async with asyncio.timeout(10):
        while (found := re.search(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]+)+\b", "\n".join(house.mailbox()))) is None:
            await asyncio.sleep(0.01)
    new = "a quite new password"
    made = ("1", "@I have a code", found[0], "one", "two", found[0], new, new, "@Sign in", MARTA, new, "q")
    code, script = await converses(house, "", made)
    assert code == 0
    assert "The two passwords are not the same." in script.text
    assert "ACME Ibérica, S.L., Marta Ruiz Peña" in script.text
    assert new not in script.text


async def test_a_password_is_changed_and_the_visit_goes_on(house: Services, hashed_by: set[str]) -> None:
    new = "a quite new password"
    change = ("@Password, keys and language", "@Change your password")
    answers = (*IN, MARTA, DEMO_PASSWORD, *change, "wrong", new, new, DEMO_PASSWORD, new, new, "b", "@Overview", "q")
    code, script = await converses(house, "", answers)
    assert code == 0
    assert hashed_by == {"prove"}
    assert "The present password is not right." in script.text
    assert "To pay: " in script.text
    assert standing_of(house.store(), MARTA)[0].generation > 0 or "Your password is changed" in " ".join(script.shown)


async def test_a_visit_whose_password_was_changed_elsewhere_ends_at_the_door(house: Services) -> None:
    def meddle() -> None:
        with house.store().write() as books:
            held = books.find(Credential, Span("user_id", (Counter.CENTER.value, MARTA))).rows[0]
            changed_password(books, held, "other")

    answers = ("@Plans", "@More or fewer licences", "1", "8", YES, "q")
    code, script = await converses(house, MARTA, answers, meddle=meddle)
    assert code == 0
    assert "Your visit has ended: the password was changed meanwhile." in " ".join(script.shown)
    assert script.shown[-2].startswith("Choice:")


async def test_whoever_is_taken_off_an_account_is_told(house: Services) -> None:
    def meddle() -> None:
        with house.store().write() as books:
            person = standing_of(house.store(), "iberia-compras")[0].person_id
            books.remove(books.find(Membership, Span("person", (person, "iberia"))).rows[0])

    answers = (
        "@Quotes",
        "@Open a quote: answer, compare, accept",
        "1",
        "@Say something about it",
        "x",
        YES,
        "b",
        "b",
        "q",
    )
    _, script = await converses(house, "iberia-compras", answers, meddle=meddle)
    assert "Your role on this account does not allow this." in " ".join(script.shown)
    assert "You are not on this account any more." in " ".join(script.shown)


async def test_a_member_is_told_whom_to_ask(house: Services) -> None:
    _, script = await converses(house, LUIS, ("q",))
    assert "Your role does not include billing." in script.text
    assert "Invoices" not in script.text


async def test_the_desk_is_no_door_where_it_is_not_served(house: Services) -> None:
    from dataclasses import replace

    _, script = await converses(replace(house, desk_door=False, demo_people=()), "", ("1", "b", "q"))
    assert "Representative's desk" not in script.text
    assert "Demo people" not in script.text


async def test_the_other_language_is_spoken_from_the_door_on(house: Services) -> None:
    _, script = await converses(house, "", ("@Español", "1", "b", "q"))
    assert "Centro de facturación" in script.text


@pytest.mark.parametrize("accepts", [True, False], ids=["accepted", "declined"])
async def test_a_handover_is_answered_by_whom_it_is_for(house: Services, accepts: bool) -> None:
    pagos, people = "iberia-pagos", "@Contacts and what they may do"
    await converses(house, IBERIA, (people, "@Hand the account over", "2", "", YES, "q"))
    answer = "@Accept a handover" if accepts else "@Decline a handover"
    code, script = await converses(house, pagos, (people, answer, YES, "q"))
    assert code == 0, script.text
    role = standing_of(house.store(), pagos)[1].role
    assert (role.value == "owner") is accepts


async def test_a_quote_beyond_the_limits_needs_the_lead_and_then_the_approver(house: Services) -> None:
    quotes = ("@Quotes", "@Open a quote: answer, compare, accept")
    account = ("@Open an account", "@Corporación Aérea")
    offer = (*account, *quotes, "@Q-2026-000008", "@Make an offer", "", "", "", "70", "", "")
    price = (*offer, "", "", "2026-12-31", "2", "", "", YES, "q")
    _, script = await converses(house, "desk.elena", price)
    assert "Do this?" in script.text, script.text
    _, script = await converses(
        house, "desk.teresa", (*account, *quotes, "@Q-2026-000008", "@Let the offer out to the customer", YES, "q")
    )
    assert not script.answers, script.text
    await converses(house, IBERIA, ("@Quotes", "@Approval of quotes", "1", "q"))
    _, script = await converses(house, "iberia-compras", (*quotes, "@Q-2026-000008", "@Approve", YES, "q"))
    assert not script.answers, script.text
    code, script = await converses(
        house, IBERIA, (*quotes, "@Q-2026-000008", "@Accept what is on the table", "PO-2026-0417", YES, "q")
    )
    assert code == 0, script.text
    desk: Desk = desk_of(house, IBERIA)
    from billing.quote_views import list_quotes
    from billing.quotes import QuoteState

    states = {r.quote.number: r.standing for r in list_quotes(desk).rows}
    assert states["Q-2026-000008"] in (QuoteState.ACCEPTED, QuoteState.FULFILLED)


async def test_a_key_is_enrolled_renamed_and_revoked(house: Services, hashed_by: set[str]) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl laptop"
    mine = "@Password, keys and language"
    answers = (mine, "@Enrol a key", "no key", key, "", "wrong", "", "", DEMO_PASSWORD, "@Your SSH keys",
               "@Call a key something else", "1", "work", "@Revoke a key", "1", YES, "q")  # fmt: skip
    code, script = await converses(house, MARTA, answers)
    assert code == 0, script.text
    assert not script.answers
    assert hashed_by == {"prove"}
    assert "Name: laptop" in script.text
    assert "work was revoked." in script.text
