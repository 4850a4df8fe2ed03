"""A store in one SQLite file, for several processes of one machine at a time.

Readers see a snapshot and wait for nobody; writers take turns (https://sqlite.org/wal.html). Nothing is kept in memory
but records that were read before, shared by everybody who reads them again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from billing.errors import N_
from billing.record import Id, Record
from billing.store import DiskFull, Reading, StoreDamaged, StoreUnavailable, Writing
from storage import sqlite_news
from storage.place import NoStore, opening
from storage.sqlite_layout import BUSY_SECONDS, agree, connect, make, recognise
from storage.sqlite_log import Log
from storage.sqlite_transaction import Transaction


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
