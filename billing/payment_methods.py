"""Ways to pay that a customer has entered: enough to recognise them, nothing to pay with.

What a person does with them is in `billing.wallet`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from billing.payment_gateway import MethodKind
from billing.record import Id, Index, Record


class PaymentMethod(Record, frozen=True, kw_only=True):
    """A card or a bank account at the gateway. A method is never removed from the books, only `removed_on` a day."""

    kind: ClassVar[str] = "payment_methods"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda m: [(m.account_id, m.added_at.isoformat())] if m.removed_on is None else []),
        Index("gateway", lambda m: [(m.gateway, m.gateway_ref)], unique=True, shared=True),
    )

    account_id: Id
    method: MethodKind
    gateway: str
    gateway_ref: str
    brand: str
    last4: str
    expires: date | None = None
    """The first day on which a card is no longer valid."""
    fingerprint: str = ""
    added_at: datetime
    mandate: str = ""
    """A bank debit's mandate reference."""
    refused: str = ""
    """The code with which it was declined for good; it is not tried again."""
    removed_on: date | None = None

    @property
    def label(self) -> str:
        """How it reads on paper: `Visa •••• 4242`."""
        return f"{self.brand} •••• {self.last4}"

    def usable_on(self, day: date) -> bool:
        """Whether it can be charged."""
        return not self.refused and self.removed_on is None and (self.expires is None or day < self.expires)


class MethodRequest(Record, frozen=True, kw_only=True):
    """A visit to the gateway's page that this account opened: nobody else can take up what comes of it."""

    kind: ClassVar[str] = "method_requests"
    indexes: ClassVar[tuple[Index, ...]] = (Index("account", lambda r: [(r.account_id, r.opened_at.isoformat())]),)

    account_id: Id
    opened_at: datetime
    method_id: Id = ""
    """What came of it."""
