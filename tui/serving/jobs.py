"""The vendor's daily work, done by the server beside the people who are in it; each piece with its last result.

A piece is done for the day once it has ended well; one that failed is tried again. How far it got is kept in a file, so
that a server that was down catches up once, and one that starts anew does nothing twice. Should the file be lost, the
pieces themselves do nothing twice: they are unique by what they bill, charge and tell.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from billing.access import AccessRequest
from billing.collecting import Collected
from billing.delivering import Delivered
from billing.dunning import Dunned
from billing.errors import N_, Refusal
from billing.outbox import OutboxMessage
from billing.renewals import Run
from billing.store import Span, Store
from billing.vendor import Vendor
from tui.daily import MAIL, STEPS, Work

if TYPE_CHECKING:
    from billing.desk import Clock
    from billing.payment_gateway import PaymentGateway

_LOG = logging.getLogger(__name__)

LOOK_EVERY = 60.0
"""Seconds between two looks at what is due; mail goes this often."""

RETRY = timedelta(minutes=15)
"""How long after a piece failed it is tried again."""

END_WITHIN = 30.0
"""Seconds that the piece being done has to end when the server closes. What it had not stored, it does next time."""

FAULT = N_("A fault of the program: {fault}. The facts are in the server's log. It is tried again.")


class Result(msgspec.Struct, frozen=True):
    """What a piece of the daily work last came to."""

    day: date
    """The vendor's day it was done for."""
    began: datetime
    ended: datetime
    failed: bool
    message: str
    """A catalogue sentence."""
    values: dict[str, str | int]

    @property
    def said(self) -> str:
        """The sentence in English, for logs."""
        return self.message.format(**self.values) if self.values else self.message


_FILE = msgspec.json.Decoder(dict[str, Result])


def results_file(url: str) -> Path:
    """Where the results for a store are kept: beside its file, or among the person's own data."""
    from tui.wiring import data_folder

    scheme, _, path = url.partition(":")
    if scheme in ("tinydb", "sqlite"):
        file = Path(path).expanduser()
        return file.with_name(f"{file.name}.jobs.json")
    return data_folder() / f"{scheme}.jobs.json"


def last_results(file: Path) -> dict[str, Result]:
    """What is kept in a file; nothing where there is none, or none that can be read."""
    try:
        return _FILE.decode(file.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def due_day(now: datetime, at: time, zone: str) -> date:
    """The latest day whose hour `at` has come, in the zone; an hour that the clocks skip or repeat comes once."""
    local = now.astimezone(ZoneInfo(zone)).date()
    begins = datetime.combine(local, at, ZoneInfo(zone)).astimezone(UTC)
    return local if now >= begins else local - timedelta(days=1)


class DailyJobs:
    """Does each piece once a day from the hour `at` on, in the vendor's time zone, in a thread of its own."""

    def __init__(
        self,
        store: Callable[[], Store],
        clock: Clock,
        gateway: Callable[[], PaymentGateway],
        at: time,
        *,
        file: Path | None = None,
        mail: bool = True,
    ) -> None:
        """`file` keeps the results, None for nowhere.

        Without `mail` it stays in the outbox: a demonstration's people are invented, their addresses perhaps not.
        """
        self._store, self._clock, self._gateway, self._at = store, clock, gateway, at
        self._file, self._mail = file, mail
        self._results = last_results(file) if file else {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, at once and then every minute."""
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being done. Blocks: not for the event loop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(END_WITHIN)

    def results(self) -> Mapping[str, Result]:
        """The last result of each piece, by its name in `tui.daily.STEPS`."""
        return dict(self._results)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except Refusal as refusal:  # the store is away, or has no vendor yet
                _LOG.warning("jobs: %s", refusal)
            except Exception:
                _LOG.exception("jobs")
            self._stop.wait(LOOK_EVERY)

    def look(self) -> None:
        """Do what is due now."""
        with self._store().read() as books:
            zone = books.get(Vendor, Vendor.ID).time_zone
        day = due_day(self._clock(), self._at, zone)
        for name in STEPS:
            if self._stop.is_set():
                return
            if self._due(name, day):
                self._do(name, day)

    def _due(self, name: str, day: date) -> bool:
        if name == MAIL:
            return self._mail and self._mail_is_due()
        last = self._results.get(name)
        if last is None or last.day < day:
            return True
        return last.failed and last.day == day and self._clock() - last.ended >= RETRY

    def _mail_is_due(self) -> bool:
        high = self._clock().astimezone(UTC).isoformat() + "~"
        with self._store().read() as books:
            return any(
                books.find(kind, Span("due", high=high), limit=1).rows for kind in (OutboxMessage, AccessRequest)
            )

    def _do(self, name: str, day: date) -> None:
        began, failed = self._clock(), False
        try:
            done = STEPS[name](Work(self._store(), self._clock, self._gateway))
            message, values = _summary(name, done)
            failed = isinstance(done, Delivered) and done.paused is not None
        except Refusal as refusal:
            failed, done = True, None
            message, values = refusal.message, {k: str(v) for k, v in refusal.values.items()}
        except Exception as fault:
            _LOG.exception("jobs: %s", name)
            failed, done, message, values = True, None, FAULT, {"fault": type(fault).__name__}
        self._keep(name, Result(day, began, self._clock(), failed, message, values))

    def _keep(self, name: str, result: Result) -> None:
        before = self._results.get(name)
        self._results = {**self._results, name: result}
        if before is None or (before.day, before.said) != (result.day, result.said):
            _LOG.log(logging.WARNING if result.failed else logging.INFO, "%s for %s: %s", name, result.day, result.said)
        if self._file is None:
            return
        made = self._file.with_name(f"{self._file.name}.new")
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(self._results))
            made.replace(self._file)
        except OSError as fault:
            _LOG.warning("jobs: %s cannot be written: %s", self._file, fault.strerror)


def _summary(name: str, done: Any) -> tuple[str, dict[str, str | int]]:
    """What came of a piece, as a catalogue sentence with its values."""
    match done:
        case Run():
            numbers = {"issued": len(done.issued), "held": len(done.held)}
            return N_("Invoices issued: {issued}. Waiting for something: {held}."), dict(numbers)
        case Collected():
            return N_("Charges made or settled: {number}."), {"number": len(done.charges)}
        case Dunned():
            numbers = {"reminders": done.reminders, "moved": len(done.moved)}
            return N_("Reminders: {reminders}. Accounts whose standing moved: {moved}."), dict(numbers)
        case Delivered(paused=Refusal() as why):
            return why.message, {place: str(value) for place, value in why.values.items()}
        case Delivered():
            numbers = {"sent": done.sent, "failed": done.failed, "waiting": done.waiting}
            return N_("Mail sent: {sent}. Failed: {failed}. Still waiting: {waiting}."), dict(numbers)
        case _ if name == "orders":
            return N_("{number} warnings about purchase orders."), {"number": done}
        case _:
            return N_("{number} warnings about trials that end."), {"number": done}
