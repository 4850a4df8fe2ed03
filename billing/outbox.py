"""Mail leaves through an outbox: written in the transaction of what it tells about, delivered at least once.

A message holds the name of its text and what fills its places; it is put together when it is sent.
A second delivery of the same message carries the same Message-ID, so that a reader's program can tell.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar

from billing.record import Id, Index, Record


class MailKind(Enum):
    """What a message is about. Whoever has billing rights chooses which kinds they receive."""

    INVOICE = "invoice"
    """An invoice or credit note was issued; it is attached."""
    PAYMENT = "payment"
    """A payment was received, failed, or is to be confirmed; a reminder of what is overdue."""
    SUBSCRIPTION = "subscription"
    """A plan, its licences, frequency or end was changed; a trial ends."""
    ACCOUNT = "account"
    """Billing information, payment methods or contacts were changed. Nobody can turn it off for the owner."""
    QUOTE = "quote"
    """A quote or a purchase order waits for somebody."""
    PERSONAL = "personal"
    """Written by a person, such as a member's wish to the billing contact (M8)."""


class OutboxState(Enum):
    """How far a message has come."""

    WAITING = "waiting"
    SENDING = "sending"
    """Taken by a worker until `lease_until`; afterwards anybody may take it again."""
    SENT = "sent"
    FAILED = "failed"
    """Refused for good by the recipient's server, or tried too often. Somebody has to look at it."""


class OutboxMessage(Record, frozen=True, kw_only=True):
    """One mail to one recipient. `template` names a text in `billing.mail_text`, `values` fill its places."""

    kind: ClassVar[str] = "outbox"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda m: [(m.account_id, m.written_at.isoformat())]),
        Index("dedupe", lambda m: [(m.dedupe_key,)], unique=True, shared=True),
        Index(
            "due",
            lambda m: [(m.next_at.isoformat(),)] if m.state in (OutboxState.WAITING, OutboxState.SENDING) else [],
            shared=True,
        ),
    )

    account_id: Id
    mail: MailKind
    template: str
    values: dict[str, str]
    """What fills the template's places, written in the recipient's language."""
    to: str
    """One address."""
    reply_to: str = ""
    language: str
    attach: tuple[Id, ...] = ()
    """Invoices whose PDF goes with it."""
    dedupe_key: str
    """One mail per event and recipient: `invoice:f-2026-000012:marta@acme.example`."""
    written_at: datetime
    state: OutboxState = OutboxState.WAITING
    attempts: int = 0
    next_at: datetime
    """When to try next; while sending, when the worker's lease ends."""
    last_error: str = ""
    sent_at: datetime | None = None
