"""Nobody changes, leaves out, puts in, moves or cuts off what an account's audit trail says without its being seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.audit import AuditEvent, AuditHead, Change, digest
from billing.billing_information import change_billing_information, information, preview_billing_information
from billing.invariants import faults
from billing.mail_choices import choices, choose
from billing.outbox import MailKind
from billing.record import Record, changed
from billing.verify import verify
from storage.dataset import BadData, copied, read_dataset
from tests.billing.office import MARTA, Office

Books = dict[type[Record], tuple[Record, ...]]


def busy() -> Office:
    """An office in which the owner did six things."""
    office = Office()
    desk = office.desk(MARTA)
    wanted = {MailKind.INVOICE, MailKind.PAYMENT, MailKind.SUBSCRIPTION, MailKind.ACCOUNT}
    vera = next(c for c in choices(desk) if c.person.name == "Vera").membership_id
    for number in range(5):
        office.pass_by(timedelta(minutes=1))
        choose(desk, vera, wanted if number % 2 else {MailKind.INVOICE})
    before = information(desk.account)
    change_billing_information(
        desk, preview_billing_information(desk, replace(before, city="Toledo", postcode="45001"))
    )
    return office


BOOKS: Books = {}


@pytest.fixture(scope="module", autouse=True)
def books() -> None:
    from billing.kinds import KINDS

    with busy().store.read() as reading:
        BOOKS.update({kind: reading.every(kind) for kind in KINDS})


def trail() -> list[AuditEvent]:
    found = [e for e in BOOKS[AuditEvent] if isinstance(e, AuditEvent)]
    return sorted(found, key=lambda e: e.number)


def wrong(events: list[AuditEvent]) -> list[tuple[str, str, str]]:
    return list(faults({**BOOKS, AuditEvent: tuple(events)}))


def test_a_trail_that_nobody_touched_is_sound() -> None:
    assert len(trail()) == 6
    assert wrong(trail()) == []


DOCTORS: dict[str, Callable[[AuditEvent], AuditEvent]] = {
    "another person": lambda e: changed(e, person_id="olga" if e.person_id != "olga" else "marta"),
    "another time": lambda e: changed(e, at=e.at + timedelta(seconds=1)),
    "another door": lambda e: changed(e, door="desk"),
    "another act": lambda e: changed(e, act="pay"),
    "another sentence": lambda e: changed(e, message=e.message + " "),
    "other words": lambda e: changed(e, values={**e.values, "person": "Nobody"}),
    "another before": lambda e: changed(e, changes=(*e.changes, Change("city", "Madrid", "Paris"))),
    "another subject": lambda e: changed(e, subject_id=e.subject_id + "x"),
    "another id": lambda e: changed(e, id=e.id + "x"),
}


@given(place=st.integers(0, 5), how=st.sampled_from(sorted(DOCTORS)), rehash=st.booleans())
def test_a_changed_event_is_found_with_or_without_a_new_hash(place: int, how: str, rehash: bool) -> None:
    events = trail()
    event = DOCTORS[how](events[place])
    events[place] = changed(event, hash=digest(event)) if rehash else event
    assert wrong(events)


@given(place=st.integers(0, 5), renumber=st.booleans())
def test_an_event_taken_out_is_found_the_last_too(place: int, renumber: bool) -> None:
    events = trail()
    del events[place]
    if renumber:
        events = [changed(e, number=n) for n, e in enumerate(events, start=1)]
    assert wrong(events)


@given(st.data())
def test_events_that_changed_places_are_found(data: st.DataObject) -> None:
    events = trail()
    one, other = data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True))
    events[one], events[other] = (
        changed(events[other], number=events[one].number),
        changed(events[one], number=events[other].number),
    )
    assert wrong(events)


@given(place=st.integers(0, 6))
def test_an_event_put_in_is_found_the_last_too(place: int) -> None:
    events = trail()
    previous = events[place - 1].hash if place else ""
    new = changed(events[0], id="forged", number=place + 1, previous=previous)
    later = [changed(e, number=e.number + 1) for e in events[place:]]
    assert wrong([*events[:place], changed(new, hash=digest(new)), *later])


def test_the_whole_trail_taken_out_is_found() -> None:
    assert wrong([])


def test_a_trail_without_its_head_is_found() -> None:
    assert list(faults({**BOOKS, AuditHead: ()}))


def test_a_doctored_store_is_told_by_verify() -> None:
    office = busy()
    assert list(verify(office.store)) == []
    with office.store.write() as writing:
        writing.put(changed(writing.every(AuditEvent)[2], person_id="olga"))
    (fault,) = verify(office.store)
    assert fault[1] == "hash"


def test_a_doctored_data_file_is_not_taken() -> None:
    taken_out = copied(busy().store, date(2026, 11, 23)).to_bytes()
    assert read_dataset(taken_out).of(AuditEvent)
    doctored = taken_out.replace(b'"person_id":"marta"', b'"person_id":"olga"', 1)
    assert doctored != taken_out
    with pytest.raises(BadData):
        read_dataset(doctored)
