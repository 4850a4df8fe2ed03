"""Money received and given back."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from billing.record import Id, Index, Record


class Payment(Record, frozen=True, kw_only=True):
    """A payment of one invoice, in minor units of its currency; negative where money went back.

    `method` is how it reads on paper ("Visa •••• 4242"). No card number is ever held.
    """

    kind: ClassVar[str] = "payments"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda p: [(p.account_id, p.paid_on)]),
        Index("invoice", lambda p: [(p.account_id, p.invoice_id, p.paid_on)]),
        Index("charge", lambda p: [(p.account_id, p.charge_id)] if p.charge_id else []),
    )

    account_id: Id
    invoice_id: Id
    paid_on: date
    amount: int
    method: str
    charge_id: Id = ""
    """The charge it is part of, where it was taken through the gateway."""
