"""The TinyDB store: an ordinary TinyDB file, TinyDB's own queries, and one owner."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tinydb import Query, TinyDB, where
from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from billing.errors import Duplicate
from billing.record import Record, changed
from billing.store import Span, StoreDamaged, StoreInUse, StoreUnavailable
from storage import tinydb_table
from storage.place import NoStore, StoreExists
from storage.snapshot import OtherVersion
from storage.tinydb_documents import document
from storage.tinydb_store import ROLL_BYTES, TinyDBStore
from tests.contract.kinds import KINDS, Note, Tally, note


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.json"


def made(path: Path, roll_bytes: int = ROLL_BYTES) -> TinyDBStore:
    return TinyDBStore(str(path), KINDS, create=not path.exists(), roll_bytes=roll_bytes)


def one(table: Table, condition: QueryLike) -> Document:
    """The only document that matches."""
    found = table.get(condition)
    assert found is not None
    assert table.search(condition) == [found]
    return found


def test_stock_tinydb_opens_what_it_leaves(path: Path) -> None:
    store = made(path)
    with store.write() as books:
        books.put(note("n1", title="Ñandú"))
        books.put(Tally(id="t", value=7))
    store.close()
    stock = TinyDB(path)
    assert stock.table("notes").search(where("title") == "Ñandú")[0]["id"] == "n1"
    assert stock.table("tallies").all() == [{"id": "t", "version": 1, "value": 7}]
    stock.close()


def test_tinydb_queries_work_on_the_open_store(path: Path) -> None:
    store = made(path)
    notes = store.tinydb.table("notes")
    first = notes.insert({"id": "n1", "shelf": "a", "day": "2026-01-02", "title": "one"})
    notes.insert({"id": "n2", "shelf": "b", "day": "2026-01-03", "title": "two"})
    assert [d["id"] for d in notes.search(Query().title.matches("t.o"))] == ["n2"]
    assert notes.get(doc_id=first)["id"] == "n1"  # type: ignore[index]
    notes.update({"title": "changed"}, where("id") == "n1")
    notes.remove(where("id") == "n2")
    assert len(notes) == 1
    assert "n1" in {d["id"] for d in notes}
    with store.read() as books:
        assert books.get(Note, "n1").title == "changed"
        assert books.get(Note, "n1").version == 2
    store.close()
    again = made(path)
    with again.read() as books:
        assert [n.title for n in books.every(Note)] == ["changed"]
    again.close()


def test_tinydb_writes_are_checked_like_any_other_and_undone_whole(path: Path) -> None:
    store = made(path)
    notes = store.tinydb.table("notes")
    notes.insert({"id": "n1", "shelf": "a", "day": "2026-01-02", "tag": "t"})
    with pytest.raises(msgspec.ValidationError, match="day"):
        notes.insert({"id": "n2", "shelf": "a", "day": "yesterday"})
    with pytest.raises(Duplicate):
        notes.insert_multiple(
            [
                {"id": "n3", "shelf": "a", "day": "2026-01-02"},
                {"id": "n4", "shelf": "a", "day": "2026-01-02", "tag": "t"},
            ]
        )
    with pytest.raises(KeyError, match="no kind"):
        store.tinydb.insert({"id": "n5"})
    assert [d["id"] for d in notes.all()] == ["n1"]
    store.close()


def test_tinydb_finds_equals_without_reading_the_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = made(path)
    with store.write() as books:
        for number in range(40):
            books.put(note(f"n{number:02d}", shelf=f"s{number % 4}", day=number % 2 + 1, tag=f"t{number}"))
    notes = store.tinydb.table("notes")
    made_of: list[Record] = []

    def counted(record: Record) -> dict[str, Any]:
        made_of.append(record)
        return document(record)

    assert len(notes.search(where("shelf") == "s1")) == 10
    with store.write() as books:
        books.remove(books.get(Note, "n01"))
        books.put(changed(books.get(Note, "n05"), shelf="s2"))
        books.put(note("new", shelf="s1"))
    monkeypatch.setattr(tinydb_table, "document", counted)
    assert {d["id"] for d in notes.search(where("shelf") == "s1")} == {f"n{n:02d}" for n in range(9, 40, 4)} | {"new"}
    assert len(made_of) == 9
    assert len(notes.search((where("shelf") == "s2") & (where("tag") == "t5"))) == 1
    assert len(made_of) == 10
    assert one(notes, where("id") == "n07")["tag"] == "t7"
    assert notes.get(where("id") == "n01") is None
    assert notes.contains(where("tag") == "t7")
    assert notes.search(where("tag") == "") == notes.search(where("nothing") == 1) == []
    assert notes.count((where("shelf") == "s1") | (where("shelf") == "s2")) == 20
    store.close()


def test_document_ids_stay_with_their_records(path: Path) -> None:
    store = made(path)
    notes = store.tinydb.table("notes")
    first, second = notes.insert_multiple({"id": i, "shelf": "a", "day": "2026-01-02"} for i in ("n1", "n2"))
    with store.write() as books:
        books.put(note("n3"))
    third = notes.insert({"id": "n4", "shelf": "a", "day": "2026-01-02"})
    assert len({first, second, third, one(notes, where("id") == "n3").doc_id}) == 4
    notes.remove(doc_ids=[first])
    assert notes.insert({"id": "n1", "shelf": "b", "day": "2026-01-02"}) not in (first, second, third)
    notes.update({"id": "renamed"}, doc_ids=[second])
    assert one(notes, where("id") == "renamed").doc_id == second
    notes.insert(Document({"id": "own", "shelf": "a", "day": "2026-01-02"}, doc_id=77))
    assert notes.insert({"id": "next", "shelf": "a", "day": "2026-01-02"}) == 78
    with store.read() as books:
        assert [n.id for n in books.every(Note)] == ["n1", "n3", "n4", "next", "own", "renamed"]
    store.close()


def test_tinydb_may_drop_and_empty_tables(path: Path) -> None:
    store = made(path)
    with store.write() as books:
        for number in range(3):
            books.put(note(f"n{number}", tag=f"t{number}"))
            books.put(Tally(id=f"t{number}"))
    store.tinydb.drop_table("tallies")
    assert (len(store.tinydb.table("tallies")), len(store.tinydb.table("notes"))) == (0, 3)
    store.tinydb.table("notes").truncate()
    assert store.tinydb.table("notes").all() == []
    store.tinydb.table("notes").upsert({"id": "n", "shelf": "a", "day": "2026-01-02", "tag": "t1"}, where("id") == "n")
    store.tinydb.drop_tables()
    store.close()
    again = made(path)
    with again.read() as books:
        assert [*books.every(Note), *books.every(Tally)] == []
    again.close()


def test_tinydb_reads_while_others_write(path: Path) -> None:
    store = made(path)
    notes, stop = store.tinydb.table("notes"), threading.Event()

    def write() -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            with store.write() as books:
                books.put(note(f"n{number}", shelf=f"s{number % 3}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(60):
            assert all(d["shelf"] == "s1" for d in notes.search(where("shelf") == "s1"))
            assert len({d.doc_id for d in notes}) >= len(notes.search(where("shelf").matches("s1")))
    finally:
        stop.set()
        writer.join()
    store.close()


def test_records_of_another_version_are_not_taken_for_damage(path: Path) -> None:
    store = made(path)
    with store.write() as books:
        books.put(Tally(id="t"))
    with pytest.raises(OtherVersion, match="tallies"):
        TinyDBStore(str(crash(store, path)), (Note,))
    store.close()
    with pytest.raises(OtherVersion, match="tallies"):
        TinyDBStore(str(path), (Note,))
    made(path).close()


def crash(store: TinyDBStore, path: Path) -> Path:
    """A copy of an open store's files, as a crash would leave them."""
    folder = path.parent / "crashed"
    folder.mkdir()
    for file in path.parent.glob("store.json*"):
        shutil.copy(file, folder)
    return folder / path.name


