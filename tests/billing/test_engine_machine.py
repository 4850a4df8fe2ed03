"""Customers doing anything in any order, on both backends: afterwards every invariant of the books holds.

The same history gives the same data on memory and on disk.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.catalogue import Coupon, Plan, Price
from billing.changes import AddPlan, Cancel, ChangeFrequency, ChangeLicences, ChangePlan, KeepOn, UndoPending, Wish
from billing.charges import Share
from billing.collecting import collect
from billing.credentials import Counter as Door
from billing.desk import Desk
from billing.dunning import dun
from billing.errors import Refusal
from billing.invoices import Invoice, InvoiceType
from billing.issuing import credit_note, refund
from billing.kinds import KINDS
from billing.paying import pay, till
from billing.payment_methods import PaymentMethod
from billing.periods import Frequency
from billing.plan_changes import confirm, preview, running
from billing.record import Record, changed
from billing.renewals import renew
from billing.store import Store
from billing.subscriptions import Subscription
from billing.vendor import Address, Dunning, Party, Vendor
from billing.verify import verify
from billing.wallet import add_bank_debit, make_default, open_page, remove, wallet, watch_page
from gateways.payments.sandbox import RETURNED_IBAN, TEST_CARDS, Sandbox
from storage.dataset import copied, read_dataset
from storage.registry import open_store

START = date(2024, 1, 29)
IBAN = "ES9121000418450200051332"
COUNTRIES = (
    ("ES", "28013", "EUR", ""), ("ES", "35002", "EUR", ""), ("FR", "69002", "EUR", ""), ("JP", "150", "JPY", ""),
    ("ES", "08001", "USD", ""),
)  # fmt: skip


def world() -> Iterator[Record]:
    home = Address(lines=("Calle Mayor 1",), city="Madrid", postcode="28001", country="ES")
    yield Vendor(
        id="vendor", brand="V", product="P", party=Party(name="V", address=home), euro_rates={"USD": Decimal("0.92")},
        dunning=Dunning(suspend_after=40, cancel_after=90),
    )  # fmt: skip
    for number, base in enumerate((1900, 5500, 7900)):
        prices = tuple(
            Price(frequency, currency, base * months // 4)
            for frequency, months in zip(Frequency, (1, 4, 11, 21, 40), strict=True)
            for currency in ("EUR", "USD", "JPY")
        )
        trial, minimum = (14, 0) if number == 0 else (0, 6) if number == 2 else (0, 0)
        yield Plan(id=f"p{number}", name=f"Plan {number}", prices=prices, trial_days=trial, minimum_months=minimum)
    yield Coupon(id="HALF", percent=50, periods=2)
    for number, (country, postcode, currency, tax_id) in enumerate(COUNTRIES):
        yield Account(
            id=f"a{number}", type=AccountType.SELF_SERVICE, name=f"Customer {number}", email=f"a{number}@x.example",
            address=Address(lines=("Street 1",), city="Town", postcode=postcode, country=country), tax_id=tax_id,
            currency=currency, language=("es", "en")[number % 2], payment_days=(0, 0, 15)[number % 3], since=START,
            time_zone=("Europe/Madrid", "Atlantic/Canary", "Europe/Paris", "Asia/Tokyo", "Europe/Madrid")[number],
        )  # fmt: skip
        yield Person(id=f"o{number}", name=f"Owner {number}", email=f"a{number}@x.example")
        yield Membership(id=f"o{number}.a{number}", account_id=f"a{number}", person_id=f"o{number}", role=Role.OWNER)


class Life:
    """A seeded sequence of acts. Refusals are part of life; anything else is a defect."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.chance, self.day = store, Random(seed), START
        self._ids = 0
        self.gateway = Sandbox(self.now, name=lambda _: self.fresh())
        self.done: dict[str, int] = {}
        with store.write() as books:
            for record in world():
                books.put(record)

    def now(self) -> datetime:
        return datetime.combine(self.day, time(10), UTC)

    def fresh(self) -> str:
        self._ids += 1
        return f"i{self._ids:06d}"

    def desk(self) -> Desk:
        number = self.chance.randrange(len(COUNTRIES))
        with self.store.read() as books:
            person, account = books.get(Person, f"o{number}"), books.get(Account, f"a{number}")
        return Desk(self.store, self.now, Door.CENTER, person, account, Role.OWNER, self.now(), self.fresh)

    def act(self) -> None:
        acts = (
            self.change, self.change, self.change, self.pass_days, self.pay, self.card, self.credit, self.wallet,
            self.debit, self.hold,
        )  # fmt: skip
        chosen = self.chance.choice(acts)
        with suppress(Refusal):
            chosen()
            self.done[chosen.__name__] = self.done.get(chosen.__name__, 0) + 1

    def change(self) -> None:
        desk = self.desk()
        confirm(desk, preview(desk, self.wish(desk)))

    def wish(self, desk: Desk) -> Wish:
        chance, rows = self.chance, running(desk)
        plan, frequency, quantity = f"p{chance.randrange(3)}", chance.choice(list(Frequency)), chance.randint(1, 9)
        if not rows or chance.random() < 0.15:
            coupon = chance.choice(("", "", "half"))
            return AddPlan(plan_id=plan, quantity=quantity, frequency=frequency, coupon=coupon)
        chosen = chance.choice(rows).id
        return chance.choice(
            (
                ChangePlan(subscription_id=chosen, plan_id=plan),
                ChangeLicences(subscription_id=chosen, quantity=quantity),
                ChangeLicences(subscription_id=chosen, quantity=quantity),
                ChangeFrequency(subscription_id=chosen, frequency=frequency),
                Cancel(subscription_id=chosen),
                KeepOn(subscription_id=chosen),
                UndoPending(subscription_id=chosen),
            )
        )

    def pass_days(self) -> None:
        self.day += timedelta(days=self.chance.choice((1, 1, 2, 7, 30, 45)))
        # Now and then the nightly run is missed, and a change has to bring a subscription up to date itself.
        if self.chance.random() < 0.7:
            renew(self.store, self.now())
            collect(self.store, self.gateway, self.now())
            dun(self.store, self.now())

    def card(self) -> None:
        desk = self.desk()
        page = open_page(desk, self.gateway, key=self.fresh())
        self.gateway.enter(page.id, self.chance.choice(TEST_CARDS).name)
        watch_page(desk, self.gateway, page.id)

    def debit(self) -> None:
        """A bank account, which pays, or sends the debit back days after it was booked."""
        iban = self.chance.choice((IBAN, RETURNED_IBAN))
        desk = self.desk()
        make_default(desk, add_bank_debit(desk, self.gateway, iban, "Holder", key=self.fresh()).id)

    def hold(self) -> None:
        """A tax ID that is wrong holds invoices up; without it they are released."""
        desk = self.desk()
        with self.store.write() as books:
            account = books.get(Account, desk.account.id)
            wrong = "" if account.tax_id or self.chance.random() < 0.5 else "ESB12345678"
            books.put(changed(account, tax_id=wrong))

    def wallet(self) -> None:
        desk = self.desk()
        if held := wallet(desk):
            method = self.chance.choice(held).method
            if self.chance.random() < 0.3:
                remove(desk, self.gateway, method.id)
            else:
                make_default(desk, method.id)

    def pay(self) -> None:
        desk = self.desk()
        seen = till(desk)
        if not seen.methods or not seen.payables:
            return
        chosen = self.chance.sample(seen.payables, self.chance.randint(1, len(seen.payables)))
        shares = tuple(Share(p.invoice.id, self.chance.choice((p.due, max(p.due // 2, 1)))) for p in chosen)
        key = self.fresh()
        first = pay(desk, self.gateway, shares, seen.methods[0].id, key=key)
        again = pay(desk, self.gateway, shares, seen.methods[0].id, key=key)
        assert first.id == again.id

    def credit(self) -> None:
        desk = self.desk()
        with self.store.write() as books:
            account, vendor = books.get(Account, desk.account.id), books.get(Vendor, "vendor")
            own = [i for i in books.every(Invoice, limit=100_000) if i.account_id == account.id]
            if own and (chosen := self.chance.choice(own)).type is InvoiceType.INVOICE:
                credit_note(
                    books, vendor, account, chosen, self.chance.choice((10, 50, 100)), "why", self.day, self.now()
                )
            account = books.get(Account, desk.account.id)
            if account.credit and self.chance.random() < 0.3:
                refund(books, account, account.credit, self.day, self.fresh())


def each_day_is_billed_once(store: Store) -> None:
    """What is charged less what is credited is one of each day of a subscription, up to its next renewal or its end."""
    with store.read() as books:
        invoices = books.every(Invoice, limit=1_000_000)
        subscriptions = books.every(Subscription, limit=1_000_000)
    for subscription in subscriptions:
        times: Counter[date] = Counter()
        for invoice in invoices:
            if invoice.type is InvoiceType.INVOICE and invoice.subscription_id == subscription.id:
                *credited, charged = (
                    invoice.lines
                )  # a change credits what is left of the old terms, then charges the new
                for line, sign in (*((line, -1) for line in credited), (charged, 1)):
                    assert line.start is not None
                    assert line.end is not None
                    times[line.start] += sign
                    times[line.end] -= sign
        until, count = subscription.renews_on or subscription.end, 0
        days = sorted(day for day, times_ in times.items() if times_)
        assert until is not None
        if until > subscription.start:
            assert (days[0], days[-1]) == (subscription.start, until), subscription
            for day in days[:-1]:
                count += times[day]
                assert count == 1, (subscription, day, count)


@contextmanager
def opened(backend: str, folder: Path) -> Iterator[Store]:
    store = open_store("memory:" if backend == "memory" else f"tinydb:{folder}/{backend}.json", KINDS, create=True)
    yield store
    store.close()


def lived(backend: str, folder: Path, seed: int, acts: int) -> tuple[bytes, dict[str, int]]:
    with opened(backend, folder) as store:
        life = Life(store, seed)
        for _ in range(acts):
            life.act()
        life.gateway.close()
        assert list(verify(store)) == []
        each_day_is_billed_once(store)
        data = copied(store, life.day).to_bytes()
        assert read_dataset(data).to_bytes() == data
    if backend != "memory":
        reopened = open_store(f"tinydb:{folder}/{backend}.json", KINDS)
        assert copied(reopened, life.day).to_bytes() == data
        reopened.close()
    return data, life.done


@pytest.mark.parametrize("seed", range(4))
def test_after_anything_in_any_order_the_books_agree_and_both_backends_hold_the_same(tmp_path: Path, seed: int) -> None:
    data, done = lived("memory", tmp_path, seed, 120)
    assert min(done.get(name, 0) for name in ("change", "pass_days", "card")) > 3, done
    on_disk, _ = lived("tinydb", tmp_path, seed, 120)
    assert _without_port(on_disk) == _without_port(data)


def _without_port(data: bytes) -> bytes:
    """The sandbox's pages are on whatever port was free."""
    return re.sub(rb"127\.0\.0\.1:[0-9]+", b"", data)


@pytest.mark.soak
@pytest.mark.parametrize("backend", ["memory", "tinydb"])
def test_ten_thousand_acts(tmp_path: Path, backend: str) -> None:
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        lived(backend, folder, 100 + seed, 500)


def test_a_payment_method_is_never_a_card_number(tmp_path: Path) -> None:
    with opened("memory", tmp_path) as store:
        life = Life(store, 1)
        for _ in range(40):
            with suppress(Refusal):
                life.card()
        with store.read() as books:
            assert all(len(m.last4) == 4 and m.gateway_ref.startswith("sb_") for m in books.every(PaymentMethod))
