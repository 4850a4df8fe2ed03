"""The people of an account: who they are, what they may do, and whom a member may ask (M7, M10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from billing.accounts import Membership, Person, Role
from billing.credentials import Counter
from billing.desk import MOST_PEOPLE, AccountBooks, Desk
from billing.errors import N_
from billing.permissions import Act
from billing.record import Id, Index, Record
from billing.store import Span

UNDO_WITHIN = timedelta(hours=72)
"""For how long a change of a contact can be taken back (trust notes, 4.6)."""

HANDOVER_LASTS = timedelta(days=14)

ROLE_WORDS = {
    Role.OWNER: N_("billing contact"),
    Role.PAYER: N_("payer"),
    Role.APPROVER: N_("approver"),
    Role.VIEWER: N_("viewer"),
    Role.MEMBER: N_("member, no billing rights"),
    Role.REPRESENTATIVE: N_("representative"),
    Role.LEAD: N_("lead of the representatives"),
}


class ContactChange(Record, frozen=True, kw_only=True):
    """What was changed of a contact, as it was before, so that it can be taken back for a while."""

    kind: ClassVar[str] = "contact_changes"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda c: [(c.account_id, c.at.isoformat(), c.number)]),
        Index("person", lambda c: [(c.account_id, c.person_id, c.number)]),
    )

    account_id: Id
    person_id: Id
    at: datetime
    by: str
    """The name of whoever did it."""
    name: str
    email: str
    role: Role
    """Name, address and role before."""
    removed: bool = False
    undone: bool = False
    number: int = 0
    """Counts the account's changes, from 1: two may happen at one moment."""


class Handover(Record, frozen=True, kw_only=True):
    """The billing contact offers the account to somebody on it; nothing changes until they accept."""

    kind: ClassVar[str] = "handovers"
    indexes: ClassVar[tuple[Index, ...]] = (Index("account", lambda h: [(h.account_id, h.at.isoformat())]),)

    account_id: Id
    from_id: Id
    to_id: Id
    at: datetime
    stays_as: Role
    """What the present billing contact is afterwards."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody on the account. `user_id` is theirs at this counter; `waiting` until they created a password."""

    person: Person
    membership: Membership
    user_id: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class Contacts:
    """Everybody on the account, what was changed lately and can be undone, and an open handover."""

    people: tuple[Contact, ...]
    undoable: tuple[ContactChange, ...]
    handover: Handover | None


def billing_contacts(desk: Desk) -> tuple[Person, ...]:
    """The people who own the account's billing."""
    with desk.read(Act.SEE_BILLING_CONTACT) as books:
        return books.people(Role.OWNER)


def list_contacts(desk: Desk) -> Contacts:
    """Who is on the account, by role and name."""
    with desk.read(Act.SEE_CONTACTS) as books:
        counter = Counter.CENTER if desk.counter is Counter.CENTER else Counter.ENTERPRISE
        people = [contact(books, m, counter) for m in books.find(Membership, Span("account"), limit=MOST_PEOPLE).rows]
        places = list(Role)
        people.sort(key=lambda c: (places.index(c.membership.role), c.person.name.casefold(), c.person.id))
        now = desk.clock()
        recent = Span("account", low=(now - UNDO_WITHIN).isoformat())
        changes = books.find(ContactChange, recent, descending=True, limit=MOST_PEOPLE).rows
        here = {c.person.id for c in people}
        undoable = tuple(
            c for c in changes if not c.undone and now - c.at < UNDO_WITHIN and c.removed is (c.person_id not in here)
        )
        return Contacts(tuple(people), undoable, open_handover(books, now))


def contact(books: AccountBooks, membership: Membership, counter: Counter) -> Contact:
    """One person on the account."""
    person, credential = books.person(membership.person_id, counter)
    waiting = credential is not None and not credential.password_hash
    return Contact(person, membership, credential.user_id if credential else "", waiting)


def open_handover(books: AccountBooks, now: datetime) -> Handover | None:
    """The handover that waits for an answer."""
    rows = books.find(Handover, Span("account"), descending=True, limit=1).rows
    return rows[0] if rows and now - rows[0].at < HANDOVER_LASTS else None
