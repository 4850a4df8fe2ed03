"""A member writes to the billing contact: filled in, theirs to change, really sent, and not too often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.accounts import CUSTOMER_ROLES, Membership
from billing.errors import NotAllowed
from billing.language import Language
from billing.mail_text import compose
from billing.member_message import (
    LONGEST_TEXT,
    MOST_AN_HOUR,
    NoContact,
    NothingWritten,
    TooLong,
    Wish,
    draft,
    send,
)
from billing.outbox import MailKind
from billing.pace import TooOften
from billing.permissions import ALLOWED, Act
from tests.billing.office import LUIS, MARTA, OLGA, VERA, Office, office
from tests.gateways.samples import VENDOR

__all__ = ["office"]


@pytest.mark.parametrize("wish", Wish)
def test_a_draft_names_the_account_the_wish_the_contact_and_the_member_in_the_contacts_language(
    office: Office, wish: Wish
) -> None:
    made = draft(office.desk(LUIS), wish)
    assert made.language == MARTA.language
    assert made.to == (MARTA, OLGA)
    assert made.subject.startswith("Acme, S.L.: ")
    for name in ("Acme, S.L.", "Marta", "Luis"):
        assert name in made.text
    assert len({draft(office.desk(LUIS), w).subject for w in Wish}) == len(Wish)
    assert office.outbox == ()


def test_each_billing_contact_gets_one_mail_and_answers_go_to_the_member(office: Office) -> None:
    desk = office.desk(LUIS)
    assert send(desk, draft(desk, Wish.ADD_LICENCES), "  Dos más, por favor.\n") == (MARTA, OLGA)
    assert [(m.to, m.reply_to, m.language, m.mail) for m in office.outbox] == [
        ("marta@acme.example", "luis@acme.example", "es", MailKind.PERSONAL),
        ("olga@acme.example", "luis@acme.example", "en", MailKind.PERSONAL),
    ]
    text = compose(office.outbox[1], VENDOR)
    assert text.paragraphs[0] == "Dos más, por favor."
    assert "Luis (luis@acme.example)" in text.paragraphs[1]
    assert text.subject.startswith("Acme, S.L.: ")


def test_the_message_is_in_the_audit_trail_in_the_members_name(office: Office) -> None:
    desk = office.desk(LUIS)
    send(desk, replace(draft(desk, Wish.OTHER), subject="Hola"), "Hola")
    [event] = office.trail
    assert (event.person_id, event.act, event.values) == ("luis", "ask_billing_contact", {"subject": "Hola"})


def test_pressing_send_twice_sends_once(office: Office) -> None:
    desk = office.desk(LUIS)
    made = draft(desk, Wish.CANCEL)
    for _ in range(MOST_AN_HOUR + 2):
        assert send(desk, made, made.text) == (MARTA, OLGA)
    assert len(office.outbox) == 2
    assert len(office.trail) == 1


def test_a_sixth_message_within_the_hour_is_refused_and_told_so(office: Office) -> None:
    desk = office.desk(LUIS)
    for _ in range(MOST_AN_HOUR):
        send(desk, draft(desk, Wish.OTHER), "Hola")
        office.pass_by(timedelta(minutes=10))
    with pytest.raises(TooOften) as refused:
        send(desk, draft(desk, Wish.OTHER), "Hola")
    assert "5 messages within an hour" in Language("en").refusal(refused.value)
    assert len(office.outbox) == 2 * MOST_AN_HOUR
    send(office.desk(VERA), draft(office.desk(VERA), Wish.OTHER), "Others are not held back.")
    office.pass_by(timedelta(minutes=11))
    send(desk, draft(desk, Wish.OTHER), "The first is more than an hour ago.")


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_an_empty_message_is_not_sent(office: Office, text: str) -> None:
    desk = office.desk(LUIS)
    with pytest.raises(NothingWritten):
        send(desk, draft(desk, Wish.OTHER), text)
    assert office.outbox == ()


def test_a_message_has_a_longest_length(office: Office) -> None:
    desk = office.desk(LUIS)
    send(desk, draft(desk, Wish.OTHER), "x" * LONGEST_TEXT)
    with pytest.raises(TooLong):
        send(desk, draft(desk, Wish.OTHER), "x" * (LONGEST_TEXT + 1))


def test_hostile_text_is_sent_as_text(office: Office) -> None:
    hostile = "Hola\r\nBcc: evil@x.example\r\n.\r\n<script>{account}</script> =?utf-8?q?a=0D=0ABcc:_x?= \x1b[2J"
    desk = office.desk(LUIS)
    send(desk, replace(draft(desk, Wish.OTHER), subject=hostile), hostile)
    for message in office.outbox:
        text = compose(message, VENDOR)
        assert "=?" not in text.subject
        assert text.subject.isprintable()
        assert "<script>{account}</script> =?utf-8?q?a=0D=0ABcc:_x?=" in text.paragraphs[0]
        assert "\x1b" not in text.paragraphs[0]


def test_a_member_whose_own_address_is_none_is_named_but_not_answered_to(office: Office) -> None:
    odd = replace(office.desk(LUIS), person=type(LUIS)(id="luis", name="Luis", email="luis@x, evil@y"))
    send(odd, draft(odd, Wish.OTHER), "Hola")
    assert {m.reply_to for m in office.outbox} == {""}


def test_contacts_are_those_of_the_moment_it_is_sent(office: Office) -> None:
    desk = office.desk(LUIS)
    made = draft(desk, Wish.OTHER)
    with office.store.write() as books:
        books.remove(books.get(Membership, "m-marta"))
    assert send(desk, made, "Hola") == (OLGA,)
    with office.store.write() as books:
        books.remove(books.get(Membership, "m-olga"))
    with pytest.raises(NoContact):
        send(desk, replace(made, id="another"), "Hola")
    with pytest.raises(NoContact):
        draft(desk, Wish.OTHER)


def test_whoever_has_left_the_account_writes_to_nobody(office: Office) -> None:
    desk = office.desk(LUIS)
    made = draft(desk, Wish.OTHER)
    with office.store.write() as books:
        books.remove(books.get(Membership, "m-luis"))
    with pytest.raises(NotAllowed):
        send(desk, made, "Hola")
    assert all(Act.ASK_BILLING_CONTACT in acts for acts in (ALLOWED[role] for role in CUSTOMER_ROLES))
