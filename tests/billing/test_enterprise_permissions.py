"""Every use case of the enterprise counter and the desk behind it, by every role, and with everybody else's ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as replace_terms

from billing.accounts import Account, Membership, Person, Role
from billing.approval_rule import set_threshold
from billing.audit_trail import trail
from billing.contact_changes import change_contact, invite, invite_again, remove_contact, undo_change
from billing.contacts import list_contacts
from billing.credentials import Counter, Credential
from billing.desk import Desk
from billing.errors import NotAllowed, NotFound, Refusal
from billing.handover import offer_handover
from billing.invoices import Invoice
from billing.kinds import KINDS
from billing.ordering import (
    activate_order,
    attach_order,
    change_order,
    close_order,
    create_order,
    detach_order,
    list_orders,
    open_order,
)
from billing.permissions import ALLOWED, Act
from billing.purchase_orders import OrderTerms
from billing.quote_acceptance import accept, approve
from billing.quote_views import list_quotes, open_quote
from billing.quoting import (
    comment,
    counter,
    decline,
    let_out,
    offer_quote,
    price,
    request_quote,
    send_back,
    withdraw,
)
from billing.record import Id, Record, changed
from billing.renewals import renew
from billing.representatives import Representative
from billing.store import Span
from billing.vendor_acts import change_terms, colleagues, credit_invoice, preview_credit, reassign
from billing.waiting import waiting
from tests.billing.permission_page import page
from tests.billing.table import TODAY, Table, role_desk

EVERY_ROLE = tuple(Role)


@dataclass(frozen=True)
class Own:
    """What one account has: the ids that a use case is given."""

    offer: Id
    """A quote that lies with the customer."""
    sealed: str
    beyond: Id
    """A quote that waits for the lead."""
    order: Id
    invoice: Id
    person: Id
    """The viewer."""
    change: Id
    """A change of a contact that can be taken back."""
    account: Id


@dataclass(frozen=True)
class UseCase:
    """What it takes and how it is called; `given` where it is given an id, which may be somebody else's."""

    acts: frozenset[Act]
    run: Callable[[Table, Desk, Own], Any]
    given: bool = True


def needs(*acts: Act) -> frozenset[Act]:
    return frozenset(acts)


TERMS = OrderTerms(issuer="Purchasing", valid_from=TODAY)


def did(doing: Callable[[Desk, Id], None], desk: Desk, record_id: Id) -> bool:
    """Call something that answers nothing."""
    doing(desk, record_id)
    return True


def renamed(table: Table, desk: Desk, person_id: Id) -> Membership:
    """Another name for somebody, as they are now."""
    with table.store.read() as books:
        person = books.get(Person, person_id)
    read = (person.name, person.email, Role.VIEWER)
    return change_contact(desk, person_id, name="New", email=person.email, role=Role.VIEWER, read=read)


