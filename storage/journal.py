"""The journal: one checksummed line per commit, appended and on disk before the commit is acknowledged.

A line is `PPPPPPPP LLLLLLLL HHHHHHHH payload`, in hexadecimal: the payload's CRC-32, its length, and the CRC-32 of
the two fields before it. So a line cut short by a crash (fewer bytes than its own, intact, length says) is told from a
damaged one: the first was never acknowledged and is cut off, the second stops everything.
"""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from billing.errors import N_
from billing.store import DiskFull, StoreDamaged, StoreUnavailable

HEAD = 27
"""Bytes before the payload."""


class SuspectDisk(StoreUnavailable):
    """A write to disk failed in a way that leaves its outcome unknown; nothing more is written until reopened."""

    message = N_(
        "The disk failed while saving at {place}: {reason}. Your last change may not be saved, and nothing more is "
        "written. Close the program, check the disk, and open it again."
    )


def line(payload: bytes) -> bytes:
    """A payload (without line breaks) as a line of the journal."""
    head = b"%08x %08x " % (zlib.crc32(payload), len(payload))
    return b"%s%08x %s\n" % (head, zlib.crc32(head), payload)


def lines(data: bytes, damaged: Callable[[str], StoreDamaged]) -> Iterator[tuple[bytes, int]]:
    """Each whole line's payload and where it ends. Stops before a torn tail; raises for anything damaged."""
    position = 0
    while position < len(data):
        head = data[position : position + HEAD]
        if len(head) < HEAD or not data[position:].strip(b"\0"):
            return
        if b"%08x " % zlib.crc32(head[:18]) != head[18:]:
            raise damaged(f"journal, byte {position}")
        end = position + HEAD + int(head[9:17], 16)
        if len(data) < end + 1:
            return
        payload = data[position + HEAD : end]
        if b"%08x" % zlib.crc32(payload) != head[:8] or data[end : end + 1] != b"\n":
            raise damaged(f"journal, byte {position}")
        position = end + 1
        yield payload, position


class Journal:
    """An open journal, positioned at its end."""

    def __init__(self, path: Path, place: str, size: int) -> None:
        """Open the journal at `path` for appending after its first `size` bytes; what follows them is cut off."""
        self._handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._place = place
        self.size = size
        self._suspect = ""
        if os.fstat(self._handle).st_size != size:
            os.ftruncate(self._handle, size)
            os.fsync(self._handle)

    def append(self, payload: bytes) -> None:
        """Put one line on disk. When this returns it survives a crash; when it raises, the line is not there.

        A failed sync is never retried, as the system may have dropped what it could not write (PostgreSQL does the
        same since 2018); the journal then refuses everything with `SuspectDisk`.
        """
        if self._suspect:
            raise SuspectDisk(place=self._place, reason=self._suspect)
        data = memoryview(line(payload))
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._handle, data[written:], self.size + written)
        except OSError as fault:
            self._undo(fault)
            if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(place=self._place) from fault
            raise StoreUnavailable(place=self._place, reason=fault.strerror) from fault
        try:
            os.fdatasync(self._handle)
        except OSError as fault:
            self._suspect = str(fault.strerror)
            self._undo(fault)
            raise SuspectDisk(place=self._place, reason=self._suspect) from fault
        self.size += len(data)

    def _undo(self, fault: OSError) -> None:
        try:
            os.ftruncate(self._handle, self.size)
        except OSError:
            self._suspect = str(fault.strerror)

    def distrust(self, reason: str) -> None:
        """Refuse every further line: whether this journal is found again after a crash is not known."""
        self._suspect = reason

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)
