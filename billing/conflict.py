"""Two people edit one record: what both can keep is put together, what they disagree on is shown to be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from billing.errors import Refusal

T = TypeVar("T", bound=Struct)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field that both changed: what was read, what is stored now, and what was typed."""

    field: str
    base: Any
    theirs: Any
    mine: Any


class Conflict(Refusal):
    """Somebody else changed the same fields. `proposal` holds both sides' other changes, and theirs where they differ.

    To go on: choose for each disagreement, and save based on revision `based_on`.
    """

    def __init__(
        self,
        disagreements: tuple[Disagreement, ...],
        proposal: Any,
        *,
        based_on: int,
        who: str,
        at: datetime,
        **values: Any,
    ) -> None:
        super().__init__(who=who, **values)
        self.disagreements = disagreements
        self.proposal = proposal
        self.based_on = based_on
        self.at = at


def merged(base: T, theirs: T, mine: T) -> tuple[T, tuple[Disagreement, ...]]:
    """Three versions of a record put together (as `diff3` does): each field as whoever changed it wrote it.

    Fields that both changed to different things are left as theirs, and listed.
    """
    fields: dict[str, Any] = {}
    found = []
    for name in base.__struct_fields__:
        was, stored, typed = getattr(base, name), getattr(theirs, name), getattr(mine, name)
        if typed in (was, stored):
            continue
        if stored == was:
            fields[name] = typed
        else:
            found.append(Disagreement(name, was, stored, typed))
    return replace(theirs, **fields), tuple(found)
