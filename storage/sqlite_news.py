"""What several processes hear of one another's commits: each notes in the file whose records it changed."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

from billing.errors import Refusal
from billing.events import Bell
from billing.record import Id

POLL = 0.5
"""Seconds between two looks at what other processes did."""

_LOG = logging.getLogger(__name__)


def latest(link: sqlite3.Connection) -> int:
    """The number of the newest commit that changed an account's record; 0 before the first."""
    return int(link.execute("SELECT coalesce(max(number), 0) FROM news").fetchone()[0])


def note(link: sqlite3.Connection, accounts: Collection[Id]) -> None:
    """Note in a transaction whose records it changes."""
    number = latest(link) + 1
    link.executemany(
        "INSERT INTO news VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET number = excluded.number",
        ((account_id, number) for account_id in accounts),
    )


class News:
    """Rings for what was committed, by this process at once, by others within `POLL` seconds.

    One thread looks, by one question whatever the number of listeners, and only while somebody listens.
    """

    def __init__(self, reading: Callable[[], AbstractContextManager[sqlite3.Connection]], known: int) -> None:
        """`known` is the newest commit that nobody need be told of."""
        self._reading, self._known = reading, known
        self._bell = Bell()
        self._lock = threading.Lock()
        self._look = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """See `billing.store.Store.listen`."""
        with self._lock:
            stop = self._bell.listen(account_id, heard)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="news", daemon=True)
                self._thread.start()
        return stop

    def look(self) -> None:
        """Something was committed here: look at once."""
        self._look.set()

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        self._look.set()

    def _watch(self) -> None:
        while True:
            with self._lock:
                if self._closed or not self._bell.heard:
                    self._thread = None
                    return
            try:
                self._tell()
            except (Refusal, sqlite3.Error) as fault:  # a store that is away for a moment is looked at again
                _LOG.debug("news: %s", type(fault).__name__)
            self._look.wait(POLL)
            self._look.clear()

    def _tell(self) -> None:
        with self._reading() as link:
            found = link.execute("SELECT account, number FROM news WHERE number > ?", (self._known,)).fetchall()
        if found:
            self._known = max(number for _, number in found)
            self._bell.ring(account for account, _ in found)
