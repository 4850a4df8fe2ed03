"""The log of commits beside an SQLite store: it stays short, whoever reads, and nobody waits for that."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.sqlite_store import SQLiteStore
from tests.contract.kinds import KINDS, Note, note
from tests.journeys.terminal import PATIENCE

LONGEST = 400_000


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("storage.sqlite_log.LONGEST", LONGEST)
    monkeypatch.setattr("storage.sqlite_log.AGAIN_AFTER", 1.0)
    place = tmp_path / "store.db"
    SQLiteStore(str(place), KINDS, create=True).close()
    return place


@contextmanager
def read_by(place: Path, people: int) -> Iterator[None]:
    """So many people who read one after another, so that there is always somebody."""
    over = threading.Event()

    def reads() -> None:
        store = SQLiteStore(str(place), KINDS)
        while not over.is_set():
            with store.read() as books:
                books.every(Note)
                time.sleep(0.02)
        store.close()

    threads = [threading.Thread(target=reads) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def write(store: SQLiteStore, first: int, number: int) -> float:
    """So many commits; the seconds of the slowest."""
    slowest = 0.0
    for each in range(first, first + number):
        began = time.monotonic()
        with store.write() as books:
            books.put(note(f"n{each}"))
        slowest = max(slowest, time.monotonic() - began)
    return slowest


def test_it_is_begun_anew_though_somebody_always_reads(place: Path) -> None:
    store, log = SQLiteStore(str(place), KINDS), Path(f"{place}-wal")
    with read_by(place, 2), store.read() as books:
        write_elsewhere = threading.Thread(target=write, args=(store, 0, 100))
        write_elsewhere.start()
        write_elsewhere.join()
        assert books.every(Note) == ()
        assert log.stat().st_size > LONGEST
    with read_by(place, 2):
        deadline, number = time.monotonic() + PATIENCE, 100
        while log.stat().st_size > LONGEST:
            assert time.monotonic() < deadline
            write(store, number, 1)
            number += 1
            time.sleep(0.05)
    store.close()


def test_whoever_reads_for_long_keeps_nobody_waiting_and_it_is_short_again_afterwards(place: Path) -> None:
    store, log = SQLiteStore(str(place), KINDS), Path(f"{place}-wal")
    with store.read() as books:
        assert books.every(Note) == ()
        slowest = threading.Thread(target=lambda: taken.append(write(store, 0, 100)))
        taken: list[float] = []
        slowest.start()
        slowest.join()
        assert books.every(Note) == ()
    assert taken[0] < 5
    assert log.stat().st_size > LONGEST
    time.sleep(1.1)
    write(store, 100, 1)
    assert log.stat().st_size <= LONGEST
    store.close()
