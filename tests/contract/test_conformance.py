"""What every backend must do, whoever wrote it. Runs on each of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from billing.errors import Duplicate, NotFound, Stale
from billing.record import changed
from billing.store import Cursor, Span, Store, StoreUnavailable
from storage.registry import UnknownStore, open_store
from tests.contract.conftest import address
from tests.contract.kinds import KINDS, Note, Tally, note


def ids(store: Store, span: Span, **how: object) -> list[str]:
    with store.read() as books:
        return [row.id for row in books.find(Note, span, **how).rows]  # type: ignore[arg-type]


def fill(store: Store, *notes: Note) -> None:
    with store.write() as books:
        for each in notes:
            books.put(each)


class TestKeeping:
    def test_a_record_comes_back_as_it_was_put_with_version_one(self, store: Store) -> None:
        with store.write() as books:
            put = books.put(note("n1", title="Ñandú 山田 \x1b[2J \u202e"))
        assert put.version == 1
        with store.read() as books:
            assert books.get(Note, "n1") == put

    def test_each_change_counts_the_version_up(self, store: Store) -> None:
        fill(store, note("n1"))
        with store.write() as books:
            again = books.put(changed(books.get(Note, "n1"), title="two"))
        assert (again.version, again.title) == (2, "two")

    def test_an_unknown_record_is_not_found(self, store: Store) -> None:
        with store.read() as books, pytest.raises(NotFound):
            books.get(Note, "nobody")

    def test_the_same_id_in_two_kinds_is_two_records(self, store: Store) -> None:
        with store.write() as books:
            books.put(note("x"))
            books.put(Tally(id="x", value=3))
        with store.read() as books:
            assert books.get(Tally, "x").value == 3
            assert books.get(Note, "x").shelf == "a"

    def test_a_removed_record_is_gone_from_everywhere(self, store: Store) -> None:
        fill(store, note("n1", tag="t", title="w"))
        with store.write() as books:
            books.remove(books.get(Note, "n1"))
        with store.read() as books, pytest.raises(NotFound):
            books.get(Note, "n1")
        for span in (Span("shelf", ("a",)), Span("tag", ("t",)), Span("words", ("a", "w"))):
            assert ids(store, span) == []

    def test_removing_what_is_not_there_or_has_moved_on_is_refused(self, store: Store) -> None:
        fill(store, note("n1"))
        with store.read() as books:
            seen = books.get(Note, "n1")
        with store.write() as books:
            books.put(changed(seen, title="new"))
        with pytest.raises(Stale), store.write() as books:
            books.remove(seen)
        with pytest.raises(NotFound), store.write() as books:
            books.remove(note("n2"))


class TestTransactions:
    def test_all_kinds_are_committed_or_none(self, store: Store) -> None:
        fill(store, note("n1", title="before"))
        with pytest.raises(ZeroDivisionError), store.write() as books:
            books.put(changed(books.get(Note, "n1"), title="after", tag="t"))
            books.put(Tally(id="t1"))
            _ = 1 // 0
        with store.read() as kept:
            assert kept.get(Note, "n1").title == "before"
            with pytest.raises(NotFound):
                kept.get(Tally, "t1")
        assert ids(store, Span("tag", ("t",))) == []

    def test_a_transaction_sees_its_own_writes_in_every_way_of_reading(self, store: Store) -> None:
        fill(store, note("n1", day=1), note("n2", day=2), note("n3", day=3))
        with store.write() as books:
            books.put(note("n4", day=0, tag="new"))
            books.put(changed(books.get(Note, "n2"), day=date(2026, 1, 9)))
            books.remove(books.get(Note, "n3"))
            rows = books.find(Note, Span("shelf", ("a",))).rows
            assert [r.id for r in rows] == ["n4", "n1", "n2"]
            back = books.find(Note, Span("shelf", ("a",)), descending=True, limit=2)
            assert [r.id for r in back.rows] == ["n2", "n1"]
            assert books.count(Note, Span("shelf", ("a",))) == 3
            assert [r.id for r in books.find(Note, Span("tag", ("new",))).rows] == ["n4"]
            assert [r.id for r in books.every(Note)] == ["n1", "n2", "n4"]
            with pytest.raises(NotFound):
                books.get(Note, "n3")

    def test_others_see_nothing_before_the_commit_and_all_after(self, store: Store) -> None:
        seen: list[int] = []

        def look() -> None:
            with store.read() as books:
                seen.append(books.count(Note, Span("shelf", ("a",))))

        with store.write() as books:
            books.put(note("n1"))
            other = threading.Thread(target=look)
            other.start()
            other.join(5)
        look()
        assert seen == [0, 1]

    def test_a_write_of_an_older_version_is_refused_and_changes_nothing(self, store: Store) -> None:
        fill(store, note("n1"))
        with store.read() as books:
            mine = books.get(Note, "n1")
        with store.write() as books:
            books.put(changed(mine, title="theirs"))
        with pytest.raises(Stale), store.write() as books:
            books.put(Tally(id="t"))
            books.put(changed(mine, title="mine"))
        with store.read() as books:
            assert books.get(Note, "n1").title == "theirs"
            with pytest.raises(NotFound):
                books.get(Tally, "t")

    def test_a_new_record_with_a_taken_id_is_refused(self, store: Store) -> None:
        fill(store, note("n1"))
        with pytest.raises(Stale), store.write() as books:
            books.put(note("n1"))

    def test_no_increment_of_many_threads_is_lost(self, store: Store) -> None:
        with store.write() as books:
            books.put(Tally(id="t"))

        def add() -> None:
            for _ in range(25):
                with store.write() as books:
                    tally = books.get(Tally, "t")
                    books.put(changed(tally, value=tally.value + 1))

        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(add) for _ in range(4)]:
                done.result()
        with store.read() as after:
            assert after.get(Tally, "t") == Tally(id="t", value=100, version=101)

    def test_indexes_hold_while_many_threads_find_and_write(self, store: Store) -> None:
        """Sorted lists change inside when they are read: neither readers nor a writer's own finds may collide."""
        fill(store, *(note(f"n{number:04d}", day=number, title="w") for number in range(1500)))
        wrong: list[object] = []
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                with store.read() as books:
                    whole = books.count(Note, Span("shelf", ("a",)))
                    page = books.find(Note, Span("shelf", ("a",)), offset=whole - 3, limit=10).rows
                    if [n.id for n in page] != [n.id for n in sorted(page, key=lambda n: n.day)] or len(page) != 3:
                        wrong.append(page)

        with ThreadPoolExecutor(3) as pool:
            looking = [pool.submit(look) for _ in range(2)]
            for number in range(1500, 1560):
                with store.write() as books:
                    before = books.count(Note, Span("shelf", ("a",)))
                    books.put(note(f"n{number:04d}", day=number, title="w"))
                    if books.count(Note, Span("shelf", ("a",))) != before + 1:
                        wrong.append(before)
            done.set()
            for each in looking:
                each.result()
        assert wrong == []

    def test_readers_never_see_half_a_transaction(self, store: Store) -> None:
        with store.write() as books:
            books.put(Tally(id="a"))
            books.put(Tally(id="b"))
        stop = threading.Event()
        torn: list[tuple[int, int]] = []

        def watch() -> None:
            while not stop.is_set():
                with store.read() as books:
                    pair = books.get(Tally, "a").value, books.get(Tally, "b").value
                if pair[0] != pair[1]:
                    torn.append(pair)

        watcher = threading.Thread(target=watch)
        watcher.start()
        for value in range(1, 60):
            with store.write() as books:
                books.put(changed(books.get(Tally, "a"), value=value))
                books.put(changed(books.get(Tally, "b"), value=value))
        stop.set()
        watcher.join()
        assert torn == []


