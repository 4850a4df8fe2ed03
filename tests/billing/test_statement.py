"""The statement of account agrees with the journal at every row, and can be taken away safely."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.credentials import Counter
from billing.desk import Desk
from billing.errors import NotAllowed
from billing.export import Documents
from billing.invoices import Invoice, InvoiceState, InvoiceType
from billing.journal import EntryKind, JournalEntry, Ledger, entry, issued
from billing.kinds import KINDS
from billing.language import Language
from billing.record import changed
from billing.statement import AGE_WORDS, PeriodReversed, Statement, beginning, statement
from billing.statement_paper import (
    StatementForm,
    StatementTooLong,
    as_dict,
    csv_text,
    save_statement,
    text_lines,
)
from billing.store import Store
from billing.vendor import Address, Party
from storage.registry import open_store
from tests.billing.conftest import DeskOf

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ALWAYS = (date(2020, 1, 1), date(2030, 1, 1))
ES, EN = Language("es"), Language("en")
PARTY = Party(name="P", address=Address(lines=("1",), city="C", country="ES"))


def invoice(number: str, on: date, gross: int, *, days: int = 0, corrects: str = "", currency: str = "EUR") -> Invoice:
    return Invoice(
        id=number.lower(),
        account_id="acme",
        type=InvoiceType.CREDIT_NOTE if corrects else InvoiceType.INVOICE,
        number=number,
        issued_on=on,
        due_on=on + timedelta(days=days),
        state=InvoiceState.NOTE if corrects else InvoiceState.OPEN,
        currency=currency,
        language="es",
        seller=PARTY,
        customer=PARTY,
        lines=(),
        groups=(),
        net=gross,
        tax=0,
        gross=gross,
        corrects=corrects.lower(),
    )


def moved(
    what: EntryKind, on: date, number: str, amount: int, debit: Ledger, credit: Ledger, tag: str = ""
) -> JournalEntry:
    name = f"{number.lower()}.{what.value}{tag}"
    return entry(name, "acme", on, what, "EUR", ((debit, amount), (credit, -amount)), number.lower(), source_id=name)


def paid(on: date, number: str, amount: int, tag: str = "") -> JournalEntry:
    return moved(EntryKind.PAYMENT, on, number, amount, Ledger.CASH, Ledger.RECEIVABLE, tag)


def desk_with(*records: Invoice | JournalEntry, name: str = "Acme, S.L.", role: Role = Role.OWNER) -> Desk:
    """A desk over a journal written by hand; every invoice is booked."""
    store = open_store("memory:", KINDS)
    account = Account(
        id="acme",
        type=AccountType.SELF_SERVICE,
        name=name,
        address=PARTY.address,
        tax_id="B12345674",
        email="a@acme.example",
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2025, 1, 1),
    )
    person = Person(id="marta", name="Marta", email="m@acme.example")
    with store.write() as books:
        account = books.put(account)
        books.put(person)
        books.put(Membership(id="m", account_id="acme", person_id="marta", role=role))
        for record in records:
            books.put(record)
            if isinstance(record, Invoice):
                books.put(issued(record))
    return Desk(store, lambda: NOON, Counter.CENTER, person, account, role, NOON)


JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)

STORY = (
    invoice("F-1", JAN, 12100),
    paid(JAN, "F-1", 12100),
    invoice("F-2", FEB, 5000, days=30),
    invoice("R-1", MAR, -2000, corrects="F-1"),
    moved(EntryKind.CREDIT_GIVEN, MAR, "F-1", 2000, Ledger.RECEIVABLE, Ledger.CREDIT),
    moved(EntryKind.CREDIT_USED, MAR + timedelta(1), "F-2", 1500, Ledger.CREDIT, Ledger.RECEIVABLE),
)


def test_every_row_shows_what_it_moved_and_the_balance_after_it() -> None:
    found = statement(desk_with(*STORY), *ALWAYS)
    assert [(r.on, r.what.value, r.number, r.debit, r.credit, r.balance, r.moved) for r in found.rows] == [
        (JAN, "invoice", "F-1", 12100, 0, 12100, 12100),
        (JAN, "payment", "F-1", 0, 12100, 0, 12100),
        (FEB, "invoice", "F-2", 5000, 0, 5000, 5000),
        (MAR, "credit_note", "R-1", 0, 2000, 3000, 2000),
        (MAR, "credit_given", "F-1", 0, 0, 3000, 2000),
        (MAR + timedelta(1), "credit_used", "F-2", 0, 0, 3000, 1500),
    ]
    assert (found.opening, found.closing, found.credit, found.total) == (0, 3000, 500, 6)
    assert sum(found.ageing) - found.credit == found.closing


def test_a_period_opens_with_what_came_before_it_and_ends_with_its_last_day() -> None:
    desk = desk_with(*STORY)
    found = statement(desk, FEB, MAR)
    assert (found.opening, found.closing, [r.number for r in found.rows]) == (0, 3000, ["F-2", "R-1", "F-1"])
    assert statement(desk, MAR, MAR).opening == 5000
    assert statement(desk, date(2026, 5, 1), date(2026, 5, 31)).opening == 3000
    assert statement(desk, date(2019, 1, 1), date(2019, 12, 31)).total == 0


@pytest.mark.parametrize(
    ("days_late", "age"),
    [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (800, 4)],
)
def test_a_debt_is_as_old_as_the_days_since_it_was_due(days_late: int, age: int) -> None:
    due = TODAY - timedelta(days=days_late)
    found = statement(desk_with(invoice("F-1", due - timedelta(days=30), 700, days=30)), date(2020, 1, 1), TODAY)
    assert found.ageing == tuple(700 if i == age else 0 for i in range(len(AGE_WORDS)))


def test_ageing_looks_at_the_debt_as_it_stood_then() -> None:
    desk = desk_with(invoice("F-1", JAN, 700), paid(MAR, "F-1", 700))
    assert statement(desk, JAN, JAN + timedelta(40)).ageing == (0, 0, 700, 0, 0)
    assert statement(desk, JAN, MAR).ageing == (0, 0, 0, 0, 0)


def test_a_long_account_is_shown_by_windows_that_agree() -> None:
    many = [invoice(f"F-{n}", date(2024, 1, 1) + timedelta(n // 3), 100 + n) for n in range(1100)]
    desk = desk_with(*many)
    whole = statement(desk, *ALWAYS, limit=5000)
    assert whole.total == 1100
    for offset in (0, 999, 1050):
        window = statement(desk, *ALWAYS, offset=offset, limit=50)
        assert window.rows == whole.rows[offset : offset + 50]
        assert (window.closing, window.ageing) == (whole.closing, whole.ageing)
    assert beginning(desk) == date(2024, 1, 1)


def test_an_account_without_entries_begins_with_itself() -> None:
    desk = desk_with()
    found = statement(desk, *ALWAYS)
    assert (found.opening, found.closing, found.total, found.rows) == (0, 0, 0, ())
    assert beginning(desk) == date(2025, 1, 1)


def test_a_period_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(PeriodReversed):
        statement(desk_with(), MAR, JAN)


def test_who_may_not_see_invoices_sees_no_statement() -> None:
    desk = desk_with(*STORY, role=Role.MEMBER)
    for wanted in (lambda: statement(desk, *ALWAYS), lambda: beginning(desk)):
        with pytest.raises(NotAllowed):
            wanted()


def test_another_accounts_entries_are_not_in_it() -> None:
    desk = desk_with(*STORY)
    with desk.store.write() as books:
        books.put(changed(desk.account, id="other", version=0))
        books.put(changed(issued(invoice("F-9", JAN, 99)), account_id="other"))
    assert statement(desk, *ALWAYS).closing == 3000


DAYS = st.dates(date(2025, 12, 1), date(2026, 3, 1))
MOVES = st.lists(
    st.tuples(st.sampled_from(EntryKind), DAYS, st.integers(1, 10**6), st.integers(0, 3), st.booleans()), max_size=25
)
_SIDES = {
    EntryKind.INVOICE: (Ledger.RECEIVABLE, Ledger.REVENUE),
    EntryKind.CREDIT_NOTE: (Ledger.REVENUE, Ledger.RECEIVABLE),
    EntryKind.PAYMENT: (Ledger.CASH, Ledger.RECEIVABLE),
    EntryKind.RETURNED: (Ledger.RECEIVABLE, Ledger.CASH),
    EntryKind.CREDIT_GIVEN: (Ledger.RECEIVABLE, Ledger.CREDIT),
    EntryKind.CREDIT_USED: (Ledger.CREDIT, Ledger.RECEIVABLE),
    EntryKind.REFUND: (Ledger.CREDIT, Ledger.CASH),
}


@settings(max_examples=60)
@given(MOVES, DAYS, DAYS)
def test_the_closing_balance_is_the_fold_over_all_entries(
    moves: list[tuple[EntryKind, date, int, int, bool]], one: date, other: date
) -> None:
    since, until = sorted((one, other))
    documents = [invoice(f"F-{n}", JAN, 0, days=n) for n in range(3)]
    journal = [
        moved(kind, on, f"F-{document}" if document < 3 else "", amount, *_SIDES[kind], tag=f".{n}")
        for n, (kind, on, amount, document, _) in enumerate(moves)
    ]
    desk = desk_with(*journal)
    with desk.store.write() as books:
        for document in documents:
            books.put(document)
    found = statement(desk, since, until, limit=100)
    assert found.closing == sum(e.customer_side for e in journal if e.on <= until)
    assert found.opening == sum(e.customer_side for e in journal if e.on < since)
    assert found.opening + sum(r.debit - r.credit for r in found.rows) == found.closing
    assert [r.balance for r in found.rows][-1:] in ([], [found.closing])
    assert sum(found.ageing) - found.credit == found.closing
    assert [r.on for r in found.rows] == sorted(r.on for r in found.rows)


def test_the_demonstrations_statements_end_where_its_accounts_stand(store: Store, desk_of: DeskOf) -> None:
    with store.read() as books:
        accounts = books.every(Account)
        owed = {
            a.id: sum(i.due for i in books.every(Invoice, limit=100_000) if i.account_id == a.id) for a in accounts[:8]
        }
    for account in accounts[:8]:
        found = statement(desk_of(account), date(2000, 1, 1), TODAY)
        assert (found.closing, found.credit) == (owed[account.id] - account.credit, account.credit)


def story(name: str = "Acme, S.L.") -> Statement:
    return statement(desk_with(*STORY, name=name), JAN, MAR + timedelta(1))


@pytest.mark.parametrize("name", ["Acme, S.L.", "\x1b[2J\u202ename", "大阪" * 60, "a" * 300])
@pytest.mark.parametrize("language", [ES, EN])
def test_on_paper_it_fits_80_cells_and_no_figure_is_cut(name: str, language: Language) -> None:
    lines = text_lines(story(name), language)
    assert all(sum(2 if ord(c) > 0x2E80 else 1 for c in line) <= 80 for line in lines)
    assert "\x1b" not in "".join(lines)
    page = "\n".join(lines)
    assert page.count(language.figure(story().money(12100))) == 3
    assert all(number in page for number in ("F-1", "F-2", "R-1"))


def test_very_large_figures_push_words_aside_and_are_whole() -> None:
    found = statement(desk_with(invoice("F-1", JAN, 10**13)), JAN, MAR)
    assert "\n".join(text_lines(found, ES)).count("100.000.000.000,00") == 4


def test_a_spreadsheet_gets_plain_figures_that_add_up() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(story(), EN))))
    assert [r["Document"] for r in rows] == ["", "F-1", "F-1", "F-2", "R-1", "F-1", "F-2", ""]
    total = sum(Decimal(r["Debit"] or 0) - Decimal(r["Credit"] or 0) for r in rows)
    assert total == Decimal(rows[-1]["Balance"]) == Decimal("30.00")
    assert rows[5]["What"] == "Kept as credit 20.00"


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t=", "\r=", "＝", "−", " ="])
def test_no_number_of_a_document_becomes_a_formula(lead: str) -> None:
    hostile = changed(invoice("F-1", JAN, 100), number=f'{lead}cmd|"/C calc"!A0')
    rows = list(csv.reader(io.StringIO(csv_text(statement(desk_with(hostile), JAN, MAR), EN))))
    assert rows[2][2].startswith("'")
    assert all(len(row) == 7 for row in rows)


def test_negative_figures_stay_figures() -> None:
    desk = desk_with(invoice("R-1", JAN, -100, corrects="F-1"))
    rows = list(csv.reader(io.StringIO(csv_text(statement(desk, JAN, MAR), EN))))
    assert rows[2][4:6] == ["1.00", "-1.00"]


def test_a_program_gets_minor_units_and_iso_days() -> None:
    found = json.loads(json.dumps(as_dict(story())))
    assert (found["opening"], found["closing"], found["credit"], found["since"]) == (0, 3000, 500, "2026-01-10")
    assert found["ageing"] == {"not_due": 3500, "1_30": 0, "31_60": 0, "61_90": 0, "over_90": 0}
    assert found["rows"][3] == {
        "date": "2026-03-10", "what": "credit_note", "document": "R-1",
        "debit": 0, "credit": 2000, "balance": 3000, "moved": 2000,
    }  # fmt: skip


class Shelf:
    """Keeps what it is given to save."""

    def __init__(self) -> None:
        self.saved: dict[str, bytes] = {}

    def save(self, folder: str, name: str, data: bytes) -> str:
        self.saved[name] = data
        return f"{folder}/{name}"


@pytest.mark.parametrize("form", StatementForm)
def test_it_is_saved_whole_in_the_accounts_language(form: StatementForm) -> None:
    shelf = Shelf()
    documents: Documents = shelf  # type: ignore[assignment]
    path = save_statement(desk_with(*STORY), documents, JAN, MAR, form, "/tmp")
    assert path.endswith(f"-2026-01-10-2026-03-10.{form.value}")
    (data,) = shelf.saved.values()
    assert data.decode("utf-8-sig").count("F-1") == 3


def test_more_than_a_file_holds_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.statement_paper.MOST_ROWS", 3)
    shelf = Shelf()
    with pytest.raises(StatementTooLong):
        save_statement(desk_with(*STORY), shelf, JAN, MAR, StatementForm.CSV, "/tmp")  # type: ignore[arg-type]
    assert shelf.saved == {}
