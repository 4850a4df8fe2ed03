"""Every list, in every filter, order and search, is what a plain reading of all documents gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

import billing.history
from billing.accounts import Account
from billing.errors import NotFound
from billing.history import Order, Question, StateFilter, find_number, list_invoices, open_invoice, subscriptions, years
from billing.invoices import Invoice, words
from billing.money import Money
from billing.overview import overview
from billing.record import changed
from billing.subscriptions import Subscription
from storage.dataset import Dataset
from tests.billing.conftest import NOON, DeskOf, filled

TODAY = NOON.date()


def accounts_with_history(data: Dataset) -> list[Account]:
    """The busiest account, and a few with every state among their documents."""
    counts = {a.id: len({i.state for i in data.of(Invoice) if i.account_id == a.id}) for a in data.of(Account)}
    first, *others = data.of(Account)
    return [first, *sorted(others, key=lambda a: -counts[a.id])[:4]]


def expected(data: Dataset, account: Account, question: Question) -> list[Invoice]:
    """The answer, found by reading everything."""
    rows = [i for i in data.of(Invoice) if i.account_id == account.id and fits(i, question)]

    def place(i: Invoice) -> tuple[Any, ...]:
        match question.order:
            case Order.LARGEST:
                return (i.gross, i.number)
            case Order.DUE_FIRST:
                return (i.due <= 0, i.due_on, i.number)
            case _:
                return (i.issued_on, i.number)

    return sorted(rows, key=place, reverse=question.order in (Order.NEWEST, Order.LARGEST))


def fits(i: Invoice, question: Question) -> bool:
    """Whether a person who asks this wants to see the document."""
    match question.state:
        case StateFilter.ALL:
            state = True
        case StateFilter.OVERDUE:
            state = i.due > 0 and i.due_on < TODAY
        case wanted:
            state = i.state.value == wanted.value
    return (
        state
        and question.year in (None, i.issued_on.year)
        and question.subscription_id in ("", i.subscription_id)
        and all(any(w.startswith(t) for w in i.words) for t in words(question.text))
    )


def questions(data: Dataset, account: Account) -> Iterator[Question]:
    """Every combination of state, year, subscription, search and order."""
    own = next((s.id for s in data.of(Subscription) if s.account_id == account.id), "none")
    sample = next(i for i in data.of(Invoice) if i.account_id == account.id)
    texts = ("", "goto", "2025-1", sample.number, f"{sample.number.lower()} {sample.issued_on}", "zzz", "€ !")
    for state, year, subscription, text, order in product(StateFilter, (None, 2025), ("", own), texts, Order):
        yield Question(state, year, subscription, text, order)


def test_every_question_has_the_answer_of_a_plain_reading(data: Dataset, desk_of: DeskOf) -> None:
    asked = 0
    for account in accounts_with_history(data):
        desk = desk_of(account)
        for question in questions(data, account):
            wanted = [i.number for i in expected(data, account, question)]
            window = list_invoices(desk, question, limit=1000)
            assert [i.number for i in window.rows] == wanted, question
            assert (window.total, window.cut, window.offset) == (len(wanted), False, 0), question
            asked += 1
    assert asked > 1000


@pytest.mark.parametrize(
    "question",
    [Question(), Question(StateFilter.PAID, order=Order.OLDEST), Question(order=Order.LARGEST), Question(text="goto")],
    ids=["all", "paid, oldest", "largest", "search"],
)
def test_windows_laid_side_by_side_are_the_whole_list(data: Dataset, desk_of: DeskOf, question: Question) -> None:
    account = data.of(Account)[0]
    desk, whole = desk_of(account), expected(data, account, question)
    step, seen = 37, list[Invoice]()
    for offset in range(0, len(whole) + step, step):
        window = list_invoices(desk, question, offset=offset, limit=step)
        assert window.total == len(whole)
        assert window.offset == offset
        seen += window.rows
    assert [i.number for i in seen] == [i.number for i in whole]


def test_a_list_that_had_to_be_cut_says_so_and_keeps_the_newest(
    data: Dataset, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billing.history, "MOST_NARROWED", 50)
    account = data.of(Account)[0]
    question = Question(StateFilter.PAID, order=Order.LARGEST)
    window = list_invoices(desk_of(account), question, limit=1000)
    newest = expected(data, account, Question(StateFilter.PAID))[:50]
    assert window.cut
    assert {i.number for i in window.rows} == {i.number for i in newest}


def test_a_common_word_among_thousands_is_looked_for_newest_first(
    data: Dataset, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billing.history, "MOST_NARROWED", 60)
    account = data.of(Account)[0]
    text = next(words(expected(data, account, Question())[0].lines[0].description))
    window = list_invoices(desk_of(account), Question(text=text), limit=1000)
    newest = expected(data, account, Question())[:60]
    assert window.cut
    assert [i.number for i in window.rows] == [i.number for i in newest if fits(i, Question(text=text))]


def test_every_document_is_found_by_its_number_as_people_type_it(data: Dataset, desk_of: DeskOf) -> None:
    """Also where a credit note names the number, and where a description holds the running number."""
    for account in accounts_with_history(data):
        desk = desk_of(account)
        for document in expected(data, account, Question()):
            for typed in (document.number, f"  {document.number.lower()} "):
                assert find_number(desk, typed) == changed(document, version=1)


def test_a_running_number_finds_the_newest_document_that_has_it(data: Dataset, desk_of: DeskOf) -> None:
    account = data.of(Account)[0]
    desk, documents = desk_of(account), expected(data, account, Question())
    for running in {i.number.rsplit("-")[-1] for i in documents}:
        newest = next(i for i in documents if i.number.endswith(f"-{running}"))
        assert find_number(desk, running).number == newest.number
        assert find_number(desk, running.lstrip("0")).number == newest.number


@pytest.mark.parametrize("typed", ["", " ", "0", "000", "F-1999-000001", "[/]", "\x1b[2J", "٣", "9" * 5000])
def test_a_number_that_is_not_there_is_refused(data: Dataset, desk_of: DeskOf, typed: str) -> None:
    with pytest.raises(NotFound):
        find_number(desk_of(data.of(Account)[0]), typed)


def test_the_years_are_those_with_documents(data: Dataset, desk_of: DeskOf) -> None:
    for account in data.of(Account):
        held = {i.issued_on.year for i in data.of(Invoice) if i.account_id == account.id}
        assert years(desk_of(account)) == tuple(sorted(held, reverse=True))


def test_all_subscriptions_are_listed_newest_first(data: Dataset, desk_of: DeskOf) -> None:
    for account in data.of(Account):
        held = [s for s in data.of(Subscription) if s.account_id == account.id]
        found = subscriptions(desk_of(account))
        assert sorted(s.id for s in found) == sorted(s.id for s in held)
        assert [s.start for s in found] == sorted((s.start for s in held), reverse=True)


def test_a_document_comes_with_what_belongs_to_it(data: Dataset, desk_of: DeskOf) -> None:
    notes = [i for i in data.of(Invoice) if i.corrects]
    assert notes
    accounts = {a.id: a for a in data.of(Account)}
    for note in notes:
        desk = desk_of(accounts[note.account_id])
        file = open_invoice(desk, note.id)
        assert file.original is not None
        assert (file.original.id, file.payments, file.credit_notes) == (note.corrects, (), ())
        original = open_invoice(desk, note.corrects)
        assert note.id in {n.id for n in original.credit_notes}
        assert sum(p.amount for p in original.payments) == original.invoice.paid


def test_the_overview_adds_up_what_a_plain_reading_does(data: Dataset, desk_of: DeskOf) -> None:
    for account in data.of(Account):
        own, seen = expected(data, account, Question()), overview(desk_of(account))
        due = [i for i in own if i.due > 0]
        late = [i for i in due if i.due_on < TODAY]
        assert seen.due == Money(sum(i.due for i in due), account.currency)
        assert seen.overdue_total == Money(sum(i.due for i in late), account.currency)
        assert {i.id for i in seen.overdue} == {i.id for i in late}
        assert [i.id for i in seen.latest] == [i.id for i in own[:5]]
        for month in seen.months:
            documents = [i for i in own if i.issued_on.replace(day=1) == month.month]
            assert month.spent.minor == sum(i.gross for i in documents)
        assert [m.month for m in seen.months][-1] == TODAY.replace(day=1)
        assert (len(seen.months), seen.complete) == (12, True)
        running = [s for s in data.of(Subscription) if s.account_id == account.id and s.runs_on(TODAY)]
        assert {s.id for s in seen.subscriptions} == {s.id for s in running}
        assert seen.next_renewal == min((d for s in running if (d := s.next_renewal(TODAY))), default=None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Señalización Á.1, coste", ["senalizacion", "a.1", "coste"]),
        ("F-2026-000312", ["f-2026-000312"]),
        ("1234,50", ["1234.50"]),
        ("[/] \x1b[2J ...", ["2j"]),
        ("株式会社", ["株式会社"]),
        ("", []),
    ],
)
def test_words_are_found_as_people_type_them(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


def test_a_very_long_word_is_found_by_all_of_it(data: Dataset, desk_of: DeskOf) -> None:
    account = data.of(Account)[0]
    document = changed(expected(data, account, Question())[0], purchase_order="Ñ" * 60)
    store = filled(Dataset(data.as_of, {**data.records, Invoice: (document,)}))
    found = list_invoices(replace(desk_of(account), store=store), Question(text="ñ" * 60))
    assert [i.number for i in found.rows] == [document.number]
