"""Kill a nightly run at random moments, and see whether the next one makes it whole."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, date, datetime
from datetime import time as moment
from pathlib import Path
from random import Random

from billing.accounts import Account, AccountType
from billing.catalogue import Plan, Price
from billing.invoices import Invoice, renewal_key
from billing.kinds import KINDS
from billing.periods import Frequency
from billing.renewals import renew
from billing.store import Store
from billing.subscriptions import Subscription
from billing.vendor import Address, Party, Series, Vendor
from billing.verify import verify
from storage.registry import open_store

START, RUN = date(2026, 1, 31), date(2026, 6, 30)
HOME = Address(lines=("Calle Mayor 1",), city="Madrid", postcode="28001", country="ES")


def offices(accounts: int) -> list[Vendor | Plan | Account | Subscription]:
    """A vendor, and accounts with a subscription each that nobody has billed since January."""
    records: list[Vendor | Plan | Account | Subscription] = [
        Vendor(id="vendor", brand="V", product="P", party=Party(name="V", address=HOME)),
        Plan(id="p", name="Plan", prices=(Price(Frequency.MONTHLY, "EUR", 5500),)),
    ]
    for number in range(accounts):
        name = f"a{number:06d}"
        records += [
            Account(
                id=name, type=AccountType.SELF_SERVICE, name=name, address=HOME, email=f"{name}@x.example",
                currency="EUR", language=("es", "en")[number % 2], time_zone="Europe/Madrid", since=START,
            ),
            Subscription(
                id=f"{name}.s", account_id=name, plan_id="p", plan_name="Plan", quantity=number % 7 + 1,
                unit_price=5500,
                frequency=(Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.WEEKLY)[number % 3],
                anchor_day=31 if number % 3 < 2 else 6, start=START, renews_on=START,
            ),
        ]  # fmt: skip
    return records


def prepared(url: str, accounts: int) -> str:
    """A store with such accounts."""
    store = open_store(url, KINDS, create=True)
    with store.write() as books:
        for record in offices(accounts):
            books.put(record)
    store.close()
    return url


def noon(day: date) -> datetime:
    return datetime.combine(day, moment(12), UTC)


def kill_one(url: str, chance: Random, longest: float) -> None:
    """Let a forked process renew, and kill it at a random moment."""
    child = os.fork()
    if child == 0:
        try:
            store = open_store(url, KINDS)
            renew(store, noon(RUN), as_of=RUN)
        finally:
            os._exit(0)
    time.sleep(chance.random() * longest)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def check(store: Store) -> int:
    """Everything due is billed once, numbers run without a gap, the journal sums to zero; how many invoices."""
    with store.read() as books:
        invoices = books.every(Invoice, limit=1_000_000)
        subscriptions = books.every(Subscription, limit=1_000_000)
        series = books.get(Series, f"F-{RUN.year}")
    billed = [key for invoice in invoices for key in invoice.renewals]
    due = {renewal_key(s.id, p.start) for s in subscriptions for p in s.periods(RUN)}
    assert sorted(billed) == sorted(due)
    assert sorted(i.number for i in invoices) == [f"F-{RUN.year}-{n:06d}" for n in range(1, series.next)]
    assert list(verify(store)) == []
    return len(invoices)


def survive(path: Path, kills: int, accounts: int, seed: int) -> int:
    """Kill runs, let one finish, and check; how many invoices there were when it began, of how many."""
    chance = Random(seed)
    url = prepared(f"tinydb:{path}", accounts)
    for _ in range(kills):
        kill_one(url, chance, 0.08)
    store = open_store(url, KINDS)
    with store.read() as books:
        before = len(books.every(Invoice, limit=1_000_000))
    renew(store, noon(RUN), as_of=RUN)
    total = check(store)
    store.close()
    assert total > accounts
    return before
