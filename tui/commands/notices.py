"""`notices`: what the counter told the account; and marking it as read."""

from __future__ import annotations

from billing.errors import N_
from billing.inbox import mark_read, notices
from tui.commands.call import Call
from tui.commands.render import Table
from tui.commands.words import LateParser, positive, somebody


def words(topic: str, parser: LateParser) -> None:
    """The words after `notices`."""
    del topic
    group = parser.group()
    listing = parser.command(group, "list", _list, "notices, newest first", somebody)
    listing.add_argument("--limit", type=positive, default=50, metavar="N", help="at most so many (default: 50)")
    parser.command(group, "read", _read, "mark all of them as read", somebody)


def _list(call: Call) -> int:
    with call.desk() as desk:
        window = notices(desk, limit=call.options.limit)
    shape = [
        {
            "id": n.id,
            "at": n.at,
            "urgency": n.urgency,
            "text": call.say(n.message, **n.values),
            "subject_id": n.subject_id or None,
            "read": n.read_at is not None,
        }
        for n in window.rows
    ]
    table = Table(
        (call.say(N_("Day")), call.say(N_("What happened"))),
        [(call.date(n.at.date()), call.say(n.message, **n.values)) for n in window.rows],
    )
    return call.answer({"unread": window.unread, "notices": shape}, table)


def _read(call: Call) -> int:
    with call.desk() as desk:
        done = mark_read(desk)
    return call.answer({"read": done}, call.say(N_("Marked as read: {number}"), number=done))
