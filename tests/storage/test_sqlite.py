"""The SQLite store's own promises: several processes at once, a file that is recognised, indexes that follow."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import given

from billing.errors import NotFound
from billing.record import Index, Record, changed
from billing.store import DiskFull, Span, StoreDamaged, StoreUnavailable
from storage.ordered_key import AFTER_ALL, decoded, encoded
from storage.place import NoStore, StoreExists
from storage.registry import for_several, open_store
from storage.sqlite_layout import NotOurs, TooNew
from storage.sqlite_store import SQLiteStore
from tests.contract.kinds import KINDS, Note, Tally, note

WHOLE = st.integers(-(2**64) + 1, 2**64 - 1)
PARTS = (
    st.text(st.characters(), max_size=6),
    st.text(st.sampled_from("\0\x01a\xff"), max_size=4),
    WHOLE,
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
PAIRS_OF_KEYS = st.lists(st.sampled_from(PARTS), max_size=3).flatmap(
    lambda parts: st.tuples(st.tuples(*parts), st.tuples(*parts))
)


class TestKeysAsBytes:
    @given(PAIRS_OF_KEYS)
    def test_bytes_are_in_the_order_of_the_keys_and_come_back(
        self, pair: tuple[tuple[object, ...], tuple[object, ...]]
    ) -> None:
        one, other = pair
        assert (encoded(one) < encoded(other)) == (one < other)
        assert decoded(encoded(one)) == one

    @given(st.tuples(st.text(max_size=4), WHOLE), st.tuples(st.text(max_size=4), WHOLE))
    def test_a_beginning_holds_just_the_keys_that_begin_with_it(
        self, key: tuple[str, int], other: tuple[str, int]
    ) -> None:
        beginning = encoded(key[:1])
        assert (beginning <= encoded(other) < beginning + AFTER_ALL) == (other[0] == key[0])

    @pytest.mark.parametrize("part", [1.5, None, 2**64, b"x"])
    def test_what_has_no_order_of_ours_is_refused(self, part: object) -> None:
        with pytest.raises(TypeError):
            encoded((part,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "store.db"
    SQLiteStore(str(file), KINDS, create=True).close()
    return file


class TestTheFile:
    def test_it_is_its_owners_alone(self, path: Path) -> None:
        with closing(SQLiteStore(str(path), KINDS)) as store, store.write() as books:
            books.put(note("n"))
            assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}

    def test_one_that_is_not_there_is_not_made_by_looking(self, tmp_path: Path) -> None:
        with pytest.raises(NoStore, match="ventanilla init"):
            SQLiteStore(str(tmp_path / "none.db"), KINDS)
        assert not list(tmp_path.iterdir())

    def test_one_that_is_there_is_not_made_anew(self, path: Path) -> None:
        before = path.read_bytes()
        with pytest.raises(StoreExists):
            SQLiteStore(str(path), KINDS, create=True)
        assert path.read_bytes() == before
        assert [each.name for each in path.parent.iterdir()] == [path.name]

    def test_one_that_was_taken_away_is_not_made_anew(self, path: Path) -> None:
        with closing(SQLiteStore(str(path), KINDS)) as store, store.read():
            path.rename(path.with_name("elsewhere"))
            with pytest.raises(NoStore), store.read():
                pass
            assert not path.exists()

    def test_a_database_of_another_program_is_left_alone(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "theirs.db")) as theirs:
            theirs.execute("CREATE TABLE record (x)")
        with pytest.raises(NotOurs):
            SQLiteStore(str(tmp_path / "theirs.db"), KINDS)

    def test_one_of_a_newer_version_is_left_alone(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as link:
            link.execute("PRAGMA user_version = 99")
        with pytest.raises(TooNew):
            SQLiteStore(str(path), KINDS)

    def test_damage_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + random.Random(1).randbytes(8000))
        with pytest.raises(StoreDamaged):
            SQLiteStore(str(tmp_path / "broken.db"), KINDS)

    def test_a_folder_is_no_store(self, tmp_path: Path) -> None:
        with pytest.raises(StoreUnavailable):
            SQLiteStore(str(tmp_path), KINDS)

    def test_a_full_disk_undoes_the_transaction_and_says_so(self, path: Path) -> None:
        with closing(SQLiteStore(str(path), KINDS)) as store:
            with store.write() as books:
                books.put(note("before"))
            store._idle[-1].execute("PRAGMA max_page_count = 12")
            with pytest.raises(DiskFull), store.write() as books:
                for number in range(2000):
                    books.put(note(f"n{number}", title="x" * 100))
            with store.read() as books:
                assert [each.id for each in books.every(Note)] == ["before"]

    def test_a_closed_one_refuses(self, path: Path) -> None:
        store = SQLiteStore(str(path), KINDS)
        store.close()
        store.close()
        with pytest.raises(StoreUnavailable, match="closed"), store.read():
            pass


class Renamed(Record, frozen=True, kw_only=True):
    """`Note` as a later version of the program knows it: one index gone, one new, one become unique."""

    kind: ClassVar[str] = "notes"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("tag", lambda n: [(n.tag,)] if n.tag else [], unique=True),
        Index("title", lambda n: [(n.title,)]),
        Index("shelf", lambda n: [(n.shelf, n.day, n.title)], unique=True),
    )

    shelf: str
    day: date
    title: str = ""
    tag: str = ""


def test_indexes_follow_the_programs_version(path: Path) -> None:
    with closing(SQLiteStore(str(path), KINDS)) as store, store.write() as books:
        books.put(note("n1", title="b", tag="t"))
        books.put(note("n2", title="a"))
    with closing(SQLiteStore(str(path), (Renamed, Tally))) as later, later.write() as books:
        assert [row.id for row in books.find(Renamed, Span("title")).rows] == ["n2", "n1"]
        assert [row.id for row in books.find(Renamed, Span("tag", ("t",))).rows] == ["n1"]
        books.put(changed(books.get(Renamed, "n1"), title="c x"))
    with closing(SQLiteStore(str(path), KINDS)) as earlier, earlier.read() as books:
        assert [row.id for row in books.find(Note, Span("words", ("a", "x"))).rows] == ["n1"]


def test_the_database_itself_refuses_a_second_holder_of_a_unique_key(path: Path) -> None:
    with closing(SQLiteStore(str(path), KINDS)) as store, store.write() as books:
        books.put(note("n1", tag="t"))
    with closing(sqlite3.connect(path)) as link, pytest.raises(sqlite3.IntegrityError):
        link.execute("INSERT INTO entry SELECT declared, key, 'other', record, sole FROM entry WHERE sole")


def test_whoever_reads_sees_one_moment_while_others_write(path: Path) -> None:
    with closing(SQLiteStore(str(path), KINDS)) as here, closing(SQLiteStore(str(path), KINDS)) as there:
        with here.read() as books:
            with there.write() as theirs:
                theirs.put(Tally(id="t", value=1))
            with pytest.raises(NotFound):
                books.get(Tally, "t")
        with here.read() as books:
            assert books.get(Tally, "t").value == 1


class TestNewsOfOthers:
    def test_what_another_process_commits_is_heard(self, path: Path) -> None:
        with closing(SQLiteStore(str(path), KINDS)) as here, closing(SQLiteStore(str(path), KINDS)) as there:
            mine, others = threading.Event(), threading.Event()
            stops = [here.listen("acme", mine.set), here.listen("other", others.set)]
            for name, heard, quiet in (("acme", mine, others), ("other", others, mine)):
                with there.write() as books:
                    books.put(Tally(id=name, account_id=name))
                assert heard.wait(10)
                assert not quiet.is_set()
                heard.clear()
            for stop in stops:
                stop()

    def test_nobody_looks_while_nobody_listens_and_nothing_is_missed_for_it(self, path: Path) -> None:
        with closing(SQLiteStore(str(path), KINDS)) as here, closing(SQLiteStore(str(path), KINDS)) as there:
            for number in range(3):
                heard = threading.Event()
                stop = here.listen("acme", heard.set)
                with there.write() as books:
                    books.put(Tally(id=f"t{number}", account_id="acme"))
                assert heard.wait(10)
                stop()
                with there.write() as books:
                    books.put(Tally(id=f"u{number}", account_id="acme"))
            here._news.look()
            while here._news._thread is not None:
                time.sleep(0.001)

    def test_a_store_that_fails_for_a_moment_is_looked_at_again(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("storage.sqlite_news.POLL", 0.01)
        with closing(SQLiteStore(str(path), KINDS)) as store:
            heard, reading, failures = threading.Event(), store._news._reading, iter(range(3))

            def flaky() -> AbstractContextManager[sqlite3.Connection]:
                if next(failures, None) is not None:
                    raise StoreUnavailable(place=str(path), reason="away")
                return reading()

            monkeypatch.setattr(store._news, "_reading", flaky)
            stop = store.listen("acme", heard.set)
            with store.write() as books:
                books.put(Tally(id="t", account_id="acme"))
            assert heard.wait(10)
            stop()


COUNTER = """
import sys
from billing.record import changed
from storage.registry import open_store
from tests.contract.kinds import KINDS, Tally
store = open_store(sys.argv[1], KINDS)
for _ in range(int(sys.argv[2])):
    with store.write() as books:
        tally = books.get(Tally, "t")
        books.put(changed(tally, value=tally.value + 1))
        books.put(Tally(id=f"{sys.argv[3]}-{tally.value}", value=tally.value))
    print(tally.value, flush=True)
