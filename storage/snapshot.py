"""The snapshot: all records as an ordinary TinyDB file, and the journal that belongs to it.

A snapshot names its generation; the journal of generation G is `PATH.journal-G` and begins with the snapshot's
SHA-256, so neither can be taken for another's. A new generation is written beside the old one, journal first, and takes
over by one rename: a crash at any point leaves a whole pair.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from billing.record import Id, Record
from billing.store import StoreDamaged
from storage.journal import line, lines

FORMAT = 1
HEADER = "_ventanilla"
"""The table that holds the generation. TinyDB sees an ordinary table."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the snapshot says of itself."""

    format: int
    generation: int
    records: int


class JournalHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The journal's first line."""

    generation: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A snapshot and its journal, read whole and found intact."""

    generation: int
    size: int
    """The snapshot's size in bytes."""
    records: dict[type[Record], dict[Id, Record]]
    commits: list[list[list[Any]]]
    """The journal's commits: lists of `[kind, id, record or null]`."""
    journal_size: int
    """Where the journal's last whole line ends."""


def journal_path(path: Path, generation: int) -> Path:
    """Where the journal of a generation is."""
    return path.with_name(f"{path.name}.journal-{generation}")


def prepare(path: Path, generation: int, records: dict[type[Record], dict[Id, Record]]) -> tuple[int, int]:
    """Write a new generation beside the present one, and put it on disk. Returns both sizes in bytes.

    Nothing changes until `take_over`; an `OSError` leaves the present generation untouched.
    """
    total = sum(len(table) for table in records.values())
    tables: dict[str, Any] = {HEADER: {"1": Header(FORMAT, generation, total)}}
    for kind, table in records.items():
        tables[kind.kind] = dict(zip(map(str, count(1)), table.values(), strict=False))
    data = msgspec.json.encode(tables)
    head = line(msgspec.json.encode(JournalHead(generation, sha256(data).hexdigest())))
    _write(journal_path(path, generation), head)
    _write(_draft(path), data)
    settle(path.parent)
    return len(data), len(head)


def take_over(path: Path) -> None:
    """Let the prepared generation stand, by one rename."""
    _draft(path).replace(path)


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def discard_others(path: Path, generation: int) -> None:
    """Remove what an interrupted or finished change of generation left behind."""
    keep = journal_path(path, generation).name
    for file in (*path.parent.glob(f"{_escaped(path.name)}.journal-*"), _draft(path)):
        if file.name != keep:
            with suppress(OSError):
                file.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _write(path: Path, data: bytes) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(folder: Path) -> None:
    """Put the folder's entries themselves on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load(path: Path, kinds: Sequence[type[Record]]) -> Loaded:
    """Read a snapshot and its journal. Raises `StoreDamaged` for anything that is not what was written."""
    data = path.read_bytes()

    def damaged(reason: str) -> StoreDamaged:
        return StoreDamaged(place=str(path), reason=reason)

    if not data:
        raise damaged("the file is empty")
    shape = _shape(kinds)
    with _no_collection():
        try:
            snapshot: Any = msgspec.json.decode(data, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise damaged(str(error)) from error
        records = {
            kind: {record.id: record for record in getattr(snapshot, f"t{number}").values()}
            for number, kind in enumerate(kinds)
        }
    header = snapshot.header.get("1")
    if header is None or header.format != FORMAT:
        raise damaged("unknown format")
    try:
        journal = journal_path(path, header.generation).read_bytes()
    except FileNotFoundError:
        raise damaged(f"its journal, {journal_path(path, header.generation).name}, is missing") from None
    payloads = list(lines(journal, damaged))
    if not payloads:
        raise damaged("its journal is empty")
    try:
        head = msgspec.json.decode(payloads[0][0], type=JournalHead)
        commits = [msgspec.json.decode(payload) for payload, _ in payloads[1:]]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged(str(error)) from error
    if head.generation != header.generation or head.sha256 != sha256(data).hexdigest():
        raise damaged("its checksum is not the one in its journal")
    return Loaded(header.generation, len(data), records, commits, payloads[-1][1])


def _shape(kinds: Sequence[type[Record]]) -> type[msgspec.Struct]:
    """The snapshot's type, so that it is decoded straight into records."""
    tables: list[tuple[str, Any, Any]] = [
        (f"t{number}", dict.__class_getitem__((str, kind)), msgspec.field(name=kind.kind, default_factory=dict))
        for number, kind in enumerate(kinds)
    ]
    header = ("header", dict[str, Header], msgspec.field(name=HEADER))
    return msgspec.defstruct("Snapshot", [header, *tables], kw_only=True)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Loading makes many objects and no garbage: collecting meanwhile costs more than the loading."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
