"""Which tax a supply carries: who sells, who buys, and when. Services only, which is all that is sold here.

Where a customer belongs is read from their address. A business of another member state owes the tax itself (Directive
2006/112/EC, art. 44 and 196); that it is one is told by its VAT number, judged by form and check digits only: nothing
asks VIES, so a number that was never given out or was withdrawn passes. Consumers of other member states pay the
seller's domestic rate, which holds while such sales stay below 10 000 euro a year (art. 59c); a vendor above that must
register for the one-stop shop, which this program does not do.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import msgspec

from billing.accounts import Account
from billing.errors import N_, Refusal
from billing.identifiers import TaxIdWrong, check_tax_id
from billing.tax import MENTIONS, TaxCategory
from billing.vendor import Address, Vendor

_JOINED = {
    date(1995, 1, 1): "AT BE DE DK ES FI FR GB GR IE IT LU NL PT SE",
    date(2004, 5, 1): "CY CZ EE HU LT LV MT PL SI SK",
    date(2007, 1, 1): "BG RO",
    date(2013, 7, 1): "HR",
}
"""Members of the European Union by accession; no document here is older than 1995."""

_LEFT = {"GB": date(2021, 1, 1)}
"""When Union VAT law ended: for the United Kingdom, with the transition (Withdrawal Agreement, art. 126 and 127)."""

_COUNTED_AS = {"MC": "FR", "IM": "GB"}
"""Monaco and the Isle of Man count as their neighbours (Directive 2006/112/EC, art. 7)."""

_APART = {
    "ES": (("35", "Canarias"), ("38", "Canarias"), ("51", "Ceuta"), ("52", "Melilla")),
    "DE": (("27498", "Helgoland"), ("78266", "Büsingen")),
    "FI": (("22", "Åland"),),
    "FR": (("97", "outre-mer"), ("98", "outre-mer")),
    "GR": (("63086", "Athos"),),
    "IT": (("22061", "Campione"), ("23041", "Livigno")),
}
"""Postcodes of member states that Union VAT does not reach (Directive 2006/112/EC, art. 6; Law 37/1992, art. 3)."""

_SPANISH_RATES = (
    (date(2012, 9, 1), Decimal(21)),  # Royal Decree-Law 20/2012, art. 23
    (date(2010, 7, 1), Decimal(18)),  # Law 26/2009, art. 79
    (date.min, Decimal(16)),  # Law 41/1994, art. 78, from 1995 on
)
"""The general rate of Law 37/1992, art. 90, by the first day it held."""


class NoTaxRate(Refusal):
    """A vendor outside Spain whose record gives no `standard_rate`."""

    message = N_(
        "The issuer's data gives no standard tax rate. Nothing was invoiced. Set standard_rate for the vendor."
    )


class Treatment(msgspec.Struct, frozen=True):
    """How a supply is taxed: `rate` in per cent; `mention` is the catalogue sentence the document must carry, or ''."""

    category: TaxCategory
    rate: Decimal
    mention: str = ""


def treatment(vendor: Vendor, account: Account, on: date) -> Treatment:
    """How a service that `vendor` supplies to `account` on day `on` is taxed.

    Raises `NoTaxRate` where the vendor's domestic rate is needed and not known.
    """
    home, there = _territory(vendor.party.address), _territory(account.address)
    if account.tax_exempt:
        return _untaxed(TaxCategory.EXEMPT)
    if there == home:
        return Treatment(TaxCategory.STANDARD, _domestic_rate(vendor, home, on))
    if not (_member(home, on) and _member(there, on)):
        return _untaxed(TaxCategory.OUTSIDE)
    if _has_vat_number(account, there):
        return _untaxed(TaxCategory.REVERSE_CHARGE)
    return Treatment(TaxCategory.STANDARD, _domestic_rate(vendor, home, on))


def _untaxed(category: TaxCategory) -> Treatment:
    return Treatment(category, Decimal(0), MENTIONS[category])


def _territory(address: Address) -> str:
    """The country, or the part of it that stands apart. Every part is foreign to every other."""
    country = _COUNTED_AS.get(address.country, address.country)
    postcode = re.sub(r"\D", "", address.postcode)
    return next((part for prefix, part in _APART.get(country, ()) if postcode.startswith(prefix)), country)


def _member(territory: str, on: date) -> bool:
    joined = any(since <= on and territory in members.split() for since, members in _JOINED.items())
    return joined and on < _LEFT.get(territory, date.max)


def _domestic_rate(vendor: Vendor, home: str, on: date) -> Decimal:
    if home == "ES":
        return next(rate for since, rate in _SPANISH_RATES if since <= on)
    if vendor.standard_rate is None:
        raise NoTaxRate
    return vendor.standard_rate


def _has_vat_number(account: Account, country: str) -> bool:
    if not account.tax_id:
        return False
    try:
        check_tax_id(account.tax_id, country)
    except TaxIdWrong:
        return False
    return True
