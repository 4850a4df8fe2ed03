"""What is done behind the screens holds nobody up, and is done again when it was asked for meanwhile."""

from __future__ import annotations

import threading

import pytest

from tui.behind import Behind


def test_asking_returns_while_it_is_being_done_and_many_wishes_are_one() -> None:
    begun, go_on = threading.Semaphore(0), threading.Semaphore(0)
    times: list[int] = []

    def slow() -> None:
        times.append(len(times))
        begun.release()
        assert go_on.acquire(timeout=20)

    behind = Behind(slow)
    behind.ask()
    assert begun.acquire(timeout=20)
    for _ in range(100):
        behind.ask()
    assert times == [0]
    go_on.release()
    assert begun.acquire(timeout=20)
    assert times == [0, 1]
    go_on.release()
    behind.ask()
    assert begun.acquire(timeout=20)
    go_on.release()


def test_its_thread_ends_when_nobody_asks_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.behind.LINGERS", 0.01)
    done = threading.Semaphore(0)
    by: list[threading.Thread] = []

    def note() -> None:
        by.append(threading.current_thread())
        done.release()

    behind = Behind(note)
    for number in range(3):
        behind.ask()
        assert done.acquire(timeout=20)
        by[number].join(20)
        assert not by[number].is_alive()


def test_a_fault_does_not_end_it() -> None:
    done = threading.Semaphore(0)
    times: list[int] = []

    def faulty() -> None:
        times.append(1)
        done.release()
        if len(times) == 1:
            raise OSError("no network")

    behind = Behind(faulty)
    for _ in range(2):
        behind.ask()
        assert done.acquire(timeout=20)
    assert len(times) == 2
