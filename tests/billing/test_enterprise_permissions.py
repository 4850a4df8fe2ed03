"""Every use case of the enterprise counter and the desk behind it, by every role, and with everybody else's ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from billing.accounts import Account, Membership, Role
from billing.desk import Desk
from billing.errors import NotAllowed, NotFound, Refusal
from billing.kinds import KINDS
from billing.permissions import ALLOWED, Act
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
from billing.representatives import Representative
from billing.waiting import waiting
from tests.billing.permission_page import page
from tests.billing.table import Table, role_desk

EVERY_ROLE = tuple(Role)


@dataclass(frozen=True)
class Own:
    """What one account has: the ids that a use case is given."""

    offer: Id
    """A quote that lies with the customer."""
    sealed: str
    beyond: Id
    """A quote that waits for the lead."""
    account: Id


@dataclass(frozen=True)
class UseCase:
    """What it takes and how it is called; `given` where it is given an id, which may be somebody else's."""

    acts: frozenset[Act]
    run: Callable[[Table, Desk, Own], Any]
    given: bool = True


def needs(*acts: Act) -> frozenset[Act]:
    return frozenset(acts)


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
    return Own(offer.id, seen.hash, beyond.id, account_id)


@pytest.fixture
def table() -> Table:
    return Table()


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
