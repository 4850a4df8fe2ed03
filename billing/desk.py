"""The desk: what a use case receives instead of a bare store. The single place of authorization.

A desk belongs to one person on one account. What is read or written through it is that account's; a record of any
other account is simply not found, whoever asks and however its id was learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from billing.accounts import Account, Membership, Person, Role
from billing.catalogue import Plan
from billing.credentials import Counter
from billing.errors import NotAllowed, NotFound
from billing.permissions import ALLOWED, Act
from billing.record import Id, R, Record
from billing.store import Cursor, Page, Reading, Span, Store
from billing.vendor import Vendor

Clock: TypeAlias = Callable[[], datetime]
"""Gives the current moment, with a time zone."""

OPEN_KINDS: frozenset[type[Record]] = frozenset({Vendor, Plan})
"""What every signed-in person may read: the vendor's own name and catalogue."""


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
        if "account_id" not in kind.__struct_fields__:
            raise NotFound(kind=kind.kind, id=span.index)
        return replace(span, equal=(self.account_id, *span.equal))

    def people(self, role: Role) -> tuple[Person, ...]:
        """The account's people who hold `role`."""
        page = self.find(Membership, Span("account", (role.value,)))
        return tuple(self._reading.get(Person, m.person_id) for m in page.rows)


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

    @property
    def today(self) -> date:
        """The calendar day where the account is."""
        return self.clock().astimezone(ZoneInfo(self.account.time_zone)).date()

    def may(self, act: Act) -> bool:
        """Whether the role allows the act; screens use it to leave out what would be refused."""
        return act in ALLOWED[self.role]

    @contextmanager
    def read(self, act: Act) -> Iterator[AccountBooks]:
        """A consistent view of the account, for an act the role allows; `NotAllowed` otherwise."""
        with self.store.read() as reading:
            membership = reading.find(Membership, Span("person", (self.person.id, self.account.id)), limit=1).rows
            if not membership or act not in ALLOWED[membership[0].role]:
                raise NotAllowed
            yield AccountBooks(reading, self.account.id)
