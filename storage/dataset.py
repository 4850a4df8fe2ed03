"""The data file: a whole store as one JSON document that people can read, compare and write.

Described in `docs/data-format.md`; its JSON Schema is `docs/data-format.schema.json`. A file is taken whole or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from billing.errors import N_, Refusal
from billing.kinds import KINDS
from billing.record import Record, changed
from billing.store import Store
from storage.dataset_rules import faults

FORMAT, VERSION = "ventanilla", 1

LARGEST_FILE = 1024 * 1024 * 1024
"""In bytes; a larger file is refused before it is read."""


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

    def to_bytes(self) -> bytes:
        """The file: one record a line, so that two files compare well."""
        head = f'{{"format": "{FORMAT}", "version": {VERSION}, "as_of": "{self.as_of.isoformat()}"'
        sections = [head.encode()]
        for kind in KINDS:
            rows = [msgspec.json.encode(changed(record, version=0)) for record in self.records.get(kind, ())]
            sections.append(b'"%s": [\n%s\n]' % (kind.kind.encode(), b",\n".join(rows)))
        return b",\n".join(sections) + b"}\n"


def file_type() -> type[msgspec.Struct]:
    """The file's type, from which it is decoded and its JSON Schema made."""
    sections: list[tuple[str, Any, Any]] = [
        (kind.kind, tuple.__class_getitem__((kind, ...)), msgspec.field(default=())) for kind in KINDS
    ]
    head: list[tuple[str, Any]] = [("format", str), ("version", int), ("as_of", date)]
    return msgspec.defstruct("VentanillaData", [*head, *sections], kw_only=True, forbid_unknown_fields=True)


def schema() -> dict[str, Any]:
    """The format's JSON Schema (2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(file_type())}


def read_dataset(source: Path | bytes) -> Dataset:
    """Read and check a data file. Raises `BadData` naming record, field and reason of the first fault."""
    place = "" if isinstance(source, bytes) else str(source)
    try:
        if isinstance(source, Path) and source.stat().st_size > LARGEST_FILE:
            raise BadData(place=place, record="-", field="-", reason=f"larger than {LARGEST_FILE} bytes")
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as fault:
        raise BadData(place=place, record="-", field="-", reason=fault.strerror) from fault
    try:
        content: Any = msgspec.json.decode(data, type=file_type())
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        record, name = _named(data, where.rstrip("`"))
        raise BadData(place=place, record=record, field=name, reason=reason) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(place=place, record="-", field="-", reason=str(error)) from error
    if content.format != FORMAT or content.version != VERSION:
        raise BadData(place=place, record="-", field="version", reason=f"this program reads {FORMAT} {VERSION}")
    dataset = Dataset(content.as_of, {kind: getattr(content, kind.kind) for kind in KINDS})
    for record, name, reason in faults(dataset.records):
        raise BadData(place=place, record=record, field=name, reason=reason)
    return dataset


def _named(data: bytes, where: str) -> tuple[str, str]:
    """The record and field a decoding fault is at: `.invoices[3].due_on` is record `invoices` number 4."""
    section, bracket, rest = where.lstrip(".").partition("[")
    if not bracket:
        return "-", section or "-"
    number, _, name = rest.partition("]")
    try:
        row = msgspec.json.decode(data)[section][int(number)]
        shown = str(row["id"])[:64]
    except (ValueError, LookupError, TypeError):
        shown = f"number {int(number) + 1}" if number.isdigit() else number
    return f"{section} {shown}", name.lstrip(".") or "-"


def load_into(store: Store, dataset: Dataset) -> None:
    """Fill an empty store, in one transaction."""
    with store.write() as books:
        if any(books.every(kind, limit=1) for kind in KINDS):
            raise NotEmpty
        for kind in KINDS:
            for record in dataset.records.get(kind, ()):
                books.put(changed(record, version=0))


def dump(store: Store, as_of: date) -> bytes:
    """The whole store as a data file made for day `as_of`, from one consistent view."""
    with store.read() as books:
        records = {kind: tuple(_every(books.every, kind)) for kind in KINDS}
    return Dataset(as_of, records).to_bytes()


def _every(every: Any, kind: type[Record]) -> Iterable[Record]:
    rows = every(kind, limit=10_000)
    while rows:
        yield from rows
        rows = every(kind, after=rows[-1].id, limit=10_000)
