"""What Stripe is asked for, and what its answers mean. What localstripe lacks, the gate answers as Stripe would."""

from __future__ import annotations

import socket
import traceback
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from billing.money import Money
from billing.payment_gateway import (
    CollectionState,
    Declined,
    GatewayRefused,
    GatewayUnavailable,
    Mandate,
    NeedsCustomer,
    Processing,
    Succeeded,
    Unknown,
)
from billing.record import Id
from gateways.payments.stripe_gateway import StripeGateway
from tests.gateways.payments.conftest import API_KEY, NUMBERS, WEBHOOK_SECRET, stripe_card
from tests.gateways.payments.doubles import Gate

TWELVE = Money(1210, "EUR")
INTENTS, SESSIONS = "/v1/payment_intents", "/v1/checkout/sessions"
SESSION = "cs_test_" + "a1B2" * 14 + "zz"
CHECKOUT = "https://checkout.stripe.com/c/pay/" + "x" * 360


@pytest.fixture
def key() -> str:
    return uuid4().hex


@pytest.fixture
def customer(stripe_gateway: StripeGateway) -> str:
    return stripe_gateway.ensure_customer("acme", "Acme", "ap@acme.example")


@pytest.fixture
def card(localstripe_port: int, customer: str) -> str:
    return stripe_card(localstripe_port, customer, NUMBERS["ok"])


def session(status: str, intent: Any = None) -> dict[str, Any]:
    url = CHECKOUT if status == "open" else None
    return {"id": SESSION, "object": "checkout.session", "status": status, "url": url} | {
        "expires_at": 1795600000,
        "setup_intent": intent,
    }


def intent(status: str, error: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": "pi_1", "object": "payment_intent", "amount": 1210, "currency": "eur", "status": status, "metadata": {},
        "last_payment_error": error, "next_action": None, **more,
    }  # fmt: skip


def refusal(**error: Any) -> tuple[int, dict[str, Any]]:
    return 402, {"error": {"type": "card_error", "message": "Your card was declined.", **error}}


def test_a_charge_carries_its_key_twice_and_what_the_statement_shows(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str
) -> None:
    stripe_gateway.charge(customer, card, TWELVE, "VEN-2026-7", key=key)
    (sent,) = gate.sent(INTENTS)
    assert sent.key == sent.form["metadata[key]"] == key
    assert sent.form["statement_descriptor_suffix"] == "VEN-2026-7"
    assert sent.form["description"] == "VEN-2026-7"
    assert (sent.form["amount"], sent.form["currency"]) == ("1210", "eur")
    assert (sent.form["off_session"].lower(), sent.form["confirm"].lower()) == ("true", "true")


def test_every_request_that_changes_something_has_an_idempotency_key(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str
) -> None:
    paid = stripe_gateway.charge(customer, card, TWELVE, "F-1", key=key)
    assert isinstance(paid, Succeeded)
    stripe_gateway.refund(paid.ref, TWELVE, key=f"{key}-back")
    mandate = Mandate(reference="M-1", holder="Acme", signed_at=datetime(2026, 11, 23, tzinfo=UTC))
    stripe_gateway.register_bank_debit(customer, "ES9121000418450200051332", mandate, key=f"{key}-bank")
    posts = [a for a in gate.asked if a.method == "POST"]
    assert len({a.key for a in posts}) == len(posts) > 5
    assert all(a.key for a in posts)


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_lost_answer_is_unknown_and_the_key_finds_out(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str, lost: str
) -> None:
    gate.lose = lost
    assert stripe_gateway.charge(customer, card, TWELVE, "F-1", key=key) == Unknown()
    assert len(gate.sent(INTENTS)) == 1, "the library must not repeat by itself"
    found = stripe_gateway.find_charge(customer, key)
    assert (found is None) if lost == "request" else isinstance(found, Succeeded)
    again = stripe_gateway.charge(customer, card, TWELVE, "F-1", key=key)
    assert isinstance(again, Succeeded)
    assert found in (None, again)


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_lost_refund_is_unknown_and_asked_for_again_happens_once(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str, lost: str
) -> None:
    paid = stripe_gateway.charge(customer, card, TWELVE, "F-1", key=key)
    assert isinstance(paid, Succeeded)
    gate.lose = lost
    assert stripe_gateway.refund(paid.ref, Money(1000, "EUR"), key=f"{key}-back") == Unknown()
    gate.kept.clear()  # a day later Stripe has forgotten the key
    assert isinstance(stripe_gateway.refund(paid.ref, Money(1000, "EUR"), key=f"{key}-back"), Succeeded)
    with pytest.raises(GatewayRefused):
        stripe_gateway.refund(paid.ref, Money(1000, "EUR"), key=f"{key}-more")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_of_stripes_is_unknown_never_declined(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str, status: int
) -> None:
    gate.answers["POST", INTENTS] = status, {"error": {"type": "api_error", "message": "Something went wrong"}}
    assert stripe_gateway.charge(customer, card, TWELVE, "F-1", key=key) == Unknown()


