"""What somebody had typed into a form when their visit was cut short: kept for them alone, and offered once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import msgspec

from billing.desk import Desk
from billing.errors import NotFound
from billing.permissions import Act
from billing.record import Id, Index, Record, changed
from billing.store import Span

KEPT_FOR = timedelta(days=7)
MOST_FIELDS = 80
LONGEST_FIELD = 2000
"""Characters; what is longer than any form's longest field is no form's."""


class FormDraft(Record, frozen=True, kw_only=True):
    """The fields of one form, by their names in it."""

    kind: ClassVar[str] = "form_drafts"
    indexes: ClassVar[tuple[Index, ...]] = (Index("account", lambda d: [(d.account_id, d.kept_at.isoformat(), d.id)]),)

    account_id: Id
    person_id: Id
    form: str
    """Which form, and what it was about."""
    values: dict[str, str] = msgspec.field(default_factory=dict)
    kept_at: datetime


def keep_draft(desk: Desk, form: str, values: Mapping[str, str]) -> None:
    """Keep what a person typed; it takes the place of what they typed there before."""
    short = {name: value[:LONGEST_FIELD] for name, value in list(values.items())[:MOST_FIELDS]}
    now = desk.clock().astimezone(UTC)
    with desk.write(Act.SEE_ACCOUNT) as books:
        old = Span("account", high=(now - KEPT_FOR).isoformat())
        for forgotten in books.find(FormDraft, old, limit=5).rows:
            books.ledger.remove(forgotten)
        draft_id = _id(desk, form)
        try:
            draft = changed(books.get(FormDraft, draft_id), values=short, kept_at=now)
        except NotFound:
            draft = FormDraft(
                id=draft_id, account_id=desk.account.id, person_id=desk.person.id, form=form, values=short, kept_at=now
            )
        books.put(draft)


def take_draft(desk: Desk, form: str) -> FormDraft | None:
    """What the person had typed there in the last days, taken out: whoever offers it holds it. None for nothing."""
    draft_id = _id(desk, form)
    with desk.read(Act.SEE_ACCOUNT) as books:
        try:
            books.get(FormDraft, draft_id)
        except NotFound:
            return None
    with desk.write(Act.SEE_ACCOUNT) as writing:
        draft = writing.get(FormDraft, draft_id)
        writing.ledger.remove(draft)
    return draft if desk.clock() - draft.kept_at < KEPT_FOR else None


def _id(desk: Desk, form: str) -> Id:
    """One for each person, counter, account and form: nobody finds another's."""
    parts = "\0".join((desk.account.id, desk.person.id, desk.counter.value, form))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]
