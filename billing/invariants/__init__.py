"""What must hold in the books, in whatever store or file they are: within each record, and between them.

One file for each topic. Each fault names the record, the field, and what is wrong. A data file is held to all of it
before it is taken, and `billing.verify` holds a store to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from billing.invariants.audit import audit_faults
from billing.invariants.charges import charge_faults
from billing.invariants.faults import Fault, Records
from billing.invariants.journal import journal_faults
from billing.invariants.numbering import numbering_faults
from billing.invariants.orders import order_faults
from billing.invariants.periods import period_faults
from billing.invariants.quotes import quote_faults
from billing.invariants.references import record_faults
from billing.invariants.settlement import settlement_faults

__all__ = ["Fault", "Records", "faults"]

_STAGES: tuple[tuple[Callable[[Records], Iterator[Fault]], ...], ...] = (
    (record_faults,),
    (settlement_faults, numbering_faults),
    (journal_faults, period_faults, charge_faults, quote_faults, order_faults, audit_faults),
)
"""What comes later takes for granted that nothing earlier was wrong."""


def faults(records: Records) -> Iterator[Fault]:
    """Everything wrong: record by record first; only where each is sound, what is between them."""
    for stage in _STAGES:
        sound = True
        for rule in stage:
            for fault in rule(records):
                sound = False
                yield fault
        if not sound:
            return
