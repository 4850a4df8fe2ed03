"""The port to where records live. `storage` implements it; one conformance suite holds every backend to it.

A store holds records by kind and id. All reading and writing happens inside a transaction:

    with store.write() as books:
        invoice = books.get(Invoice, invoice_id)
        books.put(changed(invoice, state=InvoiceState.PAID))

`write` is atomic over all kinds: leaving the block commits everything, an exception commits nothing. When it has
returned, the commit is on disk and survives a crash (backends that keep nothing on disk say so in `durable`).
Transactions see a consistent state and do not see others' uncommitted work.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, Protocol

from billing.errors import N_, Refusal
from billing.record import Id, Key, R, Record


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one index: keys that begin with `equal`, then lie in `low` <= next part < `high`.

    `low` and `high` bound the part that follows `equal`; None leaves that side open.
    """

    index: str
    equal: Key = ()
    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an index, just after one record. It stays valid when other records come and go."""

    key: Key
    id: Id


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some rows of a span, in index order (ties by id), and where the next page begins (None at the end)."""

    rows: tuple[R, ...]
    next: Cursor | None


class Reading(Protocol):
    """A consistent view of the store."""

    def get(self, kind: type[R], record_id: Id) -> R:
        """The record, or `NotFound`."""
        ...

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
        """At most `limit` records of `span`, skipping `offset` after the start or after cursor `after`.

        A record with several keys in the span appears once per key. Cost grows with `limit`, not with the span
        (an SQL backend may also pay for `offset`).
        """
        ...

    def count(self, kind: type[Record], span: Span) -> int:
        """How many keys of the index lie in `span`."""
        ...

    def every(self, kind: type[R], *, after: Id = "", limit: int = 1000) -> tuple[R, ...]:
        """At most `limit` records of a kind whose id is greater than `after`, by id. For copies only."""
        ...


class Writing(Reading, Protocol):
    """A transaction that can write. Reads see its own writes."""

    def put(self, record: R) -> R:
        """Store a new record (version 0) or the next version of a known one; returns it with its new version.

        Raises `Stale` when the store holds another version (or none, or one where version is 0), and `Duplicate`
        when a unique key is taken.
        """
        ...

    def remove(self, record: Record) -> None:
        """Take a record out. Raises `NotFound` or `Stale`."""
        ...


class Store(Protocol):
    """A place where records live. Safe to use from several threads."""

    durable: bool
    """Whether a commit survives the end of the process."""

    def read(self) -> AbstractContextManager[Reading]:
        """Open a consistent view."""
        ...

    def write(self) -> AbstractContextManager[Writing]:
        """Open a transaction: committed when the block ends, undone when it raises."""
        ...

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """Call `heard`, from any thread, after commits that changed a record of the account; the answer ends that.

        Whoever committed is heard: this process at once, others of a store for several within a second. Several commits
        may be heard as one. What is committed after `listen` has returned is not missed. Never waits for the disk.
        """
        ...

    def close(self) -> None:
        """Let go of files and locks. Closing twice is harmless."""
        ...


class StoreUnavailable(Refusal):
    """The place where records live cannot be opened or written."""

    message = N_("The data at {place} cannot be used: {reason}. Nothing was changed.")


class StoreInUse(StoreUnavailable):
    """Another process owns the store."""

    message = N_(
        "The data at {place} is in use by {owner} (process {pid}, since {since}). Nothing was changed. "
        "Close that program first."
    )


class StoreDamaged(StoreUnavailable):
    """What is on disk is not what was written; nothing is guessed, nothing overwritten."""

    message = N_(
        "The data at {place} is damaged: {reason}. Nothing was changed. Keep a copy, and restore the last backup."
    )


class DiskFull(StoreUnavailable):
    """A commit could not be written; the transaction was undone."""

    message = N_("There is no room left at {place}. Your last change was not saved. Free some space and retry.")
