"""The journal: one checksummed line per commit, appended and on disk before the commit is acknowledged.

A line is `PPPPPPPP LLLLLLLL HHHHHHHH payload`, in hexadecimal: the payload's CRC-32, its length, and the CRC-32 of
the two fields before it. So a line cut short by a crash (fewer bytes than its own, intact, length says) is told from a
damaged one: the first was never acknowledged and is cut off, the second stops everything. Each payload's checksum
continues the one before, so a line that is missing, doubled or out of place is noticed too.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

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


class End(NamedTuple):
    """Where a journal's last line ends, and its checksum, which the next line continues."""

    size: int = 0
    checksum: int = 0


def line(payload: bytes, before: End = End()) -> tuple[bytes, End]:  # noqa: B008 - immutable
    """A payload (without line breaks) as the line that follows `before`, and where it ends."""
    checksum = zlib.crc32(payload, before.checksum)
    head = b"%08x %08x " % (checksum, len(payload))
    whole = b"%s%08x %s\n" % (head, zlib.crc32(head), payload)
    return whole, End(before.size + len(whole), checksum)


def lines(data: bytes, damaged: Callable[[str], StoreDamaged]) -> Iterator[tuple[bytes, End]]:
    """Each whole line's payload and end. Stops before a torn tail; raises for anything damaged."""
    last = End()
    while len(data) - last.size >= HEAD:
        start = last.size + HEAD
        head = data[last.size : start]
        if b"%08x " % zlib.crc32(head[:18]) != head[18:]:
            if not data[last.size :].strip(b"\0"):  # the file grew, and its new bytes were not yet written
                return
            raise damaged(f"journal, byte {last.size}")
        end = start + int(head[9:17], 16)
        if len(data) < end + 1:
            return
        payload = data[start:end]
        checksum = zlib.crc32(payload, last.checksum)
        if b"%08x" % checksum != head[:8] or data[end : end + 1] != b"\n":
            raise damaged(f"journal, byte {last.size}")
        last = End(end + 1, checksum)
        yield payload, last


def _sync(handle: int) -> None:
    if sys.platform == "darwin":  # where fsync leaves the data in the drive's own cache
        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(handle)


class Journal:
    """An open journal, positioned at its end."""

    def __init__(self, path: Path, place: str, end: End) -> None:
        """Open the journal at `path` for appending after `end`; what follows it is cut off."""
        self._handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._place = place
        self._end = end
        self.suspect = ""
        """Why nothing more is written; empty while all is well."""
        try:
            if os.fstat(self._handle).st_size != end.size:
                os.ftruncate(self._handle, end.size)
                os.fsync(self._handle)
        except OSError:
            os.close(self._handle)
            raise

    @property
    def size(self) -> int:
        """In bytes, up to the end of the last commit."""
        return self._end.size

    def append(self, payload: bytes) -> None:
        """Put one line on disk. When this returns it survives a crash; when it raises, the line is not there.

        A failed sync is never retried, as the system may have dropped what it could not write (PostgreSQL does the
        same since 2018); the journal then refuses everything with `SuspectDisk`.
        """
        if self.suspect:
            raise SuspectDisk(place=self._place, reason=self.suspect)
        whole, end = line(payload, self._end)
        data = memoryview(whole)
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
            _sync(self._handle)
        except OSError as fault:
            self.distrust(fault)
            self._undo(fault)
            raise SuspectDisk(place=self._place, reason=self.suspect) from fault
        self._end = end

    def _undo(self, fault: OSError) -> None:
        try:
            os.ftruncate(self._handle, self.size)
        except OSError:
            self.distrust(fault)

    def distrust(self, fault: OSError) -> None:
        """Refuse every further line: what is found here after a crash is no longer known."""
        self.suspect = fault.strerror or type(fault).__name__

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)
