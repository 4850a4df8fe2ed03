"""Counting failed tries so that guessing is slow, and the owner is never locked out (trust notes, 4.3).

A try is counted before anything is hashed, and given back on success. A source that has signed in as somebody in the
last 30 days has a count of its own for them: what others try from elsewhere does not delay it. The answer depends on
the tries alone, so it says nothing about whether the user ID exists.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from billing.credentials import Counter, Passwords
from billing.desk import Clock
from billing.errors import N_, NotFound, Refusal
from billing.record import Id, Index, Record, changed
from billing.sign_in import SignedIn, canonical_user_id, sign_in
from billing.store import Span, Store, Writing

FREE_TRIES = 4
LONGEST_WAIT = 300
"""Seconds between tries in the end."""
A_MINUTE = 30
"""Failed tries of one source in a minute, whoever it tries to be. An office behind one address may sign in at nine."""
KNOWN_FOR = timedelta(days=30)
FORGOTTEN_AFTER = timedelta(days=31)


class TooManyTries(Refusal):
    """The next try is not yet to be answered."""

    message = N_("Too many tries. Nothing was changed. Try again in {seconds} seconds.")

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class Tries(Record, frozen=True, kw_only=True):
    """How often somebody tried since the last success. The id is a hash: what was typed may be a password."""

    kind: ClassVar[str] = "tries"
    indexes: ClassVar[tuple[Index, ...]] = (Index("last", lambda t: [(t.last_at.isoformat(), t.id)], shared=True),)

    count: int = 0
    last_at: datetime
    succeeded_at: datetime | None = None


def authenticate(
    store: Store,
    passwords: Passwords,
    clock: Clock,
    counter: Counter,
    typed_id: str,
    password: str,
    source: str = "local",
) -> SignedIn:
    """The one gate of every door. Raises `InvalidUserId`, `TooManyTries` or `InvalidCredentials`."""
    user_id = canonical_user_id(typed_id)
    reserve(store, clock, f"{counter.value}:{user_id}", source)
    identity = sign_in(store, passwords, counter, user_id, password)
    refund(store, clock, f"{counter.value}:{user_id}", source)
    return identity


def wait_after(count: int) -> int:
    """Seconds from one try to the next after so many failures: 0 for the first few, then 1, 2, 4 ... 300."""
    return 0 if count < FREE_TRIES else min(2 ** min(count - FREE_TRIES, 9), LONGEST_WAIT)


def reserve(store: Store, clock: Clock, name: str, source: str, *, everybodys: bool = False) -> None:
    """Count a try at `name`, before it is answered; `TooManyTries` where it comes too soon.

    What is `everybodys`, such as entering a code, is counted for each source alone: nobody delays others by it.
    """
    now = clock().astimezone(UTC)
    with store.write() as books:
        own = _tries(books, _key(name, source), now)
        counted = own if everybodys or _known(own, now) else _tries(books, _key(name, "*"), now)
        minute = _tries(books, _minute(source, now), now)
        passed = max(0, int((now - counted.last_at).total_seconds()))  # a clock that was put back has not waited less
        wait = wait_after(counted.count) - passed
        if counted.count and wait > 0:
            raise TooManyTries(wait)
        if minute.count >= A_MINUTE:
            raise TooManyTries(60 - now.second)
        for tries in (counted, minute):
            books.put(changed(tries, count=tries.count + 1, last_at=now))
        _prune(books, now)


def refund(store: Store, clock: Clock, name: str, source: str) -> None:
    """The try was right: the source is known from now on, and owes nothing."""
    now = clock().astimezone(UTC)
    with store.write() as books:
        own, others = _tries(books, _key(name, source), now), _tries(books, _key(name, "*"), now)
        minute = _tries(books, _minute(source, now), now)
        if minute.count:
            books.put(changed(minute, count=minute.count - 1))
        books.put(changed(own, count=0, last_at=now, succeeded_at=now))
        if others.count and not _known(own, now):
            books.put(changed(others, count=others.count - 1))


def _known(own: Tries, now: datetime) -> bool:
    return own.succeeded_at is not None and now - own.succeeded_at < KNOWN_FOR


def _tries(books: Writing, tries_id: Id, now: datetime) -> Tries:
    try:
        return books.get(Tries, tries_id)
    except NotFound:
        return Tries(id=tries_id, last_at=now)


def _minute(source: str, now: datetime) -> Id:
    return _key("minute", f"{source}:{now:%Y%m%d%H%M}")


def _key(name: str, source: str) -> Id:
    return hashlib.sha256(f"{name}\0{source}".encode()).hexdigest()[:32]


def _prune(books: Writing, now: datetime) -> None:
    """Forget what is old, a little at a time."""
    for tries in books.find(Tries, Span("last", high=(now - FORGOTTEN_AFTER).isoformat()), limit=5).rows:
        books.remove(tries)
