"""One owner at a time: a lock on a file beside the data that also says who holds it."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from billing.store import StoreInUse


class OwnerLock:
    """An exclusive `flock`. The system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path, place: str, owner: str) -> None:
        """Take the lock at `path`, or raise `StoreInUse` with the name of whoever has it."""
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(self._handle)
            os.close(self._handle)
            raise StoreInUse(place=place, **holder) from None
        except OSError:
            os.close(self._handle)
            raise
        since = datetime.now(UTC).isoformat(timespec="seconds")
        said = json.dumps({"owner": owner, "pid": os.getpid(), "since": since})
        with suppress(OSError):  # the lock holds without its note: a full disk must not keep a person from reading
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, said.encode(), 0)

    def release(self) -> None:
        """Let others in."""
        os.close(self._handle)


def _holder(handle: int) -> dict[str, str]:
    try:
        said = json.loads(os.pread(handle, 1000, 0))
        return {name: str(said[name]) for name in ("owner", "pid", "since")}
    except (ValueError, KeyError, TypeError):
        return {"owner": "?", "pid": "?", "since": "?"}
