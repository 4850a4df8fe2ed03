"""Who may do what: the one table of roles and acts. Everything else asks it through the desk."""

from __future__ import annotations

from enum import Enum, auto

from billing.accounts import Role


class Act(Enum):
    """Something a person can do at the counter."""

    SEE_ACCOUNT = auto()
    """Overview: plan, renewal, what is owed, the timeline, the catalogue, notices."""
    SEE_INVOICES = auto()
    """The history, each document, its PDF and print, the statement of account."""
    SEE_BILLING_CONTACT = auto()
    """Whom to ask: name and address of the billing contact."""
    ASK_BILLING_CONTACT = auto()
    """Write to the billing contact (M8)."""
    MAIL_INVOICE = auto()
    """Have a document sent by mail."""
    CHANGE_SUBSCRIPTION = auto()
    """Add a plan; change plan, licences and frequency; cancel and undo."""
    SEE_PAYMENT_METHODS = auto()
    CHANGE_PAYMENT_METHODS = auto()
    PAY = auto()
    """Pay invoices now."""
    CHANGE_BILLING_INFORMATION = auto()
    READ_NOTICES = auto()
    """Mark notices as read."""
    CHOOSE_MAIL = auto()
    """Choose which mail oneself receives."""
    CHOOSE_MAIL_FOR_OTHERS = auto()


_MEMBER = frozenset({Act.SEE_BILLING_CONTACT, Act.ASK_BILLING_CONTACT})
_READERS = _MEMBER | {
    Act.SEE_ACCOUNT, Act.SEE_INVOICES, Act.MAIL_INVOICE, Act.READ_NOTICES, Act.CHOOSE_MAIL, Act.SEE_PAYMENT_METHODS,
}  # fmt: skip
_PAYER = _READERS | {Act.PAY, Act.CHANGE_PAYMENT_METHODS}

ALLOWED: dict[Role, frozenset[Act]] = {
    Role.OWNER: frozenset(Act),
    Role.PAYER: _PAYER,
    Role.APPROVER: _READERS,
    Role.VIEWER: _READERS,
    Role.MEMBER: _MEMBER,
}
"""Role by role. A member uses the product but has no billing rights (M7)."""
