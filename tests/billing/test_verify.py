"""Books that agree are told clean; whichever record is made to disagree is named, with its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from billing.accounts import Account
from billing.catalogue import Coupon, Plan
from billing.changes import ChangeFrequency, ChangeLicences
from billing.charges import Charge, ChargeState, Share
from billing.collecting import collect
from billing.holds import HeldInvoice
from billing.invariants import Fault, faults
from billing.invoices import Invoice, InvoiceType
from billing.issuing import refund
from billing.journal import EntryKind, JournalEntry, Ledger, Posting
from billing.notices import Notice
from billing.outbox import OutboxMessage
from billing.paying import pay
from billing.payment_gateway import NeedsCustomer, Processing
from billing.payment_methods import PaymentMethod
from billing.payments import Payment
from billing.periods import Frequency
from billing.record import R, Record, changed
from billing.subscriptions import Pending, Subscription
from billing.vendor import Series, Vendor
from billing.verify import verify
from storage.dataset import copied, read_dataset
from tests.billing.shop import Shop

M, Y = Frequency.MONTHLY, Frequency.YEARLY
Books = dict[type[Record], tuple[Record, ...]]


@pytest.fixture(scope="module")
def shop() -> Shop:
    """A shop in which everything has happened: changes, credit, refunds, debits, holds, a payment under way."""
    made = Shop()
    made.give_card("acme")
    first = made.subscribe("plus", 3, coupon="half")
    made.ask(ChangeLicences(subscription_id=first.id, quantity=5))
    second = made.subscribe("basic", 2)
    collect(made.store, made.gateway, made.now())
    made.go(date(2026, 3, 20)).ask(ChangeFrequency(subscription_id=second.id, frequency=Y))
    made.ask(ChangeLicences(subscription_id=first.id, quantity=1))
    made.credit(made.invoices[0], 50)
    with made.store.write() as books:
        refund(books, books.get(Account, "acme"), 100, made.day, "by-hand")
    made.go(date(2026, 4, 1)).renew()
    made.gateway.will(Processing("ch"))
    collect(made.store, made.gateway, made.now())
    made.open_account("other", card=True)
    made.subscribe(account="other")
    made.gateway.will(NeedsCustomer("ch", "https://confirm.example"))
    owed = next(i for i in made.invoices if i.account_id == "other")
    pay(made.desk("other"), made.gateway, (Share(owed.id, 10),), "other-card", key="waits")
    made.put(changed(made.get(Account, "other"), name=""))
    made.go(date(2026, 5, 1)).renew()
    return made


@pytest.fixture
def books(shop: Shop) -> Books:
    return dict(copied(shop.store, shop.day).records)


def spoil(books: Books, kind: type[R], which: Callable[[R], bool] = lambda _: True, **fields: Any) -> R:
    """Change the first record of a kind that is meant."""
    rows: list[Any] = list(books[kind])
    place = next(n for n, row in enumerate(rows) if which(row))
    rows[place] = changed(rows[place], **fields)
    books[kind] = tuple(rows)
    return rows[place]  # type: ignore[no-any-return]


def drop(books: Books, kind: type[R], which: Callable[[R], bool] = lambda _: True) -> R:
    """Take the first record of a kind that is meant out."""
    rows: list[Any] = list(books[kind])
    gone = next(row for row in rows if which(row))
    books[kind] = tuple(row for row in rows if row is not gone)
    return gone  # type: ignore[no-any-return]


def test_a_shop_in_which_everything_happened_is_clean_and_its_copy_is_taken(shop: Shop) -> None:
    assert list(verify(shop.store)) == []
    data = copied(shop.store, shop.day).to_bytes()
    assert read_dataset(data).to_bytes() == data
    records = copied(shop.store, shop.day).records
    assert all(records[kind] for kind in (Charge, HeldInvoice, OutboxMessage, Notice, Coupon, PaymentMethod))
    assert {e.entry for e in shop.all(JournalEntry)} == set(EntryKind) - {EntryKind.RETURNED}


def test_verify_reads_the_store_it_is_given(shop: Shop) -> None:
    spoiled = Shop()
    spoiled.subscribe()
    with spoiled.store.write() as writing:
        writing.put(changed(writing.get(Account, "acme"), credit=5))
    assert list(verify(spoiled.store)) == [("accounts acme", "credit", "its postings sum to 0")]


def entry_of(kind: EntryKind) -> Callable[[JournalEntry], bool]:
    return lambda e: e.entry is kind


def is_invoice(invoice: Invoice) -> bool:
    return invoice.type is InvoiceType.INVOICE and bool(invoice.renewals)


def more(entry: JournalEntry, by: int) -> tuple[Posting, ...]:
    """The same postings, each moving more."""
    return tuple(Posting(p.ledger, p.amount + (by if p.amount > 0 else -by)) for p in entry.postings)


def first(books: Books, kind: type[R], which: Callable[[R], bool] = lambda _: True) -> R:
    rows: Any = books[kind]
    return next(row for row in rows if which(row))  # type: ignore[no-any-return]


def again(books: Books, kind: type[R], which: Callable[[R], bool]) -> None:
    """The same record once more, under another id."""
    books[kind] = (*books[kind], changed(first(books, kind, which), id="again"))


def stray(books: Books) -> None:
    """A payment that says it is part of a charge for something else."""
    payment = first(books, Payment, lambda p: not p.charge_id and p.account_id == "acme")
    charge = first(
        books, Charge, lambda c: c.account_id == "acme" and payment.invoice_id not in {s.invoice_id for s in c.shares}
    )
    spoil(books, Payment, lambda p: p.id == payment.id, charge_id=charge.id)


TODAY = date(2026, 5, 1)
NAIVE = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - that is what is wrong with it
SHORT = (Posting(Ledger.CASH, 5),)

WAYS: dict[str, tuple[Callable[[Books], Any], str]] = {
    "an entry that does not sum to zero": (
        lambda b: spoil(b, JournalEntry, postings=(Posting(Ledger.CASH, 5), Posting(Ledger.TAX, -4))), "postings",
    ),
    "an entry of one posting": (lambda b: spoil(b, JournalEntry, postings=SHORT), "postings"),
    "a posting of nothing": (
        lambda b: spoil(b, JournalEntry, postings=(*first(b, JournalEntry).postings, Posting(Ledger.TAX, 0))),
        "postings",
    ),
    "an entry in another currency": (lambda b: spoil(b, JournalEntry, currency="USD"), "currency"),
    "an invoice never booked": (lambda b: drop(b, JournalEntry, entry_of(EntryKind.INVOICE)), "journal"),
    "a credit note never booked": (lambda b: drop(b, JournalEntry, entry_of(EntryKind.CREDIT_NOTE)), "journal"),
    "a payment never booked": (lambda b: drop(b, JournalEntry, entry_of(EntryKind.PAYMENT)), "journal"),
    "a refund never booked": (lambda b: drop(b, JournalEntry, entry_of(EntryKind.REFUND)), "credit"),
    "an invoice booked for more": (
        lambda b: spoil(b, JournalEntry, entry_of(EntryKind.INVOICE),
                        postings=more(first(b, JournalEntry, entry_of(EntryKind.INVOICE)), 1)), "postings",
    ),
    "a payment booked for more": (
        lambda b: spoil(b, JournalEntry, entry_of(EntryKind.PAYMENT),
                        postings=more(first(b, JournalEntry, entry_of(EntryKind.PAYMENT)), 1)), "postings",
    ),
    "a payment booked from credit": (
        lambda b: spoil(b, JournalEntry, entry_of(EntryKind.PAYMENT), entry=EntryKind.CREDIT_USED), "postings",
    ),
    "a payment booked on another day": (
        lambda b: spoil(b, JournalEntry, entry_of(EntryKind.PAYMENT), on=date(2020, 1, 1)), "postings",
    ),
    "a refund that gives nothing back": (
        lambda b: spoil(b, JournalEntry, entry_of(EntryKind.REFUND),
                        postings=(Posting(Ledger.CREDIT, -5), Posting(Ledger.CASH, 5))), "postings",
    ),
    "an entry that nothing tells of": (lambda b: again(b, JournalEntry, entry_of(EntryKind.INVOICE)), "document_id"),
    "credit that is not the journal's": (lambda b: spoil(b, Account, credit=77), "credit"),
    "credit below nothing": (lambda b: spoil(b, Account, credit=-1), "credit"),
    "a renewal billed twice": (
        lambda b: spoil(b, Invoice, lambda i: not i.renewals, renewals=first(b, Invoice, is_invoice).renewals),
        "renewal",
    ),
    "a renewal of another subscription": (
        lambda b: spoil(b, Invoice, lambda i: not i.renewals and i.type is InvoiceType.INVOICE,
                        renewals=("nobody:2026-01-01",)), "renewals",
    ),
    "a period that nobody billed": (lambda b: spoil(b, Invoice, is_invoice, renewals=()), "renews_on"),
    "a period that was skipped": (
        lambda b: spoil(b, Subscription, lambda s: s.frequency is M, renews_on=date(2026, 7, 1)), "renews_on",
    ),
    "a renewal that is no boundary": (
        lambda b: spoil(b, Subscription, renews_on=date(2026, 5, 17)), "renews_on",
    ),
    "a subscription that nobody will bill": (lambda b: spoil(b, Subscription, renews_on=None), "renews_on"),
    "a row of periods that began before its subscription": (
        lambda b: spoil(b, Subscription, anchored_on=date(2025, 1, 1)), "anchored_on",
    ),
    "days that nobody billed before a new row": (
        lambda b: spoil(b, Subscription, lambda s: s.anchored_on is not None, start=date(2026, 2, 1)), "renews_on",
    ),
    "a renewal after the end": (lambda b: spoil(b, Subscription, end=date(2026, 4, 1)), "renews_on"),
    "a day beyond all calendars": (lambda b: spoil(b, Subscription, renews_on=date(9999, 12, 31)), "renews_on"),
    "a trial after the start": (lambda b: spoil(b, Subscription, trial_from=TODAY), "trial_from"),
    "a waiting change to no licences": (
        lambda b: spoil(b, Subscription, pending=Pending(on=TODAY, plan_id="plus", plan_name="P", quantity=0,
                                                         unit_price=1, frequency=M, asked_on=TODAY)),
        "pending.quantity",
    ),
    "a waiting change to an unknown plan": (
        lambda b: spoil(b, Subscription, pending=Pending(on=TODAY, plan_id="none", plan_name="P", quantity=1,
                                                         unit_price=1, frequency=M, asked_on=TODAY)),
        "pending.plan_id",
    ),
    "an unknown coupon": (lambda b: spoil(b, Subscription, coupon="NONE"), "coupon"),
    "another account's payment method": (
        lambda b: spoil(b, Subscription, lambda s: s.account_id == "acme", method_id="other-card"), "method_id",
    ),
    "an unknown default method": (lambda b: spoil(b, Account, default_method_id="none"), "default_method_id"),
    "a hold under another name": (lambda b: spoil(b, HeldInvoice, id="s:2026-01-01"), "id"),
    "a hold of what is billed": (
        lambda b: spoil(b, HeldInvoice, id=first(b, Invoice, is_invoice).renewals[0],
                        subscription_id=first(b, Invoice, is_invoice).subscription_id, account_id="acme",
                        period_start=date.fromisoformat(first(b, Invoice, is_invoice).renewals[0][-10:])), "id",
    ),
    "a hold where nothing renews": (
        lambda b: spoil(b, HeldInvoice, id=f"{first(b, HeldInvoice).subscription_id}:2026-04-30",
                        period_start=date(2026, 4, 30)), "period_start",
    ),
    "a hold of no days": (lambda b: spoil(b, HeldInvoice, period_end=date(2026, 1, 1)), "period_end"),
    "a charge that is not its parts": (lambda b: spoil(b, Charge, amount=7), "amount"),
    "a charge of one invoice twice": (
        lambda b: spoil(b, Charge, lambda c: c.amount > 1,
                        shares=(Share(first(b, Charge).shares[0].invoice_id, 1),
                                Share(first(b, Charge).shares[0].invoice_id, first(b, Charge).amount - 1))), "shares",
    ),
    "a charge of an unknown invoice": (
        lambda b: spoil(b, Charge, shares=(Share("none", first(b, Charge).amount),)), "shares[0].invoice_id",
    ),
    "a charge that failed and was paid": (
        lambda b: spoil(b, Charge, lambda c: c.state is ChargeState.SUCCEEDED, state=ChargeState.FAILED), "state",
    ),
    "a charge that succeeded and was not paid": (
        lambda b: spoil(b, Charge, lambda c: c.state is ChargeState.NEEDS_CUSTOMER, state=ChargeState.SUCCEEDED,
                        settled_at=first(b, Charge).attempted_at), "state",
    ),
    "a charge that is settled and is not": (
        lambda b: spoil(b, Charge, lambda c: c.state is ChargeState.SUCCEEDED, settled_at=None), "settled_at",
    ),
    "a charge in another currency": (lambda b: spoil(b, Charge, currency="USD"), "currency"),
    "two charges under way for one debt": (lambda b: again(b, Charge, lambda c: c.id == "waits"), "state"),
    "a payment of an invoice that its charge is not for": (lambda b: stray(b), "shares"),
    "a payment of an unknown charge": (lambda b: spoil(b, Payment, charge_id="none"), "charge_id"),
    "a charge that names a card": (lambda b: spoil(b, Charge, method_label="4242 4242 4242 4242"), "method_label"),
    "a method that is a card number": (lambda b: spoil(b, PaymentMethod, last4="4242424242424242"), "last4"),
    "a moment without a zone": (lambda b: spoil(b, Charge, attempted_at=NAIVE), "attempted_at"),
    "mail with an unknown document": (lambda b: spoil(b, OutboxMessage, attach=("none",)), "attach[0]"),
    "mail without end": (lambda b: spoil(b, OutboxMessage, values={"text": "x" * 8001}), "values.text"),
    "half a character in a notice": (lambda b: spoil(b, Notice, values={"plan": "\ud800"}), "values.plan"),
    "a coupon of more than all": (lambda b: spoil(b, Coupon, percent=101), "percent"),
    "a coupon in lower case": (lambda b: spoil(b, Coupon, id="basic"), "id"),
    "a coupon for an unknown plan": (lambda b: spoil(b, Coupon, plan_ids=("none",)), "plan_ids[0]"),
    "a coupon that ends before it begins": (
        lambda b: spoil(b, Coupon, valid_from=TODAY, valid_until=TODAY - timedelta(days=1)), "valid_until",
    ),
    "a trial before its beginning": (lambda b: spoil(b, Plan, trial_days=-1), "trial_days"),
    "a plan of no licences": (lambda b: spoil(b, Plan, most_licences=0), "most_licences"),
    "a euro that is worth nothing": (lambda b: spoil(b, Vendor, euro_rates={"USD": Decimal(0)}), "euro_rates.USD"),
    "a series that forgot its day": (lambda b: spoil(b, Series, last_issued_on=date(2026, 1, 1)), "last_issued_on"),
}  # fmt: skip
"""Ways of disagreeing: what is done to good books, and (the beginning of) the field that is named."""


@pytest.mark.parametrize("way", WAYS)
def test_books_that_disagree_are_told_by_record_and_field(books: Books, way: str) -> None:
    spoiling, field = WAYS[way]
    spoiling(books)
    found: list[Fault] = list(faults(books))
    assert any(name.startswith(field) for _, name, _ in found), found
    for record, _, reason in found:
        assert record.split()[0] in {kind.kind for kind in books}
        assert reason


def test_every_fault_of_a_stage_is_told_and_nothing_that_follows_from_it(books: Books) -> None:
    for kind in (Account, Coupon, Plan):
        books[kind] = tuple(msgspec.structs.replace(r, id="a b") for r in books[kind])
    found = list(faults(books))
    assert len([f for f in found if f[1] == "id" and "A-Z" in f[2]]) == len(
        books[Account] + books[Coupon] + books[Plan]
    )
    assert not [f for f in found if f[1] in ("journal", "credit")]
