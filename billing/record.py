"""What every stored record is, and the keys it can be found by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, TypeVar

import msgspec

Id: TypeAlias = str
"""An opaque identifier, unique within its kind, ASCII, at most 64 characters."""

Key: TypeAlias = tuple[Any, ...]
"""An index key: a tuple of str, int, date or enum-value parts, compared left to right."""


@dataclass(frozen=True, slots=True)
class Index:
    """An ordered index over one kind of record.

    `keys` gives the record's keys, none where the record is not in the index, several where it can be found by
    several words. Parts must be comparable with the same part of every other key: str, int, or date.
    A `unique` index refuses a second record with the same key. A `shared` one runs across all accounts: it is for the
    vendor's own programs and is not there at a desk. Every other index of an account's records begins with the account.
    """

    name: str
    keys: Callable[[Any], Iterable[Key]]
    unique: bool = False
    shared: bool = False


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An immutable value with an identity. A change is a new value made by `changed`.

    `version` counts commits of this record; a write that carries an older version than the store's is refused
    (optimistic locking). A record that was never stored has version 0.
    """

    id: Id
    version: int = 0

    kind: ClassVar[str]
    """Plural name of the kind: its table, and its section in the data format."""
    indexes: ClassVar[tuple[Index, ...]] = ()

    @property
    def owner(self) -> Id | None:
        """The account this record belongs to; None for what is the vendor's (catalogue, series)."""
        return getattr(self, "account_id", None)


R = TypeVar("R", bound=Record)


def changed(record: R, **fields: Any) -> R:
    """The same record with other field values."""
    return msgspec.structs.replace(record, **fields)
