"""Live news: whoever has a screen of an account open learns at once that something happened there.

News carries nothing but the account: who hears it reads anew, through their own desk.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billing.record import Id


class Bell:
    """Who listens to which account within one process. A store has one (`billing.store.Store.listen`)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[Id, list[Callable[[], None]]] = defaultdict(list)

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def ring(self, accounts: Iterable[Id | None]) -> None:
        """Something was committed for the accounts. Never fails, never waits."""
        with self._lock:
            listeners = [
                heard for account_id in accounts if account_id for heard in self._listeners.get(account_id, ())
            ]
        for heard in listeners:
            heard()

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """Call `heard`, from any thread, each time; what is returned ends that."""
        with self._lock:
            self._listeners[account_id].append(heard)

        def stop() -> None:
            with self._lock:
                if heard in self._listeners[account_id]:
                    self._listeners[account_id].remove(heard)
                if not self._listeners[account_id]:
                    del self._listeners[account_id]

        return stop
