"""Live news among several processes that share a store."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable

from billing.audit import AuditHead
from billing.errors import NotFound
from billing.events import Bell
from billing.record import Id
from billing.store import Store

POLL = 0.5
"""Seconds between two looks at what other processes did."""

_LOG = logging.getLogger(__name__)


class StoreBell:
    """News among several processes on one store: at once within this one, within `POLL` seconds from the others.

    Every act leaves an audit event, so an account's `AuditHead` tells whether something happened. A thread looks at the
    heads of the accounts that somebody listens to, in one short read, and only while somebody listens.
    """

    def __init__(self, store: Callable[[], Store], pause: float = POLL) -> None:
        self._store, self._pause = store, pause
        self._bell = Bell()
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._listeners: dict[Id, int] = defaultdict(int)
        self._seen: dict[Id, int] = {}
        self._thread: threading.Thread | None = None

    def tell(self, account_id: Id) -> None:
        """See `Events`."""
        self._bell.tell(account_id)

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """See `Events`. Rings once at the first look: what happened between listening and that would be lost."""
        stop_bell = self._bell.listen(account_id, heard)
        with self._lock:
            self._listeners[account_id] += 1
            if self._thread is None:
                self._idle = threading.Event()
                self._thread = threading.Thread(target=self._watch, args=(self._idle,), name="news", daemon=True)
                self._thread.start()
        once = threading.Lock()

        def stop() -> None:
            if not once.acquire(blocking=False):
                return
            stop_bell()
            with self._lock:
                self._listeners[account_id] -= 1
                if not self._listeners[account_id]:
                    del self._listeners[account_id]
                    self._seen.pop(account_id, None)
                if not self._listeners:
                    self._idle.set()
                    self._thread = None

        return stop

    def _watch(self, idle: threading.Event) -> None:
        while not idle.is_set():
            try:
                self._look()
            except Exception as fault:  # a store that is away for a moment is looked at again
                _LOG.debug("news: %s", type(fault).__name__)
            idle.wait(self._pause)

    def _look(self) -> None:
        with self._lock:
            wanted = tuple(self._listeners)
        now: dict[Id, int] = {}
        with self._store().read() as books:
            for account_id in wanted:
                try:
                    now[account_id] = books.get(AuditHead, account_id).number
                except NotFound:
                    now[account_id] = 0
        with self._lock:
            rings = [a for a, number in now.items() if a in self._listeners and self._seen.get(a) != number]
            self._seen.update({a: number for a, number in now.items() if a in self._listeners})
        for account_id in rings:
            self._bell.tell(account_id)
