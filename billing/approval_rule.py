"""The customer's own rule for its quotes: above which sum one of its approvers has to agree before one is accepted."""

from __future__ import annotations

from billing.accounts import Account
from billing.audit import Change
from billing.desk import Desk
from billing.errors import N_, Refusal
from billing.money import Money
from billing.permissions import Act
from billing.record import changed


class BelowNothing(Refusal):
    """A threshold below zero."""

    message = N_("The amount cannot be below zero. Nothing was saved. Write 0 to have every quote approved.")
    field = "threshold"


def set_threshold(desk: Desk, minor: int | None) -> Account:
    """Have quotes above this sum, before tax in their term and in minor units, approved first; None for no quote.

    It is for whoever accepts quotes, and who cannot approve one: two people agree to what is above it.
    """
    if minor is not None and minor < 0:
        raise BelowNothing
    with desk.write(Act.ACCEPT_QUOTE) as books:
        account = books.get(Account, desk.account.id)
        if account.approval_above == minor:
            return account
        texts = [
            "" if above is None else str(Money(above, account.currency).minor)
            for above in (account.approval_above, minor)
        ]
        account = books.put(changed(account, approval_above=minor))
        books.record(
            N_("Changed from which sum a quote needs an approver."), account.id, (Change("approval_above", *texts),)
        )
        return account
