"""Who is on an account: inviting, changing, removing, handing over, and never without a billing contact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.access import AccessRequest, Purpose
from billing.accounts import CUSTOMER_ROLES, Account, Membership, Person, Role
from billing.audit import AuditEvent
from billing.contact_changes import (
    ChangedSince,
    ContactConflict,
    ContactWrong,
    LastOwner,
    TooLate,
    change_contact,
    invite,
    invite_again,
    remove_contact,
    undo_change,
)
from billing.contacts import list_contacts
from billing.credentials import Counter, Credential
from billing.desk import Desk, SharedPerson, UserIdTaken
from billing.errors import NotAllowed, NotFound, Refusal
from billing.handover import (
    HandoverOpen,
    NoHandover,
    accept_handover,
    decline_handover,
    my_handover,
    offer_handover,
    withdraw_handover,
)
from billing.outbox import OutboxMessage
from billing.overview import overview
from billing.record import changed
from billing.store import Span
from billing.verify import verify
from tests.billing.table import Table

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA"


def made() -> Table:
    table = Table()
    with table.store.write() as books:
        for person in ("owner", "payer", "approver", "owner-elsewhere"):
            books.put(
                Credential(
                    id=f"c.{person}", counter=Counter.ENTERPRISE, user_id=f"{person}.id", person_id=person,
                    password_hash=HASH,
                )
            )  # fmt: skip
    return table


@pytest.fixture
def table() -> Table:
    return made()


def seen(person: Person, role: Role) -> tuple[str, str, Role]:
    return person.name, person.email, role


def change(desk: Desk, person_id: str, **fields: object) -> Membership:
    """Change somebody as they are now."""
    who = next(c for c in list_contacts(desk).people if c.person.id == person_id)
    now = {"name": who.person.name, "email": who.person.email, "role": who.membership.role}
    return change_contact(
        desk, person_id, read=seen(who.person, who.membership.role), **(now | fields),  # type: ignore[arg-type]
    )  # fmt: skip


def mailed(table: Table) -> set[str]:
    with table.store.read() as books:
        return {m.to for m in books.every(OutboxMessage) if m.template == "contact_changed"}


def test_whoever_is_invited_can_create_a_password_and_is_told_apart_until_then(table: Table) -> None:
    owner = table.at("owner")
    membership = invite(owner, " Ana  Gil ", "ana@corp.example", Role.PAYER, "corp.ana")
    (ana,) = [c for c in list_contacts(owner).people if c.person.id == membership.person_id]
    assert (ana.person.name, ana.user_id, ana.waiting) == ("Ana Gil", "corp.ana", True)
    with table.store.read() as books:
        (request,) = books.every(AccessRequest)
    assert (request.user_id, request.purpose) == ("corp.ana", Purpose.INVITATION)
    invite_again(owner, membership.person_id)
    with table.store.read() as books:
        assert len(books.every(AccessRequest)) == 2
    assert not list(verify(table.store))


def test_a_user_id_is_given_once(table: Table) -> None:
    with pytest.raises(UserIdTaken):
        invite(table.at("owner"), "Eve", "eve@corp.example", Role.VIEWER, "owner-elsewhere.id")
    assert len(list_contacts(table.at("owner")).people) == len(CUSTOMER_ROLES)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("", "a@b.example"),
        ("x" * 121, "a@b.example"),
        ("Ana", "no address"),
        ("Ana", "a@b.example\nBcc: c@d.example"),
        ("A\x1b[2J", "a@b.example"),
    ],
)
def test_names_and_addresses_that_can_be_none_are_refused(table: Table, name: str, email: str) -> None:
    with pytest.raises((ContactWrong, Refusal)):
        invite(table.at("owner"), name, email, Role.VIEWER, "corp.x")


def test_a_role_changes_what_somebody_may_do_with_their_next_key(table: Table) -> None:
    viewer = table.at("viewer")
    assert overview(viewer)
    change(table.at("owner"), "viewer", role=Role.MEMBER)
    with pytest.raises(NotAllowed):
        overview(viewer)


def test_the_old_and_the_new_address_are_told_and_it_can_be_taken_back_for_three_days(table: Table) -> None:
    change(table.at("owner"), "payer", email="new@corp.example", name="Payer Two")
    assert {"payer@corp.example", "new@corp.example", "owner@corp.example"} <= mailed(table)
    (change_made,) = list_contacts(table.at("owner")).undoable
    table.next_day(2)
    undo_change(table.at("owner"), change_made.id)
    with table.store.read() as books:
        assert books.get(Person, "payer").email == "payer@corp.example"
    with pytest.raises(TooLate):
        undo_change(table.at("owner"), change_made.id)


def test_taking_an_older_change_back_never_undoes_a_later_one(table: Table) -> None:
    owner = table.at("owner")
    change(owner, "payer", email="new@corp.example")
    (address,) = list_contacts(owner).undoable
    table.next_day()
    change(owner, "payer", role=Role.MEMBER)
    with pytest.raises(ChangedSince):
        undo_change(owner, address.id)
    undo_change(owner, list_contacts(owner).undoable[0].id)
    undo_change(owner, address.id)
    payer = next(c for c in list_contacts(owner).people if c.person.id == "payer")
    assert (payer.person.email, payer.membership.role) == ("payer@corp.example", Role.PAYER)


def test_an_owner_of_the_parent_changes_contacts_of_a_branch_that_has_no_owner_of_its_own(table: Table) -> None:
    with table.store.write() as books:
        books.put(changed(books.get(Account, "elsewhere"), parent_id="corp"))
        books.remove(books.get(Membership, "owner-elsewhere.elsewhere"))
        person, branch = books.get(Person, "owner"), books.get(Account, "elsewhere")
    desk = Desk(table.store, table.clock, Counter.ENTERPRISE, person, branch, Role.OWNER, table.clock())
    change(desk, "viewer-elsewhere", role=Role.PAYER)
    remove_contact(desk, "viewer-elsewhere")
    assert all(c.person.id != "viewer-elsewhere" for c in list_contacts(desk).people)


def test_after_three_days_it_is_too_late(table: Table) -> None:
    remove_contact(table.at("owner"), "payer")
    (change_made,) = list_contacts(table.at("owner")).undoable
    table.next_day(3)
    assert not list_contacts(table.at("owner")).undoable
    with pytest.raises(TooLate):
        undo_change(table.at("owner"), change_made.id)


def test_whoever_is_removed_is_out_at_once_and_can_be_brought_back(table: Table) -> None:
    payer = table.at("payer")
    remove_contact(table.at("owner"), "payer")
    with pytest.raises(NotAllowed):
        overview(payer)
    assert "payer@corp.example" in mailed(table)
    undo_change(table.at("owner"), list_contacts(table.at("owner")).undoable[0].id)
    assert overview(payer)


@pytest.mark.parametrize("how", ["remove", "demote"])
def test_the_account_is_never_without_a_billing_contact_who_can_sign_in(table: Table, how: str) -> None:
    owner = table.at("owner")
    invite(owner, "Ana", "ana@corp.example", Role.OWNER, "corp.ana")  # cannot sign in yet
    with pytest.raises(LastOwner):
        if how == "remove":
            remove_contact(owner, "owner")
        else:
            change(owner, "owner", role=Role.VIEWER)
    change(owner, "approver", role=Role.OWNER)
    change(owner, "owner", role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        invite(owner, "Eve", "eve@corp.example", Role.VIEWER, "corp.eve")


def test_somebody_on_other_accounts_keeps_their_own_name(table: Table) -> None:
    with table.store.write() as books:
        books.put(Membership(id="m", account_id="elsewhere", person_id="payer", role=Role.VIEWER))
    with pytest.raises(SharedPerson):
        change(table.at("owner"), "payer", name="Mine now")
    change(table.at("owner"), "payer", role=Role.VIEWER)


def test_two_people_who_edit_one_contact_lose_nothing(table: Table) -> None:
    change(table.at("owner"), "approver", role=Role.OWNER)
    with table.store.read() as books:
        payer = books.get(Person, "payer")
    read = seen(payer, Role.PAYER)
    change_contact(table.at("owner"), "payer", name="Pay One", email=payer.email, role=Role.PAYER, read=read)
    other = table.at("approver")
    change_contact(other, "payer", name=payer.name, email="pay@corp.example", role=Role.PAYER, read=read)
    with table.store.read() as books:
        assert (books.get(Person, "payer").name, books.get(Person, "payer").email) == ("Pay One", "pay@corp.example")
    with pytest.raises(ContactConflict) as conflict:
        change_contact(other, "payer", name="Pay Two", email=payer.email, role=Role.PAYER, read=read)
    (disagreement,) = conflict.value.disagreements
    assert (disagreement.theirs, disagreement.mine) == ("Pay One", "Pay Two")


def test_people_of_other_accounts_are_not_there(table: Table) -> None:
    for doing in (
        lambda: remove_contact(table.at("owner"), "owner-elsewhere"),
        lambda: change_contact(
            table.at("owner"), "owner-elsewhere", name="x", email="x@y.example", role=Role.VIEWER,
            read=("x", "x", Role.VIEWER),
        ),
        lambda: offer_handover(table.at("owner"), "owner-elsewhere"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            doing()


class TestHandingOver:
    def test_nothing_changes_until_both_have_said_so(self, table: Table) -> None:
        owner, payer = table.at("owner"), table.at("payer")
        offer_handover(owner, "payer", Role.VIEWER)
        assert overview(owner)
        with pytest.raises(NotAllowed):
            accept_handover(table.at("approver"))
        assert my_handover(payer) is not None
        accept_handover(payer)
        roles = {c.person.id: c.membership.role for c in list_contacts(payer).people}
        assert (roles["payer"], roles["owner"]) == (Role.OWNER, Role.VIEWER)
        with table.store.read() as books:
            events = books.find(AuditEvent, Span("account", ("corp",))).rows
            told = {m.to for m in books.every(OutboxMessage) if m.template == "handover_done"}
        assert [e.person_id for e in events] == ["owner", "payer"]
        assert told == {"owner@corp.example", "payer@corp.example"}

    @pytest.mark.parametrize("end", ["declined", "withdrawn", "too late"])
    def test_it_may_come_to_nothing(self, table: Table, end: str) -> None:
        offer_handover(table.at("owner"), "payer")
        match end:
            case "declined":
                decline_handover(table.at("payer"))
            case "withdrawn":
                withdraw_handover(table.at("owner"))
            case _:
                table.next_day(14)
        with pytest.raises(NoHandover):
            accept_handover(table.at("payer"))
        assert overview(table.at("owner"))

    def test_the_offer_of_somebody_who_is_off_the_account_is_none(self, table: Table) -> None:
        change(table.at("owner"), "approver", role=Role.OWNER)
        offer_handover(table.at("owner"), "payer")
        remove_contact(table.at("approver"), "owner")
        with pytest.raises(NoHandover):
            accept_handover(table.at("payer"))

    def test_what_both_agreed_on_is_not_undone_by_taking_an_older_change_back(self, table: Table) -> None:
        change(table.at("owner"), "payer", name="Pay One")
        (older,) = list_contacts(table.at("owner")).undoable
        offer_handover(table.at("owner"), "payer")
        accept_handover(table.at("payer"))
        with pytest.raises(TooLate):
            undo_change(table.at("payer"), older.id)

    def test_one_offer_at_a_time(self, table: Table) -> None:
        offer_handover(table.at("owner"), "payer")
        with pytest.raises(HandoverOpen):
            offer_handover(table.at("owner"), "approver")

    def test_nobody_who_cannot_sign_in_is_left_alone_with_the_account(self, table: Table) -> None:
        offer_handover(table.at("owner"), "member")
        with pytest.raises(LastOwner):
            accept_handover(table.at("member"))


acts = st.lists(
    st.tuples(
        st.sampled_from(["remove", "role", "offer", "accept", "undo", "invite"]),
        st.sampled_from(["owner", "payer", "approver", "member"]),
        st.sampled_from(["owner", "payer", "approver", "viewer"]),
        st.sampled_from(CUSTOMER_ROLES),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(acts)
def test_whatever_anybody_does_there_is_a_billing_contact(steps: list[tuple[str, str, str, Role]]) -> None:
    table = made()
    for number, (what, who, whom, role) in enumerate(steps):
        try:
            desk = table.at(who)
            match what:
                case "remove":
                    remove_contact(desk, whom)
                case "role":
                    change(desk, whom, role=role)
                case "offer":
                    offer_handover(desk, whom, role)
                case "accept":
                    accept_handover(desk)
                case "undo":
                    undo_change(desk, list_contacts(desk).undoable[0].id)
                case "invite":
                    invite(desk, "Ana", "a@b.example", role, f"ana{number}")
        except (Refusal, IndexError, StopIteration):
            pass
        with table.store.read() as books:
            owners = books.find(Membership, Span("account", ("corp", Role.OWNER.value))).rows
            able = [
                m for m in owners
                if any(c.password_hash for c in books.find(Credential, Span("person", (m.person_id,))).rows)
            ]  # fmt: skip
        assert able
    assert not list(verify(table.store))
