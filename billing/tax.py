"""Tax on a document, as EN 16931 computes it: lines are summed per category and rate, and each group rounds once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Protocol

import msgspec

from billing.errors import N_
from billing.money import half_up


class TaxCategory(Enum):
    """UNCL 5305 as restricted by EN 16931: how a supply is treated."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    EXPORT = "G"
    OUTSIDE = "O"


MENTIONS = {
    TaxCategory.EXEMPT: N_("Exempt from VAT"),
    TaxCategory.REVERSE_CHARGE: N_("Reverse charge: VAT is owed by the customer (Directive 2006/112/EC, art. 196)"),
    TaxCategory.EXPORT: N_("Export outside the European Union, exempt from VAT"),
    TaxCategory.OUTSIDE: N_("Not subject to Spanish VAT: supplied outside its territory (Law 37/1992, art. 69)"),
}
"""What the document must say where no tax is charged (RD 1619/2012, art. 6.1 j and m)."""


class Taxed(Protocol):
    """Anything with a net amount in minor units, a category and a rate in per cent."""

    @property
    def net(self) -> int:
        """Minor units before tax."""
        ...

    @property
    def category(self) -> TaxCategory:
        """How the supply is treated."""
        ...

    @property
    def rate(self) -> Decimal:
        """Per cent: 21 is 21 %."""
        ...


class Adjustment(msgspec.Struct, frozen=True):
    """A document-level allowance (negative) or charge (positive), in minor units."""

    net: int
    category: TaxCategory
    rate: Decimal
    reason: str = ""


class TaxGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One category and rate of a document: the base and the tax on it, in minor units."""

    category: TaxCategory
    rate: Decimal
    net: int
    tax: int


class TaxTotals(msgspec.Struct, frozen=True):
    """A document's sums in minor units. `gross` is `net` + `tax`; `tax` is the sum of the groups' (BR-CO-14, 15)."""

    groups: tuple[TaxGroup, ...]
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """What is to be paid in all."""
        return self.net + self.tax


def tax_totals(lines: Iterable[Taxed], adjustments: Iterable[Taxed] = ()) -> TaxTotals:
    """Sum a document. Tax is rounded once per (category, rate) group, half up (BR-CO-17).

    Groups come highest rate first. A negative group (a credit) rounds away from zero too, so that a credit note
    mirrors its invoice.
    """
    sums: dict[tuple[TaxCategory, Decimal], int] = {}
    for part in (*lines, *adjustments):
        key = (part.category, _plain(part.rate))
        sums[key] = sums.get(key, 0) + part.net
    groups = tuple(
        TaxGroup(category, rate, net, half_up(net * Fraction(rate) / 100))
        for (category, rate), net in sorted(sums.items(), key=lambda item: (-item[0][1], item[0][0].value))
    )
    return TaxTotals(groups, sum(g.net for g in groups), sum(g.tax for g in groups))


def _plain(rate: Decimal) -> Decimal:
    """The rate without needless zeros or an exponent: 10.00 is 10, not 1E+1."""
    return rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate.normalize()
