"""The data file: a whole store as one JSON document that people can read, compare and write.

Described in `docs/data-format.md`; its JSON Schema is `docs/data-format.schema.json`. A file is taken whole or not:
everything a store relies on is checked before the first record is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

import msgspec

from billing.errors import N_, Refusal
from billing.invariants import faults
from billing.kinds import KINDS
from billing.record import R, Record, changed
from billing.store import Reading, Store
from storage.dataset_reader import FORMAT, VERSION, Unreadable, records_in

LARGEST_FILE = 512 * 1024 * 1024
"""In bytes; a larger file is refused before it is read."""

PAGE = 1000
"""How many records a copy of a store reads at a time."""


class BadData(Refusal):
    """A data file that is not taken."""

    message = N_(
        "The file {place} was not taken: {record}, {field}: {reason}. Nothing was changed. Correct it and try again."
    )


class NotEmpty(Refusal):
    """A data file can only fill an empty store."""

    message = N_(
        "The store already holds data. Nothing was changed. Make a new one with `ventanilla init --from FILE`."
    )


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data file's content: every record by kind, and the day it was made for."""

    as_of: date
    records: dict[type[Record], tuple[Record, ...]] = field(default_factory=dict)

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """The records of one kind."""
        return cast("tuple[R, ...]", self.records.get(kind, ()))

    def to_bytes(self) -> bytes:
        """The file: one record a line, by id, so that two files compare well. Equal data give equal bytes."""
        return b"".join(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        yield f'{{"format": "{FORMAT}", "version": {VERSION}, "as_of": "{self.as_of.isoformat()}"'.encode()
        for kind in KINDS:
            yield b',\n"%s": [' % kind.kind.encode()
            for number, record in enumerate(sorted(self.of(kind), key=lambda r: r.id)):
                yield b",\n" if number else b"\n"
                yield _quiet(msgspec.json.encode(changed(record, version=0)))
            yield b"\n]"
        yield b"}\n"


_LOUD = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What acts on a terminal or reorders text without being seen, beyond the controls that JSON always escapes."""


def _quiet(encoded: bytes) -> bytes:
    """The same JSON with such characters escaped, so that a data file is safe to look at."""
    if encoded.isascii() and b"\x7f" not in encoded:
        return encoded
    return _LOUD.sub(lambda found: _escaped(found[0]), encoded.decode()).encode()


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def read_dataset(source: Path | bytes) -> Dataset:
    """Read and check a data file. Raises `BadData` naming record, field and reason of the first fault."""
    place = "-" if isinstance(source, bytes) else str(source)
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > LARGEST_FILE:
            raise Unreadable("-", "-", f"larger than {LARGEST_FILE} bytes")
        as_of, records = records_in(source if isinstance(source, bytes) else source.read_bytes())
    except Unreadable as fault:
        raise BadData(place=place, record=fault.record, field=fault.field, reason=fault.reason) from fault
    except OSError as error:
        raise BadData(place=place, record="-", field="-", reason=error.strerror or str(error)) from error
    for record, name, reason in faults(records):
        raise BadData(place=place, record=record, field=name, reason=reason)
    return Dataset(as_of, records)


def load_into(store: Store, dataset: Dataset) -> None:
    """Fill an empty store, in one transaction. Raises `NotEmpty` where it holds any record."""
    with store.write() as books:
        if any(books.every(kind, limit=1) for kind in KINDS):
            raise NotEmpty
        for kind in KINDS:
            for record in dataset.of(kind):
                books.put(changed(record, version=0))


def dump(store: Store, as_of: date) -> bytes:
    """The whole store as a data file made for day `as_of`, from one consistent view."""
    return copied(store, as_of).to_bytes()


def copied(store: Store, as_of: date) -> Dataset:
    """Everything a store holds, from one consistent view."""
    with store.read() as books:
        return Dataset(as_of, {kind: tuple(changed(r, version=0) for r in _every(books, kind)) for kind in KINDS})


def _every(books: Reading, kind: type[R]) -> Iterator[R]:
    rows = books.every(kind, limit=PAGE)
    while rows:
        yield from rows
        rows = books.every(kind, after=rows[-1].id, limit=PAGE)
