"""Guessing is slow, the owner is never locked out, and the answer says nothing of whether the user ID exists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from billing.credentials import Counter, Credential
from billing.errors import Refusal
from billing.sign_in import InvalidCredentials
from billing.throttle import A_MINUTE, TooManyTries, Tries, authenticate, wait_after
from gateways.passwords import Argon2Passwords
from tests.billing.table import Table

PORTAL = Counter.ENTERPRISE
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Gate:
    """One door with a clock that is set by hand."""

    def __init__(self) -> None:
        self.table, self.now = Table(), NOON
        self.passwords = Argon2Passwords(time_cost=1, memory_kib=8)
        with self.table.store.write() as books:
            hashed = self.passwords.hash("the right one")
            books.put(
                Credential(id="c", counter=PORTAL, user_id="corp.billing", person_id="owner", password_hash=hashed)
            )

    def tries(self, password: str, user_id: str = "corp.billing", source: str = "here") -> str:
        """How the try was answered."""
        try:
            authenticate(self.table.store, self.passwords, lambda: self.now, PORTAL, user_id, password, source)
        except TooManyTries as wait:
            return f"wait {wait.seconds}"
        except InvalidCredentials:
            return "wrong"
        return "in"


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_waits_grow_and_end_at_five_minutes() -> None:
    assert [wait_after(n) for n in range(8)] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert wait_after(1000) == 300


def test_a_clock_that_is_put_back_keeps_nobody_out_for_longer(gate: Gate) -> None:
    assert gate.tries("wrong") == "wrong"
    gate.now -= timedelta(hours=1)
    assert gate.tries("the right one") == "in"


@pytest.mark.parametrize("user_id", ["corp.billing", "nobody.here"])
def test_known_and_unknown_user_ids_are_answered_alike_at_every_step(gate: Gate, user_id: str) -> None:
    said = []
    for _ in range(9):
        said.append(gate.tries("wrong", user_id))
        gate.now += timedelta(seconds=1)
    assert said == ["wrong"] * 5 + ["wait 1", "wrong", "wait 3", "wait 2"]


def test_the_owner_on_their_own_terminal_is_not_delayed_by_what_others_try(gate: Gate) -> None:
    assert gate.tries("the right one", source="home") == "in"
    for number in range(200):
        gate.tries("wrong", source=f"attacker {number}")
    assert gate.tries("the right one", source="attacker 7").startswith("wait")
    assert gate.tries("the right one", source="home") == "in"


def test_a_success_forgives_what_was_mistyped(gate: Gate) -> None:
    for _ in range(3):
        gate.tries("wrong")
    assert gate.tries("the right one") == "in"
    assert [gate.tries("wrong") for _ in range(4)] == ["wrong"] * 4


def test_one_source_has_its_tries_a_minute_whoever_it_tries_to_be(gate: Gate) -> None:
    said = [gate.tries("wrong", f"user{n}") for n in range(A_MINUTE + 1)]
    assert said == ["wrong"] * A_MINUTE + ["wait 60"]
    gate.now += timedelta(minutes=1)
    assert gate.tries("wrong", "user99") == "wrong"


def test_an_office_behind_one_address_signs_in_at_nine(gate: Gate) -> None:
    assert {gate.tries("the right one") for _ in range(3 * A_MINUTE)} == {"in"}
    assert [gate.tries("wrong", f"user{n}") for n in range(A_MINUTE + 1)][-1] == "wait 60"


def test_of_many_at_once_no_more_are_answered_than_are_free(gate: Gate) -> None:
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(lambda n: gate.tries("wrong", source=f"s{n}"), range(1000)))
    assert said.count("wrong") == 4
    assert len(said) - 4 == sum(word.startswith("wait") for word in said)


def test_what_was_typed_stands_in_no_record(gate: Gate) -> None:
    gate.tries("wrong", "my-secret-typed-as-user-id")
    with gate.table.store.read() as books:
        assert "my-secret" not in str(books.every(Tries))


def test_old_counts_are_forgotten_little_by_little(gate: Gate) -> None:
    for number in range(10):
        gate.tries("wrong", f"user{number}")
    gate.now += timedelta(days=40)
    for number in range(12):
        gate.tries("wrong", f"later{number}")
    with gate.table.store.read() as books:
        assert all(t.last_at > NOON + timedelta(days=1) for t in books.every(Tries))
    with pytest.raises(Refusal):
        authenticate(gate.table.store, gate.passwords, lambda: gate.now, PORTAL, "later1", "x")
