"""Keeps the log of commits beside an SQLite store from growing for as long as people read (https://sqlite.org/wal.html).

SQLite begins the log anew only at a commit at which nobody reads from it. Where many people read, that may never come,
and the log stays as long as it once was.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

LONGEST = 64 * 1024 * 1024
"""Bytes of a log; a longer one is put into the store and begun anew."""

WAIT = 0.5
"""Seconds that this waits for whoever reads. New readers need the log no more once it is in the store."""

AGAIN_AFTER = 10.0
"""Seconds before it is tried again, where somebody reads for longer."""

_LOG = logging.getLogger(__name__)


class Log:
    """The log of one store."""

    def __init__(self, path: Path) -> None:
        self._file = path.with_name(f"{path.name}-wal")
        self._again = 0.0

    def shorten(self, link: sqlite3.Connection, busy: float) -> None:
        """Begin it anew where it is long; `busy` is how many seconds the link waits otherwise. Never fails."""
        with suppress(OSError, sqlite3.Error):
            if self._file.stat().st_size <= LONGEST or time.monotonic() < self._again:
                return
            self._again = time.monotonic() + AGAIN_AFTER
            link.execute(f"PRAGMA busy_timeout = {int(WAIT * 1000)}")
            try:
                held, *_ = link.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                link.execute(f"PRAGMA busy_timeout = {int(busy * 1000)}")
            if held:
                _LOG.info("the log of commits is long, and somebody reads from it")
            else:
                self._again = 0.0
