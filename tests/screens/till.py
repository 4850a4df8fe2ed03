"""A payment service that does as it is told, and its pages: for the screens that take money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from billing.money import Money
from billing.payment_gateway import (
    Collection,
    CollectionState,
    GatewayEvent,
    GatewayMethod,
    Mandate,
    MethodKind,
    NeedsCustomer,
    Outcome,
    Succeeded,
)
from screens.session import TestCard

CARD_PAGE = f"https://pay.example/c/{0:038}"
BANK_PAGE = f"https://pay.example/b/{0:038}"
"""Links of 60 characters, the most the port allows."""


@dataclass
class Till:
    """Answers every charge with `answer`; what it was asked for is in `asked`, by key."""

    name: str = "till"
    answer: Callable[[str], Outcome] = Succeeded
    collections: dict[str, Collection] = field(default_factory=dict)
    asked: dict[str, tuple[Money, str]] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    fails: Exception | None = None

    cards = (TestCard("Visa", "It simply pays."), TestCard("Never", "The page is left without a card."))

    def ensure_customer(self, account_id: str, name: str, email: str) -> str:
        return f"cus_{account_id}"

    def start_collection(self, customer: str, *, key: str) -> Collection:
        if self.fails:
            raise self.fails
        url = f"https://pay.example/c/{len(self.collections):038}"
        expires = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
        return self.collections.setdefault(f"page-{key}", Collection(id=f"page-{key}", url=url, expires_at=expires))

    def collection(self, collection_id: str) -> Collection:
        return self.collections[collection_id]

    def become(self, collection_id: str, state: CollectionState, method: GatewayMethod | None = None) -> None:
        old = self.collections[collection_id]
        self.collections[collection_id] = Collection(
            id=old.id, url=old.url, expires_at=old.expires_at, state=state, method=method
        )

    def enter(self, collection_id: str, card: str) -> None:
        if card == "Never":
            return self.become(collection_id, CollectionState.REFUSED)
        method = GatewayMethod(
            ref=f"card-{collection_id}", kind=MethodKind.CARD, brand=card, last4="0077", expires=date(2030, 1, 1)
        )
        return self.become(collection_id, CollectionState.DONE, method)

    def confirm(self, url: str, agreed: bool) -> None:
        for key, outcome in self.outcomes.items():
            if isinstance(outcome, NeedsCustomer) and outcome.url == url:
                self.outcomes[key] = Succeeded(outcome.ref) if agreed else outcome

    def register_bank_debit(self, customer: str, iban: str, mandate: Mandate, *, key: str) -> GatewayMethod:
        return GatewayMethod(ref=f"debit-{key}", kind=MethodKind.BANK_DEBIT, brand="Banco de Prueba", last4=iban[-4:])

    def remove_method(self, customer: str, method: str) -> None:
        self.removed.append(method)

    def charge(self, customer: str, method: str, amount: Money, reference: str, *, key: str) -> Outcome:
        if key not in self.asked:
            self.asked[key] = (amount, method)
            self.outcomes[key] = self.answer(key)
        return self.outcomes[key]

    def find_charge(self, customer: str, key: str) -> Outcome | None:
        return self.outcomes.get(key)

    def refund(self, charge_ref: str, amount: Money, *, key: str) -> Outcome:
        raise AssertionError("screens give nothing back")

    def read_event(self, body: bytes, signature: str) -> GatewayEvent | None:
        return None
