"""What was typed when a visit was cut short is kept: for the same person, at the same form, for a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.credentials import Counter
from billing.drafts import KEPT_FOR, LONGEST_FIELD, MOST_FIELDS, FormDraft, keep_draft, take_draft
from billing.errors import NotAllowed
from tests.billing.office import ADA, LUIS, MARTA, VERA, Office, office

__all__ = ["office"]


def test_it_comes_back_at_the_same_form_and_the_last_one_counts(office: Office) -> None:
    desk = office.desk(MARTA)
    keep_draft(desk, "order:new", {"number": "PO-1"})
    keep_draft(desk, "order:new", {"number": "PO-2", "note": "ñ"})
    found = take_draft(office.desk(MARTA), "order:new")
    assert found
    assert found.values == {"number": "PO-2", "note": "ñ"}
    assert take_draft(desk, "order:another") is None


def test_nobody_else_finds_it_and_it_is_not_at_another_counter(office: Office) -> None:
    keep_draft(office.desk(MARTA), "form", {"name": "mine"})
    assert take_draft(office.desk(VERA), "form") is None
    assert take_draft(office.desk(ADA), "form") is None
    assert take_draft(replace(office.desk(MARTA), counter=Counter.ENTERPRISE), "form") is None
    assert take_draft(office.desk(MARTA), "form") is not None


def test_it_is_offered_once_and_not_after_a_week(office: Office) -> None:
    keep_draft(office.desk(MARTA), "form", {"a": "1"})
    assert take_draft(office.desk(MARTA), "form") is not None
    assert take_draft(office.desk(MARTA), "form") is None
    keep_draft(office.desk(MARTA), "old", {"a": "1"})
    keep_draft(office.desk(MARTA), "never asked for", {"a": "1"})
    office.pass_by(KEPT_FOR + timedelta(seconds=1))
    assert take_draft(office.desk(MARTA), "old") is None
    keep_draft(office.desk(MARTA), "new", {"a": "1"})
    with office.store.read() as books:
        assert [d.form for d in books.every(FormDraft)] == ["new"]


def test_no_more_is_kept_than_a_form_holds(office: Office) -> None:
    keep_draft(office.desk(MARTA), "form", {f"f{n}": "x" * 10 * LONGEST_FIELD for n in range(10 * MOST_FIELDS)})
    found = take_draft(office.desk(MARTA), "form")
    assert found
    assert len(found.values) == MOST_FIELDS
    assert {len(value) for value in found.values.values()} == {LONGEST_FIELD}


def test_who_does_not_see_the_account_keeps_nothing_in_it(office: Office) -> None:
    with pytest.raises(NotAllowed):
        keep_draft(office.desk(LUIS), "form", {})
    with pytest.raises(NotAllowed):
        take_draft(office.desk(LUIS), "form")
