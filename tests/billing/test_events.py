"""News of what was committed reaches whoever listens, in this process and in others, and nobody who stopped."""

from __future__ import annotations

import threading
from dataclasses import replace

from billing.desk import Desk
from billing.events import Bell
from billing.permissions import Act
from billing.store import Store
from billing.store_events import StoreBell
from tests.billing.office import ADA, MARTA, Office

GENEROUS = 10.0
"""Seconds after which news is taken not to come."""


def act(desk: Desk) -> None:
    with desk.write(Act.SEE_ACCOUNT) as books:
        books.record("Did something.")


def test_a_commit_is_told_once_to_the_accounts_listeners_only_until_they_stop() -> None:
    office, bell, mine, others = Office(), Bell(), list[int](), list[int]()
    stop = bell.listen("acme", lambda: mine.append(1))
    bell.listen("other", lambda: others.append(1))
    desk = replace(office.desk(MARTA), events=bell)
    act(desk)
    assert (mine, others) == ([1], [])
    stop()
    stop()
    act(desk)
    assert mine == [1]


def test_what_another_process_commits_is_heard_through_the_store() -> None:
    office = Office()
    here, there = (StoreBell(lambda: office.store, 0.01) for _ in range(2))
    heard, other = threading.Event(), threading.Event()
    stops = [here.listen("acme", heard.set), here.listen("other", other.set)]
    assert heard.wait(GENEROUS)
    assert other.wait(GENEROUS)
    for person, told, quiet in ((MARTA, heard, other), (ADA, other, heard)):
        heard.clear()
        other.clear()
        act(replace(office.desk(person), events=there))
        assert told.wait(GENEROUS)
        assert not quiet.is_set()
    for stop in stops:
        stop()


def test_nobody_looks_at_the_store_while_nobody_listens() -> None:
    office = Office()
    bell = StoreBell(lambda: office.store, 0.01)
    for _ in range(3):
        stop = bell.listen("acme", lambda: None)
        (watching,) = (t for t in threading.enumerate() if t is bell._thread)
        stop()
        watching.join(GENEROUS)
        assert not watching.is_alive()


def test_a_store_that_fails_for_a_moment_is_looked_at_again() -> None:
    office, heard, failures = Office(), threading.Event(), iter(range(3))

    def flaky() -> Store:
        if next(failures, None) is not None:
            raise OSError
        return office.store

    bell = StoreBell(flaky, 0.01)
    stop = bell.listen("acme", heard.set)
    assert heard.wait(GENEROUS)
    heard.clear()
    act(office.desk(MARTA))
    assert heard.wait(GENEROUS)
    stop()
