"""The tables of an SQLite store, and how a file is made and recognised.

Every record is a row of `record`, its JSON in `body`. Every key of every index is a row of `entry`; `declared` numbers
the indexes. Entries follow from records: an index that is new to a store is filled when the store is opened. `news` has
for each account the number of the commit that last changed a record of it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from billing.errors import N_
from billing.record import Index, Record
from billing.store import StoreUnavailable
from storage.ordered_key import encoded
from storage.place import StoreExists
from storage.shelf import decoder

APPLICATION = 0x56656E74
"""Says in the file's header whose it is ("Vent"; the format's offset 68)."""
LAYOUT = 1
"""The file's `user_version`."""

BUSY_SECONDS = 30.0
"""How long a transaction waits for other processes to finish theirs."""

_TABLES = """
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    body TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (kind, id)
) STRICT;
CREATE TABLE declared (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sole INTEGER NOT NULL,
    UNIQUE (kind, name)
) STRICT;
CREATE TABLE entry (
    declared INTEGER NOT NULL,
    key BLOB NOT NULL,
    id TEXT NOT NULL,
    record INTEGER NOT NULL,
    sole INTEGER NOT NULL,
    PRIMARY KEY (declared, key, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sole_entry ON entry (declared, key) WHERE sole;
CREATE TABLE news (
    account TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX newest ON news (number);
"""

Numbers = dict[tuple[str, str], int]
"""The numbers of the indexes, by kind and name."""


class NotOurs(StoreUnavailable):
    """The file is SQLite's, but no store of this program."""

    message = N_("The file {place} is a database of another program. Nothing was changed. Choose another place.")


class TooNew(StoreUnavailable):
    """A later version of the program laid the file out."""

    message = N_("The data at {place} is of a newer version of this program. Nothing was changed. Use that version.")


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose commits are on disk when they return; for one thread at a time."""
    link = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    link.execute("PRAGMA synchronous = FULL")
    return link


def make(path: Path, place: str) -> None:
    """Make an empty store, whole or not at all. Raises `StoreExists`, or what the system says."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.touch(mode=0o600)
    try:
        with closing(connect(draft)) as link:
            link.execute("PRAGMA journal_mode = WAL")
            link.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {LAYOUT}; COMMIT"
            )
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            raise StoreExists(place=place) from None
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        draft.unlink(missing_ok=True)


def recognise(link: sqlite3.Connection, place: str) -> None:
    """Raise unless the file is a store of this layout."""
    if link.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
        raise NotOurs(place=place)
    if link.execute("PRAGMA user_version").fetchone()[0] > LAYOUT:
        raise TooNew(place=place)


def agree(link: sqlite3.Connection, kinds: Sequence[type[Record]]) -> Numbers:
    """Have just the declared indexes, all of them filled; their numbers."""
    wanted = {(kind.kind, index.name): int(index.unique) for kind in kinds for index in kind.indexes}
    if (known := _declared(link)) == wanted:
        return _numbers(link)
    link.execute("BEGIN IMMEDIATE")
    try:
        known = _declared(link)
        for (kind, name), sole in known.items():
            if wanted.get((kind, name)) != sole:
                of = (kind, name)
                link.execute(
                    "DELETE FROM entry WHERE declared = (SELECT number FROM declared WHERE kind = ? AND name = ?)", of
                )
                link.execute("DELETE FROM declared WHERE kind = ? AND name = ?", of)
        for each in kinds:
            for index in each.indexes:
                if known.get((each.kind, index.name)) != int(index.unique):
                    _fill(link, each, index)
        link.execute("COMMIT")
    except BaseException:
        link.execute("ROLLBACK")
        raise
    return _numbers(link)


def _fill(link: sqlite3.Connection, kind: type[Record], index: Index) -> None:
    made = link.execute(
        "INSERT INTO declared (kind, name, sole) VALUES (?, ?, ?)", (kind.kind, index.name, int(index.unique))
    )
    rows = link.execute("SELECT number, CAST(body AS BLOB) FROM record WHERE kind = ?", (kind.kind,))
    link.executemany(
        "INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?, ?)",
        (
            (made.lastrowid, encoded(key), record.id, number, int(index.unique))
            for number, body in rows
            for record in [decoder(kind).decode(body)]
            for key in index.keys(record)
        ),
    )


def _declared(link: sqlite3.Connection) -> dict[tuple[str, str], int]:
    return {(kind, name): sole for kind, name, sole in link.execute("SELECT kind, name, sole FROM declared")}


def _numbers(link: sqlite3.Connection) -> Numbers:
    return {(kind, name): number for kind, name, number in link.execute("SELECT kind, name, number FROM declared")}
