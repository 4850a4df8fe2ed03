"""Records in memory: for demonstrations and tests. Nothing outlives the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from billing.errors import N_, Refusal
from billing.events import Bell
from billing.record import Id, Record
from billing.store import Reading, StoreUnavailable, Writing
from storage.shelf import Change, Shelf
from storage.view import View


class Interrupted(StoreUnavailable):
    """A commit was broken off half-way: memory and disk may differ. What is on disk is whole, or can be told."""

    message = N_(
        "Saving at {place} was interrupted, and it is not known whether your last change was kept. Close the program, "
        "open it again, and look."
    )


class MemoryStore:
    """A store that keeps everything in memory.

    One writer at a time; readers see each commit whole, and do not wait while one is being written to disk. A thread
    that is in a transaction must not begin a writing one: that is a defect, and a `RuntimeError`.
    """

    durable = False
    place = "memory"

    def __init__(self, kinds: Sequence[type[Record]]) -> None:
        self.shelf = Shelf(kinds)
        self.interrupted = False
        self._bell = Bell()
        self._writing = threading.Lock()
        self._state = threading.RLock()
        self._writer = self._reader = 0
        """The threads in a transaction: a thread finds its own identity here only if it put it there."""

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """See `billing.store.Store.read`."""
        with self._state:
            self._require_whole()
            outer, self._reader = self._reader, threading.get_ident()
            try:
                yield View(self.shelf, self._state)
            finally:
                self._reader = outer

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """See `billing.store.Store.write`."""
        if threading.get_ident() in (self._writer, self._reader):
            raise RuntimeError("a writing transaction was begun inside another transaction")
        touched: set[Id | None] = set()
        with self._writing:
            self._writer = threading.get_ident()
            try:
                self._require_whole()
                view = View(self.shelf, self._state)
                yield view
                if changes := view.pending():
                    touched = self._settle(changes)
            finally:
                self._writer = 0
        self._bell.ring(touched)

    def _settle(self, changes: list[Change]) -> set[Id | None]:
        """Commit; the accounts whose records changed."""
        try:
            self.commit(changes)
            with self._state:
                touched = {owner for change in changes for owner in self.shelf.owners(change)}
                self.shelf.apply(changes)
            return touched
        except Refusal:
            raise
        except BaseException:
            self.interrupted = True
            raise

    def _require_whole(self) -> None:
        if self.interrupted:
            raise Interrupted(place=self.place)

    def commit(self, changes: list[Change]) -> None:
        """Make changes durable, or raise a `Refusal` and leave everything as it was. Memory has nothing to do."""

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """See `billing.store.Store.listen`."""
        return self._bell.listen(account_id, heard)

    def close(self) -> None:
        """See `billing.store.Store.close`."""
