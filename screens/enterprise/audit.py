"""Who did what on the account: the audit trail, newest first, with what stood before and after."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from billing.audit_trail import Entry, TrailForm, Wanted, field_words, save_trail, trail
from billing.errors import N_
from billing.language import Language
from screens.counter_screen import CounterScreen
from screens.dialog import Dialog
from screens.takeaway import LISTS, Takeaway
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch
from tui.widgets.window_list import Column, Row

NEWEST = 200
"""Events that are shown at first, and that F6 adds."""

FORM_WORDS = {TrailForm.CSV: N_("CSV, for a spreadsheet"), TrailForm.JSON: N_("JSON lines, for a program")}


def _when(entry: Entry, zone: str, language: Language) -> str:
    at: datetime = entry.event.at.astimezone(ZoneInfo(zone))
    return f"{language.date(at.date())} {at:%H:%M}"


class AuditScreen(Takeaway):
    """Enter opens one event; left and right show one person's; F6 reads older ones, F7 takes the trail away."""

    TOPIC = "audit"
    INSTEAD = LISTS
    LIVE = True
    AUTO_FOCUS = "#events"
    BINDINGS = [
        Binding("enter", "open", N_("Open")),
        Binding("left", "step(-1)", N_("Who"), key_display="left,right"),
        Binding("right", "step(1)", show=False),
        Binding("f6", "older", N_("Older")),
        Binding("f7", "save", N_("Save")),
    ]
    DEFAULT_CSS = """
    AuditScreen #audit-who { margin: 1 0; }
    AuditScreen #events { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._limit = NEWEST
        self._person = ""
        self._names: dict[str, str] = {}

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("audit", "list")

    def heading(self) -> tuple[str, str]:
        """Whose trail."""
        desk = self.session.desk
        return self.say(N_("Who did what")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """Whose acts, and the list."""
        glyphs, say = self.session.look.glyphs, self.say
        everybody = [("", say(N_("Everybody")))]
        who = say(N_("Who"))
        switch = Switch(f"   {who}", everybody, arrows=glyphs.less + glyphs.more, most=40, id="audit-who")
        switch.can_focus = False
        yield switch
        columns = (Column(say(N_("When")), 18), Column(say(N_("Who")), 20), Column(say(N_("What"))))
        events = HeldList[Entry](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="events")
        events.empty = say(N_("Nothing has happened yet."))
        yield events

    def fill(self) -> None:
        """Read the newest events."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        found = await self.ask(partial(trail, desk, Wanted(person_id=self._person), limit=self._limit))
        self._names |= {e.event.person_id: e.who(self.language) for e in found.rows if e.event.person_id}
        people = [("", self.say(N_("Everybody"))), *self._names.items()]
        self.query_one("#audit-who", Switch).set_values(people, self._person)
        self.query_one("#events", HeldList).show([self._row(e) for e in found.rows])

    def _row(self, entry: Entry) -> Row[Entry]:
        desk, language = self.session.desk, self.language
        assert desk is not None  # noqa: S101 - rows came from a desk
        cells = (_when(entry, desk.account.time_zone, language), entry.who(language), entry.what(language))
        return Row(entry, cells, key=entry.event.id)

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Another person's acts."""
        self._person = event.switch.value
        self._limit = NEWEST
        self.fill()

    def action_step(self, step: int) -> None:
        """The next person."""
        self.query_one("#audit-who", Switch).action_step(step)

    def action_older(self) -> None:
        """Read older events too."""
        self._limit += NEWEST
        self.fill()

    def action_open(self) -> None:
        """Open the event under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Open an event."""
        self.app.push_screen(AuditEventScreen(event.row.item))

    def action_save(self) -> None:
        """Take the trail away."""
        self.app.push_screen(SaveTrail(Wanted(person_id=self._person)))


class AuditEventScreen(CounterScreen[None]):
    """One event in full: an event never changes, so it is not read again."""

    TOPIC = "audit"
    AUTO_FOCUS = "#audit-event"
    DEFAULT_CSS = "AuditEventScreen #audit-event { padding: 1 3; }"

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("audit", "show", str(self.entry.event.number))

    def heading(self) -> tuple[str, str]:
        """Which event."""
        desk = self.session.desk
        number = self.language.number(self.entry.event.number)
        return self.say(N_("Event {number}"), number=number), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """Who, when, where, what, and each field before and after."""
        with VerticalScroll(id="audit-event"):
            yield Static(content("\n".join(self._lines())), id="audit-lines")

    def _lines(self) -> list[str]:
        desk, language, entry, say = self.session.desk, self.language, self.entry, self.say
        assert desk is not None  # noqa: S101 - the event came from a desk
        lines = [
            entry.what(language),
            "",
            say(N_("When: {when}"), when=_when(entry, desk.account.time_zone, language)),
            say(N_("Who: {who}"), who=entry.who(language)),
        ]
        if door := entry.door(language):
            lines.append(say(N_("Door: {door}"), door=door))
        empty = say(N_("(empty)"))
        for change in entry.event.changes:
            lines += [
                "",
                field_words(change.field, language),
                say(N_("  Before: {value}"), value=change.before or empty),
                say(N_("  After:  {value}"), value=change.after or empty),
            ]
        return [*lines, "", say(N_("Hash: {hash}"), hash=entry.event.hash)]


class SaveTrail(Dialog[None]):
    """Enter saves; nothing is overwritten."""

    TITLE_MESSAGE = N_("Save who did what")
    TOPIC = "audit"
    AUTO_FOCUS = "#trail-folder"
    BINDINGS = [
        Binding("enter", "save", N_("Save")),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("left", "none", N_("Change"), key_display="left,right"),
    ]
    DEFAULT_CSS = "SaveTrail Switch { margin: 1 0 1 1; }"

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self.wanted = wanted
        self._saving = False

    def body(self) -> ComposeResult:
        """As what, and where."""
        arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
        forms = [(form.value, self.say(word)) for form, word in FORM_WORDS.items()]
        yield Switch(self.say(N_("As")), forms, arrows=arrows, most=34, id="trail-form")
        folder = Input(
            str(self.session.services.exports or ""), id="trail-folder", max_length=1024, select_on_focus=False
        )
        folder.border_title = content(self.say(N_("Folder")))
        folder.cursor_blink = False
        yield folder

    def on_input_submitted(self) -> None:
        """Enter in the folder saves."""
        self.action_save()

    def action_save(self) -> None:
        """Save, once at a time."""
        if not self._saving:
            self._saving = True
            self.query_one(Notice).clear()
            self.attempt(self._save)

    async def _save(self) -> None:
        desk, services = self.session.desk, self.session.services
        form, folder = TrailForm(self.query_one(Switch).value), self.query_one(Input).value
        try:
            if desk is not None:
                path = await self.ask(lambda: save_trail(desk, services.documents(), self.wanted, form, folder))
                self.answer(N_("Saved: {path}"), path=path)
        finally:
            self._saving = False
