"""The built-in payment sandbox: every outcome there is, on purpose, and no money.

What becomes of a charge follows from the test card it is charged to, so that a demonstration and a test can choose it.
Keys are kept: the same key is one charge. With a journal on disk it outlives the process, as a real gateway would.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from billing.errors import N_
from billing.money import Money
from billing.payment_gateway import (
    BadEvent,
    Collection,
    CollectionState,
    Declined,
    GatewayEvent,
    GatewayMethod,
    GatewayRefused,
    Mandate,
    MethodKind,
    NeedsCustomer,
    Outcome,
    Processing,
    Succeeded,
    Unknown,
)
from gateways.payments.sandbox_journal import (
    Asked,
    Confirmed,
    Entered,
    Journal,
    NeverArrived,
    Opened,
    Refunded,
    Removed,
    TurnedDown,
)

if TYPE_CHECKING:
    from gateways.payments.hosted_page import HostedPage


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card that stands for a behaviour. Its number is known to the page's script and to nothing else."""

    __test__ = False

    name: str
    brand: str
    last4: str
    about: str
    """A catalogue message: what comes of it."""


TEST_CARDS = (
    TestCard("ok", "Visa", "4242", N_("Every payment succeeds.")),
    TestCard("mastercard", "Mastercard", "4444", N_("Every payment succeeds.")),
    TestCard("no-funds", "Visa", "9995", N_("Every payment fails for lack of funds; it may be tried again.")),
    TestCard("tomorrow", "Visa", "0341", N_("Payments fail on the first day, and succeed from the next day on.")),
    TestCard("declined", "Visa", "0002", N_("The bank says no, for good.")),
    TestCard("lost", "Visa", "9987", N_("The card was reported lost: no, for good.")),
    TestCard("expired", "Visa", "0069", N_("The bank says that the card has expired.")),
    TestCard("confirm", "Visa", "3155", N_("The bank asks the customer to confirm each payment.")),
    TestCard("answer-lost", "Visa", "6975", N_("The payment succeeds, but the answer is lost on the way.")),
    TestCard("request-lost", "Visa", "0119", N_("The first request is lost on the way; the next one succeeds.")),
)
"""Every behaviour, by name. Numbers like the well-known processors' stand in `card.js`, which runs in the browser."""

BY_NAME = {card.name: card for card in TEST_CARDS}

_DECLINES = {
    "no-funds": ("insufficient_funds", True),
    "declined": ("do_not_honor", False),
    "lost": ("lost_card", False),
    "expired": ("expired_card", False),
}

RETURNED_IBAN = "DE62370400440532013001"
"""The bank account whose debits come back (the number under which Stripe's test mode does the same)."""

PAGE_LASTS = timedelta(minutes=30)
DEBIT_TAKES, DEBIT_RETURNS = timedelta(days=2), timedelta(days=5)


