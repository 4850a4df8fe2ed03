"""A transaction on an SQLite store: records and the entries by which they are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from billing.errors import Duplicate, NotFound, Stale
from billing.record import Id, Index, Key, R, Record, changed
from billing.store import Cursor, Page, Span
from storage.ordered_key import AFTER_ALL, decoded, encoded
from storage.shelf import declared, decoder, storable
from storage.sqlite_layout import Numbers

REMEMBERED = 8192
"""Records that are not decoded again while they are the same."""

_FORWARD = """
SELECT e.key, e.id, CAST(r.body AS BLOB) FROM entry e JOIN record r ON r.number = e.record
WHERE e.declared = ? AND e.key >= ? AND e.key < ? AND (e.key, e.id) > (?, ?) ORDER BY e.key, e.id LIMIT ? OFFSET ?
"""
_BACKWARD = """
SELECT e.key, e.id, CAST(r.body AS BLOB) FROM entry e JOIN record r ON r.number = e.record
WHERE e.declared = ? AND e.key >= ? AND e.key < ? AND (e.key, e.id) < (?, ?)
ORDER BY e.key DESC, e.id DESC LIMIT ? OFFSET ?
"""


class Transaction:
    """A transaction over one connection."""

    def __init__(self, link: sqlite3.Connection, numbers: Numbers) -> None:
        self._link, self._numbers = link, numbers
        self.touched: set[Id] = set()
        """The accounts whose records it changed."""

    def get(self, kind: type[R], record_id: Id) -> R:
        """See `billing.store.Reading.get`."""
        if (held := self._held(kind, record_id)) is None:
            raise NotFound(kind=kind.kind, id=record_id)
        return held[1]

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
        low, high = _bounds(span)
        edge = (high if descending else low), ""
        if after is not None:
            edge = encoded(after.key), after.id
            low, high = (low, min(high, edge[0] + b"\0")) if descending else (max(low, edge[0]), high)
        rows = self._link.execute(
            _BACKWARD if descending else _FORWARD,
            (self._number(kind, span.index), low, high, *edge, limit + 1, max(offset, 0)),
        ).fetchall()
        more = len(rows) > limit > 0
        found = tuple(_remembered(kind, body) for _, _, body in rows[:limit])
        return Page(found, Cursor(decoded(rows[limit - 1][0]), rows[limit - 1][1]) if more else None)

    def count(self, kind: type[Record], span: Span) -> int:
        """See `billing.store.Reading.count`. SQLite counts by looking at each."""
        counting = "SELECT COUNT(*) FROM entry WHERE declared = ? AND key >= ? AND key < ?"
        return int(self._link.execute(counting, (self._number(kind, span.index), *_bounds(span))).fetchone()[0])

    def every(self, kind: type[R], *, after: Id = "", limit: int = 1000) -> tuple[R, ...]:
        """See `billing.store.Reading.every`."""
        rows = self._link.execute(
            "SELECT CAST(body AS BLOB) FROM record WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
            (kind.kind, after, limit),
        )
        return tuple(decoder(kind).decode(body) for (body,) in rows)

    def put(self, record: R) -> R:
        """See `billing.store.Writing.put`."""
        kind = type(record)
        held = self._held(kind, record.id)
        if record.version != (held[1].version if held is not None else 0):
            raise Stale
        stored = storable(changed(record, version=record.version + 1))
        self._touch(stored, *held[1:] if held is not None else ())
        before = self._entries(held[1]) if held is not None else set()
        after = self._entries(stored)
        for index, key in _sole(stored):
            self._require_free(kind, index, key, stored.id)
        body = msgspec.json.encode(stored).decode()
        if held is None:
            made = self._link.execute(
                "INSERT INTO record (kind, id, version, body) VALUES (?, ?, ?, ?)",
                (kind.kind, stored.id, stored.version, body),
            )
            number = made.lastrowid
        else:
            number = held[0]
            self._link.execute(
                "UPDATE record SET version = ?, body = ? WHERE number = ?", (stored.version, body, number)
            )
        self._forget(record.id, before - after)
        self._link.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?)",
            ((index, key, record.id, number, sole) for index, key, sole in after - before),
        )
        return stored

    def remove(self, record: Record) -> None:
        """See `billing.store.Writing.remove`."""
        held = self._held(type(record), record.id)
        if held is None:
            raise NotFound(kind=record.kind, id=record.id)
        if held[1].version != record.version:
            raise Stale
        self._touch(held[1])
        self._forget(record.id, self._entries(held[1]))
        self._link.execute("DELETE FROM record WHERE number = ?", (held[0],))

    def _held(self, kind: type[R], record_id: Id) -> tuple[int, R] | None:
        """The record's number and the record; None where it is not there."""
        row = self._link.execute(
            "SELECT number, CAST(body AS BLOB) FROM record WHERE kind = ? AND id = ?", (kind.kind, record_id)
        ).fetchone()
        return None if row is None else (row[0], _remembered(kind, row[1]))

    def _touch(self, *records: Record) -> None:
        self.touched.update(record.owner for record in records if record.owner)

    def _number(self, kind: type[Record], name: str) -> int:
        return self._numbers[kind.kind, declared(kind, name).name]

    def _entries(self, record: Record) -> set[tuple[int, bytes, int]]:
        """Where the record is found: index, key, and whether nobody else may be there."""
        kind = type(record)
        return {
            (self._number(kind, index.name), encoded(key), int(index.unique))
            for index in kind.indexes
            for key in index.keys(record)
        }

    def _require_free(self, kind: type[Record], index: Index, key: Key, record_id: Id) -> None:
        taking = "SELECT 1 FROM entry WHERE declared = ? AND key = ? AND id <> ?"
        if self._link.execute(taking, (self._number(kind, index.name), encoded(key), record_id)).fetchone():
            raise Duplicate(kind=kind.kind, key=" ".join(str(part) for part in key))

    def _forget(self, record_id: Id, entries: set[tuple[int, bytes, int]]) -> None:
        self._link.executemany(
            "DELETE FROM entry WHERE declared = ? AND key = ? AND id = ?",
            ((index, key, record_id) for index, key, _ in entries),
        )


def _sole(record: Record) -> Iterator[tuple[Index, Key]]:
    for index in type(record).indexes:
        if index.unique:
            for key in index.keys(record):
                yield index, key


def _bounds(span: Span) -> tuple[bytes, bytes]:
    """The first key a span could hold, and the first after it."""
    equal = encoded(span.equal)
    low = equal if span.low is None else equal + encoded((span.low,))
    return low, equal + (AFTER_ALL if span.high is None else encoded((span.high,)))


@lru_cache(REMEMBERED)
def _remembered(kind: type[R], body: bytes) -> R:
    record: R = decoder(kind).decode(body)
    return record
