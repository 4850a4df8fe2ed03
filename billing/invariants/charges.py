"""Attempts to take money: what their state says is what was paid, and no two may succeed for one debt (I12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billing.accounts import Account
from billing.charges import UNSETTLED, Charge, ChargeState
from billing.invariants.faults import Fault, Records, named, of
from billing.payments import Payment
from billing.record import Id

_BOOKED = (ChargeState.SUCCEEDED, ChargeState.PROCESSING)


def charge_faults(records: Records) -> Iterator[Fault]:
    """Payments of each charge and invoice; one attempt under way at a time."""
    currencies = {account.id: account.currency for account in of(records, Account)}
    paid: dict[tuple[Id, Id], int] = defaultdict(int)
    for payment in of(records, Payment):
        if payment.charge_id:
            # What its invoice no longer needed went on to the account's credit, as a payment without the charge.
            paid[payment.charge_id, payment.invoice_id] += payment.amount
    under_way: dict[Id, Id] = {}
    for charge in of(records, Charge):
        if charge.currency != (currency := currencies[charge.account_id]):
            yield named(charge), "currency", f"the account's is {currency}"
        for share in charge.shares:
            found = paid.pop((charge.id, share.invoice_id), 0)
            if found != (share.amount if charge.state in _BOOKED else 0):
                yield named(charge), "state", f"is {charge.state.value}, and its payments sum to {found}"
            if charge.state in UNSETTLED and charge.state not in _BOOKED:
                other = under_way.setdefault(share.invoice_id, charge.id)
                if other != charge.id:
                    yield named(charge), "state", f"is under way beside {other} for one invoice"
    for charge_id, invoice_id in paid:
        yield f"{Charge.kind} {charge_id}", "shares", f"a payment of {invoice_id} is none of its parts"
