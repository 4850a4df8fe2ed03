"""The port to whoever moves the money: a card processor, a bank.

No card number, expiry or code appears in any signature: cards are entered where the gateway hosts them, and the counter
only watches for the result (PCI DSS, SAQ A). Every call that changes something takes an idempotency key: the same key
does it once, whatever is repeated. A lost answer is `Unknown`, never `Declined`: it is looked up by its key, and only
then tried again. Calls are slow: make them off the event loop and outside transactions.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Protocol, TypeAlias

import msgspec

from billing.errors import N_, Refusal
from billing.money import Money


class MethodKind(Enum):
    """How a customer pays."""

    CARD = "card"
    BANK_DEBIT = "bank_debit"
    """SEPA direct debit: taken days after it is asked for, and may come back later still."""


class GatewayMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A way to pay as the gateway knows it: enough to recognise, nothing to pay with."""

    ref: str
    kind: MethodKind
    brand: str
    """`Visa`, `Mastercard`; for a bank debit the bank's name."""
    last4: str
    expires: date | None = None
    """For a card: the first day on which it is no longer valid."""
    fingerprint: str = ""
    """The same for the same card or bank account, however often it is added."""


class CollectionState(Enum):
    """How far the customer has come on the gateway's own page."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A visit to the gateway's page on which the customer enters a way to pay.

    `url` is short enough (60 characters) for its QR code to fit a small terminal; it is single use and expires.
    """

    id: str
    url: str
    expires_at: datetime
    state: CollectionState = CollectionState.WAITING
    method: GatewayMethod | None = None


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer agreed to so that their bank account may be debited (SEPA Core rulebook)."""

    reference: str
    holder: str
    signed_at: datetime


class Succeeded(msgspec.Struct, frozen=True):
    """The money moved."""

    ref: str


class Processing(msgspec.Struct, frozen=True):
    """On its way; it may still fail (a bank debit, for days)."""

    ref: str


class NeedsCustomer(msgspec.Struct, frozen=True):
    """The customer must confirm at `url` (strong customer authentication)."""

    ref: str
    url: str


class Declined(msgspec.Struct, frozen=True):
    """No. `code` is the gateway's word, such as `insufficient_funds`; without `may_retry` the method is of no use."""

    ref: str
    code: str
    may_retry: bool


class Unknown(msgspec.Struct, frozen=True):
    """The answer was lost: the money may or may not have moved. Look it up by its key."""


Outcome: TypeAlias = Succeeded | Processing | NeedsCustomer | Declined | Unknown


class GatewayEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something the gateway tells of its own accord, its signature verified. `key` is the charge's idempotency key."""

    id: str
    key: str
    outcome: Outcome


class PaymentGateway(Protocol):
    """Charges customers. Methods raise `GatewayUnavailable`, save `charge` and `refund`, which answer `Unknown`."""

    name: str
    """`sandbox`, `stripe`: stored with what it made."""

    def ensure_customer(self, account_id: str, name: str, email: str) -> str:
        """The gateway's reference for this account, made where there is none."""
        ...

    def start_collection(self, customer: str, *, key: str) -> Collection:
        """Open a hosted page on which the customer enters a card."""
        ...

    def collection(self, collection_id: str) -> Collection:
        """How far a collection has come; its method once it is done."""
        ...

    def register_bank_debit(self, customer: str, iban: str, mandate: Mandate, *, key: str) -> GatewayMethod:
        """A bank account to debit. An IBAN is no card data and may be typed; it is passed on and not kept."""
        ...

    def remove_method(self, customer: str, method: str) -> None:
        """Forget a way to pay. Forgetting it twice is harmless."""
        ...

    def charge(self, customer: str, method: str, amount: Money, reference: str, *, key: str) -> Outcome:
        """Take money without the customer present. `reference` is what they read on their statement."""
        ...

    def find_charge(self, customer: str, key: str) -> Outcome | None:
        """What became of the charge with this key; None where the gateway never heard of it."""
        ...

    def refund(self, charge_ref: str, amount: Money, *, key: str) -> Outcome:
        """Give money of a charge back."""
        ...

    def read_event(self, body: bytes, signature: str) -> GatewayEvent | None:
        """A webhook's content, its signature verified; None where it tells nothing of a charge. Else `BadEvent`."""
        ...


class GatewayUnavailable(Refusal):
    """The gateway cannot be reached or does not answer sensibly."""

    message = N_("The payment service cannot be reached: {reason}. Nothing was charged. Try again in a few minutes.")


class GatewayRefused(Refusal):
    """The gateway did not take what was asked (an IBAN, a customer)."""

    message = N_("The payment service did not accept this: {reason}. Nothing was changed. Check it and try again.")


class BadEvent(Refusal):
    """A webhook that the gateway did not sign, or did not sign lately."""

    message = N_("A message that claims to come from the payment service does not. It was ignored.")
