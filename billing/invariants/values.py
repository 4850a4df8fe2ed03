"""What must hold within each record, beyond the types of its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from billing.access import AccessCode, AccessRequest
from billing.accounts import CUSTOMER_ROLES, Account, Membership, Person
from billing.catalogue import Coupon, Plan
from billing.charges import Charge, ChargeState
from billing.credentials import Credential
from billing.errors import Refusal
from billing.holds import HeldInvoice
from billing.invariants.access import wrong_in_code, wrong_in_request, wrong_in_tries
from billing.invariants.documents import wrong_in_document
from billing.invariants.shapes import (
    EARLIEST,
    LARGEST_NUMBER,
    LATEST,
    MOST_DAYS,
    MOST_MONTHS,
    Found,
    country,
    currency,
    fits,
    no_card,
    sized,
)
from billing.invoices import Invoice, renewal_key
from billing.journal import JournalEntry
from billing.language import NAMES
from billing.payment_methods import PaymentMethod
from billing.payments import Payment
from billing.periods import Frequency
from billing.record import Record
from billing.sign_in import canonical_user_id
from billing.subscriptions import Subscription
from billing.throttle import Tries
from billing.vendor import Series, Vendor

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
_LANGUAGES = f"must be one of {', '.join(NAMES)}"


def wrong_in(record: Record) -> Iterator[Found]:
    """Everything wrong with a record by itself."""
    if not _ID.fullmatch(record.id):
        yield "id", "must be 1 to 64 of A-Z a-z 0-9 . _ : -, the first a letter or digit"
    if not fits(record):
        yield from sized("", record)
    yield from _CHECKS.get(type(record), _nothing)(record)


def _nothing(_: Any) -> Iterator[Found]:
    return iter(())


def _vendor(vendor: Vendor) -> Iterator[Found]:
    if vendor.id != Vendor.ID:
        yield "id", f"must be {Vendor.ID}"
    yield from country("party.address.country", vendor.party.address.country)
    for code, rate in vendor.euro_rates.items():
        yield from currency("euro_rates", code)
        if not (rate.is_finite() and 0 < rate <= LARGEST_NUMBER):
            yield f"euro_rates.{code[:3]}", "must be more than nothing"
    if any(days < 0 for days in (*vendor.dunning.retry_days, *vendor.dunning.remind_days)):
        yield "dunning", "days are counted from the due date, not before"


def _series(series: Series) -> Iterator[Found]:
    if series.next < 1:
        yield "next", "must be at least 1"


def _plan(plan: Plan) -> Iterator[Found]:
    ways = [(price.frequency, price.currency) for price in plan.prices]
    for number, price in enumerate(plan.prices):
        yield from currency(f"prices[{number}].currency", price.currency)
        if price.amount < 0:
            yield f"prices[{number}].amount", "must not be negative"
        if ways.index(ways[number]) < number:
            yield f"prices[{number}]", "this frequency and currency stand twice"
    if not 0 <= plan.trial_days <= MOST_DAYS:
        yield "trial_days", f"must be from 0 to {MOST_DAYS}"
    if not 0 <= plan.minimum_months <= MOST_MONTHS:
        yield "minimum_months", f"must be from 0 to {MOST_MONTHS}"
    if plan.most_licences < 1:
        yield "most_licences", "must be at least 1"


def _coupon(coupon: Coupon) -> Iterator[Found]:
    if coupon.id != coupon.id.upper():
        yield "id", "must be in upper case"
    if not 1 <= coupon.percent <= 100:
        yield "percent", "must be from 1 to 100"
    if not 0 <= coupon.periods <= MOST_MONTHS:
        yield "periods", f"must be from 0 to {MOST_MONTHS}"
    if coupon.valid_from and coupon.valid_until and coupon.valid_until < coupon.valid_from:
        yield "valid_until", "lies before valid_from"


def _account(account: Account) -> Iterator[Found]:
    yield from currency("currency", account.currency)
    yield from country("address.country", account.address.country)
    if account.language not in NAMES:
        yield "language", _LANGUAGES
    if not 0 <= account.payment_days <= MOST_DAYS:
        yield "payment_days", f"must be from 0 to {MOST_DAYS}"
    if account.credit < 0:
        yield "credit", "must not be negative"
    if account.parent_id == account.id:
        yield "parent_id", "is the account itself"
    if account.approval_above is not None and account.approval_above < 0:
        yield "approval_above", "must not be negative"
    try:
        ZoneInfo(account.time_zone)
    except (LookupError, ValueError, OSError):
        yield "time_zone", "is no time zone, such as Europe/Madrid"


def _person(person: Person) -> Iterator[Found]:
    if person.language not in ("", *NAMES):
        yield "language", _LANGUAGES


def _membership(membership: Membership) -> Iterator[Found]:
    if membership.role not in CUSTOMER_ROLES:
        yield "role", "is the vendor's side: representatives are a kind of their own"


def _credential(credential: Credential) -> Iterator[Found]:
    try:
        canonical = canonical_user_id(credential.user_id)
    except Refusal:
        yield "user_id", "is neither a user name nor a mail address"
    else:
        if canonical != credential.user_id:
            yield "user_id", "must be in lower case, without spaces around it"
    if credential.password_hash and not credential.password_hash.startswith("$argon2id$"):
        yield "password_hash", "must be an Argon2id hash in PHC format, or empty before the first access"


def _subscription(subscription: Subscription) -> Iterator[Found]:
    days = 7 if subscription.frequency is Frequency.WEEKLY else 31
    if not 1 <= subscription.anchor_day <= days:
        yield "anchor_day", f"must be from 1 to {days} for {subscription.frequency.value} periods"
    if subscription.quantity < 1:
        yield "quantity", "must be at least 1"
    if subscription.unit_price < 0:
        yield "unit_price", "must not be negative"
    if not 0 <= subscription.discount_percent <= 100:
        yield "discount_percent", "must be from 0 to 100"
    if subscription.end is not None and subscription.end < subscription.start:
        yield "end", "lies before the start"
    for name in ("start", "end", "anchored_on", "renews_on", "trial_from", "minimum_until", "discount_until"):
        day = getattr(subscription, name)
        if day is not None and not EARLIEST <= day < LATEST:
            yield name, f"must lie from {EARLIEST} to before {LATEST}"
    if subscription.anchored_on is not None and subscription.anchored_on < subscription.start:
        yield "anchored_on", "lies before the start"
    if (
        subscription.renews_on is not None
        and subscription.end is not None
        and subscription.end <= subscription.renews_on
    ):
        yield "renews_on", "lies at or after the end"
    if subscription.trial_from is not None and subscription.trial_from >= subscription.start:
        yield "trial_from", "must lie before the start"
    if subscription.pending is not None:
        if subscription.pending.quantity < 1:
            yield "pending.quantity", "must be at least 1"
        if subscription.pending.unit_price < 0:
            yield "pending.unit_price", "must not be negative"


def _held(held: HeldInvoice) -> Iterator[Found]:
    if held.id != renewal_key(held.subscription_id, held.period_start):
        yield "id", "must be the subscription's, a colon and the start of the period"
    if held.period_end <= held.period_start:
        yield "period_end", "must lie after the start"


def _method(method: PaymentMethod) -> Iterator[Found]:
    if len(method.last4) > 4:
        yield "last4", "must be the last four at most"
    yield from no_card("brand", method.brand)


def _charge(charge: Charge) -> Iterator[Found]:
    if charge.amount <= 0 or charge.amount != sum(share.amount for share in charge.shares):
        yield "amount", "is not the sum of its parts"
    if any(share.amount <= 0 for share in charge.shares):
        yield "shares", "each part must be more than nothing"
    if len({share.invoice_id for share in charge.shares}) < len(charge.shares):
        yield "shares", "one invoice stands twice"
    if (charge.settled_at is not None) is not (charge.state in (ChargeState.SUCCEEDED, ChargeState.FAILED)):
        yield "settled_at", "stands with what succeeded or failed, and nothing else"
    yield from no_card("method_label", charge.method_label)


def _entry(entry: JournalEntry) -> Iterator[Found]:
    if len(entry.postings) < 2:
        yield "postings", "fewer than two"
    if total := sum(posting.amount for posting in entry.postings):
        yield "postings", f"sum to {total}, not to zero"
    if not all(posting.amount for posting in entry.postings):
        yield "postings", "one moves nothing"
    yield from currency("currency", entry.currency)


def _payment(payment: Payment) -> Iterator[Found]:
    if payment.amount == 0:
        yield "amount", "must not be zero"
    yield from no_card("method", payment.method)


_CHECKS: dict[type[Record], Callable[[Any], Iterator[Found]]] = {
    Vendor: _vendor,
    Series: _series,
    Plan: _plan,
    Coupon: _coupon,
    Account: _account,
    Person: _person,
    Membership: _membership,
    Credential: _credential,
    Subscription: _subscription,
    Invoice: wrong_in_document,
    HeldInvoice: _held,
    PaymentMethod: _method,
    Charge: _charge,
    Payment: _payment,
    JournalEntry: _entry,
    AccessRequest: wrong_in_request,
    AccessCode: wrong_in_code,
    Tries: wrong_in_tries,
}
