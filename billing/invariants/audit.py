"""An account's audit trail is one chain without a gap, each event is what it was, and the head says where it ends.

What no chain can show is said in docs/data-format.md: somebody who may write the whole store can write a new chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billing.audit import AuditEvent, AuditHead, digest
from billing.invariants.faults import Fault, Records, named, of
from billing.record import Id


def audit_faults(records: Records) -> Iterator[Fault]:
    """Every place where a chain breaks: an event changed, taken out, put in or moved; an end that was cut off."""
    trails: dict[Id, list[AuditEvent]] = defaultdict(list)
    for event in of(records, AuditEvent):
        trails[event.account_id].append(event)
    heads: dict[Id, AuditHead] = {}
    for head in of(records, AuditHead):
        if head.id != head.account_id:
            yield named(head), "id", "must be the account's"
        heads[head.account_id] = head
    for account_id in sorted({*trails, *heads}):
        trail = sorted(trails[account_id], key=lambda event: (event.number, event.id))
        yield from _chain(trail)
        yield from _end(heads.get(account_id), trail)


def _chain(trail: list[AuditEvent]) -> Iterator[Fault]:
    previous = ""
    for number, event in enumerate(trail, start=1):
        if event.number != number:
            yield named(event), "number", f"is {event.number} where {number} must follow"
            return  # everything after it is out of place too
        if event.previous != previous:
            yield named(event), "previous", "is not the hash of the event before it"
        if event.hash != digest(event):
            yield named(event), "hash", "is not that of what the event says"
        previous = event.hash


def _end(head: AuditHead | None, trail: list[AuditEvent]) -> Iterator[Fault]:
    if head is None:
        yield named(trail[-1]), "account_id", "has no audit head, so the end may have been cut off"
    elif head.number != len(trail) or head.hash != (trail[-1].hash if trail else ""):
        yield named(head), "hash", "is not where the trail ends"
