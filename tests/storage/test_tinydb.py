"""The TinyDB store: an ordinary TinyDB file, TinyDB's own queries, and one owner."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tinydb import Query, TinyDB, where

from billing.errors import Duplicate
from billing.store import Span, StoreDamaged, StoreInUse, StoreUnavailable
from storage.tinydb_store import ROLL_BYTES, NoStore, StoreExists, TinyDBStore
from tests.contract.kinds import KINDS, Note, Tally, note


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.json"


def made(path: Path, roll_bytes: int = ROLL_BYTES) -> TinyDBStore:
    return TinyDBStore(str(path), KINDS, create=not path.exists(), roll_bytes=roll_bytes)


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
    with pytest.raises(TypeError):
        store.tinydb.drop_tables()
    assert [d["id"] for d in notes.all()] == ["n1"]
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
