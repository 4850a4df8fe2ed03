"""Prove that the books of a store agree with themselves; every record that does not is named."""

from __future__ import annotations

from collections.abc import Iterator

from billing.invariants import Fault, faults
from billing.kinds import KINDS
from billing.record import R
from billing.store import Reading, Store

PAGE = 1000
"""How many records are read at a time."""


def verify(store: Store) -> Iterator[Fault]:
    """Everything wrong in a store, from one consistent view: within the records first, then between them."""
    with store.read() as books:
        records = {kind: tuple(_every(books, kind)) for kind in KINDS}
    yield from faults(records)


def _every(books: Reading, kind: type[R]) -> Iterator[R]:
    rows = books.every(kind, limit=PAGE)
    while rows:
        yield from rows
        rows = books.every(kind, after=rows[-1].id, limit=PAGE)
