"""Payments without a final answer: their invoices cannot be paid again until there is one."""

from __future__ import annotations

from billing.charges import UNSETTLED, Charge, ChargeState
from billing.desk import Desk
from billing.permissions import Act
from billing.store import Span

MOST = 50
"""Attempts of a day or two; older ones were looked up by the nightly run."""


def under_way(desk: Desk) -> tuple[Charge, ...]:
    """Attempts that may still become anything, newest first. A bank debit on its way is booked and not among them."""
    with desk.read(Act.PAY) as books:
        rows = books.find(Charge, Span("account"), descending=True, limit=MOST).rows
    return tuple(c for c in rows if c.state in UNSETTLED and c.state is not ChargeState.PROCESSING)