class TestWhatCannotBeKept:
    """Defects of a caller, which must not cost anybody their data."""

    @pytest.mark.parametrize(
        "wrong",
        [
            note("n1", title=7),  # type: ignore[arg-type]
            note("n1", title="\ud800"),
            Tally(id="t", value=1.5),  # type: ignore[arg-type]
            Tally(id="t", value=float("nan")),  # type: ignore[arg-type]
            Note(id="n1", shelf="a", day="2026-01-01"),  # type: ignore[arg-type]
            Tally(id=5),  # type: ignore[arg-type]
        ],
        ids=repr,
    )
    def test_a_record_that_would_not_read_back_is_not_stored(self, store: Store, wrong: Note | Tally) -> None:
        with pytest.raises((ValueError, TypeError)), store.write() as books:
            books.put(note("n2"))
            books.put(wrong)
        with store.read() as kept:
            assert [*kept.every(Note), *kept.every(Tally)] == []

    @pytest.mark.parametrize("outer", ["read", "write"])
    def test_a_transaction_inside_another_is_a_defect_and_not_a_standstill(self, store: Store, outer: str) -> None:
        begin = {"read": store.read, "write": store.write}[outer]
        with begin(), pytest.raises(RuntimeError), store.write():
            pass
        fill(store, note("n1"))
        with store.read(), store.read() as books:
            assert books.get(Note, "n1")


