"""The desk: what a use case receives instead of a bare store. The single place of authorization.

A desk belongs to one person on one account. What is read or written through it is that account's; a record of any
other account is simply not found, whoever asks and however its id was learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import uuid4
from zoneinfo import ZoneInfo

from billing.accounts import Account, Membership, Person, Role
from billing.audit import AuditEvent, Change, append
from billing.catalogue import Coupon, Plan
from billing.credentials import Counter, Credential
from billing.errors import N_, KeyRevoked, NotAllowed, NotFound, Refusal, VisitEnded
from billing.language import Language
from billing.permissions import ALLOWED, Act
from billing.record import Id, R, Record
from billing.representatives import Representative, serves
from billing.store import Cursor, Page, Reading, Span, Store, Writing
from billing.vendor import Series, Vendor

MOST_PLANS = 500
"""Plans of a catalogue that are read."""

MOST_PEOPLE = 1000
"""People of an account, or with one role on it, that are read."""

Clock: TypeAlias = Callable[[], datetime]
"""Gives the current moment, with a time zone."""

OPEN_KINDS: frozenset[type[Record]] = frozenset({Vendor, Plan, Coupon, Representative})
"""What belongs to no account and may be read at every desk: the vendor's name, catalogue and staff."""


class SharedPerson(Refusal):
    """The person is on other accounts too."""

    message = N_("{name} is on other accounts too, so only they can change this. Nothing was changed.")


class UserIdTaken(Refusal):
    """Somebody signs in by this user ID already."""

    message = N_("User ID {user_id} cannot be used. Nothing was changed. Choose another.")
    field = "user_id"


def fresh_id() -> Id:
    """An identifier nobody can guess."""
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class AccountBooks:
    """A reading transaction that sees one account."""

    _reading: Reading
    account_id: Id

    def get(self, kind: type[R], record_id: Id) -> R:
        """The record, or `NotFound` where it is absent or another account's."""
        record = self._reading.get(kind, record_id)
        if kind in OPEN_KINDS or record.owner == self.account_id:
            return record
        raise NotFound(kind=kind.kind, id=record_id)

    def find(
        self,
        kind: type[R],
        index: Span,
        *,
        descending: bool = False,
        limit: int = 100,
        offset: int = 0,
        after: Cursor | None = None,
    ) -> Page[R]:
        """Rows of an index that begins with the account, which is added here: callers cannot name another."""
        span = self._own(kind, index)
        page = self._reading.find(kind, span, descending=descending, limit=limit, offset=offset, after=after)
        if any(row.owner != self.account_id for row in page.rows):
            raise NotFound(kind=kind.kind, id=span.index)
        return page

    def count(self, kind: type[Record], index: Span) -> int:
        """How many keys of the account lie in the span."""
        return self._reading.count(kind, self._own(kind, index))

    def _own(self, kind: type[Record], span: Span) -> Span:
        if "account_id" not in kind.__struct_fields__ or any(i.shared for i in kind.indexes if i.name == span.index):
            raise NotFound(kind=kind.kind, id=span.index)
        return replace(span, equal=(self.account_id, *span.equal))

    def plans(self) -> tuple[Plan, ...]:
        """The vendor's whole catalogue."""
        return self._reading.every(Plan, limit=MOST_PLANS)

    def people(self, role: Role) -> tuple[Person, ...]:
        """The account's people who hold `role`."""
        page = self.find(Membership, Span("account", (role.value,)), limit=MOST_PEOPLE)
        return tuple(self._reading.get(Person, m.person_id) for m in page.rows)

    def person(self, person_id: Id, counter: Counter) -> tuple[Person, Credential | None]:
        """Somebody on the account, and their user ID at a counter; `NotFound` for anybody else."""
        if not self._reading.count(Membership, Span("person", (person_id, self.account_id))):
            raise NotFound(kind=Person.kind, id=person_id)
        held = self._reading.find(Credential, Span("person", (person_id, counter.value)), limit=1).rows
        return self._reading.get(Person, person_id), held[0] if held else None

    def representative(self) -> Person | None:
        """Who looks after the account on the vendor's side."""
        representative_id = self._reading.get(Account, self.account_id).representative_id
        return self._reading.get(Person, representative_id) if representative_id else None

    def team(self) -> tuple[tuple[Representative, Person], ...]:
        """The representatives of the team that looks after the account."""
        representative_id = self._reading.get(Account, self.account_id).representative_id
        if not representative_id:
            return ()
        team = self._reading.get(Representative, representative_id).team
        found = self._reading.find(Representative, Span("team", (team,)), limit=MOST_PEOPLE).rows
        return tuple((r, self._reading.get(Person, r.id)) for r in found)

    def leads(self) -> tuple[Person, ...]:
        """Who leads that team."""
        return tuple(person for representative, person in self.team() if representative.lead)


