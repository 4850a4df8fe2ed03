"""A negotiating table: a corporate customer with people of every role, and the vendor's representatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from billing.accounts import CUSTOMER_ROLES, Account, AccountType, Membership, Person, Role
from billing.credentials import Counter
from billing.desk import Desk
from billing.kinds import KINDS
from billing.periods import Frequency
from billing.quotes import QuoteLine, QuoteTerms
from billing.record import Id, Record, changed
from billing.representatives import Representative
from billing.store import Store
from billing.subscriptions import Subscription
from storage.registry import open_store
from tests.billing.shop import MADRID, PLANS, VENDOR

TODAY = date(2026, 11, 23)
LIST_PRICE = 2900
"""Of the plan `basic` for a quarter, in cents."""


@dataclass
class Table:
    """One store, one calendar. `corp` is looked after by rep `rita`; `elsewhere` by `otto`, of another team."""

    store: Store = field(default_factory=lambda: open_store("memory:", KINDS))
    today: date = TODAY

    def __post_init__(self) -> None:
        with self.store.write() as books:
            for record in _records():
                books.put(record)

    def clock(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)

    def next_day(self, days: int = 1) -> None:
        self.today += timedelta(days=days)

    def at(self, person_id: Id, account_id: Id = "corp") -> Desk:
        """The desk of somebody of the customer."""
        with self.store.read() as books:
            person, account = books.get(Person, person_id), books.get(Account, account_id)
            role = books.get(Membership, f"{person_id}.{account_id}").role
        return Desk(self.store, self.clock, Counter.ENTERPRISE, person, account, role, self.clock())

    def behind(self, person_id: Id, account_id: Id = "corp") -> Desk:
        """The desk of a representative."""
        with self.store.read() as books:
            person, account = books.get(Person, person_id), books.get(Account, account_id)
            role = books.get(Representative, person_id).role
        return Desk(self.store, self.clock, Counter.DESK, person, account, role, self.clock())

    def account(self, **fields: object) -> None:
        """Change the account's terms."""
        with self.store.write() as books:
            books.put(changed(books.get(Account, "corp"), **fields))

    def terms(
        self, discount: int, *, quantity: int = 10, subscription_id: Id = "corp.s1", months: int = 12, valid: int = 30
    ) -> QuoteTerms:
        """Terms for the running subscription, or with no `subscription_id` for a new one."""
        line = QuoteLine(
            plan_id="basic",
            plan_name="Basic",
            quantity=quantity,
            list_price=LIST_PRICE,
            unit_price=LIST_PRICE * (100 - discount) // 100,
            subscription_id=subscription_id,
        )
        last = self.today + timedelta(days=valid)
        return QuoteTerms(lines=(line,), currency="EUR", frequency=Frequency.QUARTERLY, months=months, valid_until=last)


def _records() -> Iterator[Record]:
    yield VENDOR
    yield from PLANS
    for rep, team, lead, most in (
        ("rita", "south", False, 20), ("lena", "south", True, 60), ("otto", "north", False, 20),
    ):  # fmt: skip
        yield Person(id=rep, name=rep.title(), email=f"{rep}@vendor.example", language="en")
        yield Representative(id=rep, team=team, lead=lead, most_discount=most)
    for account_id, rep in (("corp", "rita"), ("elsewhere", "otto")):
        yield Account(
            id=account_id, type=AccountType.CORPORATE, name=account_id.title(), address=MADRID,
            email=f"billing@{account_id}.example", currency="EUR", language="en", time_zone="Europe/Madrid",
            since=date(2025, 1, 1), payment_days=30, representative_id=rep, user_id=f"{account_id}.billing",
        )  # fmt: skip
        for role in CUSTOMER_ROLES:
            person_id = role.value if account_id == "corp" else f"{role.value}-{account_id}"
            yield Person(id=person_id, name=person_id.title(), email=f"{person_id}@{account_id}.example")
            yield Membership(id=f"{person_id}.{account_id}", account_id=account_id, person_id=person_id, role=role)
        yield Subscription(
            id=f"{account_id}.s1", account_id=account_id, plan_id="basic", plan_name="Basic", quantity=5,
            unit_price=LIST_PRICE, frequency=Frequency.QUARTERLY, anchor_day=1, start=date(2026, 12, 1),
            renews_on=date(2026, 12, 1),
        )  # fmt: skip


def role_desk(table: Table, role: Role, account_id: Id = "corp") -> Desk:
    """A desk on the account for somebody of that role."""
    match role:
        case Role.REPRESENTATIVE:
            return table.behind("rita" if account_id == "corp" else "otto", account_id)
        case Role.LEAD:
            return table.behind("lena", account_id)
        case _:
            return table.at(role.value if account_id == "corp" else f"{role.value}-{account_id}", account_id)
