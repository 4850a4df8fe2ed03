"""Webhooks: posted and signed by localstripe to a listener of the test, or made stale, forged and odd by the test."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from billing.money import Money
from billing.payment_gateway import BadEvent, Declined, GatewayEvent, Mandate, Processing, Succeeded
from gateways.payments.stripe_gateway import StripeGateway
from tests.gateways.payments.conftest import API_KEY, NOW, NUMBERS, WEBHOOK_SECRET, stripe_card
from tests.gateways.payments.doubles import Gate, served

TWELVE = Money(1210, "EUR")


class Delivered:
    """What arrived at the listener."""

    def __init__(self) -> None:
        self._posts: queue.Queue[tuple[bytes, str]] = queue.Queue()

    def put(self, body: bytes, signature: str) -> None:
        self._posts.put((body, signature))

    def about(self, gateway: StripeGateway, key: str) -> tuple[GatewayEvent, bytes, str]:
        """The first event about the charge with this key, as the gateway reads it."""
        while True:
            body, signature = self._posts.get(timeout=20)
            event = gateway.read_event(body, signature)
            if event is not None and event.key == key:
                return event, body, signature


@pytest.fixture
def delivered(localstripe_port: int) -> Any:
    arrived = Delivered()

    class Listener(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            arrived.put(self.rfile.read(int(self.headers["Content-Length"])), self.headers["Stripe-Signature"])
            self.send_response(200)
            self.end_headers()

    with served(Listener) as port:
        wanted = {"url": f"http://127.0.0.1:{port}/", "secret": WEBHOOK_SECRET}
        request = Request(
            f"http://127.0.0.1:{localstripe_port}/_config/webhooks/test",
            json.dumps(wanted).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {API_KEY}"},
        )
        with urlopen(request, timeout=10):
            yield arrived


@pytest.fixture
def customer(stripe_gateway: StripeGateway) -> str:
    return stripe_gateway.ensure_customer("acme", "Acme", "ap@acme.example")


def signed(event: dict[str, Any], at: int, secret: str = WEBHOOK_SECRET) -> tuple[bytes, str]:
    body = json.dumps(event).encode()
    return body, f"t={at},v1={hmac.new(secret.encode(), b'%d.%s' % (at, body), hashlib.sha256).hexdigest()}"


def told(kind: str, **intent: Any) -> dict[str, Any]:
    thing = {"id": "pi_1", "object": "payment_intent", "metadata": {"key": "k"}, "last_payment_error": None} | intent
    return {"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}


def test_a_payment_is_told_of_by_a_signed_webhook(
    delivered: Delivered, localstripe_port: int, stripe_gateway: StripeGateway, customer: str
) -> None:
    key = uuid4().hex
    card = stripe_card(localstripe_port, customer, NUMBERS["ok"])
    outcome = stripe_gateway.charge(customer, card, TWELVE, "F-1", key=key)
    event, body, signature = delivered.about(stripe_gateway, key)
    assert event.outcome == outcome
    assert stripe_gateway.read_event(body, signature) == event, "told twice, it says the same"


def test_a_debit_that_comes_back_is_told_of_days_later(
    delivered: Delivered, stripe_gateway: StripeGateway, customer: str
) -> None:
    key = uuid4().hex
    mandate = Mandate(reference="M-1", holder="Acme", signed_at=NOW)
    method = stripe_gateway.register_bank_debit(customer, "DE62370400440532013001", mandate, key=f"{key}-bank")
    outcome = stripe_gateway.charge(customer, method.ref, TWELVE, "F-1", key=key)
    assert isinstance(outcome, Processing)
    event, _, _ = delivered.about(stripe_gateway, key)
    assert isinstance(event.outcome, Declined)
    assert event.outcome.ref == outcome.ref
    assert isinstance(stripe_gateway.find_charge(customer, key), Declined)


def test_a_changed_word_breaks_the_signature(
    delivered: Delivered, localstripe_port: int, stripe_gateway: StripeGateway, customer: str
) -> None:
    key = uuid4().hex
    card = stripe_card(localstripe_port, customer, NUMBERS["ok"])
    stripe_gateway.charge(customer, card, TWELVE, "F-1", key=key)
    _, body, signature = delivered.about(stripe_gateway, key)
    for forged in (body.replace(b"1210", b"1211"), body + b" ", b""):
        with pytest.raises(BadEvent):
            stripe_gateway.read_event(forged, signature)
    with pytest.raises(BadEvent):
        StripeGateway(API_KEY, "whsec_another").read_event(body, signature)


@pytest.mark.parametrize("age", [301, 900])
def test_an_event_signed_long_ago_is_refused(age: int) -> None:
    gateway = StripeGateway(API_KEY, WEBHOOK_SECRET)
    event = told("payment_intent.succeeded", status="succeeded")
    with pytest.raises(BadEvent):
        gateway.read_event(*signed(event, int(time.time()) - age))
    assert gateway.read_event(*signed(event, int(time.time()) - 200))


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'"x"', b"7", b"", b"\xff", b"not JSON", b'{"object": "event", "id": "e"}']
)
def test_what_is_signed_but_no_event_is_refused(body: bytes) -> None:
    at = int(time.time())
    signature = hmac.new(WEBHOOK_SECRET.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    with pytest.raises(BadEvent):
        StripeGateway(API_KEY, WEBHOOK_SECRET).read_event(body, f"t={at},v1={signature}")


@pytest.mark.parametrize("signature", ["", "t=,v1=", "t=1,v1=ñ", "v1=00", "t=99999999999999999999,v1=00", "\x00"])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    with pytest.raises(BadEvent):
        StripeGateway(API_KEY, WEBHOOK_SECRET).read_event(b"{}", signature)


def test_without_a_secret_nothing_is_believed() -> None:
    event = told("payment_intent.succeeded", status="succeeded")
    with pytest.raises(BadEvent):
        StripeGateway(API_KEY, "").read_event(*signed(event, int(time.time()), secret=""))


WAITING = {"code": "authentication_required"}


@pytest.mark.parametrize(
    "event",
    [
        told("customer.created"),
        told("payment_intent.created", status="requires_confirmation"),
        told("payment_intent.succeeded", status="succeeded", metadata={}),
        told("payment_intent.requires_action", status="requires_action"),
        told("payment_intent.payment_failed", status="requires_payment_method", last_payment_error=WAITING),
    ],
    ids=["another topic", "only created", "not ours", "the customer is needed", "the customer will be needed"],
)
def test_what_tells_no_end_of_a_charge_is_ignored(gate: Gate, event: dict[str, Any]) -> None:
    gateway = StripeGateway(API_KEY, WEBHOOK_SECRET, gate.url)
    assert gateway.read_event(*signed(event, int(time.time()))) is None
    assert not gate.asked


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (told("payment_intent.succeeded", status="succeeded"), Succeeded("pi_1")),
        (told("payment_intent.processing", status="processing"), Processing("pi_1")),
        (told("payment_intent.canceled", status="canceled"), Declined("pi_1", "canceled", may_retry=True)),
        (
            told(
                "payment_intent.payment_failed",
                status="requires_payment_method",
                last_payment_error={"code": "card_declined", "decline_code": "insufficient_funds"},
            ),
            Declined("pi_1", "insufficient_funds", may_retry=True),
        ),
    ],
    ids=["succeeded", "processing", "canceled", "declined"],
)
def test_the_end_of_a_charge_is_told_with_its_key(gate: Gate, event: dict[str, Any], outcome: object) -> None:
    gateway = StripeGateway(API_KEY, WEBHOOK_SECRET, gate.url)
    found = gateway.read_event(*signed(event, int(time.time())))
    assert found == GatewayEvent(id="evt_1", key="k", outcome=outcome)  # type: ignore[arg-type]
    assert not gate.asked, "reading an event asks nobody"
