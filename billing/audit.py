"""Who did what: one event for each thing a person changed, written in the same transaction as the change."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from billing.record import Id, Index, Record


class AuditEvent(Record, frozen=True, kw_only=True):
    """An act of a person (or of the program itself, then `person_id` is empty) on an account.

    `message` is a catalogue sentence; `values` fill its places, written in the account's language.
    """

    kind: ClassVar[str] = "audit"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda e: [(e.account_id, e.at.isoformat(), e.id)]),
        Index("subject", lambda e: [(e.account_id, e.subject_id, e.at.isoformat())] if e.subject_id else []),
    )

    account_id: Id
    at: datetime
    person_id: Id = ""
    door: str = ""
    """The counter the person stood at, or the command."""
    act: str
    subject_id: Id = ""
    message: str
    values: dict[str, str] = msgspec.field(default_factory=dict)
