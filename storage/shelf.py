"""Live records in memory, with ordered indexes: what every backend that holds its data in memory is made of.

Records are immutable, so reading hands out the very objects that are stored. Indexes are sorted lists, built when
first asked for: finding costs O(log n) plus the rows returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import msgspec
from sortedcontainers import SortedList

from billing.errors import NotFound
from billing.record import Id, Index, Key, R, Record
from billing.store import Span

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

    def owners(self, change: Change) -> Iterator[Id | None]:
        """The account whose record is to be changed, and the one whose it will be."""
        kind, record_id, record = change
        for each in (self.records[kind].get(record_id), record):
            if each is not None:
                yield each.owner

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
