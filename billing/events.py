"""Live news: whoever has a screen of an account open learns at once that something happened there.

News carries nothing but the account: who hears it reads anew, through their own desk.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from billing.record import Id


class Events(Protocol):
    """The port to live news."""

    def tell(self, account_id: Id) -> None:
        """Something was committed for the account. Never fails, never waits."""
        ...

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """Call `heard`, from any thread, after each commit; what is returned ends that."""
        ...


class Bell:
    """News within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[Id, list[Callable[[], None]]] = defaultdict(list)

    def tell(self, account_id: Id) -> None:
        """See `Events`."""
        with self._lock:
            listeners = tuple(self._listeners.get(account_id, ()))
        for heard in listeners:
            heard()

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        """See `Events`."""
        with self._lock:
            self._listeners[account_id].append(heard)

        def stop() -> None:
            with self._lock:
                if heard in self._listeners[account_id]:
                    self._listeners[account_id].remove(heard)
                if not self._listeners[account_id]:
                    del self._listeners[account_id]

        return stop
