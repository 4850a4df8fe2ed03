"""Equality lookups for TinyDB queries: a condition `field == value` is answered without reading the whole table.

TinyDB documents have no declared indexes, so the index of a field is made when it is first searched for, and follows
every commit from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec

from billing.record import Id, Record

Holders: TypeAlias = dict[Any, dict[Id, None]]
"""Who has each value of one field, in the order they came."""

PLAIN = (str, int, float, bool, type(None))


def equalities(condition: object) -> Iterator[tuple[str, Any]]:
    """The fields and plain values that every match of a TinyDB query must have at its top level."""
    return _equalities(getattr(condition, "_hash", None))


def _equalities(described: object) -> Iterator[tuple[str, Any]]:
    match described:
        case ("==", (str() as field,), value) if isinstance(value, PLAIN):
            yield field, value
        case ("and", frozenset() as parts):
            for part in parts:
                yield from _equalities(part)


class Lookup:
    """The records of one kind by the values of the fields that were searched for."""

    def __init__(self, kind: type[Record], records: dict[Id, Record]) -> None:
        self._kind, self._records = kind, records
        self._fields: dict[str, Holders] = {}

    def candidates(self, condition: object) -> list[Id] | None:
        """All that can match, perhaps more; None where every record can."""
        found = [self._having(field, value) for field, value in equalities(condition)]
        if not found:
            return None
        fewest = min(found, key=len)
        return list(fewest)

    def _having(self, field: str, value: Any) -> dict[Id, None]:
        if field not in self._kind.__struct_fields__:
            return {}
        holders = self._fields.get(field)
        if holders is None:
            holders = {}
            for record_id, record in self._records.items():
                _add(holders, _value(record, field), record_id)
            self._fields[field] = holders
        return holders.get(value, {})

    def follow(self, record_id: Id, before: Record | None, after: Record | None) -> None:
        """Take a commit's change up."""
        for field, holders in self._fields.items():
            old, new = _value(before, field), _value(after, field)
            if before is not None and (after is None or old != new):
                holders.get(old, {}).pop(record_id, None)
            if after is not None:
                _add(holders, new, record_id)


def _add(holders: Holders, value: Any, record_id: Id) -> None:
    holders.setdefault(value, {})[record_id] = None


def _value(record: Record | None, field: str) -> Any:
    """The field as the document has it; None where it is absent, or more than a plain value."""
    found = msgspec.to_builtins(getattr(record, field, None))
    return found if isinstance(found, PLAIN) else None
