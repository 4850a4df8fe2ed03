"""What must hold within each record of a data file, beyond the types of its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from billing.accounts import Account, Person
from billing.catalogue import Plan
from billing.credentials import Credential
from billing.errors import Refusal
from billing.invoices import Invoice, InvoiceState, InvoiceType, Line
from billing.language import NAMES
from billing.payments import Payment
from billing.periods import Frequency
from billing.record import Record
from billing.sign_in import canonical_user_id
from billing.subscriptions import Subscription
from billing.tax import TaxCategory, tax_totals
from billing.vendor import Series, Vendor

Found = tuple[str, str]
"""A field, and what is wrong with it."""

LONGEST_TEXT = 2000
"""Characters in any one text."""

LARGEST_NUMBER = 10**15
"""No amount or quantity is larger: it fits the integers of every database, and sums of many do too."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,}")
_LANGUAGES = f"must be one of {', '.join(NAMES)}"


def wrong_in(record: Record) -> Iterator[Found]:
    """Everything wrong with a record by itself."""
    if not _ID.fullmatch(record.id):
        yield "id", "must be 1 to 64 of A-Z a-z 0-9 . _ : -, the first a letter or digit"
    if not _fits(record):
        yield from _sized("", record)
    yield from _CHECKS.get(type(record), _nothing)(record)


def _fits(value: Any) -> bool:
    """Whether `_sized` has nothing to say: asked of every value of a file, so it keeps no track of where it is."""
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and (value.isascii() or _LONE_SURROGATE.search(value) is None)
    if isinstance(value, int):
        return -LARGEST_NUMBER <= value <= LARGEST_NUMBER
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return isinstance(exponent, int) and exponent >= -4 and 0 <= value <= 100
    if isinstance(value, tuple):
        return all(map(_fits, value))
    return all(map(_fits, msgspec.structs.astuple(value))) if isinstance(value, msgspec.Struct) else True


def _sized(path: str, value: Any) -> Iterator[Found]:
    """Texts and numbers that are too large, at any depth. Text may be hostile (the screen sees to it) but is text."""
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _sized(f"{path}[{number}]", part)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _sized(f"{path}.{name}".lstrip("."), getattr(value, name))
    elif not _fits(value):
        match value:
            case str() if len(value) > LONGEST_TEXT:
                yield path, f"longer than {LONGEST_TEXT} characters"
            case str():
                yield path, "holds half a character (a lone surrogate)"
            case int():
                yield path, f"beyond {LARGEST_NUMBER}"
            case _:
                yield path, "must be from 0 to 100, with at most four decimals"


def _nothing(_: Any) -> Iterator[Found]:
    return iter(())


def _vendor(vendor: Vendor) -> Iterator[Found]:
    if vendor.id != Vendor.ID:
        yield "id", f"must be {Vendor.ID}"
    yield from _country("party.address.country", vendor.party.address.country)


def _series(series: Series) -> Iterator[Found]:
    if series.next < 1:
        yield "next", "must be at least 1"


def _plan(plan: Plan) -> Iterator[Found]:
    ways = [(price.frequency, price.currency) for price in plan.prices]
    for number, price in enumerate(plan.prices):
        yield from _currency(f"prices[{number}].currency", price.currency)
        if price.amount < 0:
            yield f"prices[{number}].amount", "must not be negative"
        if ways.index(ways[number]) < number:
            yield f"prices[{number}]", "this frequency and currency stand twice"


def _account(account: Account) -> Iterator[Found]:
    yield from _currency("currency", account.currency)
    yield from _country("address.country", account.address.country)
    if account.language not in NAMES:
        yield "language", _LANGUAGES
    if not 0 <= account.payment_days <= 3650:
        yield "payment_days", "must be from 0 to 3650"
    try:
        ZoneInfo(account.time_zone)
    except (LookupError, ValueError, OSError):
        yield "time_zone", "is no time zone, such as Europe/Madrid"


def _person(person: Person) -> Iterator[Found]:
    if person.language not in ("", *NAMES):
        yield "language", _LANGUAGES


def _credential(credential: Credential) -> Iterator[Found]:
    try:
        canonical = canonical_user_id(credential.user_id)
    except Refusal:
        yield "user_id", "is neither a user name nor a mail address"
    else:
        if canonical != credential.user_id:
            yield "user_id", "must be in lower case, without spaces around it"
    if not credential.password_hash.startswith("$argon2id$"):
        yield "password_hash", "must be an Argon2id hash in PHC format"


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


