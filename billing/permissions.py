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
    SEE_CONTACTS = auto()
    """Who is on the account, and what each may do."""
    CHANGE_CONTACTS = auto()
    """Invite, change, replace and remove people (M10)."""
    SEE_ORDERS = auto()
    """Purchase orders: what was drawn, what remains, what will be drawn (M11)."""
    CHANGE_ORDERS = auto()
    """Enter and edit purchase orders, attach them to subscriptions, close them."""
    SEE_QUOTES = auto()
    """Quotes, their revisions and comments (M12)."""
    NEGOTIATE = auto()
    """For the customer: request a quote, comment on it, make a counter-offer."""
    APPROVE_QUOTE = auto()
    """For the customer: say that a quote above the account's threshold may be accepted."""
    ACCEPT_QUOTE = auto()
    """For the customer: accept or decline a quote."""
    SEE_AUDIT = auto()
    """Who did what on the account."""
    PRICE_QUOTE = auto()
    """For the vendor: open a quote, price it, reply, withdraw it."""
    APPROVE_DISCOUNT = auto()
    """For the vendor: let a discount beyond a representative's limit out."""
    CREDIT_INVOICE = auto()
    """For the vendor: issue a credit note with its reason."""
    CHANGE_TERMS = auto()
    """For the vendor: whether the account needs purchase orders, and how its invoices are put together."""
    REASSIGN = auto()
    """For the vendor: give the account to another representative."""


_MEMBER = frozenset({Act.SEE_BILLING_CONTACT, Act.ASK_BILLING_CONTACT})
_READERS = _MEMBER | {
    Act.SEE_ACCOUNT, Act.SEE_INVOICES, Act.MAIL_INVOICE, Act.READ_NOTICES, Act.CHOOSE_MAIL, Act.SEE_PAYMENT_METHODS,
    Act.SEE_CONTACTS, Act.SEE_ORDERS, Act.SEE_QUOTES,
}  # fmt: skip
_PAYER = _READERS | {Act.PAY, Act.CHANGE_PAYMENT_METHODS, Act.CHANGE_ORDERS}
_APPROVER = _READERS | {Act.NEGOTIATE, Act.APPROVE_QUOTE}
_REPRESENTATIVE = frozenset({
    Act.SEE_ACCOUNT, Act.SEE_INVOICES, Act.SEE_CONTACTS, Act.SEE_BILLING_CONTACT, Act.SEE_ORDERS, Act.CHANGE_ORDERS,
    Act.SEE_QUOTES, Act.SEE_AUDIT, Act.PRICE_QUOTE, Act.CREDIT_INVOICE, Act.CHANGE_TERMS,
})  # fmt: skip
_LEAD = _REPRESENTATIVE | {Act.APPROVE_DISCOUNT, Act.REASSIGN}
_VENDOR_ONLY = frozenset({Act.PRICE_QUOTE, Act.CREDIT_INVOICE, Act.CHANGE_TERMS, Act.APPROVE_DISCOUNT, Act.REASSIGN})

ALLOWED: dict[Role, frozenset[Act]] = {
    # Four eyes: what needs an approver is not approved by whoever accepts it.
    Role.OWNER: frozenset(Act) - _VENDOR_ONLY - {Act.APPROVE_QUOTE},
    Role.PAYER: _PAYER,
    Role.APPROVER: _APPROVER,
    Role.VIEWER: _READERS,
    Role.MEMBER: _MEMBER,
    Role.REPRESENTATIVE: _REPRESENTATIVE,
    Role.LEAD: _LEAD,
}
"""Role by role. A member uses the product but has no billing rights (M7). The vendor's people move no money."""
