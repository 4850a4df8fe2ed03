"""Everything the people of the demonstration did at desks, in the order of its days."""

from __future__ import annotations

from datetime import date

from billing.store import Store
from tui.demo.floor import Floor
from tui.demo.negotiations import QUOTES
from tui.demo.purchases import ORDERS


def met(store: Store, day: date) -> None:
    """Do what was done on a day: orders before the quotes that need them."""
    floor = Floor(store, day)
    for deed in (*ORDERS.get(day, ()), *QUOTES.get(day, ())):
        floor.today = day
        deed(floor)
