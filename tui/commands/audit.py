"""`audit`: who did what on the account, what stood before and after, and where its chain ends."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from billing.audit import AuditEvent
from billing.audit_trail import Entry, TrailForm, Wanted, entry, field_words, head, save_trail, shape, trail
from billing.desk import Desk
from billing.errors import N_, NotFound
from billing.permissions import Act
from billing.store import Span
from tui.commands.call import Call
from tui.commands.exits import DONE
from tui.commands.render import Table
from tui.commands.streams import STANDARD
from tui.commands.words import LateParser, day, positive, somebody


def words(topic: str, parser: LateParser) -> None:
    """The words after `audit`."""
    del topic
    group = parser.group()
    listing = parser.command(group, "list", _list, "who did what, newest first", somebody, _filters)
    listing.add_argument("--limit", type=positive, default=200, metavar="N", help="at most so many (default: 200)")
    showing = parser.command(group, "show", _show, "one event, with what stood before and after", somebody)
    showing.add_argument("number", type=positive, metavar="NUMBER", help="its place in the account's trail")
    export = parser.command(group, "export", _export, "save the trail in a folder", somebody, _filters)
    forms = [form.name.lower() for form in TrailForm]
    export.add_argument("--as-file", choices=forms, default="csv", help="for a spreadsheet, or a line an event")
    export.add_argument("--folder", default=".", metavar="DIR", help="where (default: here)")
    parser.command(group, "head", _head, "where the chain ends, to be kept elsewhere", somebody)


def _filters(parser: LateParser) -> None:
    parser.add_argument("--by", default="", metavar="ID", help="only what this person did")
    parser.add_argument("--what", default="", metavar="ACT", help="only this act")
    parser.add_argument("--about", default="", metavar="ID", help="only about this record")
    parser.add_argument("--since", type=day, metavar="DATE", help="first day")
    parser.add_argument("--until", type=day, metavar="DATE", help="last day")


def _wanted(call: Call) -> Wanted:
    o = call.options
    return Wanted(person_id=o.by, act=o.what, subject_id=o.about, since=o.since, until=o.until)


def _list(call: Call) -> int:
    with call.desk() as desk:
        found = trail(desk, _wanted(call), limit=call.options.limit)
    heads = tuple(call.say(m) for m in (N_("Number"), N_("When"), N_("Who"), N_("What")))
    rows = [
        (str(row.event.number), _when(row, desk), row.who(call.language), row.what(call.language)) for row in found.rows
    ]
    return call.answer(
        {"events": [shape(row) for row in found.rows], "more": found.next is not None}, Table(heads, rows)
    )


def _show(call: Call) -> int:
    with call.desk() as desk:
        with desk.read(Act.SEE_AUDIT) as books:
            rows = books.find(AuditEvent, Span("chain", (call.options.number,)), limit=1).rows
        if not rows:
            raise NotFound(kind=AuditEvent.kind, id=str(call.options.number))
        found = entry(desk, rows[0].id)
    facts = [
        (call.say(N_("When")), _when(found, desk)),
        (call.say(N_("Who")), found.who(call.language)),
        (call.say(N_("Door")), found.door(call.language)),
        (call.say(N_("Hash")), found.event.hash),
    ]
    heads = tuple(call.say(m) for m in (N_("Field"), N_("Before"), N_("After")))
    changes = [(field_words(c.field, call.language), c.before, c.after) for c in found.event.changes]
    parts: list[Any] = [found.what(call.language), "", facts, *(["", Table(heads, changes)] if changes else [])]
    return call.answer({"event": shape(found)}, *parts)


def _export(call: Call) -> int:
    form = TrailForm[call.options.as_file.upper()]
    with call.desk() as desk:
        path = save_trail(desk, call.documents(), _wanted(call), form, call.options.folder)
    if path == STANDARD:
        return DONE
    return call.answer({"saved": path}, call.say(N_("Saved: {path}"), path=path))


def _head(call: Call) -> int:
    with call.desk() as desk:
        found = head(desk)
    line = f"{found.account_id} {found.number} {found.hash}"
    return call.answer({"account": found.account_id, "number": found.number, "hash": found.hash}, line)


def _when(row: Entry, desk: Desk) -> str:
    return row.event.at.astimezone(ZoneInfo(desk.account.time_zone)).isoformat(sep=" ", timespec="minutes")[:16]
