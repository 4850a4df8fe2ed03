"""Who sends the invoices: the company that opens the counter. Its name, brand and words are data."""

from __future__ import annotations

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


class Series(Record, frozen=True, kw_only=True):
    """A numbering series, such as `F-2026`: numbers are consecutive and are given when a document is issued."""

    kind: ClassVar[str] = "series"
    indexes: ClassVar[tuple[Index, ...]] = ()

    next: int = 1
