"""Invented data are the same for the same seed, keep every rule of billing, and hold what a demonstration needs."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter as Count
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.catalogue import Plan
from billing.credentials import Counter, Credential
from billing.holds import HeldInvoice
from billing.invoices import Invoice, InvoiceState, InvoiceType
from billing.payments import Payment
from billing.periods import Frequency, billing_periods
from billing.quotes import Quote
from billing.subscriptions import Subscription
from billing.tax import TaxCategory, tax_totals
from billing.vendor import Series, Vendor
from storage.dataset import Dataset, read_dataset
from tui.cli import main
from tui.demo.cast import AS_OF
from tui.demo.sample import demonstration, sample
from tui.demo.stage import DEMO_PEOPLE

DEMO = Path(__file__).parents[2] / "demo_data.json"


@pytest.fixture(scope="module", params=["demonstration", "sample", "busiest"])
def data(request: pytest.FixtureRequest) -> Dataset:
    """The demonstration, a sample, and a sample with a very busy account."""
    match request.param:
        case "demonstration":
            return demonstration()
        case "sample":
            return sample(60, 4, 3, date(2026, 2, 28))
        case _:
            return sample(3, 2, 9, date(2024, 2, 29), busiest=1500)


@pytest.fixture(scope="module")
def demo() -> Dataset:
    """The demonstration."""
    return demonstration()


def test_the_demonstrations_file_is_what_the_generator_makes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["sample", "--demo"]) == 0
    assert capfdbinary.readouterr().out == DEMO.read_bytes()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = (sample(20, 2, seed, AS_OF).to_bytes() for seed in (5, 5, 6))
    assert first == again
    assert first != other


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 8), st.integers(1, 4), st.integers(0, 10**6), st.dates(date(2010, 1, 1), date(2040, 12, 31)))
def test_any_sample_is_a_valid_data_file(accounts: int, years: int, seed: int, as_of: date) -> None:
    data = sample(accounts, years, seed, as_of)
    assert read_dataset(data.to_bytes()).to_bytes() == data.to_bytes()
    assert len(data.of(Account)) == accounts


@pytest.mark.parametrize("busiest", [1, 10, 36, 37, 38, 1000])
def test_the_busiest_account_has_exactly_as_many_invoices_as_asked(busiest: int) -> None:
    data = sample(2, 3, 1, AS_OF, busiest)
    account = data.of(Account)[0].id
    assert sum(i.account_id == account and not i.corrects for i in data.of(Invoice)) == busiest
    read_dataset(data.to_bytes())


def test_sums_agree_on_every_document(data: Dataset) -> None:
    for invoice in data.of(Invoice):
        assert all(line.net == line.quantity * line.unit_price - line.discount for line in invoice.lines)
        totals = tax_totals(invoice.lines)
        assert (invoice.groups, invoice.net, invoice.tax, invoice.gross) == (
            totals.groups, totals.net, totals.tax, totals.gross,
        )  # fmt: skip


def test_numbers_run_without_a_gap_and_dates_never_go_back(data: Dataset) -> None:
    by_series: dict[str, list[Invoice]] = defaultdict(list)
    for invoice in sorted(data.of(Invoice), key=lambda i: i.number):
        by_series[invoice.number.rsplit("-", 1)[0]].append(invoice)
    for name, documents in by_series.items():
        assert [int(d.number.rsplit("-", 1)[1]) for d in documents] == list(range(1, len(documents) + 1))
        assert all(a.issued_on <= b.issued_on for a, b in pairwise(documents))
        assert {d.issued_on.year for d in documents} == {int(name[2:])}
        assert {d.type for d in documents} == {InvoiceType.CREDIT_NOTE if name[0] == "R" else InvoiceType.INVOICE}
    for quote in data.of(Quote):
        by_series.setdefault(quote.number.rsplit("-", 1)[0], []).append(quote)  # type: ignore[arg-type]
    assert {s.id: s.next for s in data.of(Series)} == {name: len(ds) + 1 for name, ds in by_series.items()}


def test_each_period_of_a_subscription_is_billed_once_and_they_tile_time(data: Dataset) -> None:
    renewals: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for invoice in data.of(Invoice):
        if invoice.type is InvoiceType.INVOICE and invoice.period and invoice.subscription_id:
            renewals[invoice.subscription_id].append((invoice.period.start, invoice.period.end))
    for subscription in data.of(Subscription):
        periods = billing_periods(
            subscription.start, subscription.end, data.as_of, subscription.frequency, subscription.anchor_day
        )
        billed = Count(renewals[subscription.id])
        waiting = {h.period_start for h in data.of(HeldInvoice) if h.subscription_id == subscription.id}
        wanted = Count((p.start, p.end) for p in periods if p.start not in waiting)
        assert wanted - billed == Count()
        # What is billed beyond renewals is the rest of a period in which licences changed.
        ends = {p.end for p in periods}
        assert all(end in ends and start not in {p.start for p in periods} for start, end in billed - wanted)


def test_what_was_paid_and_credited_is_what_payments_and_credit_notes_say(data: Dataset) -> None:
    paid, credited = Count[str](), Count[str]()
    for payment in data.of(Payment):
        paid[payment.invoice_id] += payment.amount
    for note in data.of(Invoice):
        credited[note.corrects] -= note.gross if note.corrects else 0
    for invoice in data.of(Invoice):
        if invoice.type is InvoiceType.INVOICE:
            assert (invoice.paid, invoice.credited) == (paid[invoice.id], credited[invoice.id])
            assert 0 <= invoice.paid <= invoice.gross
            assert 0 <= invoice.credited <= invoice.gross
            assert (invoice.state is InvoiceState.OPEN) is (invoice.due > 0)


def test_nothing_happens_after_the_day_nor_before_its_cause(data: Dataset) -> None:
    invoices = {i.id: i for i in data.of(Invoice)}
    for invoice in invoices.values():
        assert invoice.issued_on <= data.as_of
        assert invoice.due_on >= invoice.issued_on
        assert not invoice.corrects or invoices[invoice.corrects].issued_on <= invoice.issued_on
    for payment in data.of(Payment):
        assert invoices[payment.invoice_id].issued_on <= payment.paid_on <= data.as_of


def test_tax_follows_the_customer(data: Dataset) -> None:
    for invoice in data.of(Invoice):
        (category,) = {line.category for line in invoice.lines}
        assert (invoice.tax != 0) == (category is TaxCategory.STANDARD)
        assert (invoice.tax_in_euro is not None) == (invoice.currency != "EUR" and invoice.tax != 0)
        if category is TaxCategory.REVERSE_CHARGE:
            assert invoice.customer.tax_id, "both VAT ids must be named"


def test_enterprise_invoices_carry_the_user_id_and_the_others_none(data: Dataset) -> None:
    types = {a.id: a.type for a in data.of(Account)}
    for invoice in data.of(Invoice):
        assert bool(invoice.customer.user_id) is (types[invoice.account_id] is AccountType.CORPORATE)


def test_parts_of_a_period_are_multiplied_first_and_rounded_once() -> None:
    """ACME took a larger plan on 20 April 2026, then a sixth licence: 13 of the period's 30 days were left."""
    data = demonstration()
    plan, licence = (i for i in data.of(Invoice) if i.account_id == "acme" and i.issued_on == date(2026, 4, 20))
    assert [line.net for line in plan.lines] == [-11917, 17117]  # 5 x 55.00 x 13/30 = 119.1666…; 5 x 79.00 x 13/30
    assert [line.net for line in licence.lines] == [-17117, 20540]
    assert (plan.net, plan.tax) == (5200, 1092)


