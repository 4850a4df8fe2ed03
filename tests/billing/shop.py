"""A vendor with three plans, customers who have a card, a gateway that does as it is told, and a calendar to turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.catalogue import Coupon, Plan, Price
from billing.changes import AddPlan, Wish
from billing.charges import Charge
from billing.credentials import Counter
from billing.desk import Desk
from billing.invoices import Invoice
from billing.issuing import credit_note
from billing.kinds import KINDS
from billing.money import Money
from billing.payment_gateway import (
    Collection,
    GatewayEvent,
    GatewayMethod,
    Mandate,
    MethodKind,
    Outcome,
    Processing,
    Succeeded,
    Unknown,
)
from billing.payment_methods import PaymentMethod
from billing.periods import Frequency
from billing.plan_changes import Receipt, confirm, preview
from billing.record import Id, R, changed
from billing.renewals import Run, renew
from billing.store import Store
from billing.subscriptions import Subscription
from billing.vendor import Address, Party, Vendor
from billing.verify import verify
from storage.registry import open_store

FIRST_OF_MARCH = date(2026, 3, 1)
FACTORS = {Frequency.WEEKLY: 25, Frequency.MONTHLY: 100, Frequency.QUARTERLY: 290, Frequency.HALF_YEARLY: 560,
           Frequency.YEARLY: 1000}  # fmt: skip
"""What a period costs in hundredths of a month: longer is cheaper by the day."""

MADRID = Address(lines=("Calle Mayor 1",), city="Madrid", postcode="28001", country="ES")
VENDOR = Vendor(id=Vendor.ID, brand="V", product="P", party=Party(name="V, S.L.", address=MADRID))


def plan(plan_id: Id, monthly: int, **more: Any) -> Plan:
    """A plan sold in euro and dollars in every frequency."""
    prices = tuple(
        Price(frequency, currency, monthly * factor // 100)
        for frequency, factor in FACTORS.items()
        for currency in ("EUR", "USD")
    )
    return Plan(id=plan_id, name=plan_id.title(), prices=prices, **more)


PLANS = (
    plan("basic", 1000),
    plan("plus", 2000),
    plan("team", 3100, minimum_months=6),
    plan("tried", 1500, trial_days=14),
    plan("solo", 4000, most_licences=2),
)
COUPONS = (
    Coupon(id="HALF", percent=50, periods=2),
    Coupon(id="BASIC", percent=10, plan_ids=("basic",)),
    Coupon(id="SPRING", percent=20, valid_from=date(2026, 3, 10), valid_until=date(2026, 3, 20)),
)


class Lost(Exception):
    """The process died."""


@dataclass
class Scripted:
    """A payment gateway that answers from a script, and remembers what it took under each key."""

    name: str = "scripted"
    script: deque[Outcome | Exception] = field(default_factory=deque)
    took: dict[str, Outcome] = field(default_factory=dict)
    asked: list[tuple[str, str, Money]] = field(default_factory=list)
    on_charge: Callable[[], None] = lambda: None

    def will(self, *answers: Outcome | Exception) -> Scripted:
        """Answer the next charges like this; once the script is played, charges succeed."""
        self.script.extend(answers)
        return self

    def charge(self, customer: str, method: str, amount: Money, reference: str, *, key: str) -> Outcome:
        """A charge; the same key is answered alike. An exception of the script comes before money moves."""
        del customer, reference
        self.on_charge()
        self.asked.append((key, method, amount))
        if key not in self.took:
            answer = self.script.popleft() if self.script else Succeeded(f"ch_{key}")
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, Unknown):  # the money moved, and the answer was lost
                self.took[key] = Succeeded(f"ch_{key}")
                return answer
            self.took[key] = answer
        return self.took[key]

    def find_charge(self, customer: str, key: str) -> Outcome | None:
        """What became of a key."""
        del customer
        return self.took.get(key)

    def becomes(self, key: str, outcome: Outcome) -> None:
        """What a charge has come to meanwhile."""
        self.took[key] = outcome

    @property
    def times_taken(self) -> int:
        """How many charges moved money."""
        return sum(isinstance(o, Succeeded | Processing) for o in self.took.values())

    def ensure_customer(self, account_id: str, name: str, email: str) -> str:
        """The port's."""
        return f"cus_{account_id}"

    def start_collection(self, customer: str, *, key: str) -> Collection:
        """The port's."""
        raise NotImplementedError

    def collection(self, collection_id: str) -> Collection:
        """The port's."""
        raise NotImplementedError

    def register_bank_debit(self, customer: str, iban: str, mandate: Mandate, *, key: str) -> GatewayMethod:
        """The port's."""
        raise NotImplementedError

    def remove_method(self, customer: str, method: str) -> None:
        """The port's."""

    def refund(self, charge_ref: str, amount: Money, *, key: str) -> Outcome:
        """The port's."""
        raise NotImplementedError

    def read_event(self, body: bytes, signature: str) -> GatewayEvent | None:
        """The port's."""
        raise NotImplementedError


