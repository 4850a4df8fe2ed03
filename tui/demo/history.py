"""Makes the history of invented customers by the rules of `billing`: periods, tax, numbers, payments, credit notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.catalogue import Plan
from billing.credentials import Counter, Credential
from billing.invoices import Invoice, InvoiceState, InvoiceType, Line
from billing.money import half_up
from billing.payments import Payment
from billing.periods import BillingPeriod, billing_periods
from billing.record import Record, changed
from billing.subscriptions import Subscription
from billing.tax import TaxCategory, tax_totals
from billing.vendor import Party, Series, Vendor
from storage.dataset import Dataset
from tui.demo.customers import PASSWORD_HASH, PLANS, SELLER, VENDOR, Customer, Licence

EURO_RATES = {"USD": Fraction(92, 100), "GBP": Fraction(117, 100), "JPY": Fraction(62, 10000) * 100}
"""Euro cents for one minor unit, fixed, for the tax in euro on documents in other currencies."""


@dataclass(slots=True)
class Draft:
    """A document before it has its number."""

    customer: Customer
    subscription_id: str
    licence: Licence
    issued_on: date
    lines: tuple[Line, ...]
    invoice: Invoice | None = None
    corrects: Draft | None = None
    reason: str = ""
    paid: int = field(default=0)
    credited: int = field(default=0)


def dataset(customers: Sequence[Customer], as_of: date) -> Dataset:
    """All records of the customers' histories up to `as_of`."""
    drafts = [draft for customer in customers for draft in _drafts(customer, as_of)]
    drafts += [note for own in _by_customer(drafts).values() for note in _credit_notes(own, as_of)]
    drafts.sort(key=lambda d: (d.issued_on, d.customer.id, d.subscription_id))
    payments = [p for own in _by_customer(drafts).values() for p in _payments(own, as_of)]
    series = _number(drafts)
    records: dict[type[Record], tuple[Record, ...]] = {
        Vendor: (VENDOR,),
        Series: series,
        Plan: PLANS,
        Account: tuple(_account(c) for c in customers),
        **_people(customers),
        Subscription: tuple(
            _subscription(c, n, licence, as_of) for c in customers for n, licence in enumerate(c.licences)
        ),
        Invoice: tuple(d.invoice for d in drafts if d.invoice),
        Payment: tuple(
            Payment(
                id=f"pay-{number:06d}",
                account_id=draft.customer.id,
                invoice_id=draft.invoice.id if draft.invoice else "",
                paid_on=day,
                amount=amount,
                method=draft.customer.method,
            )
            for number, (day, draft, amount) in enumerate(sorted(payments, key=lambda p: (p[0], p[1].customer.id)), 1)
        ),
    }
    return Dataset(as_of, records)


def _by_customer(drafts: Iterable[Draft]) -> dict[str, list[Draft]]:
    found: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        found[draft.customer.id].append(draft)
    return found


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


def _unit_price(customer: Customer, licence: Licence) -> int:
    price = licence.plan.price(licence.frequency, customer.currency)
    assert price is not None  # noqa: S101 - the invented catalogue sells every plan every way
    return price.amount


def _quantity(licence: Licence, day: date) -> int:
    return licence.quantity + sum(more for added_on, more in licence.added if added_on <= day)


def _subscription(customer: Customer, number: int, licence: Licence, as_of: date) -> Subscription:
    return Subscription(
        id=f"{customer.id}.s{number + 1}",
        account_id=customer.id,
        plan_id=licence.plan.id,
        plan_name=licence.plan.name,
        quantity=_quantity(licence, as_of),
        unit_price=_unit_price(customer, licence),
        discount_percent=licence.discount_percent,
        frequency=licence.frequency,
        anchor_day=licence.anchor_day,
        start=licence.start,
        end=licence.end,
        purchase_order=licence.purchase_order,
    )


def _line(customer: Customer, licence: Licence, quantity: int, period: BillingPeriod, share: Fraction) -> Line:
    price = half_up(_unit_price(customer, licence) * share)
    discount = half_up(Fraction(quantity * price * licence.discount_percent, 100))
    return Line(
        description=licence.plan.name,
        quantity=quantity,
        unit_price=price,
        discount=discount,
        net=quantity * price - discount,
        category=customer.category,
        rate=customer.rate,
        start=period.start,
        end=period.end,
    )


def _drafts(customer: Customer, as_of: date) -> Iterable[Draft]:
    """A document for each period reached, and one for each licence added within a period."""
    for number, licence in enumerate(customer.licences):
        subscription_id = f"{customer.id}.s{number + 1}"
        periods = billing_periods(licence.start, licence.end, as_of, licence.frequency, licence.anchor_day)
        for period in periods:
            line = _line(customer, licence, _quantity(licence, period.start), period, period.share)
            yield Draft(customer, subscription_id, licence, period.start, (line,))
            for day, more in licence.added:
                if period.start < day < period.end and day <= as_of:
                    rest = BillingPeriod(day, period.end)
                    share = period.share * Fraction(rest.days, period.days)
                    yield Draft(customer, subscription_id, licence, day, (_line(customer, licence, more, rest, share),))


