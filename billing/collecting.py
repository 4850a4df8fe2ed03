"""Taking money for invoices: one attempt at a time, each under its own key, and never twice.

An attempt is three steps: it is stored (`begin`), the gateway is asked outside any transaction (`ask`), and its answer
is booked (`book`). Whatever breaks between them, the key finds out what happened (`resolve`). While an attempt may
still succeed, what it is for cannot be taken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from billing.accounts import Account
from billing.charges import UNSETTLED, Charge, ChargeState, Share
from billing.dunning import clear_if_paid
from billing.errors import N_, NotFound, Refusal
from billing.invoices import Invoice
from billing.issuing import keep_as_credit, receive, use_credit
from billing.journal import EntryKind
from billing.money import Money
from billing.notices import Urgency
from billing.outbox import MailKind
from billing.payment_gateway import (
    Declined,
    GatewayRefused,
    GatewayUnavailable,
    NeedsCustomer,
    Outcome,
    PaymentGateway,
    Processing,
    Succeeded,
    Unknown,
)
from billing.payment_methods import PaymentMethod
from billing.payments import Payment
from billing.record import Id, changed
from billing.store import Cursor, Span, Store, Writing
from billing.subscriptions import Subscription
from billing.telling import mail, notify
from billing.vendor import Vendor

MOST_ATTEMPTS = 1000
PAGE = 100


class AlreadyUnderWay(Refusal):
    """A payment of the same invoice has not been answered yet."""

    message = N_("A payment of {number} is already under way. Nothing was charged. Wait for its result.")


class TooMuch(Refusal):
    """More than is owed, or nothing."""

    message = N_("{number} can be paid with up to {due}. Nothing was charged. Change the amount.")


def in_flight(books: Writing, invoice: Invoice) -> int:
    """What of an invoice is being taken by attempts that may still succeed. What is `PROCESSING` is booked already."""
    rows = books.find(Charge, Span("invoice", (invoice.account_id, invoice.id)), limit=MOST_ATTEMPTS).rows
    waiting = (c for c in rows if c.state in UNSETTLED and c.state is not ChargeState.PROCESSING)
    return sum(share.amount for charge in waiting for share in charge.shares if share.invoice_id == invoice.id)


def begin(
    books: Writing,
    charge_id: Id,
    account: Account,
    method: PaymentMethod,
    shares: Sequence[Share],
    now: datetime,
    *,
    automatic: bool,
) -> Charge:
    """Store an attempt before the gateway hears of it. Raises `AlreadyUnderWay` or `TooMuch`."""
    for number, share in enumerate(shares):
        invoice = books.get(Invoice, share.invoice_id)
        if in_flight(books, invoice):
            raise AlreadyUnderWay(number=invoice.number)
        named_before = any(share.invoice_id == earlier.invoice_id for earlier in shares[:number])
        if named_before or not 0 < share.amount <= invoice.due:
            raise TooMuch(number=invoice.number, due=invoice.money(max(invoice.due, 0)))
    return books.put(
        Charge(
            id=charge_id,
            account_id=account.id,
            method_id=method.id,
            method_label=method.label,
            amount=sum(share.amount for share in shares),
            currency=account.currency,
            shares=tuple(shares),
            attempted_at=now,
            automatic=automatic,
        )
    )


def ask(gateway: PaymentGateway, account: Account, method: PaymentMethod, charge: Charge, reference: str) -> Outcome:
    """Ask the gateway for the money. The same attempt may be asked for again: its key makes it one.

    What the gateway does not take at all has moved nothing, and is a decline; one such charge stops no run.
    """
    amount = Money(charge.amount, charge.currency)
    try:
        return gateway.charge(account.gateway_customer, method.gateway_ref, amount, reference, key=charge.id)
    except GatewayUnavailable:
        return Unknown()
    except GatewayRefused:
        return Declined("", "not_accepted", may_retry=True)


def book(books: Writing, charge_id: Id, outcome: Outcome, now: datetime) -> Charge:
    """Book what became of an attempt: payments for its invoices, or why there are none. Told again, it changes nothing.

    A bank debit is booked when the bank takes it on and taken back where it fails later.
    """
    charge = books.get(Charge, charge_id)
    if charge.state not in UNSETTLED:
        return charge
    account = books.get(Account, charge.account_id)
    day = now.astimezone(ZoneInfo(account.time_zone)).date()
    booked = charge.state is ChargeState.PROCESSING
    if booked and not isinstance(outcome, Succeeded | Declined):
        return charge  # what is booked stays so until the bank says how it ended
    match outcome:
        case Succeeded(ref=ref):
            if not booked:
                _received(books, account, charge, day)
            done = changed(charge, state=ChargeState.SUCCEEDED, gateway_ref=ref, settled_at=now, confirm_url="")
            _tell_received(books, account, done, now)
        case Processing(ref=ref):
            _received(books, account, charge, day)
            done = changed(charge, state=ChargeState.PROCESSING, gateway_ref=ref)
        case NeedsCustomer(ref=ref, url=url):
            done = changed(charge, state=ChargeState.NEEDS_CUSTOMER, gateway_ref=ref, confirm_url=url)
            if charge.state is not ChargeState.NEEDS_CUSTOMER:
                _tell_needs_customer(books, account, done, now)
        case Declined(ref=ref, code=code, may_retry=may_retry):
            if booked:
                _taken_back(books, account, charge, day)
            done = changed(
                charge, state=ChargeState.FAILED, gateway_ref=ref, code=code, may_retry=may_retry, settled_at=now
            )
            _declined(books, account, done, now)
        case Unknown():
            known = charge.state is ChargeState.NEEDS_CUSTOMER
            done = charge if known else changed(charge, state=ChargeState.UNKNOWN)
    charge = books.put(done) if done != charge else charge
    clear_if_paid(books, account.id, now)
    return charge


def _received(books: Writing, account: Account, charge: Charge, day: date) -> None:
    for share in charge.shares:
        invoice = books.get(Invoice, share.invoice_id)
        before = max(invoice.due, 0)
        invoice = receive(books, invoice, share.amount, day, charge.method_label, charge_id=charge.id)
        if share.amount > before:  # a credit note came while the money was on its way
            keep_as_credit(books, account, invoice, share.amount - before, day)


def _taken_back(books: Writing, account: Account, charge: Charge, day: date) -> None:
    """Undo what was booked. Where a credit note had made credit of it, that credit pays the invoice again."""
    rows = books.find(Payment, Span("charge", (charge.account_id, charge.id)), limit=MOST_ATTEMPTS).rows
    for payment in rows:
        invoice, amount = books.get(Invoice, payment.invoice_id), -payment.amount
        invoice = receive(books, invoice, amount, day, charge.method_label, EntryKind.RETURNED, charge_id=charge.id)
        if invoice.paid < 0:
            use_credit(books, account, invoice, day, most=-invoice.paid)


def _numbers(books: Writing, charge: Charge) -> str:
    return ", ".join(books.get(Invoice, share.invoice_id).number for share in charge.shares[:20])


def _tell_received(books: Writing, account: Account, charge: Charge, now: datetime) -> None:
    amount, invoices = Money(charge.amount, charge.currency), _numbers(books, charge)
    event = f"charge:{charge.id}:received"
    if not charge.automatic:  # what happens by itself every month is no news
        message = N_("{amount} received with {method} for {invoices}. Thank you.")
        notify(
            books, account, event, now, message, subject_id=charge.shares[0].invoice_id,
            amount=amount, method=charge.method_label, invoices=invoices,
        )  # fmt: skip
    mail(
        books, account, event, now, MailKind.PAYMENT, "payment_received",
        amount=amount, method=charge.method_label, invoices=invoices,
    )  # fmt: skip


def _tell_needs_customer(books: Writing, account: Account, charge: Charge, now: datetime) -> None:
    amount, event = Money(charge.amount, charge.currency), f"charge:{charge.id}:confirm"
    message = N_("The bank asks you to confirm a payment of {amount}. Open the payment to confirm it.")
    notify(
        books, account, event, now, message, urgency=Urgency.ACTION, subject_id=charge.shares[0].invoice_id,
        amount=amount,
    )  # fmt: skip
    mail(books, account, event, now, MailKind.PAYMENT, "payment_needs_you", amount=amount, url=charge.confirm_url)


def _declined(books: Writing, account: Account, charge: Charge, now: datetime) -> None:
    method = books.get(PaymentMethod, charge.method_id)
    if not charge.may_retry and not method.refused:
        books.put(changed(method, refused=charge.code))
    amount, event = Money(charge.amount, charge.currency), f"charge:{charge.id}:failed"
    day = now.astimezone(ZoneInfo(account.time_zone)).date()
    following = _next_try(books, charge, day) if charge.may_retry and charge.automatic else None
    message = (
        N_("The payment of {amount} with {method} failed. It is tried again on {day}.")
        if following
        else N_("The payment of {amount} with {method} failed. Pay with another payment method.")
    )
    notify(
        books, account, event, now, message, urgency=Urgency.ACTION, subject_id=charge.shares[0].invoice_id,
        amount=amount, method=charge.method_label, day=following or "",
    )  # fmt: skip
    template = "payment_failed" if following else "payment_failed_finally"
    mail(
        books, account, event, now, MailKind.PAYMENT, template,
        amount=amount, method=charge.method_label, next_try=following or "",
    )  # fmt: skip


def _next_try(books: Writing, charge: Charge, day: date) -> date | None:
    """The day of the next attempt after one on `day`; None where there is none."""
    invoice = books.get(Invoice, charge.shares[0].invoice_id)
    rows = books.find(Charge, Span("invoice", (charge.account_id, invoice.id)), limit=MOST_ATTEMPTS).rows
    made = sum(_of_schedule(c, charge.method_id) for c in rows)
    return following_try(invoice, books.get(Vendor, Vendor.ID).dunning.retry_days, made, day)


def _of_schedule(charge: Charge, method_id: Id) -> bool:
    """Whether an attempt counts: each method has the schedule to itself, so that a new one is tried (Stripe)."""
    return charge.automatic and charge.method_id == method_id


def following_try(invoice: Invoice, schedule: Sequence[int], made: int, last: date | None) -> date | None:
    """When the next automatic attempt is: by the schedule, and never twice on one day where that has passed."""
    if made >= len(schedule):
        return None
    planned = invoice.due_on + timedelta(days=schedule[made])
    return planned if last is None else max(planned, last + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Collected:
    """What a run did: the charges it made or settled."""

    day: date
    charges: list[Charge] = field(default_factory=list)


def collect(store: Store, gateway: PaymentGateway, now: datetime, *, as_of: date | None = None) -> Collected:
    """Settle what is unsettled, then charge every invoice whose next attempt has come. Safe to repeat and to kill."""
    with store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
    done = Collected(as_of or now.astimezone(ZoneInfo(vendor.time_zone)).date())
    done.charges.extend(resolve(store, gateway, now))
    cursor: Cursor | None = None
    while True:
        with store.read() as books:
            page = books.find(Invoice, Span("unpaid", high=done.day + timedelta(days=1)), limit=PAGE, after=cursor)
        for invoice in page.rows:
            if (charge := _charge_invoice(store, gateway, vendor, invoice.id, done.day, now)) is not None:
                done.charges.append(charge)
        if (cursor := page.next) is None:
            return done


def resolve(store: Store, gateway: PaymentGateway, now: datetime) -> list[Charge]:
    """Find out what became of every attempt that has no final answer. One never heard of is asked for again."""
    settled: list[Charge] = []
    cursor: Cursor | None = None
    while True:
        with store.read() as books:
            page = books.find(Charge, Span("unsettled"), limit=PAGE, after=cursor)
        for charge in page.rows:
            after = resolve_one(store, gateway, charge.id, now)
            if after.state is not charge.state:
                settled.append(after)
        if (cursor := page.next) is None:
            return settled


def resolve_one(store: Store, gateway: PaymentGateway, charge_id: Id, now: datetime) -> Charge:
    """Look one attempt up at the gateway and book what is found."""
    with store.read() as books:
        charge = books.get(Charge, charge_id)
        account, method = books.get(Account, charge.account_id), books.get(PaymentMethod, charge.method_id)
        reference = books.get(Invoice, charge.shares[0].invoice_id).number
    if charge.state not in UNSETTLED:
        return charge
    amount = Money(charge.amount, charge.currency)
    try:
        outcome = gateway.find_charge(account.gateway_customer, charge.id) or gateway.charge(
            account.gateway_customer, method.gateway_ref, amount, reference, key=charge.id
        )
    except (GatewayUnavailable, GatewayRefused):
        return charge  # a refusal may mean that the key is known: the charge stays open until it is found
    with store.write() as writing:
        return book(writing, charge_id, outcome, now)


def _charge_invoice(
    store: Store, gateway: PaymentGateway, vendor: Vendor, invoice_id: Id, day: date, now: datetime
) -> Charge | None:
    """Charge one open invoice where its schedule says so."""
    with store.write() as books:
        invoice = books.get(Invoice, invoice_id)
        account = books.get(Account, invoice.account_id)
        rows = books.find(Charge, Span("invoice", (account.id, invoice.id)), limit=MOST_ATTEMPTS).rows
        method = method_for(books, account, invoice.subscription_id, day)
        if invoice.due <= 0 or method is None or any(c.state in UNSETTLED for c in rows):
            return None
        made = [c for c in rows if _of_schedule(c, method.id)]
        zone = ZoneInfo(account.time_zone)
        last = made[-1].attempted_at.astimezone(zone).date() if made else None
        following = following_try(invoice, vendor.dunning.retry_days, len(made), last)
        if following is None or day < following or _given_up(made):
            return None
        key = f"{invoice.id}.c{len(rows) + 1}"
        shares = (Share(invoice.id, invoice.due),)
        charge = begin(books, key, account, method, shares, now, automatic=True)
    outcome = ask(gateway, account, method, charge, invoice.number)
    with store.write() as books:
        return book(books, charge.id, outcome, now)


def _given_up(attempts: Sequence[Charge]) -> bool:
    """A refusal for good ends the row, until there is another method (Stripe)."""
    return any(not c.may_retry for c in attempts)


def method_for(books: Writing, account: Account, subscription_id: Id, day: date) -> PaymentMethod | None:
    """What to charge: the subscription's own method, else the account's default; None where neither can be."""
    wanted = [account.default_method_id]
    if subscription_id:
        wanted.insert(0, books.get(Subscription, subscription_id).method_id)
    for method_id in filter(None, wanted):
        try:
            method = books.get(PaymentMethod, method_id)
        except NotFound:
            continue
        if method.usable_on(day):
            return method
    return None
