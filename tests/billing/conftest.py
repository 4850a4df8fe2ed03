"""A counter with a few dozen invented customers, and desks at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from billing.accounts import Account, Membership, Person, Role
from billing.credentials import Counter
from billing.desk import Desk
from billing.kinds import KINDS
from billing.store import Store
from storage.dataset import Dataset, load_into
from storage.registry import open_store
from tui.demo.sample import demonstration, sample

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

DeskOf = Callable[[Account], Desk]


@pytest.fixture(scope="session")
def data() -> Dataset:
    """What the store holds."""
    return sample(30, 3, 7, date(2026, 11, 23), busiest=400)


@pytest.fixture(scope="session")
def store(data: Dataset) -> Store:
    """Tests must leave it as it is."""
    return filled(data)


@pytest.fixture
def demo() -> Store:
    """The demonstration's store, for a test that changes it."""
    return filled(demonstration())


def filled(data: Dataset) -> Store:
    """A new store in memory."""
    made = open_store("memory:", KINDS)
    load_into(made, data)
    return made


@pytest.fixture(scope="session")
def desk_of(store: Store) -> DeskOf:
    """The desk of an account's billing contact."""

    def opened(account: Account) -> Desk:
        with store.read() as books:
            owner = next(m for m in books.every(Membership) if (m.account_id, m.role) == (account.id, Role.OWNER))
            person = books.get(Person, owner.person_id)
        return Desk(store, lambda: NOON, Counter.CENTER, person, account, Role.OWNER, NOON)

    return opened