USE_CASES: dict[str, UseCase] = {
    "waiting": UseCase(needs(Act.SEE_ACCOUNT), lambda t, d, o: waiting(d), given=False),
    "list quotes": UseCase(needs(Act.SEE_QUOTES), lambda t, d, o: list_quotes(d), given=False),
    "open quote": UseCase(needs(Act.SEE_QUOTES), lambda t, d, o: open_quote(d, o.offer)),
    "request quote": UseCase(
        needs(Act.NEGOTIATE), lambda t, d, o: request_quote(d, "More", t.terms(0, subscription_id="")), given=False
    ),
    "counter": UseCase(needs(Act.NEGOTIATE), lambda t, d, o: counter(d, o.offer, t.terms(15), based_on=1)),
    "approve": UseCase(needs(Act.APPROVE_QUOTE), lambda t, d, o: approve(d, o.offer, o.sealed)),
    "accept": UseCase(needs(Act.ACCEPT_QUOTE), lambda t, d, o: accept(d, o.offer, o.sealed, "PO-1")),
    "decline": UseCase(needs(Act.ACCEPT_QUOTE), lambda t, d, o: decline(d, o.offer, "No")),
    "comment": UseCase(needs(Act.NEGOTIATE, Act.PRICE_QUOTE), lambda t, d, o: comment(d, o.offer, "Hello")),
    "offer quote": UseCase(
        needs(Act.PRICE_QUOTE), lambda t, d, o: offer_quote(d, "New", t.terms(5, subscription_id="")), given=False
    ),
    "price": UseCase(needs(Act.PRICE_QUOTE), lambda t, d, o: price(d, o.offer, t.terms(5), based_on=1)),
    "withdraw": UseCase(needs(Act.PRICE_QUOTE), lambda t, d, o: withdraw(d, o.offer, "Sorry")),
    "list contacts": UseCase(needs(Act.SEE_CONTACTS), lambda t, d, o: list_contacts(d), given=False),
    "invite": UseCase(
        needs(Act.CHANGE_CONTACTS), lambda t, d, o: invite(d, "Ana", "a@b.example", Role.VIEWER, "ana.new"), given=False
    ),
    "change contact": UseCase(
        needs(Act.CHANGE_CONTACTS),
        lambda t, d, o: renamed(t, d, o.person),
    ),
    "remove contact": UseCase(needs(Act.CHANGE_CONTACTS), lambda t, d, o: did(remove_contact, d, o.person)),
    "invite again": UseCase(needs(Act.CHANGE_CONTACTS), lambda t, d, o: did(invite_again, d, o.person)),
    "undo contact": UseCase(needs(Act.CHANGE_CONTACTS), lambda t, d, o: did(undo_change, d, o.change)),
    "hand over": UseCase(needs(Act.CHANGE_CONTACTS), lambda t, d, o: offer_handover(d, o.person)),
    "list orders": UseCase(needs(Act.SEE_ORDERS), lambda t, d, o: list_orders(d) is not None, given=False),
    "open order": UseCase(needs(Act.SEE_ORDERS), lambda t, d, o: open_order(d, o.order)),
    "create order": UseCase(needs(Act.CHANGE_ORDERS), lambda t, d, o: create_order(d, "PO-7", TERMS), given=False),
    "change order": UseCase(needs(Act.CHANGE_ORDERS), lambda t, d, o: change_order(d, o.order, TERMS, based_on=1)),
    "activate order": UseCase(needs(Act.CHANGE_ORDERS), lambda t, d, o: activate_order(d, o.order)),
    "close order": UseCase(needs(Act.CHANGE_ORDERS), lambda t, d, o: close_order(d, o.order)),
    "attach order": UseCase(needs(Act.CHANGE_ORDERS), lambda t, d, o: attach_order(d, o.order, f"{o.account}.s1")),
    "detach order": UseCase(needs(Act.CHANGE_ORDERS), lambda t, d, o: detach_order(d, f"{o.account}.s1")),
    "audit trail": UseCase(needs(Act.SEE_AUDIT), lambda t, d, o: trail(d), given=False),
    "threshold": UseCase(needs(Act.ACCEPT_QUOTE), lambda t, d, o: set_threshold(d, 1), given=False),
    "preview credit": UseCase(needs(Act.CREDIT_INVOICE), lambda t, d, o: preview_credit(d, o.invoice, 10)),
    "credit": UseCase(
        needs(Act.CREDIT_INVOICE), lambda t, d, o: credit_invoice(d, preview_credit(d, o.invoice, 10), "Why")
    ),
    "terms": UseCase(
        needs(Act.CHANGE_TERMS),
        lambda t, d, o: change_terms(d, order_required=True, consolidated=True, contract="x"),
        given=False,
    ),
    "colleagues": UseCase(needs(Act.REASSIGN), lambda t, d, o: colleagues(d), given=False),
    "reassign": UseCase(needs(Act.REASSIGN), lambda t, d, o: reassign(d, "lena"), given=False),
    "let out": UseCase(needs(Act.APPROVE_DISCOUNT), lambda t, d, o: let_out(d, o.beyond, based_on=1)),
    "send back": UseCase(needs(Act.APPROVE_DISCOUNT), lambda t, d, o: send_back(d, o.beyond, "No", based_on=1)),
}
"""Every use case of the second counter, and the right it takes (one of them is enough)."""


