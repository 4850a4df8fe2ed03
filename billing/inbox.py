"""The inbox: what happened on the account, told inside the counter; shared by everybody with billing rights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from billing.desk import Desk
from billing.notices import Notice
from billing.permissions import Act
from billing.record import Id, changed
from billing.store import Span

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class NoticeWindow:
    """Rows `offset` … of `total`, newest first, and how many of all are unread."""

    rows: tuple[Notice, ...]
    offset: int
    total: int
    unread: int


def notices(desk: Desk, offset: int = 0, limit: int = 50) -> NoticeWindow:
    """One window of the notices."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        page = books.find(Notice, Span("account"), descending=True, offset=offset, limit=limit)
        total, left = books.count(Notice, Span("account")), books.count(Notice, Span("unread"))
    return NoticeWindow(page.rows, offset, total, left)


def unread(desk: Desk) -> int:
    """How many notices nobody on the account has read."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        return books.count(Notice, Span("unread"))


def mark_read(desk: Desk, ids: Collection[Id] | None = None) -> int:
    """Mark these notices as read, or all of them; returns how many were unread. Marking twice changes nothing."""
    now = desk.clock()
    done = 0
    with desk.write(Act.READ_NOTICES) as books:
        if ids is not None:
            for notice in [books.get(Notice, notice_id) for notice_id in dict.fromkeys(ids)]:
                if notice.read_at is None:
                    books.put(changed(notice, read_at=now))
                    done += 1
            return done
        while rows := books.find(Notice, Span("unread"), limit=_AT_A_TIME).rows:
            for notice in rows:
                books.put(changed(notice, read_at=now))
            done += len(rows)
    return done
