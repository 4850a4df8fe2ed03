"""The sandbox: each test card does what it says, days pass as the clock does, and a restart forgets nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from billing.money import Money
from billing.payment_gateway import (
    CollectionState,
    Declined,
    GatewayRefused,
    Mandate,
    NeedsCustomer,
    Processing,
    Succeeded,
    Unknown,
)
from gateways.payments.sandbox import RETURNED_IBAN, TEST_CARDS, Sandbox
from tests.gateways.payments.conftest import NOW, Clock, sandbox_card

TWELVE = Money(1210, "EUR")
CUSTOMER = "cus_acme"
MANDATE = Mandate(reference="M-1", holder="Acme", signed_at=NOW)

DECLINES = {
    "no-funds": ("insufficient_funds", True),
    "tomorrow": ("insufficient_funds", True),
    "declined": ("do_not_honor", False),
    "lost": ("lost_card", False),
    "expired": ("expired_card", False),
}


def pay(sandbox: Sandbox, method: str, key: str = "k") -> object:
    return sandbox.charge(CUSTOMER, method, TWELVE, "F-1", key=key)


@pytest.mark.parametrize("card", TEST_CARDS, ids=lambda card: card.name)
def test_every_test_card_does_something_that_is_named(sandbox: Sandbox, card: object) -> None:
    name = card.name  # type: ignore[attr-defined]
    outcome = pay(sandbox, sandbox_card(sandbox, CUSTOMER, name))
    match name:
        case "ok" | "mastercard":
            assert isinstance(outcome, Succeeded)
        case "confirm":
            assert isinstance(outcome, NeedsCustomer)
        case "answer-lost" | "request-lost":
            assert outcome == Unknown()
        case _:
            assert isinstance(outcome, Declined)
            assert (outcome.code, outcome.may_retry) == DECLINES[name]
    assert pay(sandbox, sandbox.collection(page(sandbox, name)).method.ref) == sandbox.find_charge(CUSTOMER, "k")  # type: ignore[union-attr]


def page(sandbox: Sandbox, card: str) -> str:
    """The page on which `sandbox_card` entered a card."""
    return sandbox.start_collection(CUSTOMER, key=f"page-{card}-{CUSTOMER}").id


def test_a_lost_answer_is_found_out_by_its_key(sandbox: Sandbox) -> None:
    card = sandbox_card(sandbox, CUSTOMER, "answer-lost")
    assert pay(sandbox, card) == Unknown()
    found = sandbox.find_charge(CUSTOMER, "k")
    assert isinstance(found, Succeeded)
    assert pay(sandbox, card) == found


def test_a_lost_request_never_happened_and_succeeds_when_asked_for_again(sandbox: Sandbox) -> None:
    card = sandbox_card(sandbox, CUSTOMER, "request-lost")
    assert pay(sandbox, card) == Unknown()
    assert sandbox.find_charge(CUSTOMER, "k") is None
    assert isinstance(pay(sandbox, card), Succeeded)


def test_a_card_without_money_has_some_the_next_day(sandbox: Sandbox, clock: Clock) -> None:
    card = sandbox_card(sandbox, CUSTOMER, "tomorrow")
    assert isinstance(pay(sandbox, card, "first"), Declined)
    clock.pass_(days=1)
    assert isinstance(pay(sandbox, card, "second"), Succeeded)
    assert isinstance(sandbox.find_charge(CUSTOMER, "first"), Declined), "what was declined stays declined"


@pytest.mark.parametrize(("agreed", "expected"), [(True, Succeeded), (False, Declined)])
def test_a_customer_says_yes_or_no_once(sandbox: Sandbox, agreed: bool, expected: type) -> None:
    asked = pay(sandbox, sandbox_card(sandbox, CUSTOMER, "confirm"))
    assert isinstance(asked, NeedsCustomer)
    sandbox.confirm(asked.url, agreed)
    sandbox.confirm(asked.url, not agreed)
    assert isinstance(sandbox.find_charge(CUSTOMER, "k"), expected)


def test_a_bank_debit_is_two_days_on_its_way(sandbox: Sandbox, clock: Clock) -> None:
    account = sandbox.register_bank_debit(CUSTOMER, "ES9121000418450200051332", MANDATE, key="bank")
    assert isinstance(pay(sandbox, account.ref), Processing)
    clock.pass_(days=1, hours=23)
    assert isinstance(sandbox.find_charge(CUSTOMER, "k"), Processing)
    clock.pass_(hours=1)
    assert isinstance(sandbox.find_charge(CUSTOMER, "k"), Succeeded)


def test_a_bank_debit_comes_back_after_five_days(sandbox: Sandbox, clock: Clock) -> None:
    account = sandbox.register_bank_debit(CUSTOMER, RETURNED_IBAN, MANDATE, key="bank")
    pay(sandbox, account.ref)
    clock.pass_(days=4, hours=23)
    assert isinstance(sandbox.find_charge(CUSTOMER, "k"), Processing)
    clock.pass_(hours=1)
    assert isinstance(sandbox.find_charge(CUSTOMER, "k"), Declined)


def test_of_an_iban_only_its_end_is_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.register_bank_debit(CUSTOMER, "ES9121000418450200051332", MANDATE, key="bank")
    kept = (tmp_path / "sandbox.jsonl").read_text()
    assert "1332" in kept
    assert "00051332" not in kept


def test_a_page_is_for_one_customer_one_card_and_half_an_hour(sandbox: Sandbox, clock: Clock) -> None:
    opened = sandbox.start_collection(CUSTOMER, key="page")
    assert len(opened.url) < 60
    assert sandbox.start_collection(CUSTOMER, key="page") == opened
    with pytest.raises(GatewayRefused):
        sandbox.start_collection("cus_zenith", key="page")
    sandbox.enter(opened.id, "ok")
    assert sandbox.collection(opened.id).state is CollectionState.DONE
    with pytest.raises(GatewayRefused):
        sandbox.enter(opened.id, "mastercard")

    late = sandbox.start_collection(CUSTOMER, key="late")
    clock.pass_(minutes=30)
    assert sandbox.collection(late.id).state is CollectionState.EXPIRED
    with pytest.raises(GatewayRefused):
        sandbox.enter(late.id, "ok")


def test_a_customer_may_leave_the_page_without_a_card(sandbox: Sandbox) -> None:
    opened = sandbox.start_collection(CUSTOMER, key="page")
    sandbox.turn_down(opened.id)
    assert sandbox.collection(opened.id).state is CollectionState.REFUSED


def test_the_same_card_has_one_fingerprint_and_a_reference_each_time(sandbox: Sandbox) -> None:
    made = []
    for key in ("one", "two"):
        opened = sandbox.start_collection(CUSTOMER, key=key)
        sandbox.enter(opened.id, "ok")
        made.append(sandbox.collection(opened.id).method)
    assert made[0]
    assert made[1]
    assert made[0].fingerprint == made[1].fingerprint
    assert made[0].ref != made[1].ref


def test_a_restart_forgets_nothing(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    card = sandbox_card(sandbox, CUSTOMER, "ok")
    paid = pay(sandbox, card)
    assert isinstance(paid, Succeeded)
    sandbox.refund(paid.ref, Money(1000, "EUR"), key="back")
    waiting = pay(sandbox, sandbox_card(sandbox, CUSTOMER, "confirm"), "waiting")
    assert isinstance(waiting, NeedsCustomer)
    sandbox.close()

    again = Sandbox(clock, tmp_path / "sandbox.jsonl")
    try:
        assert again.find_charge(CUSTOMER, "k") == paid
        assert again.charge(CUSTOMER, card, TWELVE, "F-1", key="k") == paid
        with pytest.raises(GatewayRefused):
            again.refund(paid.ref, Money(1000, "EUR"), key="more")
        found = again.find_charge(CUSTOMER, "waiting")
        assert isinstance(found, NeedsCustomer)
        again.confirm(found.url, agreed=True)
        assert isinstance(again.find_charge(CUSTOMER, "waiting"), Succeeded)
    finally:
        again.close()


def test_a_line_that_a_killed_process_left_never_happened(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    card = sandbox_card(sandbox, CUSTOMER, "ok")
    paid = pay(sandbox, card)
    sandbox.close()
    journal = tmp_path / "sandbox.jsonl"
    whole = journal.read_bytes()
    for cut in range(len(whole) - len(whole.splitlines(keepends=True)[-1]), len(whole)):
        journal.write_bytes(whole[:cut])
        again = Sandbox(clock, journal)
        try:
            assert again.find_charge(CUSTOMER, "k") is None
            assert isinstance(again.charge(CUSTOMER, card, TWELVE, "F-1", key="k"), Succeeded)
            assert isinstance(again.find_charge(CUSTOMER, "k"), Succeeded)
        finally:
            again.close()
        assert all(line.startswith(b"{") and line.endswith(b"}") for line in journal.read_bytes().splitlines())
    assert isinstance(paid, Succeeded)


def test_of_a_long_line_that_was_never_finished_nothing_stays(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    paid = pay(sandbox, sandbox_card(sandbox, CUSTOMER, "ok"))
    sandbox.close()
    journal = tmp_path / "sandbox.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"type":"asked","reference":"' + b"x" * 5000)
    for _ in range(2):
        again = Sandbox(clock, journal)
        try:
            again.start_collection(CUSTOMER, key="another")
            assert again.find_charge(CUSTOMER, "k") == paid
        finally:
            again.close()
    assert b"xxx" not in journal.read_bytes()


def test_another_customers_card_is_neither_charged_nor_removed(sandbox: Sandbox) -> None:
    card = sandbox_card(sandbox, CUSTOMER, "ok")
    with pytest.raises(GatewayRefused):
        sandbox.charge("cus_zenith", card, TWELVE, "F-1", key="theirs")
    sandbox.remove_method("cus_zenith", card)
    assert isinstance(pay(sandbox, card), Succeeded)


@pytest.mark.parametrize("minor", [0, -500])
def test_nothing_and_less_cannot_be_charged(sandbox: Sandbox, minor: int) -> None:
    card = sandbox_card(sandbox, CUSTOMER, "ok")
    with pytest.raises(GatewayRefused):
        sandbox.charge(CUSTOMER, card, Money(minor, "EUR"), "F-1", key="k")


def test_two_processes_share_what_they_remember(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    other = Sandbox(clock, tmp_path / "sandbox.jsonl")
    try:
        card = sandbox_card(sandbox, CUSTOMER, "ok")
        paid = other.charge(CUSTOMER, card, TWELVE, "F-1", key="k")
        assert sandbox.charge(CUSTOMER, card, TWELVE, "F-1", key="k") == paid
        assert isinstance(paid, Succeeded)
        sandbox.refund(paid.ref, Money(1000, "EUR"), key="back")
        with pytest.raises(GatewayRefused):
            other.refund(paid.ref, Money(1000, "EUR"), key="more")
    finally:
        other.close()


def test_the_journal_is_for_its_owner_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    assert (tmp_path / "sandbox.jsonl").stat().st_mode & 0o077 == 0
