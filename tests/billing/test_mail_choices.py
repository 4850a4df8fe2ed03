"""Who receives which mail: one's own choice, the owner's for others, and what nobody can turn off."""

from __future__ import annotations

import pytest

from billing.accounts import Account, Membership, Person, Role
from billing.errors import NotAllowed, NotFound
from billing.mail_choices import AlwaysReceived, MailChoice, choices, choose
from billing.outbox import MailKind
from billing.telling import ALWAYS, RECEIVES, mail
from tests.billing.office import LUIS, MARTA, PABLO, VERA, Office, office

__all__ = ["office"]

INVOICE, PAYMENT, ACCOUNT, PERSONAL = MailKind.INVOICE, MailKind.PAYMENT, MailKind.ACCOUNT, MailKind.PERSONAL


def chosen(office: Office, name: str) -> MailChoice:
    return next(c for c in choices(office.desk(MARTA)) if c.person.id == name)


def reached(office: Office, kind: MailKind, event: str) -> set[str]:
    """Whom mail of this kind reaches now."""
    with office.store.write() as books:
        mail(books, books.get(Account, "acme"), event, office.now, kind, "account_suspended", amount="1 €")
    return {m.to for m in office.outbox if m.dedupe_key.startswith(f"{event}:")}


def test_everybody_on_the_account_is_listed_oneself_first_with_what_they_receive(office: Office) -> None:
    listed = choices(office.desk(VERA))
    assert [c.person.id for c in listed] == ["vera", "marta", "olga", "pablo", "luis"]
    assert [c.changeable for c in listed] == [True, False, False, False, False]
    assert {c.person.id: c.receives for c in listed} == {
        "vera": RECEIVES[Role.VIEWER], "marta": tuple(MailKind), "olga": tuple(MailKind),
        "pablo": RECEIVES[Role.PAYER], "luis": RECEIVES[Role.MEMBER],
    }  # fmt: skip
    assert all(c.changeable for c in choices(office.desk(MARTA)))


def test_what_one_chooses_is_what_reaches_one(office: Office) -> None:
    assert reached(office, INVOICE, "e1") == {
        "marta@acme.example", "olga@acme.example", "pablo@acme.example", "asesor@acme-gestoria.example",
    }  # fmt: skip
    choose(office.desk(VERA), "m-vera", {INVOICE, PERSONAL})
    choose(office.desk(PABLO), "m-pablo", ())
    assert reached(office, INVOICE, "e2") == {
        "marta@acme.example", "olga@acme.example", "vera@acme.example", "asesor@acme-gestoria.example",
    }  # fmt: skip


def test_the_owner_chooses_for_others_and_they_are_told_in_their_language(office: Office) -> None:
    choose(office.desk(MARTA), "m-vera", {INVOICE, PAYMENT})
    assert chosen(office, "vera").receives == (INVOICE, PAYMENT)
    [told] = office.outbox
    assert (told.to, told.language, told.template) == ("vera@acme.example", "en", "mail_choice_changed")
    assert told.values == {"person": "Marta", "kinds": "Invoices and credit notes, Payments and reminders"}
    [event] = office.trail
    assert (event.person_id, event.subject_id, event.act) == ("marta", "m-vera", "choose_mail_for_others")


@pytest.mark.parametrize("person", [PABLO, VERA, LUIS])
def test_nobody_else_chooses_for_others(office: Office, person: Person) -> None:
    with pytest.raises(NotAllowed):
        choose(office.desk(person), "m-marta", tuple(MailKind))
    assert not office.outbox
    assert not office.trail


def test_a_member_without_billing_rights_chooses_nothing(office: Office) -> None:
    for use in (lambda: choices(office.desk(LUIS)), lambda: choose(office.desk(LUIS), "m-luis", ())):
        with pytest.raises(NotAllowed):
            use()


@pytest.mark.parametrize("kinds", [(), (INVOICE, ACCOUNT), (INVOICE, PERSONAL)])
def test_the_billing_contact_always_learns_of_changes(office: Office, kinds: tuple[MailKind, ...]) -> None:
    for member in ("m-marta", "m-olga"):
        with pytest.raises(AlwaysReceived):
            choose(office.desk(MARTA), member, kinds)
    assert chosen(office, "marta").receives == tuple(MailKind)
    choose(office.desk(MARTA), "m-marta", ALWAYS[Role.OWNER])
    assert chosen(office, "marta").receives == ALWAYS[Role.OWNER]
    assert "marta@acme.example" in reached(office, ACCOUNT, "e1")


def test_choosing_what_is_so_already_tells_nobody_and_the_usual_follows_the_role(office: Office) -> None:
    desk = office.desk(PABLO)
    choose(desk, "m-pablo", RECEIVES[Role.PAYER])
    assert not office.outbox
    assert not office.trail
    choose(desk, "m-pablo", {INVOICE})
    choose(desk, "m-pablo", RECEIVES[Role.PAYER])
    with office.store.read() as books:
        assert books.get(Membership, "m-pablo").mails is None
    assert len(office.outbox) == 2


def test_another_accounts_people_are_not_there(office: Office) -> None:
    with pytest.raises(NotFound):
        choose(office.desk(MARTA), "m-ada", tuple(MailKind))
    assert "ada" not in {c.person.id for c in choices(office.desk(MARTA))}
