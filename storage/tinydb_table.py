"""TinyDB's interface over the live records, through its own extension points `Storage` and `Table`.

Documents are records as JSON-like mappings; document ids are numbers given out while the store is open. A write goes
through the store's transaction: it is validated as a record, gets the next version, and is on disk when it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from billing.record import Id, Record, changed
from billing.store import Writing

if TYPE_CHECKING:
    from storage.tinydb_store import TinyDBStore


class Numbers:
    """Document ids for one table: each record id keeps its number while the store is open."""

    def __init__(self) -> None:
        self._numbers: dict[Id, int] = {}
        self._ids: dict[int, Id] = {}

    def of(self, record_id: Id) -> int:
        """The record's document id."""
        if record_id not in self._numbers:
            self.bind(record_id, len(self._ids) + 1)
        return self._numbers[record_id]

    def bind(self, record_id: Id, number: int) -> None:
        """Give a record a document id that TinyDB chose."""
        self._numbers[record_id], self._ids[number] = number, record_id

    def id(self, number: int) -> Id | None:
        """The record with that document id."""
        return self._ids.get(number)


class Documents(Mapping[str, dict[str, Any]]):
    """A table's documents, made from the live records as they are asked for."""

    def __init__(self, records: Mapping[Id, Record], numbers: Numbers) -> None:
        self._records, self._numbers = records, numbers
        for record_id in records:
            numbers.of(record_id)

    def __getitem__(self, number: str) -> dict[str, Any]:
        record = self._records.get(self._numbers.id(int(number)) or "")
        if record is None:
            raise KeyError(number)
        document: dict[str, Any] = msgspec.to_builtins(record)
        return document

    def __iter__(self) -> Iterator[str]:
        return (str(self._numbers.of(record_id)) for record_id in self._records)

    def __len__(self) -> int:
        return len(self._records)


class Draft(MutableMapping[int, Any]):
    """What a TinyDB updater sees: the table by document id, remembering what it looked at and changed."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.touched: dict[int, dict[str, Any] | None] = {}

    def __getitem__(self, number: int) -> dict[str, Any]:
        if number not in self.touched:
            self.touched[number] = self._documents[str(number)]
        document = self.touched[number]
        if document is None:
            raise KeyError(number)
        return document

    def __setitem__(self, number: int, document: Mapping[str, Any]) -> None:
        self.touched[number] = dict(document)

    def __delitem__(self, number: int) -> None:
        self[number]
        self.touched[number] = None

    def __iter__(self) -> Iterator[int]:
        known = [int(number) for number in self._documents]
        yield from (n for n in known if self.touched.get(n, n) is not None)
        yield from (n for n, document in self.touched.items() if document is not None and n not in set(known))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class RecordStorage(Storage):
    """TinyDB's storage layer: the live tables. It writes nothing itself; `RecordTable` commits."""

    def __init__(self, store: TinyDBStore, kinds: Mapping[str, type[Record]]) -> None:
        self.store, self.kinds = store, kinds
        self.numbers = {name: Numbers() for name in kinds}

    def read(self) -> dict[str, Any]:
        """Every table, as a view."""
        return {name: self.documents(name) for name in self.kinds}

    def documents(self, name: str) -> Documents:
        """One table, as a view; empty for a name that is no kind."""
        kind = self.kinds.get(name)
        records = self.store.shelf.records[kind] if kind else {}
        return Documents(records, self.numbers.get(name) or Numbers())

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Refused: whole-file writes are what this store avoids."""
        del data
        raise TypeError("tables of this store are changed through their own methods")


class RecordTable(Table):
    """A table whose every write is one transaction of the store. `_update_table` is TinyDB's one way to write."""

    default_query_cache_capacity = 0

    def _read_table(self) -> Any:
        return self._records.documents(self.name)

    @property
    def _records(self) -> RecordStorage:
        assert isinstance(self._storage, RecordStorage)  # noqa: S101
        return self._storage

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        storage = self._records
        kind, numbers = storage.kinds[self.name], storage.numbers[self.name]
        with storage.store.write() as books:
            draft = Draft(storage.documents(self.name))
            updater(draft)
            for number, document in draft.touched.items():
                self._put(books, kind, numbers, number, document)
        self.clear_cache()

    def _put(
        self, books: Writing, kind: type[Record], numbers: Numbers, number: int, document: dict[str, Any] | None
    ) -> None:
        known = numbers.id(number)
        old = self._records.store.shelf.records[kind].get(known) if known else None
        if document is None:
            if old is not None:
                books.remove(old)
            return
        new = changed(msgspec.convert(document, kind), version=old.version if old else 0)
        if new != old:
            books.put(new)
            numbers.bind(new.id, number)


class RecordDB(TinyDB):
    """TinyDB over an open store. Closing it leaves the store open."""

    table_class = RecordTable

    def __init__(self, store: TinyDBStore, kinds: Mapping[str, type[Record]]) -> None:
        super().__init__(store, kinds, storage=RecordStorage)
