"""Changing who is invoiced: what a form refuses and why, what the preview warns of, and what never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.audit import AuditEvent
from billing.billing_fields import (
    FIELD_WORDS,
    BillingInformation,
    CountryUnknown,
    FieldMissing,
    FieldRefused,
    FieldTooLong,
    FieldUnprintable,
    LanguageUnknown,
    MailAddressWrong,
    PostcodeWrong,
    TooManyCopies,
    checked,
    country_code,
    matching_countries,
)
from billing.billing_information import (
    NothingChanged,
    change_billing_information,
    preview_billing_information,
    read_billing_information,
    tax_words,
)
from billing.credentials import Counter
from billing.desk import Desk
from billing.errors import NotAllowed, Refusal, Stale
from billing.identifiers import CardNumberTyped, SpanishTaxIdWrong, VatNumberWrong
from billing.invoices import Invoice
from billing.kinds import KINDS
from billing.language import Language
from billing.outbox import MailKind, OutboxMessage
from billing.periods import Frequency
from billing.record import changed
from billing.store import Span, Store
from billing.subscriptions import Subscription
from billing.tax import TaxCategory
from billing.vendor import Address, Party, Vendor
from storage.registry import open_store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EN = Language("en")


def stocked(role: Role = Role.OWNER) -> Desk:
    """The desk of somebody on a Madrid account with one subscription, in a store of its own."""
    store = open_store("memory:", KINDS)
    seller = Party(name="Seller, S.L.", address=Address(lines=("C 1",), city="Madrid", country="ES"))
    account = Account(
        id="acme",
        type=AccountType.SELF_SERVICE,
        name="Acme, S.L.",
        address=Address(lines=("Calle Mayor 1",), postcode="28014", city="Madrid", country="ES"),
        tax_id="B12345674",
        email="old@acme.example",
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2025, 1, 1),
    )
    people = [
        (Person(id="marta", name="Marta", email="marta@acme.example", language="en"), role),
        (Person(id="luis", name="Luis", email="luis@acme.example"), Role.VIEWER),
    ]
    with store.write() as books:
        books.put(Vendor(id=Vendor.ID, brand="S", product="P", party=seller))
        account = books.put(account)
        for person, held in people:
            books.put(person)
            books.put(Membership(id=person.id, account_id="acme", person_id=person.id, role=held))
        books.put(
            Subscription(
                id="s1",
                account_id="acme",
                plan_id="p",
                plan_name="Support",
                quantity=2,
                unit_price=5000,
                frequency=Frequency.MONTHLY,
                anchor_day=3,
                start=date(2026, 1, 3),
                renews_on=date(2026, 12, 3),
            )
        )
    return Desk(store, lambda: NOON, Counter.CENTER, people[0][0], account, role, NOON)


def german(now: BillingInformation) -> BillingInformation:
    """The account moved to Berlin."""
    return replace(
        now, lines=("Straße 1",), postcode="10115", city="Berlin", country="Germany", tax_id="de 136 695 976"
    )


def mails(store: Store) -> list[OutboxMessage]:
    with store.read() as books:
        return list(books.every(OutboxMessage))


def test_a_change_is_shown_field_by_field_before_it_is_saved() -> None:
    desk = stocked()
    now = read_billing_information(desk)
    preview = preview_billing_information(desk, replace(now, name="  Acme   Dos, S.L. ", copies_to=("B@x.example",)))
    assert [(c.field, c.before, c.after) for c in preview.changes] == [
        ("name", "Acme, S.L.", "Acme Dos, S.L."),
        ("copies_to", "", "b@x.example"),
    ]
    assert not preview.tax_changes
    assert read_billing_information(desk) == now
    saved = change_billing_information(desk, preview)
    assert (saved.name, saved.copies_to) == ("Acme Dos, S.L.", ("b@x.example",))
    assert read_billing_information(desk) == preview.after


def test_moving_abroad_warns_of_the_tax_with_the_next_renewal_as_the_example() -> None:
    desk = stocked()
    preview = preview_billing_information(desk, german(read_billing_information(desk)))
    assert preview.tax_changes
    assert (preview.tax_before.category, preview.tax_before.rate) == (TaxCategory.STANDARD, Decimal(21))
    assert preview.tax_after.category is TaxCategory.REVERSE_CHARGE
    assert tax_words(preview.tax_before, EN) == "VAT 21%"
    assert "reverse charge" in tax_words(preview.tax_after, EN)
    assert preview.renewal is not None
    assert (preview.renewal.on, preview.renewal.before.minor, preview.renewal.after.minor) == (
        date(2026, 12, 3), 12100, 10000,
    )  # fmt: skip
    assert (preview.after.country, preview.after.tax_id) == ("DE", "DE136695976")


def test_moving_to_the_canaries_alone_changes_the_tax() -> None:
    desk = stocked()
    preview = preview_billing_information(desk, replace(read_billing_information(desk), postcode="35001"))
    assert preview.tax_after.category is TaxCategory.OUTSIDE


def test_without_a_subscription_there_is_no_example() -> None:
    desk = stocked()
    with desk.store.write() as books:
        books.remove(books.get(Subscription, "s1"))
    preview = preview_billing_information(desk, german(read_billing_information(desk)))
    assert preview.tax_changes
    assert preview.renewal is None


def test_nobody_is_replaced_in_silence() -> None:
    """The owner, the old and the new address are told, each once; the viewer is not."""
    desk = stocked()
    wanted = replace(read_billing_information(desk), email="new@acme.example", city="Getafe")
    change_billing_information(desk, preview_billing_information(desk, wanted))
    sent = {m.to: m for m in mails(desk.store)}
    assert sorted(sent) == ["marta@acme.example", "new@acme.example", "old@acme.example"]
    assert all((m.mail, m.template) == (MailKind.ACCOUNT, "billing_information_changed") for m in sent.values())
    assert sent["marta@acme.example"].values == {"person": "Marta", "fields": "City, E-mail"}
    assert len(mails(desk.store)) == 3


def test_an_owner_whose_address_is_the_accounts_is_told_once() -> None:
    desk = stocked()
    wanted = replace(read_billing_information(desk), email="marta@acme.example")
    change_billing_information(desk, preview_billing_information(desk, wanted))
    assert sorted(m.to for m in mails(desk.store)) == ["marta@acme.example", "old@acme.example"]


def test_the_trail_says_who_changed_what() -> None:
    desk = stocked()
    wanted = replace(read_billing_information(desk), name="Acme Dos, S.L.")
    change_billing_information(desk, preview_billing_information(desk, wanted))
    with desk.store.read() as books:
        (event,) = books.find(AuditEvent, Span("account", ("acme",))).rows
    assert (event.person_id, event.act, event.subject_id) == ("marta", "change_billing_information", "acme")
    assert list(event.values) == ["fields"]


def test_what_was_agreed_holds_only_while_nobody_changed_the_account() -> None:
    desk = stocked()
    preview = preview_billing_information(desk, replace(read_billing_information(desk), name="Acme Dos, S.L."))
    with desk.store.write() as books:
        books.put(changed(books.get(Account, "acme"), credit=100))
    with pytest.raises(Stale):
        change_billing_information(desk, preview)
    assert read_billing_information(desk).name == "Acme, S.L."
    assert mails(desk.store) == []


def test_the_same_agreement_is_carried_out_once() -> None:
    desk = stocked()
    preview = preview_billing_information(desk, replace(read_billing_information(desk), name="Acme Dos, S.L."))
    change_billing_information(desk, preview)
    with pytest.raises(Refusal):
        change_billing_information(desk, preview)
    assert len(mails(desk.store)) == 2


def test_saving_what_is_saved_is_refused() -> None:
    desk = stocked()
    with pytest.raises(NothingChanged):
        preview_billing_information(desk, read_billing_information(desk))


@pytest.mark.parametrize("role", [Role.PAYER, Role.APPROVER, Role.VIEWER, Role.MEMBER])
def test_only_the_billing_contact_may_change_it(role: Role) -> None:
    owner = stocked()
    now = read_billing_information(owner)
    preview = preview_billing_information(owner, replace(now, name="Acme Dos, S.L."))
    desk = stocked(role)
    with pytest.raises(NotAllowed):
        preview_billing_information(desk, replace(now, name="Mine"))
    with pytest.raises(NotAllowed):
        change_billing_information(desk, preview)


def test_currency_and_kind_of_account_are_no_fields() -> None:
    assert not {"currency", "type", "tax_exempt", "credit", "standing"} & set(BillingInformation.__slots__)
    assert set(FIELD_WORDS) == set(BillingInformation.__slots__)


def test_documents_already_issued_never_change(demo: Store) -> None:
    with demo.read() as books:
        account = next(a for a in books.every(Account) if a.type is AccountType.SELF_SERVICE and a.tax_id[:1] == "B")
        owner = next(m for m in books.every(Membership) if (m.account_id, m.role) == (account.id, Role.OWNER))
        person = books.get(Person, owner.person_id)
        before = books.find(Invoice, Span("history", (account.id,)), limit=1000).rows
    assert before
    desk = Desk(demo, lambda: NOON, Counter.CENTER, person, account, Role.OWNER, NOON)
    change_billing_information(desk, preview_billing_information(desk, german(read_billing_information(desk))))
    with demo.read() as books:
        assert books.get(Account, account.id).address.city == "Berlin"
        assert books.find(Invoice, Span("history", (account.id,)), limit=1000).rows == before


GOOD = read_billing_information(stocked())


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"name": "  "}, FieldMissing, "name"),
        ({"lines": ("", " ")}, FieldMissing, "lines"),
        ({"city": ""}, FieldMissing, "city"),
        ({"country": ""}, FieldMissing, "country"),
        ({"email": ""}, FieldMissing, "email"),
        ({"name": "x" * 121}, FieldTooLong, "name"),
        ({"lines": ("a", "b", "c", "d")}, FieldTooLong, "lines"),
        ({"name": "x" * 100_000}, FieldTooLong, "name"),
        ({"name": "Acme\x1b[2J"}, FieldUnprintable, "name"),
        ({"name": "Acme\u202egnp"}, FieldUnprintable, "name"),
        ({"city": "\ud800"}, FieldUnprintable, "city"),
        ({"postcode": "2801"}, PostcodeWrong, "postcode"),
        ({"postcode": "53001"}, PostcodeWrong, "postcode"),
        ({"postcode": ""}, PostcodeWrong, "postcode"),
        ({"country": "Atlantis"}, CountryUnknown, "country"),
        ({"country": "EU"}, CountryUnknown, "country"),
        ({"tax_id": "B12345675"}, SpanishTaxIdWrong, "tax_id"),
        ({"tax_id": "B12345674", "country": "DE"}, VatNumberWrong, "tax_id"),
        ({"email": "marta"}, MailAddressWrong, "email"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, MailAddressWrong, "email"),
        ({"copies_to": ("a@b.example", "nobody")}, MailAddressWrong, "copies_to"),
        ({"copies_to": tuple(f"a{i}@b.example" for i in range(6))}, TooManyCopies, "copies_to"),
        ({"language": "fr"}, LanguageUnknown, "language"),
        ({"name": "Acme 4242 4242 4242 4242"}, CardNumberTyped, "name"),
        ({"lines": ("Calle 1", "4242-4242-4242-4242")}, CardNumberTyped, "lines"),
        ({"region": "4242424242424242"}, CardNumberTyped, "region"),
    ],
)
def test_a_refused_field_is_named_and_told_what_was_expected(
    change: dict[str, str | tuple[str, ...]], kind: type[Refusal], field: str
) -> None:
    with pytest.raises(kind) as refused:
        checked(replace(GOOD, **change))  # type: ignore[arg-type]
    assert getattr(refused.value, "field", None) == field
    assert len(EN.refusal(refused.value)) < 300


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("es", "ES"),
        ("España", "ES"),
        ("espana", "ES"),
        ("SPAIN", "ES"),
        ("Alem", "DE"),
        ("germ", "DE"),
        (" fr ", "FR"),
        ("Perú", "PE"),
        ("Níger", "NE"),
        ("Niger", "NE"),
    ],
)
def test_a_country_is_typed_by_code_or_name_in_either_language(typed: str, code: str) -> None:
    assert country_code(typed) == code


@pytest.mark.parametrize("typed", ["", "a", "Isl", "Guin", "XX", "\ud800", "x" * 100_000])
def test_a_country_in_doubt_is_not_guessed(typed: str) -> None:
    assert len(matching_countries(typed)) != 1
    with pytest.raises(CountryUnknown):
        country_code(typed)


TEXTS = st.text(max_size=130)


@given(
    st.builds(
        BillingInformation,
        name=TEXTS,
        tax_id=st.just("") | TEXTS,
        lines=st.lists(TEXTS, max_size=4).map(tuple),
        postcode=st.just("28014") | TEXTS,
        city=TEXTS,
        region=TEXTS,
        country=st.sampled_from(["ES", "DE", "Peru", "zz"]) | TEXTS,
        email=st.emails() | TEXTS,
        copies_to=st.lists(st.emails() | TEXTS, max_size=7).map(tuple),
        language=st.sampled_from(["es", "en"]) | TEXTS,
    )
)
def test_whatever_is_typed_is_canonical_or_its_field_refused(wanted: BillingInformation) -> None:
    try:
        clean = checked(wanted)
    except (FieldRefused, SpanishTaxIdWrong, VatNumberWrong, CardNumberTyped) as refused:
        named = refused.field
    else:
        named = "name"
        assert checked(clean) == clean
    assert named in FIELD_WORDS
