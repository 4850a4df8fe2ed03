"""The billing contacts of an account: whom a member may ask (M7)."""

from __future__ import annotations

from billing.accounts import Person, Role
from billing.desk import Desk
from billing.permissions import Act


def billing_contacts(desk: Desk) -> tuple[Person, ...]:
    """The people who own the account's billing."""
    with desk.read(Act.SEE_BILLING_CONTACT) as books:
        return books.people(Role.OWNER)