def test_two_names_of_one_file_are_one_store(path: Path) -> None:
    store = made(path)
    other = path.parent / "other.json"
    other.symlink_to(path)
    with pytest.raises(StoreInUse):
        TinyDBStore(str(other), KINDS)
    store.close()


def test_files_are_the_owners_alone(path: Path) -> None:
    store = made(path)
    with store.write() as books:
        books.put(note("n1"))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    store.close()
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_second_process_is_told_who_has_it(path: Path) -> None:
    store = TinyDBStore(str(path), KINDS, create=True, owner="the counter")
    program = (
        "import sys; from storage.tinydb_store import TinyDBStore; from tests.contract.kinds import KINDS\n"
        "from billing.store import StoreInUse\n"
        "try: TinyDBStore(sys.argv[1], KINDS)\n"
        "except StoreInUse as refusal: print(refusal)\n"
    )
    said = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert "in use by the counter" in said.stdout
    assert f"process {os.getpid()}" in said.stdout
    store.close()
    made(path).close()


def test_the_lock_goes_with_its_process(path: Path) -> None:
    made(path).close()
    child = os.fork()
    if child == 0:
        TinyDBStore(str(path), KINDS)
        os._exit(0)
    os.waitpid(child, 0)
    made(path).close()


def test_the_journal_is_rolled_into_a_snapshot_as_it_grows(path: Path) -> None:
    store = made(path, roll_bytes=2_000)
    for number in range(60):
        with store.write() as books:
            books.put(note(f"n{number:02d}", title="x" * 30))
    journals = list(path.parent.glob("*.journal-*"))
    assert len(journals) == 1
    assert not journals[0].name.endswith("-1")
    assert len(json.loads(path.read_text())["notes"]) > 20
    with store.read() as books:
        assert books.count(Note, Span("shelf", ("a",))) == 60
    store.close()


