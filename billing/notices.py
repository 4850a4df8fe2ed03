"""Notices: what happened on the account, told inside the counter. Mail says the same outside."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar

import msgspec

from billing.record import Id, Index, Record


class Urgency(Enum):
    """Whether somebody has to do something."""

    INFORMATION = "information"
    WARNING = "warning"
    """Something will happen unless somebody acts."""
    ACTION = "action"
    """Somebody has to act now."""


class Notice(Record, frozen=True, kw_only=True):
    """One notice to everybody with billing rights. `message` is a catalogue sentence, `values` fill its places."""

    kind: ClassVar[str] = "notices"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda n: [(n.account_id, n.at.isoformat(), n.id)]),
        Index("unread", lambda n: [(n.account_id, n.at.isoformat())] if not n.read_at else []),
    )

    account_id: Id
    at: datetime
    urgency: Urgency = Urgency.INFORMATION
    message: str
    values: dict[str, str] = msgspec.field(default_factory=dict)
    """Written in the account's language."""
    subject_id: Id = ""
    """The invoice, subscription or payment method it is about."""
    read_at: datetime | None = None
