"""Records in memory: for demonstrations and tests. Nothing outlives the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from billing.record import Record
from billing.store import Reading, Writing
from storage.shelf import Change, Shelf, View


class MemoryStore:
    """A store that keeps everything in memory.

    One writer at a time; readers see each commit whole, and do not wait while one is being written to disk. A
    transaction must not be opened inside a reading one of the same thread.
    """

    durable = False

    def __init__(self, kinds: Sequence[type[Record]]) -> None:
        self.shelf = Shelf(kinds)
        self._writing = threading.Lock()
        self._state = threading.RLock()

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """See `billing.store.Store.read`."""
        with self._state:
            yield View(self.shelf)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """See `billing.store.Store.write`."""
        with self._writing:
            view = View(self.shelf)
            yield view
            if changes := view.pending():
                self.commit(changes)
                with self._state:
                    self.shelf.apply(changes)

    def commit(self, changes: list[Change]) -> None:
        """Make changes durable, or raise and leave everything as it was. Memory has nothing to do."""

    def close(self) -> None:
        """See `billing.store.Store.close`."""
