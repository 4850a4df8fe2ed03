"""The audit trail for people: who did what on the account, from which door, when, with what stood before and after.

It is read by the account's owner and by the vendor's representatives, newest first, a page at a time.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from billing.accounts import Person
from billing.audit import AuditEvent, AuditHead
from billing.billing_fields import FIELD_WORDS as BILLING_WORDS
from billing.credentials import Counter
from billing.desk import Desk
from billing.errors import N_, NotFound, Refusal
from billing.export import Documents
from billing.language import Language
from billing.permissions import Act
from billing.record import Id
from billing.statement_paper import harmless
from billing.store import Cursor, Span

PAGE = 200
"""Events that are read at a time."""

MOST_LOOKED_AT = 20_000
"""Events that one question may pass over in search of those it wants."""

MOST_SAVED = 100_000
"""Events that one file holds."""

FIELD_WORDS = {
    **BILLING_WORDS,
    "plan": N_("Plan"),
    "quantity": N_("Licences"),
    "unit_price": N_("Price"),
    "frequency": N_("Billed"),
    "end": N_("Ends on"),
    "method": N_("Payment method"),
    "default_method": N_("Default payment method"),
    "receives": N_("Receives"),
    "order_required": N_("Purchase order required"),
    "consolidated": N_("One invoice a day"),
    "contract": N_("Contract"),
    "representative_id": N_("Representative"),
    "approval_above": N_("Approval needed above"),
}
"""What a changed field is called; one that is not here is shown by its identifier."""

DOOR_WORDS = {
    Counter.CENTER.value: N_("Billing Center"),
    Counter.ENTERPRISE.value: N_("Enterprise portal"),
    Counter.DESK.value: N_("Representative's desk"),
}

PROGRAM = N_("the program")
OF_VENDOR = N_("{name} (vendor)")


class TrailTooLong(Refusal):
    """More events than one question passes over, or one file holds."""

    message = N_("There are more than {most} events. Nothing was saved. Choose fewer days.")


class TrailForm(Enum):
    """What the trail is saved as; the value is the file's ending."""

    CSV = "csv"
    JSON = "jsonl"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of one person, of one act, about one record, from one day to another, both included."""

    person_id: Id = ""
    act: str = ""
    subject_id: Id = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, with the name of whoever did it; empty for the program itself."""

    event: AuditEvent
    name: str

    @property
    def vendor(self) -> bool:
        """Whether the vendor's side did it."""
        return self.event.door == Counter.DESK.value

    def who(self, language: Language) -> str:
        """Whoever did it, in words."""
        name = self.name or language.say(PROGRAM)
        return language.say(OF_VENDOR, name=name) if self.vendor else name

    def what(self, language: Language) -> str:
        """The sentence."""
        return language.say(self.event.message, **self.event.values)

    def door(self, language: Language) -> str:
        """The counter it was done at; empty for the program."""
        word = DOOR_WORDS.get(self.event.door)
        return language.say(word) if word else self.event.door


@dataclass(frozen=True, slots=True)
class Trail:
    """Some events, newest first, and where the next begin: None at the end."""

    rows: tuple[Entry, ...]
    next: Cursor | None


def field_words(field: str, language: Language) -> str:
    """What a changed field is called."""
    return language.say(FIELD_WORDS[field]) if field in FIELD_WORDS else field