class TestUniqueKeys:
    def test_a_taken_key_is_refused(self, store: Store) -> None:
        fill(store, note("n1", tag="t"))
        with pytest.raises(Duplicate), store.write() as books:
            books.put(note("n2", tag="t"))

    def test_two_new_records_cannot_share_one_in_a_transaction(self, store: Store) -> None:
        with pytest.raises(Duplicate), store.write() as books:
            books.put(note("n1", tag="t"))
            books.put(note("n2", tag="t"))
        assert ids(store, Span("tag")) == []

    def test_a_record_may_keep_its_own_key(self, store: Store) -> None:
        fill(store, note("n1", tag="t"))
        with store.write() as books:
            books.put(changed(books.get(Note, "n1"), title="x"))
        assert ids(store, Span("tag", ("t",))) == ["n1"]

    @pytest.mark.parametrize("how", ["removed", "changed"])
    def test_a_key_given_back_can_be_taken_in_the_same_transaction(self, store: Store, how: str) -> None:
        fill(store, note("n1", tag="t"))
        with store.write() as books:
            old = books.get(Note, "n1")
            if how == "removed":
                books.remove(old)
            else:
                books.put(changed(old, tag="other"))
            books.put(note("n2", tag="t"))
        assert ids(store, Span("tag", ("t",))) == ["n2"]
        with pytest.raises(Duplicate), store.write() as books:
            books.put(note("n3", tag="t"))

    def test_records_without_the_key_do_not_collide(self, store: Store) -> None:
        fill(store, note("n1"), note("n2"))
        assert ids(store, Span("tag")) == []


class TestFinding:
    @pytest.fixture(autouse=True)
    def notes(self, store: Store) -> None:
        fill(store, *(note(f"n{day}", day=day, title="odd" if day % 2 else "even") for day in range(1, 8)))
        fill(store, note("z", shelf="b", day=1), note("tie", day=3, title="odd"))

    def test_rows_come_in_index_order_with_ties_by_id(self, store: Store) -> None:
        assert ids(store, Span("shelf", ("a",))) == ["n1", "n2", "n3", "tie", "n4", "n5", "n6", "n7"]

    def test_and_backwards(self, store: Store) -> None:
        found = ids(store, Span("shelf", ("a",)), descending=True)
        assert found == ["n7", "n6", "n5", "n4", "tie", "n3", "n2", "n1"]

    def test_an_empty_prefix_is_the_whole_index(self, store: Store) -> None:
        assert ids(store, Span("shelf"))[-1] == "z"
        assert len(ids(store, Span("shelf"))) == 9

    def test_a_range_is_half_open(self, store: Store) -> None:
        span = Span("shelf", ("a",), low=date(2026, 1, 3), high=date(2026, 1, 5))
        assert ids(store, span) == ["n3", "tie", "n4"]
        with store.read() as books:
            assert books.count(Note, span) == 3
            assert books.count(Note, Span("shelf", ("a",), low=date(2026, 1, 6))) == 2
            assert books.count(Note, Span("shelf", ("a",), high=date(2026, 1, 2))) == 1
            assert books.count(Note, Span("shelf", ("nothing",))) == 0

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("size", [1, 2, 3, 8, 20])
    def test_pages_follow_each_other_without_gap_or_repetition(self, store: Store, size: int, descending: bool) -> None:
        span, found, after = Span("shelf", ("a",)), [], None
        with store.read() as books:
            while True:
                page = books.find(Note, span, limit=size, after=after, descending=descending)
                found += [row.id for row in page.rows]
                after = page.next
                if after is None:
                    break
        assert found == ids(store, span, descending=descending)

    def test_a_cursor_holds_its_place_when_rows_come_and_go(self, store: Store) -> None:
        with store.read() as books:
            after = books.find(Note, Span("shelf", ("a",)), limit=3).next
        assert isinstance(after, Cursor)
        with store.write() as books:
            books.remove(books.get(Note, "n3"))
            books.put(note("n0", day=0))
        assert ids(store, Span("shelf", ("a",)), after=after)[:2] == ["tie", "n4"]

    @pytest.mark.parametrize("descending", [False, True])
    def test_an_offset_skips_rows(self, store: Store, descending: bool) -> None:
        whole = ids(store, Span("shelf", ("a",)), descending=descending)
        for offset in range(10):
            found = ids(store, Span("shelf", ("a",)), descending=descending, offset=offset, limit=3)
            assert found == whole[offset : offset + 3]

    def test_a_record_is_found_by_each_of_its_keys(self, store: Store) -> None:
        fill(store, note("many", title="blue odd"))
        assert ids(store, Span("words", ("a", "blue"))) == ["many"]
        assert ids(store, Span("words", ("a", "odd"))) == ["many", "n1", "n3", "n5", "n7", "tie"]
        assert ids(store, Span("words", ("a",), low="b", high="c")) == ["many"]

    def test_every_lists_by_id(self, store: Store) -> None:
        with store.read() as books:
            first = books.every(Note, limit=4)
            rest = books.every(Note, after=first[-1].id)
        assert [n.id for n in (*first, *rest)] == sorted(["z", "tie", *(f"n{i}" for i in range(1, 8))])


