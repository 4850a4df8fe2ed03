"""Attempts to take money through the gateway: each has one key, and is asked for once.

A charge is stored before the gateway hears of it (`SENT`). Whatever is lost on the way, its key finds out what became
of it; an unknown outcome is never tried again under another key.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar

import msgspec

from billing.record import Id, Index, Record


class ChargeState(Enum):
    """How far an attempt came."""

    SENT = "sent"
    """About to be asked for, or asked for and not yet answered."""
    UNKNOWN = "unknown"
    """The answer was lost: to be looked up by its key."""
    PROCESSING = "processing"
    """A bank debit on its way. Booked as paid; it may still come back."""
    NEEDS_CUSTOMER = "needs_customer"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


UNSETTLED = (ChargeState.SENT, ChargeState.UNKNOWN, ChargeState.PROCESSING, ChargeState.NEEDS_CUSTOMER)
"""States that are still to become another."""


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of a charge that is for one invoice, in minor units."""

    invoice_id: Id
    amount: int


class Charge(Record, frozen=True, kw_only=True):
    """One attempt. Its id is the idempotency key under which the gateway knows it."""

    kind: ClassVar[str] = "charges"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda c: [(c.account_id, c.attempted_at.isoformat())]),
        Index("invoice", lambda c: [(c.account_id, s.invoice_id, c.attempted_at.isoformat()) for s in c.shares]),
        Index("unsettled", lambda c: [(c.attempted_at.isoformat(),)] if c.state in UNSETTLED else [], shared=True),
    )

    account_id: Id
    method_id: Id
    method_label: str
    """How the method reads on paper ("Visa •••• 4242")."""
    amount: int
    currency: str
    shares: tuple[Share, ...]
    attempted_at: datetime
    automatic: bool
    """Taken by the schedule, not asked for by a person."""
    state: ChargeState = ChargeState.SENT
    settled_at: datetime | None = None
    gateway_ref: str = ""
    code: str = ""
    """Why it failed, in the gateway's word."""
    may_retry: bool = True
    confirm_url: str = ""