@dataclass
class Shop:
    """The store, the day, and what one does with both."""

    store: Store = field(default_factory=lambda: open_store("memory:", KINDS))
    day: date = FIRST_OF_MARCH
    hour: int = 12
    gateway: Scripted = field(default_factory=Scripted)
    vendor: Vendor = VENDOR
    _ids: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        with self.store.write() as books:
            for record in (self.vendor, *PLANS, *COUPONS):
                books.put(record)
        self.open_account("acme")

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.combine(self.day, time(self.hour), UTC)

    def fresh_id(self) -> Id:
        """Ids in order."""
        return f"id{next(self._ids):05d}"

    def open_account(self, name: Id, *, card: bool = False, **more: Any) -> Account:
        """A customer in Madrid who pays at once, with an owner; `card` gives them a card."""
        fields: dict[str, Any] = {
            "type": AccountType.SELF_SERVICE, "name": f"{name.title()}, S.L.", "address": MADRID,
            "email": f"{name}@example.com", "currency": "EUR", "language": "en", "payment_days": 0,
            "since": FIRST_OF_MARCH, "time_zone": "Europe/Madrid", "gateway_customer": f"cus_{name}",
        }  # fmt: skip
        with self.store.write() as books:
            books.put(Account(id=name, **{**fields, **more}))
            books.put(Person(id=f"o-{name}", name=f"Owner of {name}", email=f"{name}@example.com"))
            books.put(Membership(id=f"m-{name}", account_id=name, person_id=f"o-{name}", role=Role.OWNER))
        if card:
            self.give_card(name)
        return self.get(Account, name)

    def give_card(self, name: Id, card_id: Id = "card", *, default: bool = True) -> PaymentMethod:
        """A way to pay; the account's default unless told otherwise."""
        with self.store.write() as books:
            method = books.put(
                PaymentMethod(
                    id=f"{name}-{card_id}", account_id=name, method=MethodKind.CARD, gateway="scripted",
                    gateway_ref=f"ref-{name}-{card_id}", brand="Visa", last4="4242", added_at=self.now(),
                )
            )  # fmt: skip
            if default:
                books.put(changed(books.get(Account, name), default_method_id=method.id))
        return method

    def desk(self, account: Id = "acme") -> Desk:
        """The owner's desk."""
        person = self.get(Person, f"o-{account}")
        return Desk(
            self.store, self.now, Counter.CENTER, person, self.get(Account, account), Role.OWNER, self.now(),
            self.fresh_id,
        )  # fmt: skip

    def go(self, day: date, hour: int = 12) -> Shop:
        """Turn the calendar."""
        self.day, self.hour = day, hour
        return self

    def ask(self, wish: Wish, account: Id = "acme") -> Receipt:
        """Preview, then confirm."""
        desk = self.desk(account)
        return confirm(desk, preview(desk, wish))

    def subscribe(
        self, plan_id: Id = "basic", quantity: int = 1, frequency: Frequency = Frequency.MONTHLY,
        account: Id = "acme", coupon: str = "",
    ) -> Subscription:  # fmt: skip
        """Add a plan."""
        wish = AddPlan(plan_id=plan_id, quantity=quantity, frequency=frequency, coupon=coupon)
        return self.ask(wish, account).subscription

    def renew(self, **more: Any) -> Run:
        """The nightly run."""
        return renew(self.store, self.now(), **more)

    def get(self, kind: type[R], record_id: Id) -> R:
        """A record."""
        with self.store.read() as books:
            return books.get(kind, record_id)

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Every record of a kind, by id."""
        with self.store.read() as books:
            return books.every(kind, limit=100_000)

    def put(self, record: R) -> R:
        """Store a record."""
        with self.store.write() as books:
            return books.put(record)

    def again(self, record: R) -> R:
        """The record as it is now."""
        return self.get(type(record), record.id)

    def credit(self, invoice: Invoice, percent: int = 100) -> Invoice:
        """A credit note for a share of an invoice."""
        with self.store.write() as books:
            account = books.get(Account, invoice.account_id)
            invoice = books.get(Invoice, invoice.id)
            return credit_note(books, self.vendor, account, invoice, percent, "mistake", self.day, self.now())

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """Every document, by number."""
        return self.all(Invoice)

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every attempt to take money, in order."""
        return tuple(sorted(self.all(Charge), key=lambda c: (c.attempted_at, c.id)))

    def agree(self) -> None:
        """The books agree with themselves."""
        assert list(verify(self.store)) == []


DOLLARS = {"USD": Decimal("0.92")}
