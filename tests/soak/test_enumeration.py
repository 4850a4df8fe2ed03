"""Nobody finds out who has an account here: known and unknown user IDs are answered alike, by words and by time.

Trust notes, 4.2: tries are interleaved at random, at today's Argon2id cost, and their times are compared by rank.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from math import erfc, sqrt
from time import perf_counter

import pytest

from billing.access_mail import deliver_access
from billing.credentials import Counter, Credential
from billing.errors import Refusal
from billing.forgotten_password import request_access
from billing.throttle import authenticate
from billing.vendor import Vendor
from gateways.passwords import Argon2Passwords
from tests.billing.table import Table
from tests.billing.test_forgotten_password import Letters

TRIES = 500
"""Of each sort."""

SIGNIFICANT = 0.01
SORTS = ("known", "unknown", "never accessed", "another counter")
PORTAL = Counter.ENTERPRISE


def rank_test(ones: list[float], others: list[float]) -> float:
    """The two-sided p of Mann and Whitney's test (normal approximation; times hardly ever tie)."""
    ranked = sorted((value, which) for which, values in enumerate((ones, others)) for value in values)
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(ones), len(others)
    u, mean, spread = ranks - n * (n + 1) / 2, n * m / 2, sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(u - mean) / spread / sqrt(2))


def test_the_rank_test_tells_what_differs_from_what_does_not() -> None:
    draw = random.Random(4)
    same = [[draw.gauss(100, 5) for _ in range(TRIES)] for _ in range(2)]
    later = [value + 2 for value in same[1]]
    assert rank_test(same[0], same[1]) > SIGNIFICANT
    assert rank_test(same[0], later) < SIGNIFICANT


def _user_id(sort: str, number: int) -> str:
    """Of one length, whatever the sort."""
    return f"{sort[:3]}.{number:04}"


class Watched:
    """A counter with people of every sort, and how each try was answered, in words and seconds."""

    def __init__(self) -> None:
        self.table, self.passwords, self.ids = Table(), Argon2Passwords(), count()
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)
        self.said: dict[str, set[str]] = {sort: set() for sort in SORTS}
        self.times: dict[str, list[float]] = {sort: [] for sort in SORTS}
        hashed = self.passwords.hash("a password nobody guesses")
        with self.table.store.write() as books:
            for number in range(TRIES):
                for sort, counter, kept in (
                    ("known", PORTAL, hashed),
                    ("never accessed", PORTAL, ""),
                    ("another counter", Counter.DESK, hashed),
                ):
                    name = _user_id(sort, number)
                    books.put(Credential(id=name, counter=counter, user_id=name, person_id="owner", password_hash=kept))
        assert self.passwords.dummy

    def run(self, doing: Callable[[str, str], object]) -> dict[tuple[str, str], float]:
        """Each sort's tries, in a random order; the p of each pair of sorts."""
        order = [("unknown", TRIES + n) for n in range(20)]
        for number in range(TRIES):  # one of each sort in turn, so that a machine that tires does it to all alike
            order += [(sort, number) for sort in random.sample(SORTS, len(SORTS))]
        for sort, number in order:
            self.now += timedelta(seconds=61)
            user_id = _user_id(sort, number)
            began, answer = perf_counter(), "taken"
            try:
                doing(user_id, f"source {number % 7}")
            except Refusal as refusal:
                answer = f"{type(refusal).__name__}: {refusal}"
            took = perf_counter() - began
            if number < TRIES:  # the first few warm the machine up
                self.said[sort].add(answer)
                self.times[sort].append(took)
        pairs = [(one, other) for place, one in enumerate(SORTS) for other in SORTS[place + 1 :]]
        return {pair: rank_test(self.times[pair[0]], self.times[pair[1]]) for pair in pairs}

    def report(self, what: str, found: dict[tuple[str, str], float]) -> None:
        """For whoever runs it: medians and p of each pair."""
        for sort, times in self.times.items():
            print(f"\n{what}: {sort}: median {sorted(times)[len(times) // 2] * 1000:.3f} ms", end="")
        for (one, other), p in found.items():
            print(f"\n{what}: {one} / {other}: p = {p:.3f}", end="")


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.mark.soak
def test_a_sign_in_that_fails_tells_nothing_of_the_user_id(watched: Watched) -> None:
    found = watched.run(
        lambda user_id, source: (
            authenticate(watched.table.store, watched.passwords, lambda: watched.now, PORTAL, user_id, "wrong", source)
            and None
        )
    )
    watched.report("sign-in", found)
    assert {*map(frozenset, watched.said.values())} == {frozenset({"InvalidCredentials: Invalid user ID/password"})}
    # Six pairs are compared: Bonferroni's share of the level for each.
    assert min(found.values()) > SIGNIFICANT / len(found), found


@pytest.mark.soak
def test_asking_for_a_new_password_tells_nothing_of_the_user_id(watched: Watched) -> None:
    letters, numbers = Letters(), count(7**44)
    with watched.table.store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)

    found = watched.run(
        lambda user_id, source: request_access(watched.table.store, lambda: watched.now, PORTAL, user_id, source)
    )
    watched.report("reset", found)
    assert {*map(frozenset, watched.said.values())} == {frozenset({"taken"})}
    assert min(found.values()) > SIGNIFICANT / len(found), found
    watched.now += timedelta(seconds=1)
    deliver_access(watched.table.store, letters, vendor, lambda: watched.now, lambda: next(numbers), 10_000)
    written = {message.values["user_id"].rpartition(".")[0] for message, _ in letters.sent}
    assert written <= {"kno", "nev"}
    assert written
