"""The desk is the single place of authorization: every use case, every role, every other account's ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from billing.accounts import CUSTOMER_ROLES, Account, Membership, Person, Role
from billing.contacts import billing_contacts
from billing.credentials import Counter, Credential
from billing.desk import OPEN_KINDS, AccountBooks, Desk
from billing.errors import NotAllowed, NotFound
from billing.history import (
    Order,
    Question,
    StateFilter,
    find_number,
    list_invoices,
    open_invoice,
    subscriptions,
    years,
)
from billing.invoices import Invoice
from billing.kinds import KINDS
from billing.overview import overview
from billing.payments import Payment
from billing.permissions import ALLOWED, Act
from billing.record import Record
from billing.store import Span, Store
from billing.subscriptions import Subscription
from storage.dataset import Dataset
from tests.billing.conftest import NOON, filled

USE_CASES: dict[str, tuple[Act, Callable[[Desk, Invoice], Any]]] = {
    "overview": (Act.SEE_ACCOUNT, lambda desk, _: overview(desk)),
    "list_invoices": (Act.SEE_INVOICES, lambda desk, _: list_invoices(desk, Question(), limit=1000)),
    "list_invoices by text": (
        Act.SEE_INVOICES,
        lambda desk, own: list_invoices(desk, Question(text=own.number), limit=1000),
    ),
    "open_invoice": (Act.SEE_INVOICES, lambda desk, own: open_invoice(desk, own.id)),
    "find_number": (Act.SEE_INVOICES, lambda desk, own: find_number(desk, own.number)),
    "years": (Act.SEE_INVOICES, lambda desk, _: years(desk)),
    "subscriptions": (Act.SEE_INVOICES, lambda desk, _: subscriptions(desk)),
    "billing_contacts": (Act.SEE_BILLING_CONTACT, lambda desk, _: billing_contacts(desk)),
}
"""Every use case that reads an account, and the act it needs."""


@pytest.fixture(scope="module")
def people(data: Dataset) -> Dataset:
    """The data with one more person of every role, who is on the first account only."""
    account = data.of(Account)[0]
    added: list[Person] = [
        Person(id=f"one-{role.value}", name=role.value, email=f"{role.value}@one.example") for role in CUSTOMER_ROLES
    ]
    roles = [
        Membership(id=f"{p.id}.{account.id}", account_id=account.id, person_id=p.id, role=role)
        for p, role in zip(added, CUSTOMER_ROLES, strict=True)
    ]
    records: dict[type[Record], tuple[Record, ...]] = dict(data.records)
    records[Person] += tuple(added)
    records[Membership] += tuple(roles)
    return Dataset(data.as_of, records)


@pytest.fixture(scope="module")
def counter(people: Dataset) -> Store:
    """A store with that data."""
    return filled(people)


def desk(counter: Store, people: Dataset, role: Role) -> Desk:
    """The desk of the person of that role on the first account."""
    person = next(p for p in people.of(Person) if p.id == f"one-{role.value}")
    return Desk(counter, lambda: NOON, Counter.CENTER, person, people.of(Account)[0], role, NOON)


@pytest.mark.parametrize("role", CUSTOMER_ROLES)
@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    counter: Store, people: Dataset, use_case: str, role: Role
) -> None:
    act, run = USE_CASES[use_case]
    at = desk(counter, people, role)
    own = next(i for i in people.of(Invoice) if i.account_id == at.account.id)
    assert at.may(act) is (act in ALLOWED[role])
    if at.may(act):
        assert run(at, own) is not None
    else:
        with pytest.raises(NotAllowed):
            run(at, own)


def test_a_member_sees_whom_to_ask_and_nothing_of_the_bills() -> None:
    assert ALLOWED[Role.MEMBER] == {Act.SEE_BILLING_CONTACT, Act.ASK_BILLING_CONTACT}


@pytest.mark.parametrize("use_case", USE_CASES)
def test_somebody_without_a_membership_gets_nothing_whatever_their_desk_claims(
    counter: Store, people: Dataset, use_case: str
) -> None:
    _, run = USE_CASES[use_case]
    mine = desk(counter, people, Role.OWNER)
    other = next(a for a in people.of(Account)[1:] if any(i.account_id == a.id for i in people.of(Invoice)))
    forged = Desk(counter, mine.clock, mine.counter, mine.person, other, Role.OWNER, NOON)
    with pytest.raises(NotAllowed):
        run(forged, next(i for i in people.of(Invoice) if i.account_id == other.id))


@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_right_taken_away_ends_at_once(people: Dataset, use_case: str) -> None:
    _, run = USE_CASES[use_case]
    fresh = filled(people)
    at = desk(fresh, people, Role.OWNER)
    own = next(i for i in people.of(Invoice) if i.account_id == at.account.id)
    with fresh.write() as books:
        books.remove(books.get(Membership, f"{at.person.id}.{at.account.id}"))
    with pytest.raises(NotAllowed):
        run(at, own)


def foreign(people: Dataset, account: Account) -> Iterator[Invoice]:
    """Documents of everybody else."""
    return (i for i in people.of(Invoice) if i.account_id != account.id)


def test_another_accounts_documents_are_not_found_by_id_number_or_search(counter: Store, people: Dataset) -> None:
    at = desk(counter, people, Role.OWNER)
    own = {i.number for i in people.of(Invoice) if i.account_id == at.account.id}
    for document in foreign(people, at.account):
        with pytest.raises(NotFound):
            open_invoice(at, document.id)
        with pytest.raises(NotFound):
            find_number(at, document.number)
        assert {r.number for r in list_invoices(at, Question(text=document.number)).rows} <= own


def test_another_accounts_document_is_refused_in_the_same_words_as_one_that_is_not(
    counter: Store, people: Dataset
) -> None:
    at = desk(counter, people, Role.OWNER)
    there = next(foreign(people, at.account)).id
    refusals = []
    for wanted in (there, "no-such-id"):
        with pytest.raises(NotFound) as refused:
            open_invoice(at, wanted)
        refusals.append(str(refused.value).replace(wanted, "ID"))
    assert refusals[0] == refusals[1]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("state", StateFilter)
def test_lists_hold_the_accounts_own_only(counter: Store, people: Dataset, state: StateFilter, order: Order) -> None:
    at = desk(counter, people, Role.OWNER)
    theirs = next(s for s in people.of(Subscription) if s.account_id != at.account.id)
    for question in (
        Question(state=state, order=order),
        Question(state=state, order=order, year=2025),
        Question(state=state, order=order, text="remote"),
        Question(state=state, order=order, subscription_id=theirs.id),
    ):
        rows = list_invoices(at, question, limit=10_000).rows
        assert {row.account_id for row in rows} <= {at.account.id}
        assert not (rows and question.subscription_id)


def test_the_books_show_no_record_of_others_whatever_is_asked(counter: Store, people: Dataset) -> None:
    at = desk(counter, people, Role.OWNER)
    leaks = []
    with at.read(Act.SEE_INVOICES) as books:
        for kind in KINDS:
            for record in people.of(kind):
                if record.owner != at.account.id and kind not in OPEN_KINDS:
                    leaks += [record] if _seen(books, kind, record) else []
            for index in kind.indexes:
                for key in _foreign_keys(people, kind, index.name, at.account):
                    leaks += _found(books, kind, Span(index.name, key[1:])) + _found(books, kind, Span(index.name))
    assert [r for r in leaks if r.owner != at.account.id] == []


def _seen(books: AccountBooks, kind: type[Record], record: Record) -> bool:
    try:
        return books.get(kind, record.id) is not None
    except NotFound:
        return False


def _foreign_keys(people: Dataset, kind: type[Record], index: str, account: Account) -> list[tuple[Any, ...]]:
    declared = next(i for i in kind.indexes if i.name == index)
    keys = [key for r in people.of(kind) if r.owner != account.id for key in declared.keys(r)]
    return keys[:5]


def _found(books: AccountBooks, kind: type[Record], span: Span) -> list[Record]:
    try:
        return list(books.find(kind, span).rows)
    except NotFound:
        return []


def test_an_opened_document_brings_its_own_payments_and_notes_only(counter: Store, people: Dataset) -> None:
    at = desk(counter, people, Role.OWNER)
    for document in [i for i in people.of(Invoice) if i.account_id == at.account.id][:100]:
        file = open_invoice(at, document.id)
        assert {p.invoice_id for p in file.payments} <= {document.id}
        assert {n.corrects for n in file.credit_notes} <= {document.id}
        assert (file.original is None) is not bool(document.corrects)


def test_the_counter_keeps_credentials_and_payments_of_people_out_of_reach(counter: Store, people: Dataset) -> None:
    at = desk(counter, people, Role.OWNER)
    with at.read(Act.SEE_INVOICES) as books:
        others: list[tuple[type[Record], str]] = [(Credential, "user_id"), (Person, "name"), (Account, "name")]
        for kind, index in others:
            with pytest.raises(NotFound):
                books.find(kind, Span(index))
            with pytest.raises(NotFound):
                books.count(kind, Span(index))
        assert {p.account_id for p in books.find(Payment, Span("account"), limit=10_000).rows} <= {at.account.id}
