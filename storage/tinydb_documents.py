"""Records as TinyDB sees them: mappings under document ids, which are numbers given out while the store is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from billing.record import Id, Record


class Numbers:
    """The document ids of one table. A number is never given to a second record while the store is open."""

    def __init__(self, ids: Mapping[Id, Record]) -> None:
        self._ids: dict[int, Id] = dict(enumerate(ids, start=1))
        self._numbers = {record_id: number for number, record_id in self._ids.items()}
        self._last = len(self._ids)

    def next(self) -> int:
        """A number not used before."""
        self._last += 1
        return self._last

    def of(self, record_id: Id) -> int:
        """The record's document id."""
        if record_id not in self._numbers:
            self.bind(record_id, self.next())
        return self._numbers[record_id]

    def bind(self, record_id: Id, number: int) -> None:
        """Give a record a document id that TinyDB chose."""
        self._numbers.pop(self._ids.get(number, ""), None)
        self._ids.pop(self._numbers.get(record_id, 0), None)
        self._numbers[record_id], self._ids[number] = number, record_id
        self._last = max(self._last, number)

    def forget(self, record_id: Id) -> None:
        """The record is gone."""
        self._ids.pop(self._numbers.pop(record_id, 0), None)

    def id(self, number: int) -> Id | None:
        """The record with that document id."""
        return self._ids.get(number)


class Documents(Mapping[str, dict[str, Any]]):
    """A table's documents, made from the live records as they are asked for, exactly as stock TinyDB reads them."""

    def __init__(
        self, records: Mapping[Id, Record], numbers: Numbers, guard: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        self._records, self._numbers, self._guard = records, numbers, guard

    def record(self, number: int) -> Record | None:
        """The record with that document id."""
        return self._records.get(self._numbers.id(number) or "")

    def numbered(self) -> list[tuple[int, Record]]:
        """Every record with its document id, at one moment."""
        with self._guard():
            return [(self._numbers.of(record_id), record) for record_id, record in self._records.items()]

    def __getitem__(self, number: str) -> dict[str, Any]:
        record = self.record(int(number))
        if record is None:
            raise KeyError(number)
        return document(record)

    def __iter__(self) -> Iterator[str]:
        return (str(number) for number, _ in self.numbered())

    def items(self) -> Any:
        """Numbers and documents of one moment, made one by one."""
        return ((str(number), document(record)) for number, record in self.numbered())

    def __len__(self) -> int:
        return len(self._records)


def document(record: Record) -> dict[str, Any]:
    """The record as it would be read from a TinyDB file."""
    read: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return read


class Draft(MutableMapping[int, Any]):
    """What a TinyDB updater sees: the table by document id, remembering what it looked at and changed."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.touched: dict[int, dict[str, Any] | None] = {}

    def __getitem__(self, number: int) -> dict[str, Any]:
        if number not in self.touched:
            self.touched[number] = self.documents[str(number)]
        found = self.touched[number]
        if found is None:
            raise KeyError(number)
        return found

    def __setitem__(self, number: int, value: Mapping[str, Any]) -> None:
        self.touched[number] = dict(value)

    def __delitem__(self, number: int) -> None:
        if number not in self:
            raise KeyError(number)
        self.touched[number] = None

    def __contains__(self, number: object) -> bool:
        if number in self.touched:
            return self.touched[number] is not None
        return isinstance(number, int) and self.documents.record(number) is not None

    def __iter__(self) -> Iterator[int]:
        known = {number: None for number, _ in self.documents.numbered()}
        return iter([number for number in known | dict.fromkeys(self.touched) if number in self])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Take every document out."""
        self.touched.update(dict.fromkeys(self))
