"""Delivering mail: takes what waits in the outbox, hands it to a mail server, and marks what came of it.

At least once, never lost: a message is leased in one transaction, sent outside any, and marked in another. A worker
that dies between sending and marking leaves a lease that ends; the next one sends the same message again under the same
Message-ID, by which the reader's program can tell.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from billing.accounts import Role
from billing.desk import AccountBooks, Clock, Desk
from billing.errors import N_, NotFound, Refusal, Stale
from billing.export import Documents
from billing.history import InvoiceFile
from billing.invoices import Invoice
from billing.mail_text import MailText, compose
from billing.outbox import MailKind, OutboxMessage, OutboxState
from billing.payments import Payment
from billing.permissions import Act
from billing.record import Id, changed
from billing.store import Reading, Span, Store
from billing.vendor import Vendor

LEASE = timedelta(minutes=10)
"""How long a worker may take over one message; longer than all time-outs of a mailer together."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=24)
MOST_TRIES = 16
"""With waits that double from one minute to a day: five days and a half (RFC 5321, 4.5.4.1 asks for four or five)."""

LONGEST_ERROR = 200


class RecipientRefused(Refusal):
    """The message will never be delivered: its address or its content is refused for good."""

    message = N_("{address} cannot be written to: {reason}. The message is kept among the failed ones.")

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address=address, reason=reason)


