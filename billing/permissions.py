"""Who may do what: the one table of roles and acts. Everything else asks it through the desk."""

from __future__ import annotations

from enum import Enum, auto

from billing.accounts import Role


class Act(Enum):
    """Something a person can do at the counter."""

    SEE_ACCOUNT = auto()
    """Overview: plan, renewal, what is owed."""
    SEE_INVOICES = auto()
    """The history, each document, its PDF and print."""
    SEE_BILLING_CONTACT = auto()
    """Whom to ask: name and address of the billing contact."""


_READERS = frozenset({Act.SEE_ACCOUNT, Act.SEE_INVOICES, Act.SEE_BILLING_CONTACT})

ALLOWED: dict[Role, frozenset[Act]] = {
    Role.OWNER: _READERS,
    Role.PAYER: _READERS,
    Role.APPROVER: _READERS,
    Role.VIEWER: _READERS,
    Role.MEMBER: frozenset({Act.SEE_BILLING_CONTACT}),
}
"""Role by role. A member uses the product but has no billing rights (M7)."""
