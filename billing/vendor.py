"""Who sends the invoices: the company that opens the counter. Its name, brand and words are data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

import msgspec

from billing.record import Id, Index, Record


class Address(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A postal address. `country` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...]
    city: str
    postcode: str = ""
    region: str = ""
    country: str


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A side of an invoice as it stood on the day of issue."""

    name: str
    address: Address
    tax_id: str = ""
    email: str = ""
    user_id: str = ""
    """The enterprise user ID, printed on enterprise invoices; empty for self-service accounts."""


class Bank(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a transfer goes."""

    name: str
    iban: str
    bic: str


class Dunning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to an unpaid invoice, in days after it was due. Kill Bill's overdue states, Stripe's retries."""

    retry_days: tuple[int, ...] = (0, 3, 7, 14, 21)
    """When its payment method is charged; a refusal for good ends the row."""
    remind_days: tuple[int, ...] = (1, 7, 14)
    """When the customer is reminded by mail."""
    suspend_after: int | None = 30
    cancel_after: int | None = 60


class Vendor(Record, frozen=True, kw_only=True):
    """The issuer. There is one, with id `vendor`."""

    kind: ClassVar[str] = "vendor"
    ID: ClassVar[Id] = "vendor"

    brand: str
    product: str
    party: Party
    registry: str = ""
    """The entry in the commercial register, printed at the foot of documents."""
    bank: Bank | None = None
    website: str = ""
    phone: str = ""
    time_zone: str = "Europe/Madrid"
    """Where documents are dated."""
    standard_rate: Decimal | None = None
    """The domestic tax rate in per cent; None for a Spanish issuer, whose rates by date are known."""
    dunning: Dunning = Dunning()
    most_discount: int = 70
    """In per cent of the list price: nobody quotes below."""
    euro_rates: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """Euro for one major unit of a currency, for the tax on documents in that currency (RD 1619/2012, art. 12.1)."""


class Series(Record, frozen=True, kw_only=True):
    """A numbering series, such as `F-2026`: numbers are consecutive and are given when a document is issued."""

    kind: ClassVar[str] = "series"
    indexes: ClassVar[tuple[Index, ...]] = ()

    next: int = 1
    last_issued_on: date | None = None
    """The date of its newest document: no later number carries an earlier date (RD 1619/2012, art. 6.1 a)."""
