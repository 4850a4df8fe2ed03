"""Accounts, the people on them, and what each person's role is."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import ClassVar

from billing.outbox import MailKind
from billing.record import Id, Index, Record
from billing.vendor import Address


class AccountType(Enum):
    """How an account is looked after: by itself at the Billing Center, or with a representative at the portal."""

    SELF_SERVICE = "self_service"
    CORPORATE = "corporate"


class Standing(Enum):
    """How an account stands with its payments; what each step brings is the vendor's data (`Vendor.dunning`)."""

    GOOD = "good"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class Account(Record, frozen=True, kw_only=True):
    """A customer. `currency` holds for all its invoices; `language` for its documents."""

    kind: ClassVar[str] = "accounts"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("name", lambda a: [(a.name,)]),
        Index("representative", lambda a: [(a.representative_id, a.name)] if a.representative_id else [], shared=True),
        Index("parent", lambda a: [(a.parent_id, a.name)] if a.parent_id else [], shared=True),
    )

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
    representative_id: Id = ""
    """Who looks after it on the vendor's side; empty for self-service accounts."""
    parent_id: Id = ""
    """The account it is a branch of: whoever is on that one is the same on this one."""
    pays_for_branches: bool = False
    """For a parent account: its branches' renewals are invoiced to it."""
    consolidated: bool = False
    """Renewals of one day are one invoice, where they have the same purchase order."""
    order_required: bool = False
    """Whether every invoice needs a purchase order; without one it waits."""
    approval_above: int | None = None
    """A quote for more than this in its whole term, in minor units before tax, needs an approver; None for never."""
    contract: str = ""
    """The frame contract's reference, printed on its invoices."""
    user_id: str = ""
    """The enterprise user ID printed on its invoices (M13); empty for self-service accounts."""
    tax_exempt: bool = False
    """Whether this customer was granted an exemption, such as an embassy's (Directive 2006/112, art. 151)."""
    invoice_notes: str = ""
    """What the customer wants printed on each invoice, such as a cost centre."""
    copies_to: tuple[str, ...] = ()
    """Addresses beyond the account's people that receive each invoice."""
    default_method_id: Id = ""
    gateway_customer: str = ""
    """The payment gateway's reference for this account."""
    credit: int = 0
    """What the account has in hand, in minor units: the sum of its entries in the journal's credit ledger."""
    standing: Standing = Standing.GOOD

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
    REPRESENTATIVE = "representative"
    """The vendor's side, for the accounts they look after. Never a membership: see `billing.representatives`."""
    LEAD = "lead"
    """A representative who leads a team, for all accounts of the team."""


CUSTOMER_ROLES = (Role.OWNER, Role.PAYER, Role.APPROVER, Role.VIEWER, Role.MEMBER)
"""What a person can be on an account."""


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
    mails: tuple[MailKind, ...] | None = None
    """Which mail the person chose to receive; None for what their role receives."""
