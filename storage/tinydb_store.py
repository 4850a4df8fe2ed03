"""A TinyDB store that is durable and costs the same per commit at any size.

Stock TinyDB rewrites its whole file at every change and loses it when that is interrupted. Here a commit is one line in
a journal (`storage.journal`), and now and then, and when closed, the whole is written anew as an ordinary TinyDB file
(`storage.snapshot`) that stock TinyDB opens. The data lives in memory meanwhile (`storage.shelf`). One process owns a
store. TinyDB's own interface works on it, through the same commits: `store.tinydb.table("invoices").search(where(…))`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from tinydb import TinyDB

from billing.errors import N_
from billing.record import Record
from billing.store import StoreDamaged, StoreUnavailable
from storage.journal import Journal
from storage.lock import OwnerLock
from storage.memory import MemoryStore
from storage.place import NoStore, StoreExists, opening
from storage.shelf import Change
from storage.snapshot import discard_others, draft, journal_path, load, orphaned, prepare, settle, take_over

ROLL_BYTES = 8 * 1024 * 1024
"""A journal smaller than this, or than the snapshot, is not rolled into a new one while the store is open."""


class TinyDBStore(MemoryStore):
    """The durable store of one process."""

    durable = True

    def __init__(
        self,
        path: str,
        kinds: Sequence[type[Record]],
        *,
        create: bool = False,
        owner: str = "ventanilla",
        roll_bytes: int = ROLL_BYTES,
    ) -> None:
        """Open the store at `path`, or make it. Raises a `StoreUnavailable`; nothing is ever guessed or repaired."""
        super().__init__(kinds)
        self.place = path
        self._kinds = {kind.kind: kind for kind in kinds}
        self._roll_bytes = roll_bytes
        self._journal: Journal | None = None
        with opening(path):
            # Resolved, so that two names of one file share one lock.
            self._path = Path(path).expanduser().resolve()
            if create:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            elif not self._path.exists() and not orphaned(self._path):
                raise NoStore(place=path)
            self._lock = OwnerLock(self._path.with_name(f"{self._path.name}.lock"), path, owner)
            try:
                self._open(create)
            except BaseException:
                self._lock.release()
                raise

    def _open(self, create: bool) -> None:
        if not self._path.exists() and orphaned(self._path):
            raise StoreDamaged(place=self.place, reason=N_("a journal is there, but not its snapshot"))
        if create:
            if self._path.exists():
                raise StoreExists(place=self.place)
            self._generation = 1
            self._snapshot_size, end = prepare(self._path, 1, self.shelf.records)
            take_over(self._path)
            settle(self._path.parent)
            self._empty_journal = end
        else:
            loaded = load(self._path, tuple(self._kinds.values()))
            self.shelf.records.update(loaded.records)
            for commit in loaded.commits:
                self.shelf.apply(commit)
            self._generation, self._snapshot_size, end = loaded.generation, loaded.size, loaded.end
            self._empty_journal = loaded.empty
        discard_others(self._path, self._generation)
        self._journal = Journal(journal_path(self._path, self._generation), self.place, end)

    def commit(self, changes: list[Change]) -> None:
        """Put the changes on disk, as one line."""
        if self._journal is None:
            raise StoreUnavailable(place=self.place, reason=N_("it is closed"))
        self._journal.append(msgspec.json.encode([(kind.kind, i, record) for kind, i, record in changes]))
        if self._journal.size > max(self._roll_bytes, self._snapshot_size):
            self._roll(changes)

    def _roll(self, changes: Sequence[Change] = ()) -> None:
        """Begin a new generation. Where that fails, the present one goes on: nothing committed depends on it."""
        assert self._journal is not None  # noqa: S101 - callers hold an open store
        records = dict(self.shelf.records)
        for kind in {kind for kind, _, _ in changes}:
            records[kind] = dict(records[kind])
        for kind, record_id, record in changes:
            if record is None:
                records[kind].pop(record_id, None)
            else:
                records[kind][record_id] = record
        following = self._generation + 1
        journal = None
        try:
            size, end = prepare(self._path, following, records)
            journal = Journal(journal_path(self._path, following), self.place, end)
            take_over(self._path)
        except OSError as fault:
            if journal is not None:
                journal.close()
                if not draft(self._path).exists():  # it may have taken over all the same: both journals stay
                    self._journal.distrust(fault)
                    return
            discard_others(self._path, self._generation)
            self._roll_bytes = max(self._roll_bytes, 2 * self._journal.size)
            return
        self._journal.close()
        self._journal, self._generation = journal, following
        self._snapshot_size, self._empty_journal = size, end
        try:
            settle(self._path.parent)
        except OSError as fault:
            journal.distrust(fault)
        else:
            discard_others(self._path, following)

    def close(self) -> None:
        """Write the snapshot where something changed since the last, and let others in.

        After a disk fault or an interruption nothing is written: what is on disk is the truth, and is read next time.
        """
        if threading.get_ident() == self._writer:
            raise RuntimeError("a store was closed inside a transaction of its own")
        with self._writing:
            if self._journal is None:
                return
            try:
                if self._journal.size > self._empty_journal.size and not self._journal.suspect and not self.interrupted:
                    self._roll()
            finally:
                self._journal.close()
                self._journal = None
                self._lock.release()

    @cached_property
    def tinydb(self) -> TinyDB:
        """TinyDB's own interface to the live data. Its writes are checked and committed like any other."""
        from storage.tinydb_table import RecordDB

        return RecordDB(self, self._kinds)
