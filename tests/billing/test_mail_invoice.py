"""A document by mail: to those it may go to, once, as a PDF."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.accounts import Account, Membership, Person, Role
from billing.credentials import Counter
from billing.delivering import list_outbox
from billing.desk import Desk
from billing.errors import NotAllowed, NotFound
from billing.invoices import Invoice
from billing.mail_invoice import MOST_AN_HOUR, AddressUnknown, mail_addresses, mail_invoice
from billing.pace import TooOften
from billing.record import changed
from billing.store import Store
from tests.billing.conftest import NOON

LATER = NOON + timedelta(days=30)


@pytest.fixture
def invoice(demo: Store) -> Invoice:
    """One of an account that sends copies to its adviser."""
    with demo.write() as books:
        found = books.every(Invoice, limit=1)[0]
        books.put(changed(books.get(Account, found.account_id), copies_to=("Asesor@gestoria.example",)))
        return found


def desk(demo: Store, invoice: Invoice, role: Role = Role.OWNER) -> Desk:
    with demo.write() as books:
        account = books.get(Account, invoice.account_id)
        if role is Role.OWNER:
            owner = next(m for m in books.every(Membership) if (m.account_id, m.role) == (account.id, role))
            person = books.get(Person, owner.person_id)
        else:
            person = books.put(Person(id=role.value, name="Vera", email=f"{role.value}@one.example", language="en"))
            books.put(Membership(id=role.value, account_id=account.id, person_id=person.id, role=role))
    return Desk(demo, lambda: LATER, Counter.CENTER, person, account, role, LATER)


def test_it_goes_to_oneself_in_ones_own_language_with_the_document(demo: Store, invoice: Invoice) -> None:
    viewer = desk(demo, invoice, Role.VIEWER)
    assert mail_addresses(viewer)[0] == "viewer@one.example"
    mail_invoice(viewer, invoice.id, " Viewer@One.example ", key="k1")
    [sent] = list_outbox(demo, invoice.account_id, 1)
    assert (sent.to, sent.language, sent.attach, sent.template) == (
        "viewer@one.example", "en", (invoice.id,), "invoice_copy",
    )  # fmt: skip
    assert sent.values == {"number": invoice.number, "account": viewer.account.name, "sender": "Vera"}


def test_it_goes_to_an_address_that_gets_copies(demo: Store, invoice: Invoice) -> None:
    assert mail_invoice(desk(demo, invoice), invoice.id, "asesor@gestoria.example", key="k1")
    assert list_outbox(demo, invoice.account_id, 1)[0].to == "Asesor@gestoria.example"


@pytest.mark.parametrize("to", ["anybody@evil.example", "", "a@b.example, c@d.example", "marta@acme.example\nBcc: x"])
def test_it_goes_to_no_other_address_and_says_how_to_add_one(demo: Store, invoice: Invoice, to: str) -> None:
    before = len(list_outbox(demo, None, 10_000))
    with pytest.raises(AddressUnknown) as refused:
        mail_invoice(desk(demo, invoice), invoice.id, to, key="k1")
    assert "copy address" in str(refused.value)
    assert len(list_outbox(demo, None, 10_000)) == before


def test_pressed_twice_it_goes_once_and_asked_for_again_it_goes_again(demo: Store, invoice: Invoice) -> None:
    owner = desk(demo, invoice)
    before = len(list_outbox(demo, invoice.account_id, 10_000))
    for key in ("k1", "k1", "k2"):
        mail_invoice(owner, invoice.id, owner.person.email, key=key)
    assert len(list_outbox(demo, invoice.account_id, 10_000)) == before + 2


def test_one_person_sends_only_so_many_in_an_hour(demo: Store, invoice: Invoice) -> None:
    owner = desk(demo, invoice)
    for number in range(MOST_AN_HOUR):
        mail_invoice(owner, invoice.id, owner.person.email, key=f"k{number}")
    with pytest.raises(TooOften):
        mail_invoice(owner, invoice.id, owner.person.email, key="more")


def test_another_accounts_document_is_not_there_and_a_member_sends_none(demo: Store, invoice: Invoice) -> None:
    with demo.read() as books:
        foreign = next(i for i in books.every(Invoice) if i.account_id != invoice.account_id)
    owner = desk(demo, invoice)
    with pytest.raises(NotFound):
        mail_invoice(owner, foreign.id, owner.person.email, key="k1")
    member = desk(demo, invoice, Role.MEMBER)
    for use in (lambda: mail_addresses(member), lambda: mail_invoice(member, invoice.id, member.person.email, key="k")):
        with pytest.raises(NotAllowed):
            use()
