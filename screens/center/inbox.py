"""Notices: what happened on the account and who has to act; what nobody has read comes first."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.inbox import mark_read, notices
from billing.notices import Notice as Told
from billing.notices import Urgency
from billing.permissions import Act
from screens.center.subject import open_document
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.notice import Notice
from tui.widgets.window_list import Column, Row, Tone

NEWEST = 300

URGENCY_WORDS: dict[Urgency, tuple[str, Tone]] = {
    Urgency.INFORMATION: (N_("To know"), "muted"),
    Urgency.WARNING: (N_("! Soon"), "warn"),
    Urgency.ACTION: (N_("! To do"), "bad"),
}


class Inbox(CounterScreen[None]):
    """Enter reads a notice and opens what it is about."""

    TOPIC = "inbox"
    AUTO_FOCUS = "#notices"
    BINDINGS = [
        Binding("enter", "none", N_("Open")),
        Binding("f8", "mark_all", N_("Mark all as read")),
    ]
    DEFAULT_CSS = """
    Inbox #notices { height: 1fr; margin: 1 0 0 0; }
    Inbox #about { height: 6; padding: 0 1; border: $v-border $v-line; border-title-color: $v-muted; }
    """

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("notices", "list")

    def heading(self) -> tuple[str, str]:
        """Whose notices."""
        desk = self.session.desk
        return self.say(N_("Notices")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Reading is marked by those with billing rights."""
        del parameters
        desk = self.session.desk
        return action != "mark_all" or (desk is not None and desk.may(Act.READ_NOTICES))

    def body(self) -> ComposeResult:
        """The list, and one of it in full."""
        glyphs, say = self.session.look.glyphs, self.say
        columns = (
            Column("", 6),
            Column(say(N_("Day")), 11),
            Column(say(N_("What happened"))),
            Column(say(N_("Urgency")), 11),
        )
        listed = HeldList[Told](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="notices")
        listed.empty = say(N_("No notices yet."))
        yield listed
        yield Static("", id="about")

    def fill(self) -> None:
        """Read the notices."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        found = await self.ask(partial(notices, desk, limit=NEWEST))
        ordered = sorted(found.rows, key=lambda n: n.read_at is not None)
        self.query_one("#notices", HeldList).show([self._row(n) for n in ordered])

    def _row(self, told: Told) -> Row[Told]:
        word, tone = URGENCY_WORDS[told.urgency]
        new = self.say(N_("New")) if told.read_at is None else ""
        cells = (new, self.language.date(told.at.date()), self.say(told.message, **told.values), self.say(word))
        return Row(told, cells, tone, muted=told.read_at is not None)

    def on_held_list_pointed(self) -> None:
        """The notice under the pointer in full."""
        row, about = self.query_one("#notices", HeldList).current, self.query_one("#about", Static)
        about.border_title = content(" ".join((row.cells[1], row.cells[3])) if row else "")
        about.update(content(row.cells[2] if row else ""))

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Read it, and open its document."""
        self.query_one(Notice).clear()
        self.attempt(partial(self._open, event.row.item), group="open")

    async def _open(self, told: Told) -> None:
        if (desk := self.session.desk) is None:
            return
        if told.read_at is None and desk.may(Act.READ_NOTICES):
            await self.ask(mark_read, desk, [told.id])
            listed = self.query_one("#notices", HeldList)
            now = desk.clock()
            listed.show([self._row(_read(row, now) if row.id == told.id else row) for row in listed.items])
        if told.subject_id:
            await open_document(self, desk, told.subject_id)

    def action_mark_all(self) -> None:
        """Mark all as read."""
        self.query_one(Notice).clear()
        self.attempt(self._mark_all)

    async def _mark_all(self) -> None:
        if (desk := self.session.desk) is not None:
            done = await self.ask(mark_read, desk)
            await self._read()
            message = self.language.count("{number} notice marked as read.", "{number} notices marked as read.", done)
            self.query_one(Notice).tell(message, "good")


def _read(told: Told, now: object) -> Told:
    from msgspec.structs import replace

    return replace(told, read_at=now)
