"""Hashing is bounded: a flood of sign-ins is answered kindly, and takes only so much of the machine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from billing.credentials import Crowded
from gateways.passwords import AT_ONCE, QUEUE, Argon2Passwords


class Hasher:
    """Argon2id's place taken by something that works until it is let go, and counts who is at it."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.lock = threading.Lock()
        self.now = self.most = 0

    def hash(self, password: str) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        assert self.go_on.wait(20)
        with self.lock:
            self.now -= 1
        return password


def bounded(longest_wait: float) -> tuple[Argon2Passwords, Hasher]:
    passwords, hasher = Argon2Passwords(longest_wait=longest_wait), Hasher()
    passwords.__dict__["_hasher"] = hasher
    return passwords, hasher


def test_only_so_many_hash_at_a_time_and_the_others_wait_their_turn() -> None:
    passwords, hasher = bounded(20)
    with ThreadPoolExecutor(AT_ONCE + QUEUE) as pool:
        answers = [pool.submit(passwords.hash, str(n)) for n in range(AT_ONCE + QUEUE)]
        for _ in range(AT_ONCE):
            assert hasher.begun.acquire(timeout=20)
        hasher.go_on.set()
        assert [a.result() for a in answers] == [str(n) for n in range(AT_ONCE + QUEUE)]
    assert hasher.most == AT_ONCE


def test_whoever_waits_too_long_is_told_to_come_again_and_the_place_is_free_afterwards() -> None:
    passwords, hasher = bounded(0.01)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [pool.submit(passwords.hash, "x") for _ in range(AT_ONCE)]
        for _ in range(AT_ONCE):
            assert hasher.begun.acquire(timeout=20)
        for _ in range(QUEUE * 2):
            with pytest.raises(Crowded):
                passwords.hash("one more")
        hasher.go_on.set()
        assert [a.result() for a in answers] == ["x"] * AT_ONCE
    assert passwords.hash("now") == "now"


def test_where_the_queue_is_full_nobody_waits_at_all() -> None:
    passwords, hasher = bounded(20)
    with ThreadPoolExecutor(AT_ONCE + QUEUE) as pool:
        answers = [pool.submit(passwords.hash, "x") for _ in range(AT_ONCE + QUEUE)]
        for _ in range(AT_ONCE):
            assert hasher.begun.acquire(timeout=20)
        while passwords._room.acquire(blocking=False):  # until the last has taken its place in the queue
            passwords._room.release()
        with pytest.raises(Crowded):
            passwords.hash("one more")
        hasher.go_on.set()
        assert len([a.result() for a in answers]) == AT_ONCE + QUEUE


def test_a_real_password_is_kept_and_known_again() -> None:
    passwords = Argon2Passwords(time_cost=1, memory_kib=8)
    kept = passwords.hash("correct horse battery")
    assert passwords.verify(kept, "correct horse battery")
    assert not passwords.verify(kept, "correct horse")
    assert not passwords.verify("damaged", "correct horse battery")
