"""What every payment gateway does alike: the sandbox, and Stripe's gateway before localstripe."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from billing.money import Money
from billing.payment_gateway import (
    BadEvent,
    Declined,
    GatewayRefused,
    Mandate,
    MethodKind,
    NeedsCustomer,
    Processing,
    Succeeded,
)
from tests.gateways.payments.conftest import Till

TWELVE = Money(1210, "EUR")
RETURNED = "DE62370400440532013001"


@pytest.fixture
def key() -> str:
    return uuid4().hex


def test_an_account_is_one_customer_however_often_it_is_asked_for(till: Till) -> None:
    assert till.gateway.ensure_customer("acme", "Acme", "ap@acme.example") == till.customer
    assert till.gateway.ensure_customer("zenith", "Zenith", "ap@zenith.example") != till.customer


def test_a_good_card_pays_and_the_payment_is_found_by_its_key(till: Till, key: str) -> None:
    outcome = till.gateway.charge(till.customer, till.card("ok"), TWELVE, "F-2026-7", key=key)
    assert isinstance(outcome, Succeeded)
    assert till.gateway.find_charge(till.customer, key) == outcome


def test_the_same_key_is_one_payment(till: Till, key: str) -> None:
    card = till.card("ok")
    first = till.gateway.charge(till.customer, card, TWELVE, "F-2026-7", key=key)
    assert till.gateway.charge(till.customer, card, TWELVE, "F-2026-7", key=key) == first


def test_the_same_key_for_another_amount_is_refused(till: Till, key: str) -> None:
    card = till.card("ok")
    till.gateway.charge(till.customer, card, TWELVE, "F-2026-7", key=key)
    with pytest.raises(GatewayRefused):
        till.gateway.charge(till.customer, card, Money(9900, "EUR"), "F-2026-7", key=key)


def test_a_payment_nobody_asked_for_is_not_found(till: Till, key: str) -> None:
    assert till.gateway.find_charge(till.customer, key) is None


def test_a_payment_is_not_found_for_another_customer(till: Till, key: str) -> None:
    till.gateway.charge(till.customer, till.card("ok"), TWELVE, "F-2026-7", key=key)
    other = till.gateway.ensure_customer("zenith", "Zenith", "ap@zenith.example")
    assert till.gateway.find_charge(other, key) is None


def test_a_card_refused_for_good_is_of_no_more_use(till: Till, key: str) -> None:
    outcome = till.gateway.charge(till.customer, till.card("declined"), TWELVE, "F-2026-7", key=key)
    assert isinstance(outcome, Declined)
    assert outcome.code
    assert not outcome.may_retry
    found = till.gateway.find_charge(till.customer, key)
    assert isinstance(found, Declined)
    assert (found.code, found.may_retry) == (outcome.code, False)


def test_a_payment_waits_for_its_customer(till: Till, key: str) -> None:
    outcome = till.gateway.charge(till.customer, till.card("confirm"), TWELVE, "F-2026-7", key=key)
    assert isinstance(outcome, NeedsCustomer)
    assert till.gateway.find_charge(till.customer, key) == outcome


def test_a_bank_account_is_debited_in_its_own_time(till: Till, key: str) -> None:
    mandate = Mandate(reference="M-1", holder="Acme", signed_at=datetime(2026, 11, 23, tzinfo=UTC))
    method = till.gateway.register_bank_debit(till.customer, RETURNED, mandate, key=f"{key}-bank")
    assert (method.kind, method.last4) == (MethodKind.BANK_DEBIT, "3001")
    outcome = till.gateway.charge(till.customer, method.ref, TWELVE, "F-2026-7", key=key)
    assert isinstance(outcome, Processing)
    assert outcome.ref


def test_the_same_bank_account_asked_for_twice_is_one_method(till: Till, key: str) -> None:
    mandate = Mandate(reference="M-1", holder="Acme", signed_at=datetime(2026, 11, 23, tzinfo=UTC))
    first = till.gateway.register_bank_debit(till.customer, RETURNED, mandate, key=key)
    assert till.gateway.register_bank_debit(till.customer, RETURNED, mandate, key=key) == first


def test_money_is_given_back_in_parts_but_never_more_than_was_taken(till: Till, key: str) -> None:
    taken = till.gateway.charge(till.customer, till.card("ok"), TWELVE, "F-2026-7", key=key)
    assert isinstance(taken, Succeeded)
    first = till.gateway.refund(taken.ref, Money(1000, "EUR"), key=f"{key}-1")
    assert isinstance(first, Succeeded)
    assert till.gateway.refund(taken.ref, Money(1000, "EUR"), key=f"{key}-1") == first
    with pytest.raises(GatewayRefused):
        till.gateway.refund(taken.ref, Money(1000, "EUR"), key=f"{key}-2")
    with pytest.raises(GatewayRefused):
        till.gateway.refund(taken.ref, Money(210, "USD"), key=f"{key}-3")
    assert isinstance(till.gateway.refund(taken.ref, Money(210, "EUR"), key=f"{key}-4"), Succeeded)


def test_a_removed_card_pays_nothing_and_can_be_removed_again(till: Till, key: str) -> None:
    card = till.card("ok")
    till.gateway.remove_method(till.customer, card)
    till.gateway.remove_method(till.customer, card)
    outcome = till.gateway.charge(till.customer, card, TWELVE, "F-2026-7", key=key)
    assert isinstance(outcome, Declined)
    assert not outcome.may_retry


def test_nobody_else_speaks_for_the_gateway(till: Till) -> None:
    for signature in ("", "t=1,v1=00", "nonsense"):
        with pytest.raises(BadEvent):
            till.gateway.read_event(b'{"object": "event"}', signature)
