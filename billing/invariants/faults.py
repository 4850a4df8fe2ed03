"""How a broken invariant is told, and the records that invariants are asked of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from billing.record import Record

Fault = tuple[str, str, str]
"""A record, its field, and what is wrong with it."""

Records = Mapping[type[Record], tuple[Record, ...]]
"""Everything there is, by kind."""

R = TypeVar("R", bound=Record)


def of(records: Records, kind: type[R]) -> tuple[R, ...]:
    """The records of one kind."""
    return cast("tuple[R, ...]", records.get(kind, ()))


def named(record: Record) -> str:
    """How a record is called in a fault."""
    return f"{record.kind} {record.id[:64]}"