class TestReopening:
    def test_what_was_committed_is_there_again(self, backend: str, store: Store, tmp_path: Path) -> None:
        fill(store, note("n1", tag="t", title="Ñ"), note("n2"))
        with store.write() as books:
            books.remove(books.get(Note, "n2"))
        store.close()
        store.close()
        if not store.durable:
            return
        again = open_store(address(backend, tmp_path), KINDS)
        assert ids(again, Span("tag", ("t",))) == ["n1"]
        with again.read() as books:
            assert [n.id for n in books.every(Note)] == ["n1"]
        with pytest.raises(Duplicate), again.write() as books:
            books.put(note("n3", tag="t"))
        again.close()


class Listener:
    """Whoever has a screen of an account open."""

    def __init__(self, store: Store, account_id: str) -> None:
        self.heard = threading.Event()
        self.stop = store.listen(account_id, self.heard.set)

    def hears(self) -> bool:
        came = self.heard.wait(10)
        self.heard.clear()
        return came


class TestNews:
    def test_a_commit_is_heard_by_who_listens_to_its_account_and_by_nobody_else(self, store: Store) -> None:
        mine, others = Listener(store, "acme"), Listener(store, "other")
        with store.write() as books:
            tally = books.put(Tally(id="t", account_id="acme"))
            assert not mine.heard.is_set(), "not before it is committed"
        assert mine.hears()
        with store.write() as books:
            tally = books.put(changed(tally, account_id="other"))
        assert mine.hears()
        assert others.hears()
        with store.write() as books:
            books.remove(tally)
        assert others.hears()
        assert not mine.heard.is_set()
        mine.stop()
        others.stop()

    def test_what_was_undone_or_belongs_to_nobody_is_not_heard(self, store: Store) -> None:
        listener = Listener(store, "acme")
        with suppress(ZeroDivisionError), store.write() as books:
            books.put(Tally(id="undone", account_id="acme"))
            raise ZeroDivisionError
        fill(store, note("n1"))
        with store.write() as books:
            books.put(Tally(id="other", account_id="other"))
        assert not listener.heard.wait(0.2)
        listener.stop()

    def test_who_stopped_hears_no_more_and_may_stop_twice(self, store: Store) -> None:
        one, other = Listener(store, "acme"), Listener(store, "acme")
        one.stop()
        one.stop()
        with store.write() as books:
            books.put(Tally(id="t", account_id="acme"))
        assert other.hears()
        assert not one.heard.is_set()
        other.stop()


def test_an_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(UnknownStore) as refused:
        open_store("floppy:A", KINDS)
    assert isinstance(refused.value, StoreUnavailable)
