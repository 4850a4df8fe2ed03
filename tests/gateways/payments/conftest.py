"""Both gateways, each with a customer and a way to give them a card."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest

from billing.payment_gateway import PaymentGateway
from gateways.payments.sandbox import Sandbox
from gateways.payments.stripe_gateway import StripeGateway
from tests.gateways.payments.doubles import Gate, gate_before, localstripe

API_KEY, WEBHOOK_SECRET = "sk_test_0123456789secret", "whsec_verysecret"

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

NUMBERS = {"ok": "4242424242424242", "declined": "4000000000000341", "confirm": "4000002500003155"}
"""localstripe's numbers for what the sandbox's cards stand for."""


@dataclass
class Clock:
    """A clock that the test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock, tmp_path: Path) -> Iterator[Sandbox]:
    made = Sandbox(clock, tmp_path / "sandbox.jsonl")
    yield made
    made.close()


@pytest.fixture(scope="session")
def localstripe_port() -> Iterator[int]:
    with localstripe() as port:
        yield port


@pytest.fixture
def gate(localstripe_port: int) -> Iterator[Gate]:
    with gate_before(localstripe_port) as made:
        yield made


@pytest.fixture
def stripe_gateway(gate: Gate) -> StripeGateway:
    return StripeGateway(API_KEY, WEBHOOK_SECRET, gate.url, seconds=10)


def post(port: int, path: str, form: dict[str, Any]) -> dict[str, Any]:
    """Ask localstripe for something as Stripe's own pages would."""
    request = Request(
        f"http://127.0.0.1:{port}{path}", urlencode(form).encode(), {"Authorization": f"Bearer {API_KEY}"}
    )
    with urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def stripe_card(port: int, customer: str, number: str) -> str:
    """A card entered on Stripe's page."""
    card = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2030", "card[cvc]": "123"}
    made = post(port, "/v1/payment_methods", {"type": "card", **card})["id"]
    post(port, f"/v1/payment_methods/{made}/attach", {"customer": customer})
    return str(made)


@dataclass
class Till:
    """A gateway with a customer. `card` gives them a card by what it stands for."""

    gateway: PaymentGateway
    customer: str
    card: Callable[[str], str]


@pytest.fixture(params=["sandbox", "stripe on localstripe"])
def till(request: pytest.FixtureRequest) -> Till:
    if request.param == "sandbox":
        sandbox: Sandbox = request.getfixturevalue("sandbox")
        customer = sandbox.ensure_customer("acme", "Acme", "ap@acme.example")
        return Till(sandbox, customer, lambda card: sandbox_card(sandbox, customer, card))
    stripe: StripeGateway = request.getfixturevalue("stripe_gateway")
    port: int = request.getfixturevalue("localstripe_port")
    customer = stripe.ensure_customer("acme", "Acme", "ap@acme.example")
    return Till(stripe, customer, lambda card: stripe_card(port, customer, NUMBERS[card]))


def sandbox_card(sandbox: Sandbox, customer: str, card: str) -> str:
    """A card entered on the sandbox's page."""
    page = sandbox.start_collection(customer, key=f"page-{card}-{customer}")
    sandbox.enter(page.id, card)
    method = sandbox.collection(page.id).method
    assert method
    return method.ref


def ask(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    *,
    path: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[HTTPResponse, str]:
    """Ask a page's server for something; `path` as it is, whatever a browser would make of it."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=10)
    try:
        connection.request(method, parts.path if path is None else path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()
