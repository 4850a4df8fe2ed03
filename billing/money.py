"""Money: integer minor units and an ISO 4217 currency. No float anywhere; nothing is converted or netted across."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def exponent(currency: str) -> int:
    """How many decimal places a currency's minor unit has (ISO 4217, list one): JPY 0, EUR 2, KWD 3."""
    return _EXPONENTS.get(currency, 2)


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum: always a defect in the program, never a person's mistake."""


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in minor units (cents, yen) of one currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor


def half_up(amount: Fraction) -> int:
    """Round to an integer, ties away from zero (EN 16931; Kill Bill ROUND_HALF_UP): 365.125 € is 36513 cents."""
    magnitude = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return magnitude if amount >= 0 else -magnitude


def split(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share `amount` in proportion to `weights` (none negative); the parts sum to it exactly.

    Left-over units go to the largest remainders, ties in order (the largest remainder method).
    Where every weight is zero the shares are equal.
    """
    if not weights:
        return ()
    total = sum(weights)
    shares = [Fraction(amount * (w if total else 1), total or len(weights)) for w in weights]
    parts = [share.numerator // share.denominator for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return tuple(parts)
