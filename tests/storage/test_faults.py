"""What the TinyDB store does when the disk, the power or somebody's editor fails it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from billing.record import changed
from billing.store import DiskFull, StoreDamaged, StoreUnavailable
from storage.journal import End, SuspectDisk, line, lines
from storage.memory import Interrupted
from storage.tinydb_store import TinyDBStore
from tests.contract.kinds import KINDS, Note, Tally, note
from tests.storage.kills import check, prepared, survive


def journal_of(path: Path) -> Path:
    return next(path.parent.glob("*.journal-*"))


def small_store(folder: Path) -> Path:
    """Two notes in the snapshot, then three commits in the journal, as a crash would leave it."""
    path = folder / "store.json"
    store = TinyDBStore(str(path), KINDS, create=True)
    with store.write() as books:
        books.put(note("s1", title="ñ"))
        books.put(note("s2"))
    store.close()
    store = TinyDBStore(str(path), KINDS)
    for number in range(3):
        with store.write() as books:
            books.put(note(f"j{number}", tag=f"t{number}"))
    crashed = folder / "crashed"
    crashed.mkdir()
    for file in (path, journal_of(path)):
        shutil.copy(file, crashed)
    store.close()
    return crashed / "store.json"


def names(path: Path) -> list[str]:
    store = TinyDBStore(str(path), KINDS)
    with store.read() as books:
        found = [n.id for n in books.every(Note)]
    store.close()
    return found


def test_a_journal_cut_anywhere_in_its_last_line_loses_only_that_line(tmp_path: Path) -> None:
    path = small_store(tmp_path)
    whole = journal_of(path).read_bytes()
    last = whole[:-1].rfind(b"\n") + 1
    snapshot = path.read_bytes()
    for length in range(last, len(whole)):
        case = tmp_path / f"cut{length}"
        case.mkdir()
        (case / "store.json").write_bytes(snapshot)
        (case / journal_of(path).name).write_bytes(whole[:length])
        assert names(case / "store.json") == ["j0", "j1", "s1", "s2"], length


def test_a_journal_cut_anywhere_leaves_the_commits_before(tmp_path: Path) -> None:
    path = small_store(tmp_path)
    whole = journal_of(path).read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        journal_of(path).write_bytes(whole[:length])
        if length < ends[0]:
            with pytest.raises(StoreDamaged):
                names(path)
            continue
        store = TinyDBStore(str(path), KINDS)
        with store.read() as books:
            assert len(books.every(Note)) == 2 + sum(end <= length for end in ends[1:])
        store._journal.close()  # type: ignore[union-attr]
        store._lock.release()  # not closed: that would roll the journal


def test_a_journal_line_that_is_missing_doubled_or_misplaced_is_noticed(tmp_path: Path) -> None:
    path = small_store(tmp_path)
    head, *rest = journal_of(path).read_bytes().splitlines(keepends=True)
    first, second, third = rest
    for wrong in ((first, third), (second, third), (first, first, second, third), (second, first, third)):
        journal_of(path).write_bytes(head + b"".join(wrong))
        with pytest.raises(StoreDamaged, match="journal, byte"):
            names(path)


def test_a_snapshot_cut_anywhere_is_noticed(tmp_path: Path) -> None:
    path = small_store(tmp_path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreDamaged):
            names(path)


def test_a_long_journal_opens_in_time_that_grows_with_its_length_only(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        data, end = [], End()
        for number in range(count):
            whole, end = line(b"[%d]" % number + b" " * 200, end)
            data.append(whole)
        journal = b"".join(data)
        started = time.thread_time()
        assert sum(1 for _ in lines(journal, lambda reason: StoreDamaged(place="", reason=reason))) == count
        return time.thread_time() - started

    seconds(100)  # of processor: sixteen times as much to read takes sixteen times as long, not 256 times
    assert min(seconds(16_000) for _ in range(3)) < 100 * min(seconds(1_000) for _ in range(3))


def test_an_interrupted_commit_is_not_written_by_half_into_a_snapshot(tmp_path: Path) -> None:
    path = prepared(tmp_path / "store.json")
    store = TinyDBStore(str(path), KINDS)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    store.shelf.followers.append(interrupt)
    with pytest.raises(KeyboardInterrupt), store.write() as books:
        books.put(note("n1"))
        books.put(note("n2"))
    with pytest.raises(Interrupted), store.read():
        pass
    with pytest.raises(Interrupted), store.write():
        pass
    store.close()
    assert names(path) in ([], ["n1", "n2"])


def test_where_a_change_of_generation_may_have_happened_both_journals_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rename that is done and yet reported as failed, as on a network drive."""
    path = prepared(tmp_path / "store.json")
    store = TinyDBStore(str(path), KINDS, roll_bytes=300)
    real = os.replace

    def lie(source: Path, target: Path) -> None:
        real(source, target)
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", lie)
        for number in range(20):
            try:
                with store.write() as books:
                    books.put(note(f"n{number:02d}"))
            except SuspectDisk:
                break
    assert 0 < number < 19
    store.close()
    assert names(path) == [f"n{each:02d}" for each in range(number)]


