"""A transaction over a shelf: it sees its own changes among what is there, and nobody else does until they commit."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from sortedcontainers import SortedList

from billing.errors import Duplicate, NotFound, Stale
from billing.record import Id, Key, R, Record, changed
from billing.store import Cursor, Page, Span
from storage.shelf import Change, Entry, Shelf, bounds, declared, storable


class View:
    """A transaction over a shelf: reads it, and holds changes back until they are committed.

    `guard` is held while an index is used: sorted lists change inside even when they are only read.
    """

    def __init__(self, shelf: Shelf, guard: AbstractContextManager[Any]) -> None:
        self._shelf = shelf
        self._guard = guard
        self.changes: dict[tuple[type[Record], Id], Record | None] = {}
        self._sides: dict[tuple[type[Record], str], tuple[SortedList[Entry], SortedList[Entry]]] = {}
        """Of each index used: the entries this transaction made, and those of the shelf that they stand for."""
        self._kinds: set[type[Record]] = set()
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
        if kind not in self._kinds:
            if descending:
                return entries.islice(start, max(stop - offset, start), reverse=True)
            return entries.islice(min(start + offset, stop), stop)
        own, _ = self._sides_of(kind, span.index)
        first, last = own.bisect_left(low), own.bisect_left(high)
        if after is not None and descending:
            last = min(last, own.bisect_left((after.key, after.id)))
        elif after is not None:
            first = max(first, own.bisect_right((after.key, after.id)))
        kept = (e for e in entries.islice(start, stop, reverse=descending) if (kind, e[1]) not in self.changes)
        return islice(heapq.merge(kept, own.islice(first, last, reverse=descending), reverse=descending), offset, None)

    def _sides_of(self, kind: type[Record], name: str) -> tuple[SortedList[Entry], SortedList[Entry]]:
        """The two sides of an index, made on first use and kept with every change after."""
        sides = self._sides.get((kind, name))
        if sides is None:
            index, shelf = declared(kind, name), self._shelf.records[kind]
            mine = [(i, record) for (changed_kind, i), record in self.changes.items() if changed_kind is kind]
            new = SortedList((key, i) for i, record in mine if record is not None for key in index.keys(record))
            old = SortedList((key, i) for i, _ in mine if i in shelf for key in index.keys(shelf[i]))
            sides = self._sides[kind, name] = new, old
        return sides

    def _change(self, kind: type[Record], record_id: Id, record: Record | None) -> None:
        """Hold a change back, and keep what finds it."""
        known = (kind, record_id) in self.changes
        before, shelved = self.changes.get((kind, record_id)), self._shelf.records[kind].get(record_id)
        for (of, name), (new, old) in self._sides.items():
            if of is kind:
                index = declared(kind, name)
                for key in index.keys(before) if before is not None else ():
                    new.remove((key, record_id))
                new.update((key, record_id) for key in (index.keys(record) if record is not None else ()))
                if not known and shelved is not None:
                    old.update((key, record_id) for key in index.keys(shelved))
        self.changes[kind, record_id] = record
        self._kinds.add(kind)

    def count(self, kind: type[Record], span: Span) -> int:
        """See `billing.store.Reading.count`."""
        with self._guard:
            entries, (low, high) = self._shelf.entries(kind, span.index), bounds(span)
            number = entries.bisect_left(high) - entries.bisect_left(low)
        if kind not in self._kinds:
            return number
        new, old = ((side.bisect_left(high) - side.bisect_left(low)) for side in self._sides_of(kind, span.index))
        return number + new - old

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
        self._change(kind, record.id, stored)
        return stored

    def remove(self, record: Record) -> None:
        """See `billing.store.Writing.remove`."""
        held = self._held(type(record), record.id)
        if held is None:
            raise NotFound(kind=record.kind, id=record.id)
        if held.version != record.version:
            raise Stale
        self._claim(type(record), held, None)
        self._change(type(record), record.id, None)

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
