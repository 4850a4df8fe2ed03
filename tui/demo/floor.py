"""Where the people of the demonstration meet: one store, one day, and whoever is at which desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from billing.accounts import Account, Person
from billing.catalogue import Plan
from billing.credentials import Counter
from billing.desk import Desk, role_of
from billing.periods import Frequency
from billing.purchase_orders import PurchaseOrder
from billing.quote_views import open_quote
from billing.quotes import Quote, QuoteLine, QuoteTerms
from billing.record import Id, changed
from billing.store import Span, Store
from billing.subscriptions import Subscription


@dataclass(slots=True)
class Floor:
    """Where they meet: one store, one day, and who is at which desk."""

    store: Store
    today: date
    hour: int = 9
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def _now(self) -> datetime:
        return datetime.combine(self.today, time(self.hour, 30), UTC)

    def _id(self) -> Id:
        return f"demo.{self.today:%y%m%d}.{next(self._numbers)}"

    def desk(self, person_id: Id, account_id: Id) -> Desk:
        """Somebody's desk; each comes an hour after the one before."""
        self.hour = min(self.hour + 1, 20)
        with self.store.read() as books:
            person, account = books.get(Person, person_id), books.get(Account, account_id)
            for door in (Counter.ENTERPRISE, Counter.DESK):
                if (role := role_of(books, door, person_id, account_id)) is not None:
                    return Desk(self.store, self._now, door, person, account, role, self._now(), self._id)
        raise ValueError(f"{person_id} has no desk for {account_id}")

    def line(self, account_id: Id, plan_id: Id, licences: int, discount: int, renews: Id = "") -> QuoteLine:
        """A line at a discount in per cent, for the frequency of the subscription it renews, else yearly."""
        with self.store.read() as books:
            plan, account = books.get(Plan, plan_id), books.get(Account, account_id)
            often = books.get(Subscription, renews).frequency if renews else Frequency.YEARLY
        asked = plan.price(often, account.currency)
        if asked is None:
            raise ValueError(f"{plan_id} is not sold to {account_id}")
        return QuoteLine(
            plan_id=plan.id,
            plan_name=plan.name,
            quantity=licences,
            list_price=asked.amount,
            unit_price=asked.amount * (100 - discount) // 100,
            subscription_id=renews,
        )

    def terms(self, account_id: Id, lines: Sequence[QuoteLine], often: Frequency, days: int = 30) -> QuoteTerms:
        """A year of these lines; an offer is good for so many days."""
        with self.store.read() as books:
            currency = books.get(Account, account_id).currency
        last = self.today + timedelta(days=days)
        return QuoteTerms(lines=tuple(lines), currency=currency, frequency=often, months=12, valid_until=last)

    def sealed(self, quote: Quote, person_id: Id) -> str:
        """The hash of the offer that lies before the customer."""
        current = open_quote(self.desk(person_id, quote.account_id), quote.id).current
        if current is None:
            raise ValueError(f"quote {quote.number} has no words yet")
        return current.hash

    def orders(self, account_id: Id) -> dict[str, PurchaseOrder]:
        """An account's purchase orders by their numbers."""
        with self.store.read() as books:
            rows = books.find(PurchaseOrder, Span("number", (account_id,))).rows
        return {order.number: order for order in rows}

    def account(self, account_id: Id, **fields: object) -> None:
        """Settle an account's terms."""
        with self.store.write() as books:
            books.put(changed(books.get(Account, account_id), **fields))


Deed = Callable[[Floor], None]
"""Something that was done on a day."""
