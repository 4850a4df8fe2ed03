"""What a renewal costs on TinyDB, with tax, journal, numbering and mail: `python -m tests.bench.bench_renew`.

Each size renews every subscription once, durably, in the engine's own batches; the peer is the same store committing
one record of an invoice's size at a time, in the same run. Cost per renewal should not grow with the store.
"""

from __future__ import annotations

import gc
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.invoices import Invoice
from billing.kinds import KINDS
from billing.notices import Notice
from billing.periods import Frequency
from billing.record import Record
from billing.renewals import renew
from billing.store import Store
from billing.subscriptions import Subscription
from billing.vendor import Address, Party, Vendor
from storage.registry import open_store

SIZES = (1_000, 10_000, 100_000)
COMMITS = 500
START, DAY = date(2026, 1, 1), date(2026, 2, 1)
HOME = Address(lines=("Calle Mayor 1",), city="Madrid", postcode="28001", country="ES")


def records(size: int) -> list[Record]:
    """A vendor and `size` subscriptions that all renew on one day, each of an account with a billing contact."""
    made: list[Record] = [Vendor(id="vendor", brand="V", product="P", party=Party(name="V", address=HOME))]
    for number in range(size):
        name = f"a{number:06d}"
        made += [
            Account(
                id=name, type=AccountType.SELF_SERVICE, name=name, address=HOME, email=f"{name}@x.example",
                tax_id="B12345674", currency="EUR", language="es", time_zone="Europe/Madrid", since=START,
            ),
            Person(id=f"p{number:06d}", name=name, email=f"{name}@x.example"),
            Membership(id=f"m{number:06d}", account_id=name, person_id=f"p{number:06d}", role=Role.OWNER),
            Subscription(
                id=f"{name}.s", account_id=name, plan_id="p", plan_name="Remote Support 5", quantity=3, unit_price=5500,
                frequency=Frequency.MONTHLY, anchor_day=1, start=START, renews_on=DAY,
            ),
        ]  # fmt: skip
    return made


def commits(store: Store) -> float:
    """Durable commits of one record a second."""
    now = datetime(2026, 2, 1, tzinfo=UTC)
    started = time.perf_counter()
    for number in range(COMMITS):
        with store.write() as books:
            text = {"text": "Monthly subscription, 19.99 EUR, tax 21 %, net 16.52 EUR. " * 10}
            books.put(Notice(id=f"n{number}", account_id="a000000", at=now, message="{text}", values=text))
    return COMMITS / (time.perf_counter() - started)


def measure(size: int) -> None:
    """Figures at one size."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        store = open_store(f"tinydb:{name}/store.json", KINDS, create=True)
        with store.write() as books:
            for record in records(size):
                books.put(record)
        before = commits(store)
        gc.collect()
        started = time.perf_counter()
        issued = len(renew(store, datetime(2026, 2, 1, 12, tzinfo=UTC), as_of=DAY).issued)
        seconds = time.perf_counter() - started
        assert issued == size
        raw = (before + commits_again(store)) / 2
        with store.read() as books:
            assert len(books.every(Invoice, limit=size + 1)) == size
        store.close()
    rate = issued / seconds
    print(f"{size:9,d} renewals {rate:9,.0f} a second  {seconds / issued * 1e6:7,.0f} us each", end="")
    print(f"   x{rate / raw:5.2f} of {raw:,.0f} raw commits a second")


def commits_again(store: Store) -> float:
    """The peer once more, after the run, so that a slow moment of the machine does not hit one side only."""
    with store.write() as books:
        for notice in books.every(Notice, limit=COMMITS):
            books.remove(notice)
    return commits(store)


def main() -> None:
    """Measure and print."""
    print("RENEWALS  durable, with tax, numbering, journal and mail; ratio to raw durable commits of the same store")
    for size in SIZES:
        measure(size)


if __name__ == "__main__":
    main()
