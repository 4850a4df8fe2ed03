"""The records of invented customers on the day before anything was billed: accounts, people, credentials, methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.credentials import Counter, Credential
from billing.payment_gateway import MethodKind
from billing.payment_methods import PaymentMethod
from billing.record import Record
from billing.representatives import Representative
from billing.subscriptions import Subscription
from tui.demo.customers import COUPONS, PASSWORD_HASH, PLANS, STAFF, VENDOR, Customer, Licence, Way

EXPIRES = date(2031, 1, 1)
"""The first day on which the cards of the demonstration are no longer valid."""


def noon(day: date) -> datetime:
    """When things happen on a day: a moment that is the same calendar day from Honolulu to Tokyo."""
    return datetime.combine(day, time(10), UTC)


def founded(customers: Sequence[Customer]) -> Iterator[Record]:
    """Everything that is there before the first invoice."""
    yield VENDOR
    yield from PLANS
    yield from COUPONS
    yield from _staff()
    people: dict[str, Person] = {}
    credentials: dict[tuple[Counter, str], Credential] = {}
    for customer in customers:
        yield _account(customer)
        yield from _method(customer)
        for contact in customer.contacts:
            person_id = contact.person_id
            people[person_id] = Person(id=person_id, name=contact.name, email=contact.email, language=customer.language)
            yield Membership(
                id=f"{person_id}.{customer.id}", account_id=customer.id, person_id=person_id, role=contact.role
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
    yield from people.values()
    yield from credentials.values()


def _staff() -> Iterator[Record]:
    """The vendor's own people."""
    for staff in STAFF:
        yield Person(id=staff.person_id, name=staff.name, email=staff.email, language=staff.language)
        yield Representative(id=staff.person_id, team=staff.team, lead=staff.lead, most_discount=staff.most_discount)
        yield Credential(
            id=f"{Counter.DESK.value}.{staff.person_id}",
            counter=Counter.DESK,
            user_id=f"desk.{staff.person_id}",
            person_id=staff.person_id,
            password_hash=PASSWORD_HASH,
        )


def _account(c: Customer) -> Account:
    owner = next((contact for contact in c.contacts if contact.role is Role.OWNER), None)
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
        representative_id=c.representative,
        user_id=owner.user_id if owner and c.type is AccountType.CORPORATE else "",
        tax_exempt=c.tax_exempt,
        invoice_notes=c.notes,
        default_method_id=f"{c.id}.m1" if c.way else "",
        gateway_customer=f"cus_{c.id}" if c.way else "",
    )


def _method(c: Customer) -> Iterator[PaymentMethod]:
    if c.way is None:
        return
    kind = MethodKind.BANK_DEBIT if c.way is Way.DEBIT else MethodKind.CARD
    yield PaymentMethod(
        id=f"{c.id}.m1",
        account_id=c.id,
        method=kind,
        gateway="sandbox",
        gateway_ref=f"{c.way.value}_{c.id}",
        brand=c.brand,
        last4=c.last4,
        expires=None if kind is MethodKind.BANK_DEBIT else EXPIRES,
        added_at=noon(c.since),
        mandate=f"M-{c.id.upper()}" if kind is MethodKind.BANK_DEBIT else "",
    )


def subscription(customer: Customer, number: int, licence: Licence) -> Subscription:
    """A customer's subscription on its first day, its trial's included."""
    price = licence.plan.price(licence.frequency, customer.currency)
    if price is None:
        raise ValueError(f"{licence.plan.name} is not sold {licence.frequency.value} in {customer.currency}")
    return Subscription(
        id=f"{customer.id}.s{number}",
        account_id=customer.id,
        plan_id=licence.plan.id,
        plan_name=licence.plan.name,
        quantity=licence.quantity,
        unit_price=price.amount,
        discount_percent=licence.discount_percent,
        frequency=licence.frequency,
        anchor_day=licence.anchor_day,
        start=licence.start,
        end=licence.end,
        purchase_order=licence.purchase_order,
        renews_on=licence.start,
        trial_from=licence.trial_from,
    )
