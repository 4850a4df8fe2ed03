"""What a plan is offered at: its price for each frequency, and what being billed less often saves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from billing.catalogue import Plan
from billing.desk import Desk
from billing.money import half_up
from billing.periods import Frequency
from billing.permissions import Act
from billing.proration import PERIODS_A_YEAR, yearly_price
from billing.record import Id


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to pay for a licence. `amount` is minor units for one period, before tax."""

    frequency: Frequency
    amount: int
    saving: int
    """Whole per cent that a year costs less than billed monthly, rounded down; 0 where it costs no less."""


def offers(plan: Plan, currency: str) -> tuple[Offer, ...]:
    """The plan's prices in a currency, the most frequent first, which is compared to where none is monthly."""
    prices = {p.frequency: p.amount for p in plan.prices if p.currency == currency}
    known = sorted(prices, key=lambda f: -PERIODS_A_YEAR[f])
    if not known:
        return ()
    base = Frequency.MONTHLY if Frequency.MONTHLY in prices else known[0]
    most = yearly_price(1, prices[base], base)
    return tuple(Offer(f, prices[f], _saving(most, yearly_price(1, prices[f], f))) for f in known)


def _saving(most: Fraction, year: Fraction) -> int:
    return int((most - year) * 100 / most) if most > year else 0


def period_price(quantity: int, unit_price: int, discount_percent: int = 0) -> int:
    """What so many licences cost for a whole period before tax, rounded as on the invoice."""
    return half_up(Fraction(quantity * unit_price * (100 - discount_percent), 100))


def plan_of(desk: Desk, plan_id: Id) -> Plan:
    """A plan by its id, also one that is not offered any more: who has it keeps it."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        return books.get(Plan, plan_id)