def test_where_nobody_answers_a_charge_is_unknown_and_all_else_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = StripeGateway(API_KEY, WEBHOOK_SECRET, f"http://127.0.0.1:{silent.getsockname()[1]}", seconds=0.2)
        assert gateway.charge("cus_1", "pm_1", TWELVE, "F-1", key="k") == Unknown()
        assert gateway.refund("pi_1", TWELVE, key="k") == Unknown()
        with pytest.raises(GatewayUnavailable):
            gateway.find_charge("cus_1", "k")
        with pytest.raises(GatewayUnavailable):
            gateway.ensure_customer("acme", "Acme", "ap@acme.example")


@pytest.mark.parametrize(
    ("error", "may_retry"),
    [
        ({"code": "card_declined", "decline_code": "insufficient_funds"}, True),
        ({"code": "processing_error", "decline_code": "processing_error"}, True),
        ({"code": "card_declined", "decline_code": "try_again_later"}, True),
        ({"code": "card_declined", "decline_code": "issuer_not_available"}, True),
        ({"code": "card_declined", "decline_code": "do_not_honor"}, False),
        ({"code": "card_declined", "decline_code": "lost_card"}, False),
        ({"code": "card_declined", "decline_code": "stolen_card"}, False),
        ({"code": "expired_card", "decline_code": "expired_card"}, False),
        ({"code": "card_declined", "decline_code": "nobody_heard_of_it"}, False),
        ({"code": "card_declined", "decline_code": "do_not_honor", "advice_code": "try_again_later"}, True),
        ({"code": "card_declined", "decline_code": "insufficient_funds", "advice_code": "do_not_try_again"}, False),
    ],
    ids=lambda value: "+".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_decline_says_whether_the_card_may_be_tried_again(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, error: dict[str, Any], may_retry: bool
) -> None:
    gate.answers["POST", INTENTS] = refusal(**error, payment_intent=intent("requires_payment_method", error))
    code = error["decline_code"]
    assert stripe_gateway.charge(customer, card, TWELVE, "F-1", key="k") == Declined("pi_1", code, may_retry)


def test_a_bank_that_wants_the_customer_gets_a_page_for_them(gate: Gate, customer: str, card: str) -> None:
    gateway = StripeGateway(
        API_KEY,
        WEBHOOK_SECRET,
        gate.url,
        shorten=lambda url: f"https://v.example/s/{len(url)}",
        return_url="https://v.example/",
    )
    error = {"code": "authentication_required", "payment_method": {"id": card, "object": "payment_method"}}
    failed = intent("requires_payment_method", error)
    bank = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/" + "y" * 200}}
    gate.answers["POST", INTENTS] = refusal(**error, payment_intent=failed)
    gate.answers["GET", f"{INTENTS}/pi_1"] = 200, failed
    gate.answers["POST", f"{INTENTS}/pi_1/confirm"] = 200, intent("requires_action", next_action=bank)
    outcome = gateway.charge(customer, card, TWELVE, "F-1", key="k")
    assert outcome == NeedsCustomer("pi_1", "https://v.example/s/225")
    (confirm,) = gate.sent(f"{INTENTS}/pi_1/confirm")
    assert (confirm.form["payment_method"], confirm.form["return_url"]) == (card, "https://v.example/")
    assert "off_session" not in confirm.form
    # Killed between the refusal and the page, the charge is found as it was refused: the page is asked for then.
    listed = failed | {"customer": customer, "metadata": {"key": "k"}}
    gate.answers["GET", INTENTS] = 200, {"object": "list", "data": [listed], "has_more": False, "url": INTENTS}
    assert gateway.find_charge(customer, "k") == outcome


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("succeeded", Succeeded("pi_1")),
        ("processing", Processing("pi_1")),
        ("canceled", Declined("pi_1", "canceled", may_retry=True)),
        ("requires_confirmation", Unknown()),
    ],
)
def test_what_a_found_charge_has_become(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, status: str, expected: object
) -> None:
    listed = intent(status, customer=customer) | {"metadata": {"key": "k"}}
    gate.answers["GET", INTENTS] = 200, {"object": "list", "data": [listed], "has_more": False, "url": INTENTS}
    assert stripe_gateway.find_charge(customer, "k") == expected
    assert gate.asked[-1].query["customer"] == customer


