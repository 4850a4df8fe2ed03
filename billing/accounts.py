"""Accounts, the people on them, and what each person's role is."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import ClassVar

from billing.record import Id, Index, Record
from billing.vendor import Address


class AccountType(Enum):
    """How an account is looked after: by itself at the Billing Center, or with a representative at the portal."""

    SELF_SERVICE = "self_service"
    CORPORATE = "corporate"


class Account(Record, frozen=True, kw_only=True):
    """A customer. `currency` holds for all its invoices; `language` for its documents."""

    kind: ClassVar[str] = "accounts"
    indexes: ClassVar[tuple[Index, ...]] = (Index("name", lambda a: [(a.name,)]),)

    type: AccountType
    name: str
    address: Address
    tax_id: str = ""
    email: str
    currency: str
    language: str
    time_zone: str
    since: date
    payment_days: int = 0
    """Days from issue to the due date; 0 where the payment method is charged at once."""
    representative: str = ""

    @property
    def owner(self) -> Id | None:
        """An account belongs to itself."""
        return self.id


class Person(Record, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    kind: ClassVar[str] = "people"

    name: str
    email: str
    language: str = ""


class Role(Enum):
    """What a person is on one account."""

    OWNER = "owner"
    """The billing contact."""
    PAYER = "payer"
    APPROVER = "approver"
    VIEWER = "viewer"
    MEMBER = "member"
    """Uses the product; has no billing rights."""


class Membership(Record, frozen=True, kw_only=True):
    """One person's role on one account."""

    kind: ClassVar[str] = "memberships"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("account", lambda m: [(m.account_id, m.role.value, m.person_id)]),
        Index("person", lambda m: [(m.person_id, m.account_id)], unique=True),
    )

    account_id: Id
    person_id: Id
    role: Role
