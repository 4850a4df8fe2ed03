"""Live records in memory, with ordered indexes: what every backend that holds its data in memory is made of.

Records are immutable, so reading hands out the very objects that are stored. Indexes are sorted lists, built when
first asked for: finding costs O(log n) plus the rows returned.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from sortedcontainers import SortedList

from billing.errors import Duplicate, NotFound, Stale
from billing.record import Id, Index, Key, R, Record, changed
from billing.store import Cursor, Page, Span

Entry = tuple[Key, Id]
"""One place in an index."""

Change = tuple[type[Record], Id, Record | None]
"""A record's new value, or None where it was removed."""

Follower = Callable[[type[Record], Id, Record | None, Record | None], None]
"""Told of each committed change: kind, id, the record before and after. It must not fail."""


class _Top:
    """Greater than every key part, so that a prefix can have an end."""

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return True


TOP = _Top()


class Shelf:
    """All records of a store. Not safe for threads by itself."""

    def __init__(self, kinds: Sequence[type[Record]]) -> None:
        self.records: dict[type[Record], dict[Id, Record]] = {kind: {} for kind in kinds}
        self._sorted: dict[tuple[type[Record], str], SortedList[Entry]] = {}
        self._taken: dict[tuple[type[Record], str], dict[Key, Id]] = {}
        self._ids: dict[type[Record], list[Id]] = {}
        self.followers: list[Follower] = []

    def get(self, kind: type[R], record_id: Id) -> R:
        """The record, or `NotFound`."""
        try:
            return self.records[kind][record_id]  # type: ignore[return-value]
        except KeyError:
            raise NotFound(kind=kind.kind, id=record_id) from None

    def entries(self, kind: type[Record], name: str) -> SortedList[Entry]:
        """The index, built on first use."""
        found = self._sorted.get((kind, name))
        if found is None:
            index = declared(kind, name)
            found = SortedList((key, record.id) for record in self.records[kind].values() for key in index.keys(record))
            self._sorted[kind, name] = found
        return found

    def taken(self, kind: type[Record], index: Index) -> dict[Key, Id]:
        """Who holds each key of a unique index, built on first use."""
        found = self._taken.get((kind, index.name))
        if found is None:
            found = {key: record.id for record in self.records[kind].values() for key in index.keys(record)}
            self._taken[kind, index.name] = found
        return found

    def ids(self, kind: type[Record]) -> list[Id]:
        """Every id of a kind, in order; sorted anew after records came or went."""
        if kind not in self._ids:
            self._ids[kind] = sorted(self.records[kind])
        return self._ids[kind]

    def accepts(self, record: Record) -> None:
        """Compute the record's keys and compare them with the others', so that `apply` cannot fail on them later."""
        for index in type(record).indexes:
            entries = self._sorted.get((type(record), index.name), ())
            for key in index.keys(record):
                _ = hash(key), (key, record.id) in entries

    def apply(self, changes: Iterable[Change]) -> None:
        """Take committed changes up. They were checked before; nothing here can fail."""
        for kind, record_id, record in changes:
            old = self.records[kind].pop(record_id, None) if record is None else self.records[kind].get(record_id)
            if record is not None:
                self.records[kind][record_id] = record
            if (old is None) != (record is None):
                self._ids.pop(kind, None)
            for follow in self.followers:
                follow(kind, record_id, old, record)
            for index in kind.indexes:
                if (kind, index.name) not in self._sorted and (kind, index.name) not in self._taken:
                    continue
                before = list(index.keys(old)) if old is not None else []
                after = list(index.keys(record)) if record is not None else []
                if before != after:
                    self._reindex(kind, index, record_id, before, after)

    def _reindex(self, kind: type[Record], index: Index, record_id: Id, before: list[Key], after: list[Key]) -> None:
        entries = self._sorted.get((kind, index.name))
        if entries is not None:
            for key in before:
                entries.remove((key, record_id))
            entries.update((key, record_id) for key in after)
        holders = self._taken.get((kind, index.name))
        if holders is not None:
            for key in before:
                if holders.get(key) == record_id:
                    del holders[key]
            holders.update((key, record_id) for key in after)


def declared(kind: type[Record], name: str) -> Index:
    """The index of that name; a `KeyError` for one that is not declared is a defect of the caller."""
    for index in kind.indexes:
        if index.name == name:
            return index
    raise KeyError(f"{kind.kind} has no index {name}")


@cache
def decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    """Reads a stored record of that kind."""
    return msgspec.json.Decoder(kind)


def storable(record: R) -> R:
    """The record, once what is written of it has been read back the same.

    One record that does not read back (a wrong type, a NaN, half a surrogate pair) would make the whole store
    unreadable. The `ValueError` is a defect of the caller.
    """
    try:
        back = decoder(type(record)).decode(msgspec.json.encode(record))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{record.kind} {record.id} cannot be stored: {error}") from error
    if back != record:
        raise ValueError(f"{record.kind} {record.id} cannot be stored: it reads back differently")
    return record


