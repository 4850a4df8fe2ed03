"""A process that writes to a store and says so: `python -m tests.storage.writer PATH COUNT ROLL_BYTES [LIMIT]`.

Each commit writes one tally and one note in one transaction; its number goes to standard output once it is committed.
With LIMIT, no file may grow beyond so many bytes, as on a full disk.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

from billing.errors import Refusal
from billing.record import changed
from storage.tinydb_store import TinyDBStore
from tests.contract.kinds import KINDS, Tally, note


def write(path: str, count: int, roll_bytes: int, acknowledge: int) -> None:
    """Commit `count` more pairs, acknowledging each on the file descriptor."""
    store = TinyDBStore(path, KINDS, roll_bytes=roll_bytes)
    with store.read() as books:
        counter = books.get(Tally, "count")
    for _ in range(count):
        with store.write() as books:
            counter = books.put(changed(counter, value=counter.value + 1))
            books.put(note(f"n{counter.value:06d}", day=counter.value % 300, title="ñ" * 40))
        os.write(acknowledge, b"%d\n" % counter.value)
    store.close()


def main() -> None:
    """Write until done, or until the disk is full."""
    path, count, roll_bytes, *limit = sys.argv[1:]
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), int(limit[0])))
    try:
        write(path, int(count), int(roll_bytes), 1)
    except Refusal as refusal:
        print(type(refusal).__name__, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