def _filled(table: Table, account_id: Id) -> Own:
    rep = role_desk(table, Role.REPRESENTATIVE, account_id)
    terms = table.terms(10, subscription_id=f"{account_id}.s1")
    offer = offer_quote(rep, "Renewal", terms)
    seen = open_quote(rep, offer.id).current
    assert seen is not None
    beyond = offer_quote(rep, "Bold", table.terms(40, subscription_id=""))
    owner = role_desk(table, Role.OWNER, account_id)
    order = create_order(owner, "PO-1", replace_terms(TERMS, note="as it was"), draft=True)
    with table.store.write() as books:
        if owner.person.id not in {c.person_id for c in books.every(Credential)}:
            books.put(
                Credential(
                    id=f"c.{account_id}", counter=Counter.ENTERPRISE, user_id=f"{account_id}.owner",
                    person_id=owner.person.id, password_hash="$argon2id$x",
                )
            )  # fmt: skip
    person = role_desk(table, Role.VIEWER, account_id).person.id
    remove_contact(owner, invite(owner, "Gone", "gone@b.example", Role.VIEWER, f"{account_id}.gone").person_id)
    (change,) = list_contacts(owner).undoable
    with table.store.read() as books:
        invoice = books.find(Invoice, Span("history", (account_id,))).rows[0]
    return Own(offer.id, seen.hash, beyond.id, order.id, invoice.id, person, change.id, account_id)


@pytest.fixture
def table() -> Table:
    """One renewal has been billed at each account."""
    made = Table()
    made.today = date(2026, 12, 1)
    renew(made.store, made.clock(), as_of=made.today)
    return made


def everything(table: Table) -> list[tuple[Record, ...]]:
    with table.store.read() as books:
        return [books.every(kind) for kind in KINDS]


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("name", USE_CASES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(table: Table, name: str, role: Role) -> None:
    own, case = _filled(table, "corp"), USE_CASES[name]
    if name == "approve":
        table.account(approval_above=1)
    desk, before = role_desk(table, role), everything(table)
    if case.acts & ALLOWED[role]:
        assert case.run(table, desk, own) is not None
    else:
        with pytest.raises(NotAllowed):
            case.run(table, desk, own)
        assert everything(table) == before


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("name", [name for name, case in USE_CASES.items() if case.given])
def test_the_ids_of_another_account_are_not_found_and_nothing_happens(table: Table, name: str, role: Role) -> None:
    _filled(table, "corp")
    theirs = _filled(table, "elsewhere")
    desk, before = role_desk(table, role), everything(table)
    with pytest.raises((NotFound, NotAllowed)):
        USE_CASES[name].run(table, desk, theirs)
    assert everything(table) == before


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("name", USE_CASES)
def test_a_desk_that_claims_another_account_gets_nothing(table: Table, name: str, role: Role) -> None:
    own, theirs = _filled(table, "corp"), _filled(table, "elsewhere")
    with table.store.read() as books:
        forged = replace(role_desk(table, role), account=books.get(Account, "elsewhere"))
    before = everything(table)
    for ids in (own, theirs):
        with pytest.raises(NotAllowed):
            USE_CASES[name].run(table, forged, ids)
    assert everything(table) == before


@pytest.mark.parametrize("name", USE_CASES)
def test_whoever_has_left_gets_nothing_though_their_desk_is_still_open(table: Table, name: str) -> None:
    own, case = _filled(table, "corp"), USE_CASES[name]
    open_desks = [role_desk(table, role) for role in EVERY_ROLE]
    with table.store.write() as books:
        for membership in books.every(Membership):
            books.remove(membership)
        books.put(changed(books.get(Account, "corp"), representative_id="otto"))
        books.put(changed(books.get(Representative, "lena"), team="west"))
    before = everything(table)
    for desk in open_desks:
        with pytest.raises(Refusal):
            case.run(table, desk, own)
    assert everything(table) == before


def test_the_page_for_people_says_what_the_table_says() -> None:
    assert (Path(__file__).parents[2] / "docs" / "permissions.md").read_text() == page()