def test_the_demonstration_shows_every_kind_of_thing(demo: Dataset) -> None:
    accounts, invoices = demo.of(Account), demo.of(Invoice)
    assert demo.as_of == date(2026, 11, 23)
    assert len(accounts) >= 14
    assert {a.type for a in accounts} == set(AccountType)
    assert {"EUR", "USD", "GBP", "JPY"} <= {a.currency for a in accounts}
    assert {a.language for a in accounts} == {"es", "en"}
    assert {i.state for i in invoices} == set(InvoiceState)
    assert {s.frequency for s in demo.of(Subscription)} == set(Frequency)
    assert {m.role for m in demo.of(Membership)} >= {Role.OWNER, Role.MEMBER, Role.PAYER, Role.APPROVER, Role.VIEWER}
    categories = {line.category for i in invoices for line in i.lines}
    assert categories == {
        TaxCategory.STANDARD, TaxCategory.REVERSE_CHARGE, TaxCategory.OUTSIDE, TaxCategory.EXEMPT,
    }  # fmt: skip
    assert any(s.anchor_day == 31 for s in demo.of(Subscription))
    assert any(i.overdue(demo.as_of) for i in invoices)
    assert any(i.paid > 0 and i.due > 0 for i in invoices), "a part paid"
    assert any(0 < i.credited < i.gross for i in invoices), "a part credited"
    assert any(p.amount < 0 for p in demo.of(Payment)), "money given back"
    assert any(i.purchase_order for i in invoices)
    assert any(i.tax_in_euro for i in invoices)
    assert any(line.discount for i in invoices for line in i.lines)
    assert any("prueba" in i.notes for i in invoices), "a trial"
    assert min(i.issued_on for i in invoices) < demo.as_of - timedelta(days=3 * 365)
    billed = Count(i.account_id for i in invoices)
    assert [a for a in accounts if a.id not in billed]
    assert max(billed.values()) > 300
    assert DEMO.stat().st_size < 2_000_000