@dataclass(frozen=True, slots=True)
class AccountLedger:
    """The store's contract for the engine at work for one account: every other account's record is not there.

    The engine (`billing.issuing`, `billing.collecting`) also works for all accounts at once, on a bare transaction.
    """

    _writing: Writing
    account_id: Id

    def _own(self, record: R) -> R:
        if record.owner == self.account_id or type(record) in OPEN_KINDS or isinstance(record, Series):
            return record
        raise NotFound(kind=record.kind, id=record.id)

    def get(self, kind: type[R], record_id: Id) -> R:
        """See `billing.store.Reading.get`. People are found where they are on the account, or look after it."""
        record = self._writing.get(kind, record_id)
        if isinstance(record, Person):
            if self._writing.count(Membership, Span("person", (record_id, self.account_id))):
                return record
            if record_id == self._writing.get(Account, self.account_id).representative_id:
                return record
            raise NotFound(kind=kind.kind, id=record_id)
        if isinstance(record, Account) and record_id == self._writing.get(Account, self.account_id).parent_id:
            return record  # read, to know whom the branch's renewals are invoiced to; never written
        return self._own(record)

    def find(
        self,
        kind: type[R],
        span: Span,
        *,
        descending: bool = False,
        limit: int = 100,
        offset: int = 0,
        after: Cursor | None = None,
    ) -> Page[R]:
        """See `billing.store.Reading.find`; a row of another account is refused, and so is all that came with it."""
        page = self._writing.find(kind, span, descending=descending, limit=limit, offset=offset, after=after)
        for row in page.rows:
            self._own(row)
        return page

    def count(self, kind: type[Record], span: Span) -> int:
        """See `billing.store.Reading.count`; only within the account."""
        if span.equal[:1] != (self.account_id,):
            raise NotFound(kind=kind.kind, id=span.index)
        return self._writing.count(kind, span)

    def every(self, kind: type[R], *, after: Id = "", limit: int = 1000) -> tuple[R, ...]:
        """Nothing: copies are not made at a desk."""
        del limit
        raise NotFound(kind=kind.kind, id=after)

    def put(self, record: R) -> R:
        """See `billing.store.Writing.put`. Of what belongs to no account, only a numbering series is written."""
        if record.owner != self.account_id and not isinstance(record, Series):
            raise NotFound(kind=record.kind, id=record.id)
        return self._writing.put(record)

    def put_person(self, person: Person) -> Person:
        """Store somebody who is on this account and no other: what others share is theirs to change themselves."""
        rows = self._writing.find(Membership, Span("person", (person.id,)), limit=2).rows
        if [m.account_id for m in rows] != [self.account_id]:
            raise SharedPerson(name=person.name)
        return self._writing.put(person)

    def enrol(self, person: Person, credential: Credential, request_id: Id, now: datetime) -> None:
        """Store a new person with a user ID and invite them to create their password."""
        from billing.forgotten_password import invite_access

        if person.version or credential.version or credential.person_id != person.id:
            raise NotFound(kind=Person.kind, id=person.id)
        taken = Span("user_id", (credential.counter.value, credential.user_id))
        if self._writing.count(Credential, taken):
            raise UserIdTaken(user_id=credential.user_id)
        self._writing.put(person)
        self._writing.put(credential)
        invite_access(self._writing, credential, request_id, now)

    def invite_again(self, person_id: Id, counter: Counter, request_id: Id, now: datetime) -> None:
        """Invite somebody once more who has no password yet."""
        from billing.forgotten_password import invite_access

        held = self._writing.find(Credential, Span("person", (person_id, counter.value)), limit=1).rows
        if held and not held[0].password_hash:
            invite_access(self._writing, held[0], request_id, now)

    def remove(self, record: Record) -> None:
        """See `billing.store.Writing.remove`."""
        if record.owner != self.account_id:
            raise NotFound(kind=record.kind, id=record.id)
        self._writing.remove(record)


