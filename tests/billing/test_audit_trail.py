"""The owner and the representatives read who did what; nobody else does, and nobody reads another account's."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from billing.accounts import Membership, Person
from billing.audit import AuditEvent, Change
from billing.audit_trail import TrailForm, Wanted, entry, every, head, save_trail, trail
from billing.errors import NotAllowed, NotFound
from billing.language import Language
from billing.permissions import Act
from billing.record import changed
from gateways.documents.local import LocalDocuments
from tests.billing.office import ADA, LUIS, MARTA, OLGA, PABLO, VERA, Office

EN = Language("en")


def act(office: Office, person: Person, number: int, **values: str) -> None:
    desk = office.desk(person)
    office.pass_by(timedelta(hours=1))
    with desk.write(Act.SEE_BILLING_CONTACT) as books:
        change = Change("city", f"old {number}", values.get("after", f"new {number}"))
        books.record("Did number {number}.", f"subject{number % 2}", (change,), number=str(number))


@pytest.fixture
def office() -> Office:
    made = Office()
    made.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    for number in range(10):
        act(made, OLGA if number % 3 == 0 else MARTA, number)
        made.pass_by(timedelta(days=1))
    act(made, ADA, 99)
    return made


def numbers(office: Office, wanted: Wanted | None = None) -> list[int]:
    return [row.event.number for row in every(office.desk(MARTA), wanted or Wanted())]


def test_the_newest_comes_first_with_who_did_it_and_what_stood_before(office: Office) -> None:
    rows = trail(office.desk(MARTA)).rows
    assert [row.event.number for row in rows] == list(range(10, 0, -1))
    assert (rows[0].who(EN), rows[0].what(EN)) == ("Olga", "Did number 9.")
    assert rows[0].event.changes == (Change("city", "old 9", "new 9"),)


def test_pages_follow_each_other_without_loss_or_repetition(office: Office) -> None:
    found, after = [], None
    while True:
        page = trail(office.desk(MARTA), limit=3, after=after)
        assert len(page.rows) <= 3
        found += [row.event.number for row in page.rows]
        after = page.next
        if after is None:
            break
    assert found == list(range(10, 0, -1))


def test_filters_narrow_it_down(office: Office) -> None:
    assert numbers(office, Wanted(person_id="olga")) == [10, 7, 4, 1]
    assert numbers(office, Wanted(subject_id="subject1")) == [10, 8, 6, 4, 2]
    assert numbers(office, Wanted(act="see_billing_contact")) == list(range(10, 0, -1))
    assert numbers(office, Wanted(act="pay")) == []
    with office.store.read() as books:
        days = [e.at.date() for e in sorted(books.every(AuditEvent), key=lambda e: e.at) if e.account_id == "acme"]
    assert numbers(office, Wanted(since=days[3], until=days[5])) == [6, 5, 4]
    assert numbers(office, Wanted(person_id="olga", since=days[3], until=days[5])) == [4]


@pytest.mark.parametrize("person", [PABLO, VERA, LUIS], ids=lambda p: p.name)
def test_who_is_neither_owner_nor_representative_reads_nothing(office: Office, person: Person) -> None:
    desk = office.desk(person)
    for read in (
        lambda: trail(desk),
        lambda: head(desk),
        lambda: entry(desk, "id0000"),
        lambda: list(every(desk, Wanted())),
    ):
        with pytest.raises(NotAllowed):
            read()


def test_another_accounts_event_is_not_found(office: Office) -> None:
    foreign = trail(office.desk(ADA)).rows[0].event.id
    with pytest.raises(NotFound):
        entry(office.desk(MARTA), foreign)


def test_who_left_the_account_is_still_named(office: Office) -> None:
    with office.store.write() as books:
        books.remove(books.get(Membership, "m-olga"))
    assert trail(office.desk(MARTA)).rows[0].who(EN) == "Olga"


def test_the_program_and_the_vendor_are_named_as_such(office: Office) -> None:
    row = trail(office.desk(MARTA)).rows[0]
    program = replace(row, event=changed(row.event, person_id="", door=""), name="")
    vendor = replace(row, event=changed(row.event, door="desk"))
    assert program.who(EN) == "the program"
    assert vendor.who(EN) == "Olga (vendor)"


def test_a_saved_trail_calculates_nothing_and_its_hashes_can_be_checked(office: Office, tmp_path: Path) -> None:
    act(office, MARTA, 10, after="=HYPERLINK(1)")
    desk, documents = office.desk(MARTA), LocalDocuments()
    path = save_trail(desk, documents, Wanted(), TrailForm.CSV, str(tmp_path))
    rows = list(csv.reader(io.StringIO(Path(path).read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == 12
    assert rows[1][7] == "'=HYPERLINK(1)"
    path = save_trail(desk, documents, Wanted(), TrailForm.JSON, str(tmp_path))
    events = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    assert [e["previous"] for e in events[:-1]] == [e["hash"] for e in events[1:]]
    assert (events[0]["number"], events[0]["hash"]) == (head(desk).number, head(desk).hash)
