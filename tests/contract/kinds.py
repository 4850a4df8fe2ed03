"""Two small kinds of record for the tests of backends."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from billing.record import Index, Record


class Note(Record, frozen=True, kw_only=True):
    """Found by shelf and day, by its unique tag where it has one, and by each of its words."""

    kind: ClassVar[str] = "notes"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("shelf", lambda n: [(n.shelf, n.day, n.title)]),
        Index("tag", lambda n: [(n.tag,)] if n.tag else [], unique=True),
        Index("words", lambda n: [(n.shelf, word) for word in sorted(set(n.title.split()))]),
    )

    shelf: str
    day: date
    title: str = ""
    tag: str = ""


class Tally(Record, frozen=True, kw_only=True):
    """A number, and whose it is."""

    kind: ClassVar[str] = "tallies"

    account_id: str = ""
    value: int = 0


KINDS: tuple[type[Record], ...] = (Note, Tally)


def note(name: str, *, shelf: str = "a", day: int = 1, title: str = "", tag: str = "") -> Note:
    """A note for the tests: day 1 is 1 January 2026."""
    return Note(id=name, shelf=shelf, day=date.fromordinal(date(2025, 12, 31).toordinal() + day), title=title, tag=tag)
