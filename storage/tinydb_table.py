"""TinyDB's interface over the live records, through its own extension points `Storage` and `Table`.

Documents are records as JSON-like mappings. A write goes through the store's transaction: it is validated as a record,
gets the next version, and is on disk when it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from billing.record import Id, Record, changed
from billing.store import Writing
from storage.tinydb_documents import Documents, Draft, Numbers, document
from storage.tinydb_lookup import Lookup

if TYPE_CHECKING:
    from storage.tinydb_store import TinyDBStore


class RecordStorage(Storage):
    """TinyDB's storage layer: the live tables, and the one way to change them."""

    def __init__(self, store: TinyDBStore, kinds: Mapping[str, type[Record]]) -> None:
        self.store, self.kinds = store, kinds
        with store.read():
            records = store.shelf.records
            self.numbers = {kind: Numbers(records[kind]) for kind in kinds.values()}
            self.lookups = {kind: Lookup(kind, records[kind]) for kind in kinds.values()}
            store.shelf.followers.append(self._follow)

    def _follow(self, kind: type[Record], record_id: Id, before: Record | None, after: Record | None) -> None:
        if after is None:
            self.numbers[kind].forget(record_id)
        else:
            self.numbers[kind].of(record_id)
        self.lookups[kind].follow(record_id, before, after)

    def kind(self, name: str) -> type[Record]:
        """The kind of record that a table holds."""
        if name not in self.kinds:
            raise KeyError(f"no kind of record is called {name}")
        return self.kinds[name]

    def read(self) -> dict[str, Any]:
        """Every table, as a view."""
        return {name: self.documents(kind) for name, kind in self.kinds.items()}

    def documents(self, kind: type[Record]) -> Documents:
        """One table, as a view."""
        return Documents(self.store.shelf.records[kind], self.numbers[kind], self.store.read)

    def write(self, data: Mapping[str, Mapping[Any, Any]]) -> None:
        """Make the tables what `data` says, in one transaction. TinyDB drops tables this way."""
        with self.store.write() as books:
            for name, kind in self.kinds.items():
                given = data.get(name, {})
                if not isinstance(given, Documents):
                    draft = Draft(self.documents(kind))
                    draft.clear()
                    draft.update({int(number): value for number, value in given.items()})
                    self._put_all(books, kind, draft)

    def update(self, kind: type[Record], updater: Callable[[Any], None]) -> None:
        """Let TinyDB's updater change one table, in one transaction."""
        with self.store.write() as books:
            draft = Draft(self.documents(kind))
            updater(draft)
            self._put_all(books, kind, draft)

    def _put_all(self, books: Writing, kind: type[Record], draft: Draft) -> None:
        old = {number: draft.documents.record(number) for number in draft.touched}
        new = {n: msgspec.convert(value, kind) for n, value in draft.touched.items() if value is not None}
        for number, record in old.items():
            if record is not None and (number not in new or new[number].id != record.id):
                books.remove(record)
        for number, record in new.items():
            known = old[number]
            same = known if known is not None and known.id == record.id else None
            record = changed(record, version=same.version if same else 0)
            if record != same:
                books.put(record)
                self.numbers[kind].bind(record.id, number)


class RecordTable(Table):
    """A table whose every write is one transaction of the store. `_update_table` is TinyDB's one way to write."""

    default_query_cache_capacity = 0

    @property
    def _records(self) -> RecordStorage:
        assert isinstance(self._storage, RecordStorage)  # noqa: S101
        return self._storage

    def _read_table(self) -> Any:
        kind = self._records.kinds.get(self.name)
        return self._records.documents(kind) if kind else {}

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        self._records.update(self._records.kind(self.name), updater)

    def _get_next_id(self) -> int:
        return self._records.numbers[self._records.kind(self.name)].next()

    def search(self, cond: QueryLike) -> list[Document]:
        """See `tinydb.table.Table.search`. A condition `field == value`, alone or with others by `&`, does not scan."""
        found = self._candidates(cond)
        return super().search(cond) if found is None else [d for d in found if cond(d)]

    def get(self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None) -> Any:
        """See `tinydb.table.Table.get`."""
        found = self._candidates(cond) if doc_id is None and doc_ids is None else None
        if found is None:
            return super().get(cond, doc_id, doc_ids)  # type: ignore[arg-type]
        return next((d for d in found if cond is not None and cond(d)), None)

    def _candidates(self, cond: object) -> list[Document] | None:
        storage, kind = self._records, self._records.kinds.get(self.name)
        if kind is None:
            return None
        with storage.store.read():
            ids = storage.lookups[kind].candidates(cond)
            records = storage.store.shelf.records[kind]
            numbers = storage.numbers[kind]
            return None if ids is None else [Document(document(records[i]), numbers.of(i)) for i in ids]


class RecordDB(TinyDB):
    """TinyDB over an open store. Closing it leaves the store open."""

    table_class = RecordTable

    def __init__(self, store: TinyDBStore, kinds: Mapping[str, type[Record]]) -> None:
        super().__init__(store, kinds, storage=RecordStorage)