def test_a_charge_is_found_among_hundreds(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str
) -> None:
    for number in range(120):
        assert stripe_gateway.charge(customer, card, TWELVE, "F-1", key=f"{key}{number}") != Unknown()
    for number in (0, 60, 119):
        assert isinstance(stripe_gateway.find_charge(customer, f"{key}{number}"), Succeeded)


def test_another_customers_card_is_not_charged(gate: Gate, stripe_gateway: StripeGateway, card: str, key: str) -> None:
    other = stripe_gateway.ensure_customer("zenith", "Zenith", "ap@zenith.example")
    assert isinstance(stripe_gateway.charge(other, card, TWELVE, "F-1", key=key), Declined)
    assert not gate.sent(INTENTS)
    stripe_gateway.remove_method(other, card)
    assert not gate.sent(f"/v1/payment_methods/{card}/detach")


@pytest.mark.parametrize(
    ("currency", "minor", "units"), [("JPY", 500, "500"), ("ISK", 500, "50000"), ("KWD", 5000, "5000")]
)
def test_amounts_are_counted_as_stripe_counts_them(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str, currency: str, minor: int, units: str
) -> None:
    stripe_gateway.charge(customer, card, Money(minor, currency), "F-1", key=key)
    assert gate.sent(INTENTS)[0].form["amount"] == units


def test_a_currency_that_would_be_charged_a_hundredfold_is_refused(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, card: str, key: str
) -> None:
    with pytest.raises(GatewayRefused):
        stripe_gateway.charge(customer, card, Money(500, "MGA"), "F-1", key=key)
    assert not gate.sent(INTENTS)


def test_a_mandate_given_at_the_counter_goes_to_the_bank_with_its_day(
    gate: Gate, stripe_gateway: StripeGateway, customer: str, key: str
) -> None:
    signed = datetime(2026, 11, 23, 12, tzinfo=UTC)
    mandate = Mandate(reference="M-1", holder="Acme SL", signed_at=signed)
    method = stripe_gateway.register_bank_debit(customer, "ES9121000418450200051332", mandate, key=key)
    assert (method.brand, method.last4) == ("CAIXABANK, S.A.", "1332")
    (confirm,) = [a for a in gate.asked if a.path.endswith("/confirm")]
    assert confirm.form["mandate_data[customer_acceptance][type]"] == "offline"
    assert confirm.form["mandate_data[customer_acceptance][accepted_at]"] == str(int(signed.timestamp()))
    (made,) = gate.sent("/v1/payment_methods")
    assert made.form["billing_details[name]"] == "Acme SL"
    assert made.form["billing_details[email]"] == "ap@acme.example"


