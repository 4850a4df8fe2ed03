"""The snapshot: all records as an ordinary TinyDB file, and the journal that belongs to it.

A snapshot names its generation; the journal of generation G is `PATH.journal-G` and begins with the snapshot's
SHA-256, so neither can be taken for another's. A new generation is written beside the old one, journal first, and takes
over by one rename: a crash at any point leaves a whole pair.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from billing.errors import N_
from billing.record import Id, Record
from billing.store import StoreDamaged, StoreUnavailable
from storage.journal import End, line, lines
from storage.shelf import Change, decoder

FORMAT = 1
HEADER = "_ventanilla"
"""The table that holds the generation. TinyDB sees an ordinary table."""


_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class OtherVersion(StoreUnavailable):
    """The files are as they were written, but not by a program that keeps the same kinds of records."""

    message = N_(
        "The data at {place} was written by another version of this program ({reason}). Nothing was changed. "
        "Open it with that version."
    )


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
    commits: list[list[Change]]
    """What the journal's commits changed."""
    empty: End
    """Where the journal's first line ends."""
    end: End
    """Where the journal's last whole line ends."""


def journal_path(path: Path, generation: int) -> Path:
    """Where the journal of a generation is."""
    return path.with_name(f"{path.name}.journal-{generation}")


def prepare(path: Path, generation: int, records: dict[type[Record], dict[Id, Record]]) -> tuple[int, End]:
    """Write a new generation beside the present one, and put it on disk. Returns its size, and its journal's end.

    Nothing changes until `take_over`; an `OSError` leaves the present generation untouched.
    """
    total = sum(len(table) for table in records.values())
    tables: dict[str, Any] = {HEADER: {"1": Header(FORMAT, generation, total)}}
    for kind, table in records.items():
        tables[kind.kind] = dict(zip(map(str, count(1)), table.values(), strict=False))
    data = msgspec.json.encode(tables)
    head, end = line(msgspec.json.encode(JournalHead(generation, sha256(data).hexdigest())))
    _write(journal_path(path, generation), head)
    _write(draft(path), data)
    settle(path.parent)
    return len(data), end


def take_over(path: Path) -> None:
    """Let the prepared generation stand, by one rename."""
    draft(path).replace(path)


def draft(path: Path) -> Path:
    """Where a snapshot is written before it takes over."""
    return path.with_name(f"{path.name}.new")


def discard_others(path: Path, generation: int) -> None:
    """Remove what an interrupted or finished change of generation left behind."""
    keep = journal_path(path, generation)
    for file in (*journals(path), draft(path)):
        if file != keep:
            with suppress(OSError):
                file.unlink()


def journals(path: Path) -> list[Path]:
    """The journals of every generation there are."""
    name = "".join(f"[{c}]" if c in "*?[" else c for c in path.name)
    return list(path.parent.glob(f"{name}.journal-*"))


def orphaned(path: Path) -> bool:
    """Whether commits are there without their snapshot. The journal of a store that was never finished has none."""

    def damaged(reason: str) -> StoreDamaged:
        return StoreDamaged(place=str(path), reason=reason)

    return any(len(list(lines(journal.read_bytes(), damaged))) > 1 for journal in journals(path))


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

    def damaged(reason: str) -> StoreDamaged:
        return StoreDamaged(place=str(path), reason=reason)

    data = path.read_bytes()
    with _no_collection():
        try:
            snapshot: Any = msgspec.json.decode(data, type=_shape(kinds))
        except _UNREADABLE as error:
            if _intact(path, data, damaged):
                raise OtherVersion(place=str(path), reason=error) from error
            raise damaged(str(error)) from error
        records = {
            kind: {record.id: record for record in getattr(snapshot, f"t{number}").values()}
            for number, kind in enumerate(kinds)
        }
        generation, found = _journal(path, snapshot.header, data, damaged)
        named = {kind.kind: kind for kind in kinds}
        try:
            commits = [_changes(payload, named) for payload, _ in found[1:]]
        except (*_UNREADABLE, KeyError) as error:
            raise OtherVersion(place=str(path), reason=error) from error
    return Loaded(generation, len(data), records, commits, found[0][1], found[-1][1])


def _journal(
    path: Path, header: dict[str, Header], data: bytes, damaged: Callable[[str], StoreDamaged]
) -> tuple[int, list[tuple[bytes, End]]]:
    """The snapshot's generation, and its journal's lines, of which the first names the snapshot's checksum."""
    if "1" not in header or header["1"].format != FORMAT:
        raise damaged(N_("unknown format"))
    generation = header["1"].generation
    try:
        found = list(lines(journal_path(path, generation).read_bytes(), damaged))
    except FileNotFoundError:
        raise damaged(N_("its journal is missing")) from None
    if not found:
        raise damaged(N_("its journal is empty"))
    try:
        head = msgspec.json.decode(found[0][0], type=JournalHead)
    except _UNREADABLE as error:
        raise damaged(str(error)) from error
    if head != JournalHead(generation, sha256(data).hexdigest()):
        raise damaged(N_("its checksum is not the one in its journal"))
    return generation, found


def _intact(path: Path, data: bytes, damaged: Callable[[str], StoreDamaged]) -> bool:
    """Whether a snapshot that cannot be read is nevertheless what was written."""
    try:
        header: Any = msgspec.json.decode(data, type=msgspec.defstruct("Headed", [_HEADER_FIELD]))
        _journal(path, header.header, data, damaged)
    except (*_UNREADABLE, StoreDamaged):
        return False
    return True


def _changes(payload: bytes, kinds: dict[str, type[Record]]) -> list[Change]:
    parts = msgspec.json.decode(payload, type=list[tuple[str, str, msgspec.Raw]])
    return [
        (kinds[name], record_id, None if bytes(body) == b"null" else decoder(kinds[name]).decode(body))
        for name, record_id, body in parts
    ]


_HEADER_FIELD = ("header", dict[str, Header], msgspec.field(name=HEADER))


def _shape(kinds: Sequence[type[Record]]) -> type[msgspec.Struct]:
    """The snapshot's type, so that it is decoded straight into records."""
    tables: list[tuple[str, Any, Any]] = [
        (f"t{number}", dict.__class_getitem__((str, kind)), msgspec.field(name=kind.kind, default_factory=dict))
        for number, kind in enumerate(kinds)
    ]
    return msgspec.defstruct("Snapshot", [_HEADER_FIELD, *tables], kw_only=True, forbid_unknown_fields=True)


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
