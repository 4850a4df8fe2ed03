"""The inbox: newest first, in windows, read once for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.accounts import Account
from billing.errors import NotAllowed, NotFound
from billing.inbox import mark_read, notices, unread
from billing.telling import notify
from tests.billing.office import ADA, LUIS, MARTA, VERA, Office, office

__all__ = ["office"]


def tell(office: Office, many: int, account: str = "acme") -> None:
    for number in range(many):
        with office.store.write() as books:
            found = books.get(Account, account)
            notify(books, found, f"{account}{number:04d}", office.now, "{amount} received", amount=number)
        office.pass_by(timedelta(seconds=1))


def test_notices_come_newest_first_in_windows_of_ones_own_account(office: Office) -> None:
    tell(office, 5)
    tell(office, 2, "other")
    desk = office.desk(VERA)
    window = notices(desk, offset=1, limit=2)
    assert [n.id for n in window.rows] == ["acme0003", "acme0002"]
    assert (window.offset, window.total, window.unread) == (1, 5, 5)
    assert [n.id for n in notices(office.desk(ADA)).rows] == ["other0001", "other0000"]


def test_what_one_reads_is_read_for_the_whole_account(office: Office) -> None:
    tell(office, 3)
    assert mark_read(office.desk(VERA), ["acme0001", "acme0001"]) == 1
    assert unread(office.desk(MARTA)) == 2
    read_at = {n.id: n.read_at for n in notices(office.desk(MARTA)).rows}
    assert read_at == {"acme0000": None, "acme0001": office.now, "acme0002": None}


def test_marking_again_keeps_the_first_reading(office: Office) -> None:
    tell(office, 1)
    first = office.now
    assert mark_read(office.desk(VERA), ["acme0000"]) == 1
    office.pass_by(timedelta(hours=1))
    assert mark_read(office.desk(MARTA), ["acme0000"]) == mark_read(office.desk(MARTA)) == 0
    assert notices(office.desk(MARTA)).rows[0].read_at == first


def test_all_are_marked_however_many_and_nobody_elses(office: Office) -> None:
    tell(office, 1203)
    tell(office, 1, "other")
    assert mark_read(office.desk(VERA)) == 1203
    assert unread(office.desk(VERA)) == 0
    assert unread(office.desk(ADA)) == 1


def test_one_foreign_notice_among_them_marks_none(office: Office) -> None:
    tell(office, 1)
    tell(office, 1, "other")
    with pytest.raises(NotFound):
        mark_read(office.desk(VERA), ["acme0000", "other0000"])
    assert unread(office.desk(VERA)) == 1


def test_a_member_without_billing_rights_has_no_inbox(office: Office) -> None:
    desk = office.desk(LUIS)
    for use in (lambda: notices(desk), lambda: unread(desk), lambda: mark_read(desk)):
        with pytest.raises(NotAllowed):
            use()
