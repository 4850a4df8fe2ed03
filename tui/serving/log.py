"""The server's log: lines on standard error, for a service manager to keep. In English; no secrets, no keystrokes."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import QueueHandler
from queue import Full, Queue
from threading import Thread

MOST_WAITING = 10_000
"""Lines that wait for whoever reads standard error. More are let go: a reader that stalls stalls nobody else."""

ENDS_WITHIN = 2.0
"""Seconds for the last lines."""

STANDARD_ERROR = 2


class _Behind(QueueHandler):
    """Leaves writing to another thread."""

    def enqueue(self, record: logging.LogRecord) -> None:
        with suppress(Full):
            self.queue.put_nowait(record)


@contextmanager
def logged(level: str) -> Iterator[None]:
    """Write what is logged from `level` (such as `info`) on, until the end; of asyncssh from `warning` on."""
    queue: Queue[logging.LogRecord | None] = Queue(MOST_WAITING)
    handler, root, theirs = _Behind(queue), logging.getLogger(), logging.getLogger("asyncssh")
    before = root.level, theirs.level
    thread = Thread(target=_write, args=(queue,), name="log", daemon=True)
    root.addHandler(handler)
    root.setLevel(level.upper())
    theirs.setLevel(max(logging.WARNING, root.level))
    thread.start()
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        theirs.setLevel(before[1])
        with suppress(Full):
            queue.put(None, timeout=ENDS_WITHIN)
            thread.join(ENDS_WITHIN)


def _write(queue: Queue[logging.LogRecord | None]) -> None:
    """Without a stream between: whoever ends the program must not wait for the lock of one that is stalled."""
    lines = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    while (record := queue.get()) is not None:
        left = f"{lines.format(record)}\n".encode(errors="replace")
        with suppress(OSError):
            while left:
                left = left[os.write(STANDARD_ERROR, left) :]