def test_closing_without_a_change_writes_nothing(path: Path) -> None:
    made(path).close()
    before = {file.name: file.stat().st_mtime_ns for file in path.parent.iterdir() if "lock" not in file.name}
    made(path).close()
    assert {f.name: f.stat().st_mtime_ns for f in path.parent.iterdir() if "lock" not in f.name} == before


class TestRefusals:
    def test_nothing_there(self, path: Path) -> None:
        with pytest.raises(NoStore, match="ventanilla init"):
            TinyDBStore(str(path), KINDS)
        assert not path.parent.exists()

    def test_something_there_already(self, path: Path) -> None:
        made(path).close()
        with pytest.raises(StoreExists):
            TinyDBStore(str(path), KINDS, create=True)

    def test_an_impossible_path(self, tmp_path: Path) -> None:
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        for bad in (str(tmp_path / "loop"), "~nobody-of-that-name/x", "a\0b", str(tmp_path / ("x" * 300))):
            with pytest.raises(StoreUnavailable):
                TinyDBStore(bad, KINDS)

    def test_a_first_store_that_was_never_finished_is_begun_again(self, path: Path) -> None:
        made(path).close()
        path.unlink()
        made(path).close()

    def test_commits_without_their_snapshot_are_not_buried(self, path: Path) -> None:
        store = made(path)
        with store.write() as books:
            books.put(note("n1"))
        left = crash(store, path)
        store.close()
        left.unlink()
        for create in (False, True):
            with pytest.raises(StoreDamaged, match="not its snapshot"):
                TinyDBStore(str(left), KINDS, create=create)

    def test_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        with pytest.raises(StoreUnavailable, match="directory"):
            TinyDBStore(str(tmp_path / "folder"), KINDS)

    def test_a_path_through_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(StoreUnavailable, match=r"Not a directory|File exists"):
            TinyDBStore(str(tmp_path / "file" / "store.json"), KINDS, create=True)

    @pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"notes": {}}', "\x00" * 50])
    def test_what_is_no_store(self, path: Path, content: str) -> None:
        made(path).close()
        path.write_text(content)
        with pytest.raises(StoreDamaged, match="restore the last backup"):
            made(path)
        assert path.read_text() == content

    def test_a_read_only_folder(self, path: Path) -> None:
        """As an ordinary user, since root may write anywhere."""
        made(path).close()
        (path.parent / "store.json.lock").unlink()
        program = (
            "import os, sys\n"
            "from storage.tinydb_store import TinyDBStore; from tests.contract.kinds import KINDS\n"
            "from billing.store import StoreUnavailable\n"
            "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            "try: TinyDBStore(sys.argv[1], KINDS)\n"
            "except StoreUnavailable as refusal: print(refusal)\n"
        )
        for place in (path.parent, *path.parent.parents):
            if os.access(place, os.W_OK) and place.owner() != "nobody" and str(place).startswith("/tmp/"):
                place.chmod(0o755)
        path.parent.chmod(0o555)
        said = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
        path.parent.chmod(0o700)
        assert "Permission denied" in said.stdout
        assert "Nothing was changed" in said.stdout


def test_every_refusal_names_the_place_and_what_to_do(path: Path) -> None:
    with pytest.raises(NoStore, match=str(path.parent)):
        TinyDBStore(str(path), KINDS)
    assert StoreInUse.message.endswith("first.")
