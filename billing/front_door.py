"""What a person sees before signing in: whose counter this is, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass

from billing.store import Store
from billing.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Welcome:
    """The vendor's public face."""

    brand: str
    product: str
    email: str
    phone: str


def welcome(store: Store) -> Welcome:
    """The vendor's public face. Needs no sign-in and reads nothing of any account."""
    with store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
        return Welcome(vendor.brand, vendor.product, vendor.party.email, vendor.phone)
