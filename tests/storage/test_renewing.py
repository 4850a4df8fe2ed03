"""A nightly run that is killed, repeated or run beside itself bills every period once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from billing.kinds import KINDS
from billing.renewals import renew
from storage.registry import open_store
from tests.storage.renewing import RUN, check, noon, offices, prepared, survive


def test_killed_runs_leave_a_store_that_the_next_run_makes_whole(tmp_path: Path) -> None:
    """At least one of the killed runs must have got somewhere, or nothing was tried."""
    assert survive(tmp_path / "store.json", kills=12, accounts=60, seed=1) > 0


@pytest.mark.soak
def test_two_hundred_killed_runs(tmp_path: Path) -> None:
    """Small stores finish between two kills, so there are twenty of them."""
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        survive(tmp_path / str(number) / "store.json", kills=10, accounts=400, seed=number)


@pytest.mark.parametrize("backend", ["memory", "tinydb"])
def test_four_runs_at_once_bill_every_period_once(tmp_path: Path, backend: str) -> None:
    if backend == "memory":
        store = open_store("memory:", KINDS)
        with store.write() as books:
            for record in offices(60):
                books.put(record)
    else:
        store = open_store(prepared(f"tinydb:{tmp_path}/store.json", 60), KINDS)
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: renew(store, noon(RUN), as_of=RUN), range(4)))
    issued = [each.invoice.number for run in runs for each in run.issued]
    assert len(issued) == len(set(issued)) == check(store)
    store.close()


def test_a_second_run_issues_nothing_and_a_preview_keeps_nothing(tmp_path: Path) -> None:
    store = open_store(prepared(f"tinydb:{tmp_path}/store.json", 9), KINDS)
    wanted = renew(store, noon(RUN), as_of=RUN, preview=True)
    done = renew(store, noon(RUN), as_of=RUN)
    assert [e.invoice.number for e in done.issued] == [e.invoice.number for e in wanted.issued]
    starts = [e.period.start for e in done.issued]
    assert starts == sorted(starts), "missed periods are caught up in the order in which they began"
    assert not renew(store, noon(RUN), as_of=RUN).issued
    check(store)
    store.close()