def bounds(span: Span) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The first entry a span could hold, and the first after it."""
    low = (*span.equal, span.low) if span.low is not None else span.equal
    high = (*span.equal, TOP if span.high is None else span.high)
    return (low,), (high,)


class View:
    """A transaction over a shelf: reads it, and holds changes back until they are committed.

    `guard` is held while an index is used: sorted lists change inside even when they are only read.
    """

    def __init__(self, shelf: Shelf, guard: AbstractContextManager[Any]) -> None:
        self._shelf = shelf
        self._guard = guard
        self.changes: dict[tuple[type[Record], Id], Record | None] = {}
        self._claims: dict[tuple[type[Record], str, Key], Id | None] = {}
        """Unique keys this transaction took, or (None) gave back."""

    def get(self, kind: type[R], record_id: Id) -> R:
        """The record as this transaction sees it."""
        if (kind, record_id) in self.changes:
            record = self.changes[kind, record_id]
            if record is None:
                raise NotFound(kind=kind.kind, id=record_id)
            return record  # type: ignore[return-value]
        return self._shelf.get(kind, record_id)

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
        """See `billing.store.Reading.find`."""
        with self._guard:
            taken = list(islice(self._entries(kind, span, descending, after, offset), limit + 1))
        rows = tuple(self.get(kind, record_id) for _, record_id in taken[:limit])
        more = len(taken) > limit and limit > 0
        return Page(rows, Cursor(*taken[limit - 1]) if more else None)

    def _entries(
        self, kind: type[Record], span: Span, descending: bool, after: Cursor | None, offset: int
    ) -> Iterator[Entry]:
        entries, (low, high) = self._shelf.entries(kind, span.index), bounds(span)
        start, stop = entries.bisect_left(low), entries.bisect_left(high)
        if after is not None and descending:
            stop = min(stop, entries.bisect_left((after.key, after.id)))
        elif after is not None:
            start = max(start, entries.bisect_right((after.key, after.id)))
        own = self._own_entries(kind, span, descending, after)
        if own is None:
            if descending:
                return entries.islice(start, max(stop - offset, start), reverse=True)
            return entries.islice(min(start + offset, stop), stop)
        kept = (e for e in entries.islice(start, stop, reverse=descending) if (kind, e[1]) not in self.changes)
        return islice(heapq.merge(kept, own, reverse=descending), offset, None)

    def _own_entries(
        self, kind: type[Record], span: Span, descending: bool, after: Cursor | None
    ) -> list[Entry] | None:
        """Entries of this transaction's own changes in the span; None where it changed nothing of the kind."""
        own = [(i, record) for (changed_kind, i), record in self.changes.items() if changed_kind is kind]
        if not own:
            return None
        index, (low, high) = declared(kind, span.index), bounds(span)
        found = [(key, i) for i, record in own if record is not None for key in index.keys(record)]
        found = [e for e in found if low <= e < high]
        if after is not None:
            last = (after.key, after.id)
            found = [e for e in found if (e < last if descending else e > last)]
        return sorted(found, reverse=descending)

    def count(self, kind: type[Record], span: Span) -> int:
        """See `billing.store.Reading.count`."""
        with self._guard:
            entries, (low, high) = self._shelf.entries(kind, span.index), bounds(span)
            number = entries.bisect_left(high) - entries.bisect_left(low)
        own = self._own_entries(kind, span, descending=False, after=None)
        if own is None:
            return number
        index = declared(kind, span.index)
        replaced = (self._shelf.records[kind].get(i) for changed_kind, i in self.changes if changed_kind is kind)
        gone = (key for record in replaced if record is not None for key in index.keys(record))
        return number + len(own) - sum(low <= (key,) < high for key in gone)

    def every(self, kind: type[R], *, after: Id = "", limit: int = 1000) -> tuple[R, ...]:
        """See `billing.store.Reading.every`."""
        with self._guard:
            ids = self._shelf.ids(kind)
        old = (ids[place] for place in range(bisect_right(ids, after), len(ids)))
        own = {i: record for (k, i), record in self.changes.items() if k is kind}
        new = sorted(i for i, record in own.items() if record is not None and i > after)
        present = heapq.merge((i for i in old if i not in own), new)
        return tuple(self.get(kind, i) for i in islice(present, limit))

    def put(self, record: R) -> R:
        """See `billing.store.Writing.put`."""
        kind = type(record)
        held = self._held(kind, record.id)
        if record.version != (held.version if held is not None else 0):
            raise Stale
        stored = storable(changed(record, version=record.version + 1))
        self._shelf.accepts(stored)
        self._claim(kind, held, stored)
        self.changes[kind, record.id] = stored
        return stored

    def remove(self, record: Record) -> None:
        """See `billing.store.Writing.remove`."""
        held = self._held(type(record), record.id)
        if held is None:
            raise NotFound(kind=record.kind, id=record.id)
        if held.version != record.version:
            raise Stale
        self._claim(type(record), held, None)
        self.changes[type(record), record.id] = None

    def _held(self, kind: type[Record], record_id: Id) -> Record | None:
        if (kind, record_id) in self.changes:
            return self.changes[kind, record_id]
        return self._shelf.records[kind].get(record_id)

    def _claim(self, kind: type[Record], old: Record | None, new: Record | None) -> None:
        """Give back the unique keys of `old` and take those of `new`, or raise `Duplicate`."""
        unique = [index for index in kind.indexes if index.unique]
        wanted = [(index, key) for index in unique if new is not None for key in index.keys(new)]
        for index, key in wanted:
            holder = self._claims.get((kind, index.name, key), self._shelf.taken(kind, index).get(key))
            if new is not None and holder not in (None, new.id):
                raise Duplicate(kind=kind.kind, key=" ".join(str(part) for part in key))
        self._claims.update({(kind, i.name, key): None for i in unique if old is not None for key in i.keys(old)})
        self._claims.update({(kind, i.name, key): new.id for i, key in wanted if new is not None})

    def pending(self) -> list[Change]:
        """The changes to commit, oldest first."""
        return [(kind, record_id, record) for (kind, record_id), record in self.changes.items()]