@dataclass(frozen=True, slots=True)
class AccountWriting(AccountBooks):
    """A transaction at a desk: reads and writes one account, and leaves one audit event for each thing that is told."""

    ledger: AccountLedger
    desk: Desk
    act: Act

    def put(self, record: R) -> R:
        """Store a record of the account; see `billing.store.Writing.put`."""
        return self.ledger.put(record)

    def record(self, message: str, subject_id: Id = "", /, changes: tuple[Change, ...] = (), **values: Any) -> None:
        """Say in the audit trail what the person did: a catalogue sentence and what fills it, and field by field."""
        desk = self.desk
        written = Language(desk.account.language)
        append(
            self.ledger,
            AuditEvent(
                id=desk.ids(),
                account_id=self.account_id,
                at=desk.clock(),
                person_id=desk.person.id,
                door=desk.counter.value,
                act=self.act.name.lower(),
                subject_id=subject_id,
                message=message,
                values={name: written.write(value) for name, value in values.items()},
                changes=changes,
            ),
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is asking, for which account, through which counter, since when."""

    store: Store
    clock: Clock
    counter: Counter
    person: Person
    account: Account
    role: Role
    since: datetime
    ids: Callable[[], Id] = fresh_id
    credential: Credential | None = None
    """What opened the door; None where the person was proven otherwise."""
    key_id: Id = ""
    """The enrolled key that did so in the place of a password."""

    @property
    def today(self) -> date:
        """The calendar day where the account is."""
        return self.clock().astimezone(ZoneInfo(self.account.time_zone)).date()

    def issue_day(self, vendor: Vendor) -> date:
        """The calendar day where documents are dated."""
        return self.clock().astimezone(ZoneInfo(vendor.time_zone)).date()

    def may(self, act: Act) -> bool:
        """Whether the role allows the act; screens use it to leave out what would be refused."""
        return act in ALLOWED[self.role]

    @contextmanager
    def read(self, act: Act) -> Iterator[AccountBooks]:
        """A consistent view of the account, for an act the role allows; `NotAllowed` otherwise."""
        with self.store.read() as reading:
            self._require(reading, act)
            yield AccountBooks(reading, self.account.id)

    @contextmanager
    def write(self, act: Act) -> Iterator[AccountWriting]:
        """A transaction on the account, for an act the role allows; `NotAllowed` otherwise."""
        with self.store.write() as writing:
            self._require(writing, act)
            yield AccountWriting(writing, self.account.id, AccountLedger(writing, self.account.id), self, act)

    def _require(self, reading: Reading, act: Act) -> None:
        if self.credential is not None:
            still_proven(reading, self.credential, self.key_id)
        role = role_of(reading, self.counter, self.person.id, self.account.id)
        if role is None or act not in ALLOWED[role]:
            raise NotAllowed


def still_proven(reading: Reading, held: Credential, key_id: Id = "") -> Credential:
    """What opened a door, as it is now; `VisitEnded` where its password was changed since, `KeyRevoked` for a key."""
    from billing.access_keys import AccessKey

    try:
        now = reading.get(Credential, held.id)
    except NotFound as gone:
        raise VisitEnded from gone
    if now.generation != held.generation:
        raise VisitEnded
    if key_id:
        try:
            key = reading.get(AccessKey, key_id)
        except NotFound as gone:
            raise KeyRevoked from gone
        if key.credential_id != held.id:
            raise KeyRevoked
    return now


def role_of(reading: Reading, counter: Counter, person_id: Id, account_id: Id) -> Role | None:
    """What a person is at a counter for an account, by the records as they stand; None for nothing.

    Whoever is on a parent account is the same on its branches, unless a branch says otherwise.
    """
    account = reading.get(Account, account_id)
    if counter is Counter.DESK:
        try:
            representative = reading.get(Representative, person_id)
        except NotFound:
            return None
        return representative.role if serves(reading, representative, account) else None
    for held_by in filter(None, (account.id, account.parent_id)):
        if rows := reading.find(Membership, Span("person", (person_id, held_by)), limit=1).rows:
            return rows[0].role
    return None
