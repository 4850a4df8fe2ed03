"""How often one person may do what reaches other people, so that the counter is nobody's mail cannon (ASVS 2.3.2)."""

from __future__ import annotations

from datetime import timedelta

from billing.audit import AuditEvent
from billing.desk import AccountWriting
from billing.errors import N_, Refusal
from billing.store import Span

HOUR = timedelta(hours=1)
MOST_LOOKED_AT = 1000


class TooOften(Refusal):
    """The person did this as often as is allowed in an hour."""

    message = N_("You have sent {most} messages within an hour. Nothing was sent. Wait a while, then send it again.")


def require_pace(books: AccountWriting, most: int) -> None:
    """Raise `TooOften` where this person did this act `most` times within the last hour.

    Counted in the account's audit trail, in the transaction that adds to it: two sessions cannot both be the last.
    """
    desk, act = books.desk, books.act.name.lower()
    since = (desk.clock() - HOUR).isoformat()
    events = books.find(AuditEvent, Span("account", low=since), descending=True, limit=MOST_LOOKED_AT).rows
    if sum(e.act == act and e.person_id == desk.person.id for e in events) >= most:
        raise TooOften(most=most)
