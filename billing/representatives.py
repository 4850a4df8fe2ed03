"""The vendor's people at the enterprise counter: who looks after which accounts, and how far each may go alone."""

from __future__ import annotations

from typing import ClassVar

from billing.accounts import Account, Role
from billing.record import Index, Record
from billing.store import Reading


class Representative(Record, frozen=True, kw_only=True):
    """Somebody of the vendor; the id is the person's. Name and address are the `Person`'s."""

    kind: ClassVar[str] = "representatives"
    indexes: ClassVar[tuple[Index, ...]] = (Index("team", lambda r: [(r.team, r.id)]),)

    team: str
    lead: bool = False
    """Leads the team: sees all its accounts, and approves what goes beyond the limits of the others."""
    most_discount: int = 0
    """The discount, in per cent of the list price, up to which they quote without their lead."""

    @property
    def role(self) -> Role:
        """What they are at their accounts."""
        return Role.LEAD if self.lead else Role.REPRESENTATIVE


def serves(books: Reading, representative: Representative, account: Account) -> bool:
    """Whether the account is theirs, or their team's where they lead it."""
    if not account.representative_id:
        return False
    if account.representative_id == representative.id:
        return True
    return representative.lead and books.get(Representative, account.representative_id).team == representative.team