def trail(desk: Desk, wanted: Wanted | None = None, *, limit: int = 100, after: Cursor | None = None) -> Trail:
    """At most `limit` events, newest first. At most `MOST_LOOKED_AT` are passed over; `next` then says how to go on."""
    wanted = wanted or Wanted()
    span = _span(wanted, ZoneInfo(desk.account.time_zone))
    found: list[AuditEvent] = []
    with desk.read(Act.SEE_AUDIT) as books:
        for _ in range(MOST_LOOKED_AT // PAGE):
            page = books.find(AuditEvent, span, descending=True, limit=min(limit - len(found), PAGE), after=after)
            found += (event for event in page.rows if _wants(wanted, event, desk))
            after = page.next
            if after is None or len(found) >= limit:
                break
    return Trail(_named(desk, found), after)


def entry(desk: Desk, event_id: Id) -> Entry:
    """One event."""
    with desk.read(Act.SEE_AUDIT) as books:
        event = books.get(AuditEvent, event_id)
    return _named(desk, [event])[0]


def head(desk: Desk) -> AuditHead:
    """Where the account's chain ends: kept elsewhere, it proves later that nothing before it was rewritten."""
    with desk.read(Act.SEE_AUDIT) as books:
        try:
            return books.get(AuditHead, desk.account.id)
        except NotFound:
            return AuditHead(id=desk.account.id, account_id=desk.account.id, number=0, hash="")


def save_trail(desk: Desk, documents: Documents, wanted: Wanted, form: TrailForm, folder: str) -> str:
    """Save the events in the account's language; returns where they are."""
    language = Language(desk.account.language)
    rows = tuple(every(desk, wanted))
    text = csv_text(rows, desk, language) if form is TrailForm.CSV else json_lines(rows)
    data = text.encode("utf-8-sig" if form is TrailForm.CSV else "utf-8")
    return documents.save(folder, f"{language.say(N_('audit'))}-{desk.today.isoformat()}.{form.value}", data)


def every(desk: Desk, wanted: Wanted) -> Iterator[Entry]:
    """All events, newest first, a page at a time; `TrailTooLong` where a file does not hold them."""
    after, number = None, 0
    while True:
        page = trail(desk, wanted, limit=PAGE, after=after)
        number += len(page.rows)
        if number > MOST_SAVED:
            raise TrailTooLong(most=MOST_SAVED)
        yield from page.rows
        after = page.next
        if after is None:
            return


def csv_text(rows: tuple[Entry, ...], desk: Desk, language: Language) -> str:
    """For a spreadsheet (RFC 4180), a row for each changed field. What would calculate begins with an apostrophe."""
    zone, file, say = ZoneInfo(desk.account.time_zone), io.StringIO(), language.say
    writer = csv.writer(file, lineterminator="\r\n")
    heads = (N_("Number"), N_("When"), N_("Who"), N_("Door"), N_("What"), N_("Field"), N_("Before"), N_("After"))
    writer.writerow([say(h) for h in (*heads, N_("Hash"))])
    for row in rows:
        event = row.event
        at = event.at.astimezone(zone).isoformat(timespec="seconds")
        about = (str(event.number), at, row.who(language), row.door(language), row.what(language))
        fields = [(field_words(c.field, language), c.before, c.after) for c in event.changes] or [("", "", "")]
        for texts in fields:
            writer.writerow([harmless(text) for text in (*about, *texts, event.hash)])
    return file.getvalue()


def json_lines(rows: tuple[Entry, ...]) -> str:
    """For a program: an event a line, with the name. Each `previous` is the `hash` of the event of the line below."""
    return "".join(json.dumps(shape(row), ensure_ascii=True) + "\n" for row in rows)


def shape(row: Entry) -> dict[str, object]:
    """One event as values of JSON."""
    event = row.event
    return {
        "number": event.number,
        "id": event.id,
        "account_id": event.account_id,
        "at": event.at.isoformat(),
        "person_id": event.person_id or None,
        "name": row.name or None,
        "vendor": row.vendor,
        "door": event.door or None,
        "act": event.act,
        "subject_id": event.subject_id or None,
        "message": event.message,
        "values": event.values,
        "changes": [{"field": c.field, "before": c.before, "after": c.after} for c in event.changes],
        "previous": event.previous,
        "hash": event.hash,
    }


def _span(wanted: Wanted, zone: ZoneInfo) -> Span:
    """The index that reads least; keys hold the time as text, so a day's own bounds are left a day of slack."""
    if wanted.subject_id:
        return Span("subject", (wanted.subject_id,))
    low = datetime.combine(wanted.since, time(), zone) - timedelta(days=1) if wanted.since else None
    high = datetime.combine(wanted.until, time(), zone) + timedelta(days=2) if wanted.until else None
    return Span("account", (), low and low.date().isoformat(), high and high.date().isoformat())


def _wants(wanted: Wanted, event: AuditEvent, desk: Desk) -> bool:
    day = event.at.astimezone(ZoneInfo(desk.account.time_zone)).date()
    return (
        wanted.person_id in ("", event.person_id)
        and wanted.act in ("", event.act)
        and (wanted.since is None or day >= wanted.since)
        and (wanted.until is None or day <= wanted.until)
    )


def _named(desk: Desk, events: Iterable[AuditEvent]) -> tuple[Entry, ...]:
    """Events that were read at the desk, with names: also of people who have left the account since."""
    names: dict[Id, str] = {"": ""}
    found = []
    with desk.store.read() as reading:  # somebody who left is on no account that a desk could find them by
        for event in events:
            if event.person_id not in names:
                names[event.person_id] = reading.get(Person, event.person_id).name
            found.append(Entry(event, names[event.person_id]))
    return tuple(found)