def test_the_demonstrations_names_are_of_many_scripts_lengths_and_intentions(demo: Dataset) -> None:
    names = [a.name for a in demo.of(Account)] + [p.name for p in demo.of(Person)]
    directions = {unicodedata.bidirectional(c) for name in names for c in name}
    assert {"L", "R", "AL"} <= directions
    assert any("CJK" in unicodedata.name(c, "") for name in names for c in name)
    assert any("GREEK" in unicodedata.name(c, "") for name in names for c in name)
    assert max(map(len, names)) > 120
    everything = json.dumps(json.loads(DEMO.read_bytes()), ensure_ascii=False)
    for evil in ("[/]", "[@click=app.quit]pay[/]", "\u202e", "\u200b", "\x9b"):
        assert evil in everything
    hostile = next(a.name for a in demo.of(Account) if a.id == "hostile")
    assert "\x1b]52;c;" in hostile
    assert "\x1b[2J" in hostile
    assert all(c.isprintable() or c in "\n\u00a0" for c in DEMO.read_text()), "the file itself is safe to look at"


def test_the_demonstrations_people_sign_in_with_the_word_on_the_door(demo: Dataset) -> None:
    from gateways.passwords import Argon2Passwords

    credentials = {(c.counter, c.user_id): c for c in demo.of(Credential)}
    assert all((p.counter, p.user_id) in credentials for p in DEMO_PEOPLE)
    (shared,) = {c.password_hash for c in credentials.values()}
    assert Argon2Passwords().verify(shared, DEMO_PEOPLE[0].password)
    accounts = Count(m.person_id for m in demo.of(Membership))
    assert max(accounts.values()) > 1, "somebody on several accounts"
    doors = defaultdict(set)
    for counter, user_id in credentials:
        doors[credentials[counter, user_id].person_id].add(counter)
    assert {Counter.CENTER, Counter.ENTERPRISE} in doors.values(), "somebody with both log-ins"
    assert all(p.email.endswith(".example") for p in demo.of(Person))


def test_the_vendors_tax_id_and_account_have_valid_check_digits(demo: Dataset) -> None:
    vendor = demo.of(Vendor)[0]
    assert vendor.bank is not None
    moved = vendor.bank.iban[4:] + vendor.bank.iban[:4]
    assert int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
    for tax_id in (vendor.party.tax_id, *(a.tax_id for a in demo.of(Account) if a.address.country == "ES")):
        if tax_id.isalnum():
            assert spanish_check(tax_id), tax_id


def spanish_check(tax_id: str) -> bool:
    """Orden EHA/451/2008, from the other end: all digits with their weights and the check digit make a full ten."""
    total = 0
    for place, digit in enumerate(tax_id[1:8], 1):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return (total + int(tax_id[8])) % 10 == 0


def test_every_plan_is_sold_every_way(demo: Dataset) -> None:
    for plan in demo.of(Plan):
        assert len(plan.prices) == len(Frequency) * 4