def _payment(payment: Payment) -> Iterator[Found]:
    if payment.amount == 0:
        yield "amount", "must not be zero"
    if _CARD_NUMBER.search(payment.method):
        yield "method", "looks like a card or account number, which is never held; keep the last four digits"


def _invoice(invoice: Invoice) -> Iterator[Found]:
    yield from _currency("currency", invoice.currency)
    yield from _country("seller.address.country", invoice.seller.address.country)
    yield from _country("customer.address.country", invoice.customer.address.country)
    if invoice.language not in NAMES:
        yield "language", _LANGUAGES
    if invoice.due_on < invoice.issued_on:
        yield "due_on", "lies before the day of issue"
    if not invoice.lines:
        yield "lines", "must not be empty"
    for number, line in enumerate(invoice.lines):
        for name, reason in _line(line):
            yield f"lines[{number}].{name}", reason
    # A rate outside all sense is told by `_sized`; here it could not be computed with.
    if all(line.rate.is_finite() and abs(line.rate) <= 100 for line in invoice.lines):
        yield from _sums(invoice)
    yield from _debt(invoice)


def _line(line: Line) -> Iterator[Found]:
    if line.net != line.quantity * line.unit_price - line.discount:
        yield "net", "must be quantity x unit_price less discount"
    if line.category is not TaxCategory.STANDARD and line.rate != 0:
        yield "rate", f"must be 0 in category {line.category.value}"
    if (line.start is None) != (line.end is None):
        yield "end", "start and end stand together or not at all"
    if isinstance(line.start, date) and isinstance(line.end, date) and line.end <= line.start:
        yield "end", "must lie after the start"


def _sums(invoice: Invoice) -> Iterator[Found]:
    totals = tax_totals(invoice.lines)
    for name, stated, computed in (
        ("groups", invoice.groups, totals.groups),
        ("net", invoice.net, totals.net),
        ("tax", invoice.tax, totals.tax),
        ("gross", invoice.gross, totals.gross),
    ):
        if stated != computed:
            yield name, f"the lines add up to {msgspec.json.encode(computed).decode()[:200]}"
    if invoice.currency == "EUR" and invoice.tax_in_euro not in (None, invoice.tax):
        yield "tax_in_euro", "must be the tax itself, or left out, in a document in euro"
    if invoice.currency != "EUR" and invoice.tax and invoice.tax_in_euro is None:
        yield "tax_in_euro", "must be given where the tax is in another currency (RD 1619/2012, art. 12.1)"


def _debt(invoice: Invoice) -> Iterator[Found]:
    if invoice.type is InvoiceType.CREDIT_NOTE:
        if invoice.gross > 0:
            yield "gross", "must not be positive in a credit note"
        if not invoice.corrects:
            yield "corrects", "a credit note must name the invoice it corrects"
        if not invoice.reason:
            yield "reason", "a credit note must say why (RD 1619/2012, art. 15.4)"
        if invoice.paid or invoice.credited:
            yield "paid", "a credit note is neither paid nor credited"
        wanted = InvoiceState.NOTE
    else:
        if invoice.gross < 0:
            yield "gross", "must not be negative in an invoice"
        if invoice.corrects:
            yield "corrects", "only a credit note corrects"
        if invoice.paid < 0:
            yield "paid", "more was given back than was paid"
        if not 0 <= invoice.credited <= max(invoice.gross, 0):
            yield "credited", f"must be from 0 to {invoice.gross}"
        wanted = _state(invoice)
    if invoice.state is not wanted:
        yield "state", f"must be {wanted.value}"


def _state(invoice: Invoice) -> InvoiceState:
    if invoice.due > 0:
        return InvoiceState.OPEN
    return InvoiceState.CREDITED if invoice.credited and invoice.credited == invoice.gross else InvoiceState.PAID


def _currency(name: str, code: str) -> Iterator[Found]:
    if not _CURRENCY.fullmatch(code):
        yield name, "must be an ISO 4217 code, such as EUR"


def _country(name: str, code: str) -> Iterator[Found]:
    if not _COUNTRY.fullmatch(code):
        yield name, "must be an ISO 3166-1 code, such as ES"


_CHECKS: dict[type[Record], Callable[[Any], Iterator[Found]]] = {
    Vendor: _vendor,
    Series: _series,
    Plan: _plan,
    Account: _account,
    Person: _person,
    Credential: _credential,
    Subscription: _subscription,
    Invoice: _invoice,
    Payment: _payment,
}
