"""A store in one SQLite file, for several processes of one machine at a time.

Readers see a snapshot and wait for nobody; writers take turns (https://sqlite.org/wal.html). Nothing is kept in memory
but records that were read before, shared by everybody who reads them again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path

import msgspec

from billing.errors import N_, Duplicate, NotFound, Stale
from billing.record import Id, Index, Key, R, Record, changed
from billing.store import Cursor, DiskFull, Page, Reading, Span, StoreDamaged, StoreUnavailable, Writing
from storage import sqlite_news
from storage.ordered_key import AFTER_ALL, decoded, encoded
from storage.place import NoStore, opening
from storage.shelf import declared, decoder, storable
from storage.sqlite_layout import BUSY_SECONDS, Numbers, agree, connect, make, recognise
from storage.sqlite_log import Log

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


class SQLiteStore:
    """See `billing.store.Store`. Several threads, and several processes, may use one file."""

    durable = True

    def __init__(self, path: str, kinds: Sequence[type[Record]], *, create: bool = False) -> None:
        """Open the store at `path`, or make it. Raises a `StoreUnavailable`."""
        self.place = path
        self._idle: list[sqlite3.Connection] = []
        self._lock, self._writing, self._here = threading.Lock(), threading.Lock(), threading.local()
        self._closed = False
        with opening(path), _told(path):
            self._path = Path(path).expanduser().resolve()
            self._log = Log(self._path)
            if create:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                make(self._path, path)
            elif not self._path.exists():
                raise NoStore(place=path)
            link = connect(self._path)
            try:
                recognise(link, path)
                self._numbers = agree(link, kinds)
                self._news = sqlite_news.News(partial(self._transaction, "BEGIN"), sqlite_news.latest(link))
            except BaseException:
                link.close()
                raise
            self._idle.append(link)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """See `billing.store.Store.read`."""
        with self._transaction("BEGIN") as link:
            link.execute("SELECT 1 FROM declared LIMIT 1").fetchone()  # the snapshot is of now, not of the first look
            yield Transaction(link, self._numbers)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """See `billing.store.Store.write`."""
        if getattr(self._here, "open", 0):
            raise RuntimeError("a writing transaction was begun inside another transaction")
        with self._writing, self._transaction("BEGIN IMMEDIATE") as link:
            transaction = Transaction(link, self._numbers)
            yield transaction
            if transaction.touched:
                sqlite_news.note(link, transaction.touched)
            link.execute("COMMIT")
            self._log.shorten(link, BUSY_SECONDS)
        self._news.look()

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """See `billing.store.Store.listen`."""
        return self._news.listen(account_id, heard)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with _told(self.place):
            link = self._borrowed()
            self._here.open = getattr(self._here, "open", 0) + 1
            try:
                link.execute(begin)
                yield link
            finally:
                self._here.open -= 1
                self._give_back(link)

    def _borrowed(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreUnavailable(place=self.place, reason=N_("it is closed"))
            if self._idle:
                return self._idle.pop()
        if not self._path.exists():  # SQLite would make it anew
            raise NoStore(place=self.place)
        return connect(self._path)

    def _give_back(self, link: sqlite3.Connection) -> None:
        try:
            if link.in_transaction:
                link.execute("ROLLBACK")
        except sqlite3.Error:
            link.close()
            return
        with self._lock:
            if not self._closed:
                self._idle.append(link)
                return
        link.close()

    def close(self) -> None:
        """See `billing.store.Store.close`. Transactions that are open end first by themselves."""
        if getattr(self._here, "open", 0):
            raise RuntimeError("a store was closed inside a transaction of its own")
        self._news.close()
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for link in idle:
            with suppress(sqlite3.Error):
                link.close()


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


_FULL, _DAMAGED, _BUSY = {sqlite3.SQLITE_FULL}, {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}, {sqlite3.SQLITE_BUSY}


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Raise SQLite's faults as a `StoreUnavailable`."""
    try:
        yield
    except sqlite3.Error as fault:
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code in _FULL:
            raise DiskFull(place=place) from fault
        if code in _DAMAGED:
            raise StoreDamaged(place=place, reason=str(fault)) from fault
        reason = N_("other programs have been writing to it for too long") if code in _BUSY else str(fault)
        raise StoreUnavailable(place=place, reason=reason) from fault