"""


def counting(path: Path, times: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COUNTER, f"sqlite:{path}", str(times), name]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )


@pytest.fixture
def tally(path: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(str(path), KINDS)) as store:
        with store.write() as books:
            books.put(Tally(id="t"))
        yield store


def test_processes_take_turns_and_lose_nothing(path: Path, tally: SQLiteStore) -> None:
    running = [counting(path, 40, name) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    for process in running:
        process.communicate()
    with tally.read() as books:
        assert books.get(Tally, "t").value == 120
        assert len(books.every(Tally)) == 121


def killed_at_random(path: Path, store: SQLiteStore, times: int) -> None:
    """Kill a writing process so often; every commit it acknowledged is there, and no half of one."""
    chance = random.Random(7)
    for run in range(times):
        process = counting(path, 100_000, f"run{run}")
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
        process.communicate()
        acknowledged = int([line for line in said if line.endswith("\n")][-1])
        with store.read() as books:
            value = books.get(Tally, "t").value
            assert value in (acknowledged + 1, acknowledged + 2)
            assert len(books.every(Tally, limit=10**6)) == value + 1


def test_a_killed_writer_loses_nothing_it_acknowledged(path: Path, tally: SQLiteStore) -> None:
    killed_at_random(path, tally, 3)


@pytest.mark.soak
def test_two_hundred_killed_writers_lose_nothing(path: Path, tally: SQLiteStore) -> None:
    killed_at_random(path, tally, 200)
    with closing(sqlite3.connect(path)) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_moments_are_kept_to_the_microsecond() -> None:
    moment = datetime(2026, 11, 24, 16, 30, 0, 123457, tzinfo=UTC)
    assert decoded(encoded((moment,))) == (moment,)


def test_only_what_several_processes_can_open_says_so(tmp_path: Path) -> None:
    assert for_several(f"sqlite:{tmp_path}/x.db")
    assert not for_several(f"tinydb:{tmp_path}/x.json")
    with closing(open_store(f"sqlite:{tmp_path}/x.db", KINDS, create=True)) as store:
        assert store.durable