def test_a_customer_is_found_again_after_stripe_forgot_the_key(gate: Gate, stripe_gateway: StripeGateway) -> None:
    account: Id = uuid4().hex
    first = stripe_gateway.ensure_customer(account, "Acme", "ap@acme.example")
    gate.kept.clear()
    assert stripe_gateway.ensure_customer(account, "Acme", "ap@acme.example") == first
    assert len(gate.sent("/v1/customers")) == 1


def test_checkout_is_opened_for_a_card_and_its_link_is_made_short(gate: Gate, customer: str) -> None:
    gateway = StripeGateway(API_KEY, WEBHOOK_SECRET, gate.url, shorten=lambda _: "https://v.example/s/abc")
    gate.answers["POST", SESSIONS] = 200, session("open")
    opened = gateway.start_collection(customer, key="k")
    assert (opened.state, opened.url) == (CollectionState.WAITING, "https://v.example/s/abc")
    assert len(opened.id) <= 64, "a record's id has at most 64 characters"
    assert opened.expires_at == datetime.fromtimestamp(1795600000, UTC)
    (sent,) = gate.sent(SESSIONS)
    assert (sent.form["mode"], sent.form["customer"], sent.key) == ("setup", customer, "k")
    assert sent.form["payment_method_types[0]"] == "card"


@pytest.mark.parametrize(
    ("status", "setup", "state"),
    [
        ("open", None, CollectionState.WAITING),
        ("expired", None, CollectionState.EXPIRED),
        ("complete", {"id": "seti_1", "object": "setup_intent", "status": "processing"}, CollectionState.WAITING),
    ],
)
def test_checkout_is_watched_until_the_card_is_there(
    gate: Gate, stripe_gateway: StripeGateway, status: str, setup: Any, state: CollectionState
) -> None:
    gate.answers["GET", f"{SESSIONS}/{SESSION}"] = 200, session(status, setup)
    found = stripe_gateway.collection(SESSION.removeprefix("cs_test_"))
    assert (found.state, found.method) == (state, None)


@pytest.mark.parametrize(("month", "invalid"), [(11, date(2030, 12, 1)), (12, date(2031, 1, 1))])
def test_a_card_entered_at_checkout_is_valid_to_the_end_of_its_month(
    gate: Gate, stripe_gateway: StripeGateway, month: int, invalid: date
) -> None:
    details = {"brand": "visa", "last4": "4242", "exp_month": month, "exp_year": 2030, "fingerprint": "fp"}
    method = {"id": "pm_1", "object": "payment_method", "type": "card", "card": details}
    setup = {"id": "seti_1", "object": "setup_intent", "status": "succeeded", "payment_method": method}
    gate.answers["GET", f"{SESSIONS}/{SESSION}"] = 200, session("complete", setup)
    found = stripe_gateway.collection(SESSION.removeprefix("cs_test_"))
    assert (found.state, found.url) == (CollectionState.DONE, "")
    assert found.method
    assert (found.method.ref, found.method.brand, found.method.expires) == ("pm_1", "Visa", invalid)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, {"type": "invalid_request_error", "message": f"Invalid API Key provided: {API_KEY}"}),
        (
            400,
            {
                "type": "invalid_request_error",
                "message": f"Bad {API_KEY} {WEBHOOK_SECRET} ES91 2100 0418 4502 0005 1332",
            },
        ),
        (400, {"type": "invalid_request_error", "message": "No such card: 4242424242424242"}),
        (500, {"type": "api_error", "message": f"It broke at {API_KEY}"}),
    ],
)
def test_no_error_repeats_a_secret_or_an_account_number(
    gate: Gate, stripe_gateway: StripeGateway, status: int, error: dict[str, Any]
) -> None:
    gate.answers["POST", SESSIONS] = status, {"error": error}
    with pytest.raises((GatewayRefused, GatewayUnavailable)) as raised:
        stripe_gateway.start_collection("cus_1", key="k")
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value.values)
    for secret in (API_KEY, WEBHOOK_SECRET, "0123456789secret", "verysecret", "1332", "4242"):
        assert secret not in told