class Sandbox:
    """See `billing.payment_gateway.PaymentGateway`. `journal` is a file that several processes may share."""

    name = "sandbox"

    def __init__(
        self, clock: Callable[[], datetime], journal: Path | None = None, name: Callable[[int], str] = secrets.token_hex
    ) -> None:
        self.clock = clock
        self._name = name
        self._journal = Journal(journal)
        self._page: HostedPage | None = None

    def page_url(self, path: str) -> str:
        """The address of one of its pages; the server is started by the first."""
        if self._page is None:
            from gateways.payments.hosted_page import HostedPage

            self._page = HostedPage(self)
        return self._page.url(path)

    def close(self) -> None:
        """Stop the pages and let go of the journal."""
        if self._page is not None:
            self._page.close()
            self._page = None
        self._journal.close()

    def ensure_customer(self, account_id: str, name: str, email: str) -> str:
        """See the port."""
        del name, email
        return f"cus_{account_id}"

    def start_collection(self, customer: str, *, key: str) -> Collection:
        """See the port."""
        with self._journal.turn():
            opened = self._journal.opened_by_key.get(key)
            if opened is None:
                opened = Opened(self._name(6), key, customer, self.clock())
                self._journal.add(opened)
            elif opened.customer != customer:
                raise GatewayRefused(reason="the key belongs to another request")
            return self._collection(opened)

    def collection(self, collection_id: str) -> Collection:
        """See the port."""
        with self._journal.turn():
            return self._collection(self._opened(collection_id))

    def _opened(self, collection_id: str) -> Opened:
        opened = self._journal.opened.get(collection_id)
        if opened is None:
            raise GatewayRefused(reason="there is no such page")
        return opened

    def _collection(self, opened: Opened) -> Collection:
        expires, entered = opened.at + PAGE_LASTS, self._journal.entered.get(opened.id)
        if entered is not None:
            state = CollectionState.DONE
        elif opened.id in self._journal.turned_down:
            state = CollectionState.REFUSED
        else:
            state = CollectionState.WAITING if self.clock() < expires else CollectionState.EXPIRED
        method = entered.method if entered else None
        return Collection(
            id=opened.id, url=self.page_url(f"/c/{opened.id}"), expires_at=expires, state=state, method=method
        )

    def enter(self, collection_id: str, card: str, expires: date | None = None) -> None:
        """What the customer does on the page: a test card by its name. A page takes one card."""
        if card not in BY_NAME:
            raise GatewayRefused(reason="there is no such test card")
        with self._journal.turn():
            opened = self._opened(collection_id)
            if self._collection(opened).state is not CollectionState.WAITING:
                raise GatewayRefused(reason="the page was used already, or is too old")
            if expires is not None and expires <= self.clock().date():
                raise GatewayRefused(reason="the card has expired")
            chosen = BY_NAME[card]
            method = GatewayMethod(
                ref=f"sb_{card}_{self._name(6)}",
                kind=MethodKind.CARD,
                brand=chosen.brand,
                last4=chosen.last4,
                expires=expires or date(self.clock().year + 4, 1, 1),
                fingerprint=f"fp_{card}",
            )
            self._journal.add(Entered(opened.id, opened.customer, method))

    def turn_down(self, collection_id: str) -> None:
        """The customer leaves the page without a card."""
        with self._journal.turn():
            if self._collection(self._opened(collection_id)).state is CollectionState.WAITING:
                self._journal.add(TurnedDown(collection_id))

    def register_bank_debit(self, customer: str, iban: str, mandate: Mandate, *, key: str) -> GatewayMethod:
        """See the port. The IBAN decides what becomes of its debits and is not kept."""
        del mandate
        with self._journal.turn():
            if (known := self._journal.entered.get(key)) is not None:
                if known.customer != customer or known.method.last4 != iban[-4:]:
                    raise GatewayRefused(reason="the key belongs to another request")
                return known.method
            behaviour = "returned" if iban == RETURNED_IBAN else "debit"
            method = GatewayMethod(
                ref=f"sb_{behaviour}_{self._name(6)}",
                kind=MethodKind.BANK_DEBIT,
                brand="SEPA",
                last4=iban[-4:],
                fingerprint=hashlib.sha256(f"{customer}:{iban}".encode()).hexdigest()[:16],
            )
            self._journal.add(Entered(key, customer, method))
            return method

    def remove_method(self, customer: str, method: str) -> None:
        """See the port."""
        with self._journal.turn():
            if method not in self._journal.removed and self._journal.owners.get(method, customer) == customer:
                self._journal.add(Removed(method))

    def charge(self, customer: str, method: str, amount: Money, reference: str, *, key: str) -> Outcome:
        """See the port."""
        with self._journal.turn():
            asked = self._journal.asked.get(key)
            if asked is None:
                if amount.minor <= 0 or self._journal.owners.get(method, customer) != customer:
                    raise GatewayRefused(reason="there is no such amount or payment method")
                if method in self._journal.removed:
                    return Declined("", "payment_method_removed", may_retry=False)
                if _behaviour(method) == "request-lost" and key not in self._journal.never_arrived:
                    self._journal.add(NeverArrived(key))
                    return Unknown()
                ref = f"ch_{self._name(8)}"
                asked = Asked(key, customer, method, amount, reference, self.clock(), ref, self._name(6))
                self._journal.add(asked)
                if _behaviour(method) == "answer-lost":
                    return Unknown()
            elif (asked.customer, asked.method, asked.amount) != (customer, method, amount):
                raise GatewayRefused(reason="the key belongs to another charge")
            return self._outcome(asked)

    def find_charge(self, customer: str, key: str) -> Outcome | None:
        """See the port."""
        with self._journal.turn():
            asked = self._journal.asked.get(key)
            return self._outcome(asked) if asked is not None and asked.customer == customer else None

    def _outcome(self, asked: Asked) -> Outcome:
        behaviour, age = _behaviour(asked.method), self.clock() - asked.at
        match behaviour:
            case "debit":
                return Succeeded(asked.ref) if age >= DEBIT_TAKES else Processing(asked.ref)
            case "returned":
                late = age >= DEBIT_RETURNS
                return Declined(asked.ref, "debit_returned", may_retry=False) if late else Processing(asked.ref)
            case "tomorrow":
                first = self._journal.first_asked[asked.method].date()
                later = asked.at.date() > first
                return Succeeded(asked.ref) if later else Declined(asked.ref, "insufficient_funds", may_retry=True)
            case "confirm":
                agreed = self._journal.confirmed.get(asked.ref)
                if agreed is None:
                    return NeedsCustomer(asked.ref, self.page_url(f"/b/{asked.page}"))
                return Succeeded(asked.ref) if agreed else Declined(asked.ref, "authentication_failed", may_retry=True)
            case _ if behaviour in _DECLINES:
                code, may_retry = _DECLINES[behaviour]
                return Declined(asked.ref, code, may_retry)
            case _:
                return Succeeded(asked.ref)

    def asked_on(self, page: str) -> Asked | None:
        """The charge that waits for its customer on a confirmation page; None once it was answered."""
        with self._journal.turn():
            asked = self._journal.pages.get(page)
            return asked if asked and asked.ref not in self._journal.confirmed else None

    def confirm(self, url: str, agreed: bool) -> None:
        """What the customer says on the confirmation page. It is asked once."""
        with self._journal.turn():
            asked = self._journal.pages.get(url.rpartition("/")[2])
            if asked is None:
                raise GatewayRefused(reason="there is no such payment to confirm")
            if asked.ref not in self._journal.confirmed:
                self._journal.add(Confirmed(asked.ref, agreed))

    def refund(self, charge_ref: str, amount: Money, *, key: str) -> Outcome:
        """See the port. Never more than was charged."""
        with self._journal.turn():
            if (known := self._journal.refunds.get(key)) is not None:
                if (known.charge, known.amount) != (charge_ref, amount):
                    raise GatewayRefused(reason="the key belongs to another refund")
                return Succeeded(known.ref)
            asked = self._journal.charges.get(charge_ref)
            if asked is None or not isinstance(self._outcome(asked), Succeeded | Processing):
                raise GatewayRefused(reason="nothing was charged")
            given = self._journal.refunded.get(charge_ref, 0)
            if amount.currency != asked.amount.currency or not 0 < amount.minor <= asked.amount.minor - given:
                raise GatewayRefused(reason="more than was charged")
            refunded = Refunded(key, charge_ref, amount, f"re_{self._name(8)}")
            self._journal.add(refunded)
            return Succeeded(refunded.ref)

    def read_event(self, body: bytes, signature: str) -> GatewayEvent | None:
        """The sandbox sends nothing of its own accord: whatever claims to come from it does not."""
        del body, signature
        raise BadEvent


def _behaviour(method: str) -> str:
    """What a method's reference stands for: `sb_no-funds_…`. The demonstration's own are `card_acme`, `debit_acme`."""
    kind, _, rest = method.partition("_")
    if kind == "sb":
        return rest.rpartition("_")[0]
    return "debit" if kind == "debit" else "ok"