class TryAgain(Refusal):
    """The message is put off: greylisting, a full mailbox."""

    message = N_("The mail server put the message off: {reason}. It is kept, and tried again by itself.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class ServerAway(TryAgain):
    """Nobody answers, or not in time: the next message would fare no better."""

    message = N_("The mail server does not answer: {reason}. All mail is kept, and tried again by itself.")


class MailSetUpWrong(Refusal):
    """No message can be sent until somebody mends the settings: password, certificate, folder."""

    message = N_("No mail can be sent: {reason}. All mail is kept. Correct the settings and deliver again.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class NotFailed(Refusal):
    """Only what failed for good is sent again by hand."""

    message = N_("Message {id} has not failed. Nothing was changed. It is delivered by itself, or was already.")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a mail."""

    name: str
    data: bytes


class Mailer(Protocol):
    """The port to a mail server. Slow: never called inside a transaction."""

    def send(self, message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...]) -> None:
        """Hand one message over; returns once the server has taken it upon itself.

        Raises `RecipientRefused`, `TryAgain` or `MailSetUpWrong`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run did."""

    sent: int
    put_off: int
    failed: int
    waiting: int
    """Messages that still wait, due or not."""
    paused: Refusal | None = None
    """Why the run ended before its time."""


def deliver(
    store: Store, mailer: Mailer, documents: Documents, vendor: Vendor, clock: Clock, limit: int = 100
) -> Delivered:
    """Send at most `limit` messages that are due, the longest waiting first. Any number of workers may run at once."""
    sent = put_off = failed = 0
    paused: Refusal | None = None
    for _ in range(limit):
        if paused is not None or (message := _lease(store, clock)) is None:
            break
        try:
            if message.attempts > MOST_TRIES:  # the last worker never came back to say so
                raise RecipientRefused(message.to, message.last_error or "-")
            text, attachments = _prepared(store, documents, vendor, message, clock)
            mailer.send(message, text, attachments)
        except MailSetUpWrong as fault:
            paused = fault
            waits = changed(message, state=OutboxState.WAITING, attempts=message.attempts - 1)
            _mark(store, waits, next_at=_now(clock), last_error=_reason(fault))
        except TryAgain as fault:
            paused = fault if isinstance(fault, ServerAway) else None
            if _put_off(store, message, _reason(fault), _now(clock)):
                put_off += 1
            else:
                failed += 1
        except RecipientRefused as fault:
            failed += 1
            _mark(store, message, state=OutboxState.FAILED, last_error=_reason(fault))
        else:
            sent += 1
            _mark(store, message, state=OutboxState.SENT, sent_at=_now(clock), last_error="")
    with store.read() as books:
        waiting = books.count(OutboxMessage, Span("due"))
    return Delivered(sent, put_off, failed, waiting, paused)


def _now(clock: Clock) -> datetime:
    return clock().astimezone(UTC)


def _lease(store: Store, clock: Clock) -> OutboxMessage | None:
    """Take the next message that is due, for as long as the lease runs; None where there is none."""
    while True:
        now = _now(clock)
        try:
            with store.write() as books:
                # "~" follows every character of a moment's text: what is due at this very moment is included.
                due = books.find(OutboxMessage, Span("due", high=now.isoformat() + "~"), limit=1).rows
                if not due:
                    return None
                taken = changed(due[0], state=OutboxState.SENDING, attempts=due[0].attempts + 1, next_at=now + LEASE)
                return books.put(taken)
        except Stale:  # another worker of a store with many writers was faster
            continue


def _mark(store: Store, leased: OutboxMessage, **fields: object) -> None:
    """Write down what came of a message, unless the lease ran out and another worker has it now."""
    try:
        with store.write() as books:
            books.put(changed(leased, **fields))
    except (Stale, NotFound):
        return


def _put_off(store: Store, message: OutboxMessage, reason: str, now: datetime) -> bool:
    """Let a message wait, the longer the oftener it was tried; False where it was tried too often."""
    if message.attempts >= MOST_TRIES:
        _mark(store, message, state=OutboxState.FAILED, last_error=reason)
        return False
    next_at = now + wait_after(message.attempts, message.id)
    _mark(store, message, state=OutboxState.WAITING, next_at=next_at, last_error=reason)
    return True


def wait_after(attempts: int, message_id: Id) -> timedelta:
    """How long a message waits after so many tries: doubled each time, and up to half as long again by its id."""
    share = int.from_bytes(hashlib.sha256(f"{message_id}:{attempts}".encode()).digest()[:4]) / 2**32
    return min(FIRST_WAIT * (1 + share / 2) * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def _reason(fault: Refusal) -> str:
    return str(fault.values["reason"])[:LONGEST_ERROR]


def _prepared(
    store: Store, documents: Documents, vendor: Vendor, message: OutboxMessage, clock: Clock
) -> tuple[MailText, tuple[Attachment, ...]]:
    """A message in words, with its PDFs. What is read is read in one view; nothing is drawn while it is open."""
    today = _now(clock).astimezone(ZoneInfo(vendor.time_zone)).date()
    try:
        text = compose(message, vendor)
        with store.read() as reading:
            # An account's books: a message that names another account's invoice does not get it.
            books = AccountBooks(reading, message.account_id)
            files = [_file(books, invoice_id, today) for invoice_id in message.attach]
        return text, tuple(Attachment(f"{f.invoice.number}.pdf", documents.pdf(f, vendor)) for f in files)
    except NotFound as fault:
        raise RecipientRefused(message.to, f"no document {fault.values['id']}") from fault
    except Exception as fault:  # one message that cannot be drawn must not stop all others; the outbox shows why
        raise TryAgain(f"{type(fault).__name__}: {fault}") from fault


def _file(books: AccountBooks, invoice_id: Id, today: date) -> InvoiceFile:
    invoice = books.get(Invoice, invoice_id)
    return InvoiceFile(
        invoice=invoice,
        today=today,
        payments=books.find(Payment, Span("invoice", (invoice.id,))).rows,
        credit_notes=books.find(Invoice, Span("corrects", (invoice.id,))).rows,
        original=books.get(Invoice, invoice.corrects) if invoice.corrects else None,
    )


def send_again(store: Store, clock: Clock, message_id: Id) -> OutboxMessage:
    """Put a failed message back among those that wait, as if it had never been tried. For the operator."""
    with store.write() as books:
        message = books.get(OutboxMessage, message_id)
        if message.state is not OutboxState.FAILED:
            raise NotFailed(id=message_id)
        return books.put(changed(message, state=OutboxState.WAITING, attempts=0, next_at=_now(clock)))


def list_outbox(
    store: Store, account_id: Id | None, limit: int, state: OutboxState | None = None
) -> tuple[OutboxMessage, ...]:
    """The newest messages of one account, or of all. For the operator, and the demonstration's mailbox."""
    with store.read() as books:
        if account_id is None:
            found = (m for m in _all(books) if state in (None, m.state))
            return tuple(heapq.nlargest(limit, found, key=lambda m: (m.written_at, m.id)))
        return tuple(islice((m for m in _newest(books, account_id) if state in (None, m.state)), limit))


def _all(books: Reading) -> Iterator[OutboxMessage]:
    last = ""
    while rows := books.every(OutboxMessage, after=last):
        yield from rows
        last = rows[-1].id


def _newest(books: Reading, account_id: Id) -> Iterator[OutboxMessage]:
    span, cursor = Span("account", (account_id,)), None
    while True:
        page = books.find(OutboxMessage, span, descending=True, after=cursor)
        yield from page.rows
        if (cursor := page.next) is None:
            return


@dataclass(frozen=True, slots=True)
class MailRow:
    """A message as the account's people see it in a list."""

    id: Id
    written_at: datetime
    to: str
    mail: MailKind
    state: OutboxState
    sent_at: datetime | None
    attach: tuple[Id, ...]
    text: MailText | None
    """What it says: to whom it is addressed, who wrote it, and the billing contact. Nobody else reads it."""


@dataclass(frozen=True, slots=True)
class MailWindow:
    """Rows `offset` … of `total`, newest first."""

    rows: tuple[MailRow, ...]
    offset: int
    total: int


def account_mail(desk: Desk, *, offset: int = 0, limit: int = 50) -> MailWindow:
    """One window of the mail about the account."""
    span = Span("account")
    with desk.read(Act.SEE_ACCOUNT) as books:
        vendor = books.get(Vendor, Vendor.ID)
        page = books.find(OutboxMessage, span, descending=True, offset=offset, limit=limit)
        total = books.count(OutboxMessage, span)
    return MailWindow(tuple(_row(desk, vendor, m) for m in page.rows), offset, total)


def _row(desk: Desk, vendor: Vendor, message: OutboxMessage) -> MailRow:
    reads = desk.role is Role.OWNER or desk.person.email in (message.to, message.reply_to)
    return MailRow(
        id=message.id,
        written_at=message.written_at,
        to=message.to,
        mail=message.mail,
        state=message.state,
        sent_at=message.sent_at,
        attach=message.attach,
        text=compose(message, vendor) if reads else None,
    )
