"""What the TinyDB store costs, beside raw `sqlite3` and stock TinyDB, in one run: `python -m tests.bench.bench_store`.

Commits are durable, one record each, of about 600 bytes of JSON with three indexes, in ours and in sqlite3. Figures are
medians of slices taken in turn, so that a slow moment of the machine hits both.
"""

from __future__ import annotations

import gc
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import ClassVar

import msgspec
from tinydb import TinyDB

from billing.record import Index, Record
from billing.store import Span
from storage.tinydb_store import TinyDBStore

SIZES = (1_000, 10_000, 100_000)
PER_ACCOUNT = 20
SLICES, SLICE = 9, 60


class Bill(Record, frozen=True, kw_only=True):
    """An invoice's worth of data."""

    kind: ClassVar[str] = "bills"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("history", lambda b: [(b.account_id, b.issued_on, b.number)]),
        Index("number", lambda b: [(b.number,)], unique=True),
        Index("state", lambda b: [(b.account_id, b.state, b.issued_on)]),
    )

    account_id: str
    number: str
    issued_on: str
    state: str
    lines: tuple[str, ...]


def bill(number: int, accounts: int) -> Bill:
    """The `number`-th bill."""
    day = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    lines = tuple(f"Monthly subscription, licence {k}, 19.99 EUR, tax 21 %, net 16.52 EUR" for k in range(6))
    account = f"a{number % accounts}"
    return Bill(id=f"b{number}", account_id=account, number=f"F-{number:07d}", issued_on=day, state="paid", lines=lines)


class Ours:
    """The store of this project."""

    name = "ventanilla tinydb:"

    def __init__(self, folder: Path, size: int) -> None:
        self._path = str(folder / "ours.json")
        self.accounts = max(size // PER_ACCOUNT, 1)
        store = TinyDBStore(self._path, (Bill,), create=True)
        with store.write() as books:
            for number in range(size):
                books.put(bill(number, self.accounts))
        store.close()
        self.open()

    def open(self) -> None:
        """Open what is on disk."""
        self.store = TinyDBStore(self._path, (Bill,))

    def close(self) -> None:
        """Close it."""
        self.store.close()

    def commit(self, number: int) -> None:
        """One record, durable."""
        with self.store.write() as books:
            books.put(bill(number, self.accounts))

    def get(self, number: int) -> object:
        """One record by id."""
        with self.store.read() as books:
            return books.get(Bill, f"b{number}")

    def page(self, account: int) -> int:
        """The newest fifty of an account."""
        with self.store.read() as books:
            return len(books.find(Bill, Span("history", (f"a{account}",)), descending=True, limit=50).rows)


class Raw:
    """`sqlite3` with a write-ahead log and full synchronisation, JSON in a column, the same indexes."""

    name = "raw sqlite3"

    def __init__(self, folder: Path, size: int) -> None:
        self._path = folder / "raw.sqlite"
        self.accounts = max(size // PER_ACCOUNT, 1)
        self.open()
        self.base.execute(
            "create table bills(id text primary key, account text, number text, day text, state text, body)"
        )
        self.base.execute("create index history on bills(account, day, number)")
        self.base.execute("create unique index number on bills(number)")
        self.base.execute("create index state on bills(account, state, day)")
        self.base.execute("begin")
        for number in range(size):
            self._insert(number)
        self.base.execute("commit")

    def open(self) -> None:
        """Open the file."""
        self.base = sqlite3.connect(self._path, isolation_level=None)
        self.base.execute("pragma journal_mode=wal")
        self.base.execute("pragma synchronous=full")

    def close(self) -> None:
        """Close it."""
        self.base.close()

    def _insert(self, number: int) -> None:
        b = bill(number, self.accounts)
        row = (b.id, b.account_id, b.number, b.issued_on, b.state, msgspec.json.encode(b))
        self.base.execute("insert into bills values (?,?,?,?,?,?)", row)

    def commit(self, number: int) -> None:
        """One record, durable."""
        self._insert(number)

    def get(self, number: int) -> object:
        """One record by id."""
        row = self.base.execute("select body from bills where id=?", (f"b{number}",)).fetchone()
        return msgspec.json.decode(row[0], type=Bill)

    def page(self, account: int) -> int:
        """The newest fifty of an account."""
        rows = self.base.execute(
            "select body from bills where account=? order by day desc, number desc limit 50", (f"a{account}",)
        )
        return len([msgspec.json.decode(row[0], type=Bill) for row in rows])


class Stock:
    """TinyDB as it comes."""

    name = "stock TinyDB"

    def __init__(self, folder: Path, size: int) -> None:
        self.accounts = max(size // PER_ACCOUNT, 1)
        self._base = TinyDB(folder / "stock.json")
        self._base.table("bills").insert_multiple(msgspec.to_builtins(bill(n, self.accounts)) for n in range(size))

    def close(self) -> None:
        """Close it."""
        self._base.close()

    def commit(self, number: int) -> None:
        """One record, written in place and flushed, not synchronised."""
        self._base.table("bills").insert(msgspec.to_builtins(bill(number, self.accounts)))


def _slice(do: Callable[[int], object], numbers: list[int]) -> float:
    started = time.perf_counter()
    for number in numbers:
        do(number)
    return len(numbers) / (time.perf_counter() - started)


def _in_turn(do: list[Callable[[int], object]], numbers: Callable[[], list[int]]) -> list[float]:
    """Rates per second of several programs, slice by slice in turn: medians."""
    rates: list[list[float]] = [[] for _ in do]
    for _ in range(SLICES):
        for own, rate in zip(do, rates, strict=True):
            rate.append(_slice(own, numbers()))
    return [statistics.median(rate) for rate in rates]


def measure(size: int) -> None:
    """Figures at one size."""
    chance, after = Random(1), iter(range(size, 10**9))
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        ours, raw = Ours(Path(name), size), Raw(Path(name), size)
        gc.collect()
        commits = _in_turn([ours.commit, raw.commit], lambda: [next(after) for _ in range(SLICE)])
        gets = _in_turn([ours.get, raw.get], lambda: [chance.randrange(size) for _ in range(SLICE * 5)])
        pages = _in_turn([ours.page, raw.page], lambda: [chance.randrange(ours.accounts) for _ in range(SLICE)])
        ours.close()
        started = time.perf_counter()
        ours.open()
        opened = time.perf_counter() - started
        ours.close()
        raw.close()
        stock = Stock(Path(name), size)
        plain = _slice(stock.commit, [next(after) for _ in range(20 if size < 10_000 else 3 if size < 100_000 else 1)])
        stock.close()
    for what, (own, peer) in (("commit", commits), ("get by id", gets), ("page of 50", pages)):
        print(f"{size:9,d} {what:12s} {own:12,.0f} ours {peer:12,.0f} sqlite3   x{own / peer:5.2f}", end="")
        print(f"   {own / plain:9,.0f} x stock TinyDB" if what == "commit" else "")
    print(f"{size:9,d} open         {opened * 1000:12,.0f} ms")


def main() -> None:
    """Measure and print."""
    print("STORE     one durable commit = one record; per second, medians; x = ratio to raw sqlite3")
    for size in SIZES:
        measure(size)


if __name__ == "__main__":
    main()
