"""Paying now: one invoice, several, or part of one, with a method of the account's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.accounts import Account
from billing.charges import Charge, ChargeState, Share
from billing.collecting import ask, begin, book, in_flight
from billing.desk import Desk
from billing.errors import N_, NotFound, Refusal
from billing.invoices import Invoice
from billing.money import Money
from billing.payment_gateway import PaymentGateway
from billing.payment_methods import PaymentMethod
from billing.permissions import Act
from billing.record import Id
from billing.store import Span

MOST_OPEN = 200
"""Open invoices that are offered to be paid at once."""


class NoMethod(Refusal):
    """There is nothing to pay with."""

    message = N_("There is no payment method that can be charged. Nothing was charged. Add one first.")


class KeyReused(Refusal):
    """The same idempotency key with another payment."""

    message = N_("This payment was already asked for with other amounts. Nothing more was charged. Start again.")


@dataclass(frozen=True, slots=True)
class Payable:
    """An open invoice: what is owed, and what of it is being taken at this moment."""

    invoice: Invoice
    under_way: int

    @property
    def due(self) -> int:
        """What can be paid now, in minor units."""
        return 0 if self.under_way else self.invoice.due


@dataclass(frozen=True, slots=True)
class Till:
    """What is to pay and with what."""

    today: date
    payables: tuple[Payable, ...]
    methods: tuple[PaymentMethod, ...]
    default_method_id: Id
    credit: Money

    @property
    def total(self) -> Money:
        """Everything that can be paid now."""
        return Money(sum(p.due for p in self.payables), self.credit.currency)


def till(desk: Desk) -> Till:
    """The open invoices, the longest due first, and the methods that can be charged."""
    with desk.write(Act.PAY) as books:
        account = books.get(Account, desk.account.id)
        rows = books.find(Invoice, Span("due"), limit=MOST_OPEN).rows
        methods = books.find(PaymentMethod, Span("account"), limit=MOST_OPEN).rows
        return Till(
            today=desk.today,
            payables=tuple(Payable(i, in_flight(books.ledger, i)) for i in rows),
            methods=tuple(m for m in methods if m.usable_on(desk.today)),
            default_method_id=account.default_method_id,
            credit=Money(account.credit, account.currency),
        )


def pay(desk: Desk, gateway: PaymentGateway, shares: tuple[Share, ...], method_id: Id, *, key: Id) -> Charge:
    """Charge a method for these parts of invoices. With the same `key` it happens once, however often it is asked for.

    The charge that comes back may have failed, need the customer, or be unknown: its state says so. Raises `NoMethod`,
    `TooMuch`, `AlreadyUnderWay` or `KeyReused`.
    """
    with desk.write(Act.PAY) as books:
        account = books.get(Account, desk.account.id)
        try:
            charge = books.get(Charge, key)
        except NotFound:
            method = books.get(PaymentMethod, method_id)
            if not shares or not method.usable_on(desk.today):
                raise NoMethod from None
            charge = begin(books.ledger, key, account, method, shares, desk.clock(), automatic=False)
            amount = Money(charge.amount, charge.currency)
            message = N_("Asked to pay {amount} with {method}.")
            books.record(message, shares[0].invoice_id, amount=amount, method=method.label)
        else:
            if charge.shares != shares or charge.method_id != method_id:
                raise KeyReused
            method = books.get(PaymentMethod, method_id)
        number = books.get(Invoice, shares[0].invoice_id).number
    if charge.state is not ChargeState.SENT:
        return charge
    outcome = ask(gateway, account, method, charge, number)
    with desk.write(Act.PAY) as books:
        return book(books.ledger, charge.id, outcome, desk.clock())


def watch(desk: Desk, gateway: PaymentGateway, charge_id: Id) -> Charge:
    """Look again at a payment that has no final answer yet."""
    with desk.read(Act.PAY) as reading:
        charge = reading.get(Charge, charge_id)
        account = reading.get(Account, desk.account.id)
    outcome = gateway.find_charge(account.gateway_customer, charge.id)
    if outcome is None:
        return charge
    with desk.write(Act.PAY) as books:
        return book(books.ledger, charge.id, outcome, desk.clock())