def _credit_notes(own: list[Draft], as_of: date) -> Iterable[Draft]:
    own = sorted(own, key=lambda d: d.issued_on)
    for back, percent, reason in own[0].customer.credited if own else ():
        if back > len(own):
            continue
        draft = own[-back]
        lines = tuple(_credited(line, percent) for line in draft.lines)
        day = min(draft.issued_on + timedelta(days=9), as_of)
        yield Draft(draft.customer, draft.subscription_id, draft.licence, day, lines, corrects=draft, reason=reason)


def _credited(line: Line, percent: int) -> Line:
    """A line of a credit note: the whole line negated, or a share of it as one sum."""
    if percent == 100:
        return changed_line(line, -line.quantity, line.unit_price, -line.discount)
    return changed_line(line, -1, half_up(Fraction(line.net * percent, 100)), 0)


def changed_line(line: Line, quantity: int, unit_price: int, discount: int) -> Line:
    """The same supply in another quantity, price and discount."""
    return Line(
        description=line.description,
        quantity=quantity,
        unit_price=unit_price,
        discount=discount,
        net=quantity * unit_price - discount,
        category=line.category,
        rate=line.rate,
        start=line.start,
        end=line.end,
    )


def _payments(own: list[Draft], as_of: date) -> list[tuple[date, Draft, int]]:
    """Who paid what when. Credit notes come off first; the newest `unpaid` invoices are left open."""
    for note in own:
        if note.corrects is not None:
            note.corrects.credited -= tax_totals(note.lines).gross
    invoices = [d for d in own if d.corrects is None]
    customer = own[0].customer
    found = []
    for back, draft in enumerate(reversed(invoices)):
        owed = tax_totals(draft.lines).gross - draft.credited
        day = draft.issued_on + timedelta(days=max(customer.payment_days - 4, 0))
        if owed <= 0 or day > as_of or back < customer.unpaid:
            if not (customer.part_paid and back == customer.unpaid - 1 and day <= as_of and owed > 0):
                continue
            owed //= 2
        draft.paid = owed
        found.append((day, draft, owed))
    return found


def _number(drafts: list[Draft]) -> tuple[Series, ...]:
    """Give every draft its number, in order of date, and make the record."""
    following: dict[str, int] = {}
    for draft in drafts:
        prefix = "R" if draft.corrects else "F"
        name = f"{prefix}-{draft.issued_on.year}"
        running = following.get(name, 1)
        following[name] = running + 1
        draft.invoice = _record(draft, f"{name}-{running:06d}")
    return tuple(Series(id=name, next=running) for name, running in sorted(following.items()))


def _record(draft: Draft, number: str) -> Invoice:
    customer, totals = draft.customer, tax_totals(draft.lines)
    original = draft.corrects.invoice if draft.corrects else None
    owner = next((c for c in customer.contacts if c.role is Role.OWNER), None)
    corporate = customer.type is AccountType.CORPORATE
    due = totals.gross - draft.paid - draft.credited
    state = InvoiceState.OPEN if due > 0 else InvoiceState.CREDITED if not draft.paid else InvoiceState.PAID
    invoice = Invoice(
        id=number.lower(),
        account_id=customer.id,
        number=number,
        issued_on=draft.issued_on,
        due_on=draft.issued_on + timedelta(days=customer.payment_days),
        state=state,
        currency=customer.currency,
        language=customer.language,
        subscription_id=draft.subscription_id,
        seller=SELLER,
        customer=Party(
            name=customer.name,
            address=customer.address,
            tax_id=customer.tax_id,
            email=customer.email,
            user_id=owner.user_id if corporate and owner else "",
        ),
        lines=draft.lines,
        groups=totals.groups,
        net=totals.net,
        tax=totals.tax,
        gross=totals.gross,
        tax_in_euro=_in_euro(customer, totals.tax),
        paid=draft.paid,
        credited=draft.credited,
        purchase_order=draft.licence.purchase_order,
        notes=customer.notes,
    )
    if original is None:
        return invoice
    return changed(
        invoice,
        type=InvoiceType.CREDIT_NOTE,
        state=InvoiceState.NOTE,
        corrects=original.id,
        corrects_number=original.number,
        corrects_issued_on=original.issued_on,
        reason=draft.reason,
        due_on=draft.issued_on,
    )


def _in_euro(customer: Customer, tax: int) -> int | None:
    if customer.currency == "EUR" or customer.category is not TaxCategory.STANDARD:
        return None
    return half_up(tax * EURO_RATES[customer.currency])
