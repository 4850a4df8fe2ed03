"""The words of mail: every text in every language, its places filled, and nothing in it that is obeyed."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest

from billing.language import NAMES
from billing.mail_text import TEMPLATES, compose
from billing.outbox import MailKind, OutboxMessage
from tests.billing.conftest import NOON
from tests.gateways.samples import VENDOR

VALUES = {
    "invoice_issued": ("number", "amount", "due", "account"),
    "invoice_copy": ("number", "account", "sender"),
    "credit_note_issued": ("number", "amount", "corrects"),
    "payment_received": ("amount", "method", "invoices"),
    "payment_failed": ("amount", "method", "next_try"),
    "payment_failed_finally": ("amount", "method"),
    "payment_needs_you": ("amount", "url"),
    "payment_reminder": ("number", "amount", "due", "days"),
    "account_suspended": ("amount",),
    "account_cancelled": ("amount",),
    "subscription_changed": ("what", "from_day", "person"),
    "subscription_cancelled": ("plan", "last_day", "person"),
    "subscription_reactivated": ("plan", "person"),
    "trial_ends": ("plan", "day", "amount"),
    "invoice_held": ("plan", "reason"),
    "billing_information_changed": ("person", "fields"),
    "payment_method_added": ("method", "person"),
    "payment_method_removed": ("method", "person"),
    "member_message": ("subject", "sender", "sender_email", "account", "text"),
    "quote_for_customer": ("number", "title", "account", "person", "news"),
    "quote_for_vendor": ("number", "title", "account", "person", "news"),
    "password_code": ("person", "user_id", "counter", "code"),
    "password_invitation": ("person", "user_id", "counter", "code"),
    "password_changed": ("person",),
    "key_enrolled": ("person", "name", "fingerprint"),
    "key_revoked": ("person", "name", "fingerprint"),
    "contact_changed": ("account", "name", "what", "person"),
    "handover_offered": ("account", "person"),
    "handover_done": ("account", "person"),
    "handover_declined": ("account", "person"),
    "terms_changed": ("person",),
    "representative_changed": ("account", "representative", "email"),
    "order_drawn": ("number", "account", "drawn", "budget"),
    "order_expires": ("number", "account", "day"),
    "mail_choice_changed": ("person", "kinds"),
}
"""What whoever writes the message gives; a place beyond these would never be filled."""


def message(template: str, **fields: Any) -> OutboxMessage:
    values = {name: f"‹{name}›" for name in VALUES[template]}
    made: dict[str, Any] = {"values": values, "language": "en", "mail": MailKind.PAYMENT}
    return OutboxMessage(
        id="m", account_id="acme", template=template, to="a@b.example", dedupe_key="m",
        written_at=NOON, next_at=NOON, **(made | fields),
    )  # fmt: skip


def test_every_text_the_program_asks_for_is_there() -> None:
    asked: set[str] = set()
    for path in (Path(__file__).parents[2] / "billing").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'MailKind\.[A-Z]+,\s+"([a-z_]+)"', source))
    assert {"invoice_issued", "payment_received", "invoice_held"} <= asked
    assert asked <= set(TEMPLATES)
    assert set(VALUES) == set(TEMPLATES)


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_text_says_all_it_was_given_in_every_language(template: str, language: str) -> None:
    text = compose(message(template, language=language), VENDOR)
    said = "\n".join((text.subject, *text.paragraphs))
    for name in VALUES[template]:
        assert f"‹{name}›" in said, name
    assert not re.search(r"{\w*}", said)
    assert text.subject
    assert (text.language, text.brand, text.paragraphs[-1]) == (language, VENDOR.brand, VENDOR.brand)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_text_has_a_link_of_its_own(template: str) -> None:
    for part in (TEMPLATES[template].subject, *TEMPLATES[template].paragraphs):
        assert not re.search(r"https?:|www\.|\.com", part)
        places = {name for _, name, _, _ in string.Formatter().parse(part) if name}
        assert places <= set(VALUES[template])


def test_only_a_web_address_becomes_a_link() -> None:
    for url, followed in (
        ("https://bank.example/c?a=1", True),
        ("javascript:alert(1)", False),
        ("https://a b", False),
        ('https://a"\nx', False),
        ("", False),
    ):
        text = compose(message("payment_needs_you", values={"amount": "1 €", "url": url}), VENDOR)
        assert bool(text.link) is followed
        assert not text.link or text.link in text.paragraphs


def test_hostile_values_stay_text_and_leave_no_header_to_decode() -> None:
    hostile = "a\r\nBcc: x\x1b[2J=?utf-8?q?b?= {amount} {text.__class__} \u202eevil\ud800"
    values = dict.fromkeys(VALUES["member_message"], hostile)
    text = compose(message("member_message", values=values, mail=MailKind.PERSONAL), VENDOR)
    assert "=?" not in text.subject
    assert "\n" not in text.subject
    whole = "\n".join((text.subject, *text.paragraphs))
    for forbidden in ("\r", "\x1b", "\u202e", "\ud800"):
        assert forbidden not in whole
    assert "{amount} {text.__class__}" in whole


def test_halves_that_meet_form_no_encoded_word() -> None:
    values = dict.fromkeys(VALUES["member_message"], "") | {"subject": "=\x00?utf-8?q?a?= ==??= =\u200b?"}
    assert "=?" not in compose(message("member_message", values=values), VENDOR).subject


def test_a_subject_is_cut_and_a_text_keeps_its_lines() -> None:
    values = dict.fromkeys(VALUES["member_message"], "x") | {"subject": "s" * 900, "text": "one\r\n\r\ntwo\rthree"}
    text = compose(message("member_message", values=values), VENDOR)
    assert len(text.subject) == 150
    assert text.paragraphs[0] == "one\n\ntwo\nthree"


def test_what_can_be_turned_off_says_so_and_a_personal_message_says_no_more_than_it_must() -> None:
    choice = "Which mail you receive is your choice"
    for mail, told in ((MailKind.PAYMENT, True), (MailKind.ACCOUNT, False), (MailKind.PERSONAL, False)):
        said = "\n".join(compose(message("account_suspended", mail=mail), VENDOR).paragraphs)
        assert (choice in said) is told
        assert (VENDOR.phone in said) is (mail is not MailKind.PERSONAL)


def test_a_value_called_like_an_argument_does_no_harm() -> None:
    values = {"amount": "1 €", "message": "x", "self": "y"}
    assert "1 €" in compose(message("account_suspended", values=values), VENDOR).subject
