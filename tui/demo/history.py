"""Makes the records of invented customers by the rules of `billing`, with numbers as they would have been given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.catalogue import Plan
from billing.credentials import Counter, Credential
from billing.invoices import Invoice, InvoiceState, InvoiceType
from billing.money import half_up
from billing.payments import Payment
from billing.record import Record
from billing.subscriptions import Subscription
from billing.vendor import Party, Series, Vendor
from storage.dataset import Dataset
from tui.demo.customers import PASSWORD_HASH, PLANS, SELLER, VENDOR, Customer, Licence
from tui.demo.drafts import Draft, invoices_to_be, unit_price
from tui.demo.settlement import Received, credit_notes, money_received


def dataset(customers: Sequence[Customer], as_of: date) -> Dataset:
    """All records of the customers' histories up to `as_of`."""
    drafts: list[Draft] = []
    received: list[Received] = []
    for customer in customers:
        invoices = sorted(invoices_to_be(customer, as_of), key=lambda d: d.issued_on)
        notes = list(credit_notes(invoices, as_of))
        received += money_received(invoices, notes, as_of)
        drafts += invoices + notes
    drafts.sort(key=lambda d: (d.issued_on, d.customer.id, d.subscription_id))
    numbers, series = _numbered(drafts)
    payments = _payments(received, numbers)
    paid: dict[str, int] = defaultdict(int)
    for payment in payments:
        paid[payment.invoice_id] += payment.amount
    parties = {customer.id: _party(customer) for customer in customers}
    records: dict[type[Record], tuple[Record, ...]] = {
        Vendor: (VENDOR,),
        Series: series,
        Plan: PLANS,
        Account: tuple(_account(c) for c in customers),
        **_people(customers),
        Subscription: tuple(
            _subscription(c, number, licence, as_of) for c in customers for number, licence in enumerate(c.licences, 1)
        ),
        Invoice: tuple(_invoice(d, numbers, paid, parties[d.customer.id]) for d in drafts),
        Payment: payments,
    }
    return Dataset(as_of, records)


def _account(c: Customer) -> Account:
    return Account(
        id=c.id,
        type=c.type,
        name=c.name,
        address=c.address,
        tax_id=c.tax_id,
        email=c.email,
        currency=c.currency,
        language=c.language,
        time_zone=c.time_zone,
        since=c.since,
        payment_days=c.payment_days,
        representative=c.representative,
    )


def _party(c: Customer) -> Party:
    """The customer as printed; the enterprise user ID stands on enterprise invoices (M13)."""
    owner = next((contact for contact in c.contacts if contact.role is Role.OWNER), None)
    user_id = owner.user_id if owner and c.type is AccountType.CORPORATE else ""
    return Party(name=c.name, address=c.address, tax_id=c.tax_id, email=c.email, user_id=user_id)


def _people(customers: Sequence[Customer]) -> dict[type[Record], tuple[Record, ...]]:
    people, memberships, credentials = {}, [], {}
    for customer in customers:
        for contact in customer.contacts:
            person_id = contact.person_id
            people[person_id] = Person(id=person_id, name=contact.name, email=contact.email, language=customer.language)
            memberships.append(
                Membership(
                    id=f"{person_id}.{customer.id}", account_id=customer.id, person_id=person_id, role=contact.role
                )
            )
            for counter, user_id in ((Counter.CENTER, contact.email), (Counter.ENTERPRISE, contact.user_id)):
                if user_id:
                    credentials[counter, user_id] = Credential(
                        id=f"{counter.value}.{person_id}",
                        counter=counter,
                        user_id=user_id,
                        person_id=person_id,
                        password_hash=PASSWORD_HASH,
                    )
    return {
        Person: tuple(people.values()),
        Membership: tuple(memberships),
        Credential: tuple(credentials.values()),
    }


def _subscription(customer: Customer, number: int, licence: Licence, as_of: date) -> Subscription:
    plan, quantity = licence.at(as_of)
    return Subscription(
        id=f"{customer.id}.s{number}",
        account_id=customer.id,
        plan_id=plan.id,
        plan_name=plan.name,
        quantity=quantity,
        unit_price=unit_price(customer, licence, plan),
        discount_percent=licence.discount_percent,
        frequency=licence.frequency,
        anchor_day=licence.anchor_day,
        start=licence.start,
        end=licence.end,
        purchase_order=licence.purchase_order,
    )


def _numbered(drafts: Iterable[Draft]) -> tuple[dict[Draft, str], tuple[Series, ...]]:
    """Every draft's number, given in the order of issue, and the series they are of."""
    following: dict[str, int] = {}
    numbers = {}
    for draft in drafts:
        name = f"{'R' if draft.corrects else 'F'}-{draft.issued_on.year}"
        running = following.get(name, 1)
        following[name] = running + 1
        numbers[draft] = f"{name}-{running:06d}"
    return numbers, tuple(Series(id=name, next=running) for name, running in sorted(following.items()))


def _payments(received: Iterable[Received], numbers: dict[Draft, str]) -> tuple[Payment, ...]:
    times: dict[Draft, int] = defaultdict(int)
    payments = []
    for one in received:
        times[one.draft] += 1
        invoice_id = numbers[one.draft].lower()
        payments.append(
            Payment(
                id=f"{invoice_id}.p{times[one.draft]}",
                account_id=one.draft.customer.id,
                invoice_id=invoice_id,
                paid_on=one.paid_on,
                amount=one.amount,
                method=one.draft.customer.method_on(one.paid_on),
            )
        )
    return tuple(payments)


def _invoice(draft: Draft, numbers: dict[Draft, str], paid: dict[str, int], party: Party) -> Invoice:
    customer, totals, original, number = draft.customer, draft.totals, draft.corrects, numbers[draft]
    received = 0 if original else paid.get(number.lower(), 0)
    if original:
        state = InvoiceState.NOTE
    elif totals.gross > received + draft.credited:
        state = InvoiceState.OPEN
    else:
        state = InvoiceState.CREDITED if 0 < totals.gross == draft.credited else InvoiceState.PAID
    return Invoice(
        id=number.lower(),
        account_id=customer.id,
        type=InvoiceType.CREDIT_NOTE if original else InvoiceType.INVOICE,
        number=number,
        issued_on=draft.issued_on,
        due_on=draft.issued_on + timedelta(days=0 if original else customer.payment_days),
        state=state,
        currency=customer.currency,
        language=customer.language,
        subscription_id=draft.subscription_id,
        seller=SELLER,
        customer=party,
        lines=draft.lines,
        groups=totals.groups,
        net=totals.net,
        tax=totals.tax,
        gross=totals.gross,
        tax_in_euro=half_up(totals.tax * customer.euro_rate) if totals.tax and customer.currency != "EUR" else None,
        paid=received,
        credited=draft.credited,
        corrects=numbers[original].lower() if original else "",
        corrects_number=numbers[original] if original else "",
        corrects_issued_on=original.issued_on if original else None,
        reason=draft.reason,
        purchase_order=draft.purchase_order,
        notes=draft.notes,
    )