def test_zeros_after_the_end_are_a_torn_tail(tmp_path: Path) -> None:
    path = small_store(tmp_path)
    with journal_of(path).open("ab") as journal:
        journal.write(bytes(300))
    assert names(path) == ["j0", "j1", "j2", "s1", "s2"]


@pytest.mark.parametrize("which", ["snapshot", "journal"])
def test_every_flipped_bit_is_noticed(tmp_path: Path, which: str) -> None:
    """Nothing is opened that is not exactly what was written."""
    path = small_store(tmp_path)
    target = path if which == "snapshot" else journal_of(path)
    whole = target.read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << (position % 8)
        target.write_bytes(damaged)
        with pytest.raises(StoreDamaged):
            names(path)
    target.write_bytes(whole)
    assert len(names(path)) == 5


def test_a_missing_or_foreign_journal_is_noticed(tmp_path: Path) -> None:
    path = small_store(tmp_path)
    other = small_store_in(tmp_path / "other")
    journal = journal_of(path)
    shutil.copy(journal_of(other), journal)
    with pytest.raises(StoreDamaged, match="checksum"):
        names(path)
    journal.unlink()
    with pytest.raises(StoreDamaged, match="missing"):
        names(path)


def small_store_in(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "store.json"
    store = TinyDBStore(str(path), KINDS, create=True)
    with store.write() as books:
        books.put(Tally(id="other"))
    store.close()
    return path


class Failing:
    """Makes the n-th call of some system calls fail."""

    CALLS = ("write", "pwrite", "fsync", "fdatasync", "replace", "ftruncate", "open")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, when: int, code: int) -> None:
        self.left, self.code, self.failed = when, code, ""
        for name in self.CALLS:
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.failed = name
                raise OSError(self.code, os.strerror(self.code))
            return real(*arguments, **named)

        return call


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["disk full", "disk fault"])
def test_whichever_system_call_fails_every_commit_is_whole_or_refused(tmp_path: Path, code: int) -> None:
    """A script of commits and journal rolls, once for each system call it makes, with that call failing."""
    for when in range(1, 400):
        path = prepared_in(tmp_path / f"{code}-{when}")
        acknowledged = 0
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, when, code)
            try:
                store = TinyDBStore(str(path), KINDS, roll_bytes=600)
            except StoreUnavailable:
                continue
            try:
                with store.read() as books:
                    counter = books.get(Tally, "count")
                for _ in range(6):
                    try:
                        with store.write() as books:
                            draft = books.put(changed(counter, value=counter.value + 1))
                            books.put(note(f"n{draft.value:06d}", title="y" * 40))
                        counter, acknowledged = draft, draft.value
                    except StoreUnavailable as refusal:
                        assert failing.failed
                        with store.read() as books:
                            assert books.get(Tally, "count").value == acknowledged
                        if isinstance(refusal, SuspectDisk):
                            break
            finally:
                store.close()
        assert check(path, acknowledged) in (acknowledged, acknowledged + 1)
        if not failing.failed:
            assert when > 30
            return
    raise AssertionError("the script never ran to its end")


def prepared_in(folder: Path) -> Path:
    folder.mkdir()
    return prepared(folder / "store.json")


def test_after_a_failed_sync_nothing_more_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TinyDBStore(str(prepared(tmp_path / "store.json")), KINDS)

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        with pytest.raises(SuspectDisk), store.write() as books:
            books.put(note("n1"))
    with pytest.raises(SuspectDisk), store.write() as books:
        books.put(note("n2"))
    store.close()


def test_a_file_size_limit_hit_in_mid_write_loses_nothing_acknowledged(tmp_path: Path) -> None:
    for limit in (1_500, 4_000, 9_999):
        path = prepared(tmp_path / f"store{limit}.json")
        command = [sys.executable, "-m", "tests.storage.writer", str(path), "5000", "3000", str(limit)]
        said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
        assert said.returncode == 1
        assert said.stderr.strip() == DiskFull.__name__
        acknowledged = [int(line) for line in said.stdout.split()]
        assert acknowledged
        assert check(path, acknowledged[-1]) == acknowledged[-1]


def test_killed_writers_lose_nothing_acknowledged(tmp_path: Path) -> None:
    assert survive(tmp_path / "store.json", kills=25, seed=1) > 0
