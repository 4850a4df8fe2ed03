"""Something that is done behind what people see: by one thread, and once more where it was asked for again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

LINGERS = 30.0
"""Seconds that the thread waits to be asked again; then it ends, and what it holds is let go."""

_LOG = logging.getLogger(__name__)


class Behind:
    """Wakes a thread of its own: a mail server that is slow holds up no screen, and nobody's answer."""

    def __init__(self, doing: Callable[[], None]) -> None:
        self._doing = doing
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Have it done soon; returns at once. However often it is asked meanwhile, it is done once more."""
        with self._lock:
            self._wanted.set()
            if self._thread is None:
                # Nobody who leaves waits for a mail server: what was not sent stays in the store, and goes later.
                self._thread = threading.Thread(target=self._run, name="behind", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._asked():
            self._wanted.clear()
            try:
                self._doing()
            except Exception as fault:  # whatever it is, the next time may go well; nobody is there to be told
                _LOG.debug("behind: %s", type(fault).__name__)

    def _asked(self) -> bool:
        """Wait to be asked; False, and the thread is to end, where nobody asks for long."""
        if self._wanted.wait(LINGERS):
            return True
        with self._lock:
            if not self._wanted.is_set():
                self._thread = None
                return False
        return True
