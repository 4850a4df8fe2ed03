"""Who did what: one event for each thing a person changed, written in the same transaction as the change.

The events of an account form a chain: each holds the hash of the one before, so that none can be changed, left out or
put in without its being seen (Schneier and Kelsey, 1999; trust notes, I14). `AuditHead` holds the newest hash.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar

import msgspec

from billing.errors import NotFound
from billing.record import Id, Index, Record, changed
from billing.store import Writing


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field of what an event is about: what stood in it, and what stands in it since."""

    field: str
    before: str
    after: str


class AuditEvent(Record, frozen=True, kw_only=True):
    """An act of a person (or of the program itself, then `person_id` is empty) on an account.

    `message` is a catalogue sentence; `values` fill its places, written in the account's language.
    """

    kind: ClassVar[str] = "audit"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda e: [(e.account_id, e.at.isoformat(), e.number)]),
        Index("subject", lambda e: [(e.account_id, e.subject_id, e.number)] if e.subject_id else []),
        Index("chain", lambda e: [(e.account_id, e.number)], unique=True),
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
    changes: tuple[Change, ...] = ()
    number: int = 0
    """Its place in the account's chain, from 1."""
    previous: str = ""
    """The hash of the event before it; empty for the first."""
    hash: str = ""


class AuditHead(Record, frozen=True, kw_only=True):
    """Where an account's chain ends; the id is the account's. `number` also counts what has happened there."""

    kind: ClassVar[str] = "audit_heads"

    account_id: Id
    number: int
    hash: str


def append(books: Writing, event: AuditEvent) -> AuditEvent:
    """Put an event at the end of its account's chain."""
    try:
        head = books.get(AuditHead, event.account_id)
    except NotFound:
        head = AuditHead(id=event.account_id, account_id=event.account_id, number=0, hash="")
    event = changed(event, number=head.number + 1, previous=head.hash)
    event = books.put(changed(event, hash=digest(event)))
    books.put(changed(head, number=event.number, hash=event.hash))
    return event


def digest(event: AuditEvent) -> str:
    """SHA-256 over the hash before and everything the event says, in a form that has one spelling only."""
    bare = changed(event, version=0, hash="")
    return hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()
