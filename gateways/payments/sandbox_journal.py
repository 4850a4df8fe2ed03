"""What the sandbox remembers: one JSON line for each thing that happened, so that a restart or another process knows.

Several processes may share a file (a counter and a nightly run): each takes the file's lock for its turn and first
reads what the others wrote. A last line without its end is what a killed process left: it never happened.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import msgspec

from billing.money import Money
from billing.payment_gateway import GatewayMethod


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """A page on which a card can be entered."""

    id: str
    key: str
    customer: str
    at: datetime


class Entered(msgspec.Struct, frozen=True, tag="entered"):
    """A method. `source` is the page it came from, or a bank debit's idempotency key."""

    source: str
    customer: str
    method: GatewayMethod


class TurnedDown(msgspec.Struct, frozen=True, tag="turned_down"):
    """The customer left the page without entering a card."""

    id: str


class Removed(msgspec.Struct, frozen=True, tag="removed"):
    """A method that was forgotten."""

    method: str


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """A charge. `page` is where the customer can confirm it."""

    key: str
    customer: str
    method: str
    amount: Money
    reference: str
    at: datetime
    ref: str
    page: str


class NeverArrived(msgspec.Struct, frozen=True, tag="never_arrived"):
    """A charge that was lost on its way to the gateway, once."""

    key: str


class Confirmed(msgspec.Struct, frozen=True, tag="confirmed"):
    """What the customer said to a charge."""

    ref: str
    agreed: bool


class Refunded(msgspec.Struct, frozen=True, tag="refunded"):
    """Money of a charge given back."""

    key: str
    charge: str
    amount: Money
    ref: str


Entry: TypeAlias = Opened | Entered | TurnedDown | Removed | Asked | NeverArrived | Confirmed | Refunded


class Journal:
    """The entries, by what they are looked up with. Without a path they last as long as the process."""

    def __init__(self, path: Path | None) -> None:
        self.opened: dict[str, Opened] = {}
        self.opened_by_key: dict[str, Opened] = {}
        self.entered: dict[str, Entered] = {}
        self.owners: dict[str, str] = {}
        self.turned_down: set[str] = set()
        self.removed: set[str] = set()
        self.asked: dict[str, Asked] = {}
        self.charges: dict[str, Asked] = {}
        self.pages: dict[str, Asked] = {}
        self.first_asked: dict[str, datetime] = {}
        self.never_arrived: set[str] = set()
        self.confirmed: dict[str, bool] = {}
        self.refunds: dict[str, Refunded] = {}
        self.refunded: dict[str, int] = {}
        self._lock = threading.RLock()
        self._decode = msgspec.json.Decoder(Entry).decode
        self._end = 0
        self._file: int | None = None
        if path is not None:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else writes meanwhile, and all that anybody wrote is known. Turns of one process do not nest."""
        with self._lock:
            if self._file is None:
                yield
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                self._catch_up(self._file)
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def add(self, entry: Entry) -> None:
        """Remember, durably, before the answer is given. Only within a turn."""
        if self._file is not None:
            line = msgspec.json.encode(entry) + b"\n"
            os.ftruncate(self._file, self._end)
            os.pwrite(self._file, line, self._end)
            os.fdatasync(self._file)
            self._end += len(line)
        self._learn(entry)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _catch_up(self, file: int) -> None:
        size = os.fstat(file).st_size
        data = os.pread(file, size - self._end, self._end) if size > self._end else b""
        whole = data[: data.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self._learn(self._decode(line))
        self._end += len(whole)

    def _learn(self, entry: Entry) -> None:
        match entry:
            case Opened():
                self.opened[entry.id] = self.opened_by_key[entry.key] = entry
            case Entered():
                self.entered[entry.source] = entry
                self.owners[entry.method.ref] = entry.customer
            case TurnedDown():
                self.turned_down.add(entry.id)
            case Removed():
                self.removed.add(entry.method)
            case Asked():
                self.asked[entry.key] = self.charges[entry.ref] = self.pages[entry.page] = entry
                self.first_asked.setdefault(entry.method, entry.at)
            case NeverArrived():
                self.never_arrived.add(entry.key)
            case Confirmed():
                self.confirmed[entry.ref] = entry.agreed
            case Refunded():
                self.refunds[entry.key] = entry
                self.refunded[entry.charge] = self.refunded.get(entry.charge, 0) + entry.amount.minor
