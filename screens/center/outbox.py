"""The mail about the account, newest first: to whom, what about, and how far it has come."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.delivering import MailRow, account_mail
from billing.errors import N_
from billing.mail_choices import KIND_WORDS
from billing.outbox import OutboxState
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.window_list import Column, Row, Tone, WindowList

STATE_WORDS: dict[OutboxState, tuple[str, Tone]] = {
    OutboxState.WAITING: (N_("Waiting"), "warn"),
    OutboxState.SENDING: (N_("Sending"), "warn"),
    OutboxState.SENT: (N_("Sent"), "good"),
    OutboxState.FAILED: (N_("! Failed"), "bad"),
}


class Outbox(CounterScreen[None]):
    """Enter reads a message, where it is one's own or one is the billing contact."""

    TOPIC = "outbox"
    AUTO_FOCUS = "#mail"
    BINDINGS = [Binding("enter", "none", N_("Read"))]
    DEFAULT_CSS = """
    Outbox #mail { margin: 1 0 0 0; }
    Outbox #demo-words { height: 1; padding: 0 3; }
    """

    def heading(self) -> tuple[str, str]:
        """Whose mail."""
        desk = self.session.desk
        return self.say(N_("Mail that was sent")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """The list."""
        glyphs, say = self.session.look.glyphs, self.say
        columns = (
            Column(say(N_("Written")), 11),
            Column(say(N_("To")), 24),
            Column(say(N_("About"))),
            Column(say(N_("State")), 11),
        )
        listed = WindowList[MailRow](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="mail")
        listed.empty = say(N_("No mail yet."))
        yield listed
        words = N_("A demonstration sends nothing: its mail is shown here.") if self._is_demo else ""
        yield Static(content(say(words) if words else ""), id="demo-words", classes="muted")

    @property
    def _is_demo(self) -> bool:
        return bool(self.session.services.demo_people)

    def fill(self) -> None:
        """Ask for the first rows."""
        self.query_one(WindowList).restart()

    def on_window_list_wanted(self, event: WindowList.Wanted) -> None:
        """Fetch what is about to be shown."""
        self.attempt(partial(self._fetch, event), group=f"rows {event.offset}")

    async def _fetch(self, event: WindowList.Wanted) -> None:
        if (desk := self.session.desk) is None:
            return
        window = await self.ask(partial(account_mail, desk, offset=event.offset, limit=event.limit))
        rows = [self._row(message) for message in window.rows]
        self.query_one(WindowList).supply(event.question, event.offset, rows, window.total)

    def _row(self, message: MailRow) -> Row[MailRow]:
        word, tone = STATE_WORDS[message.state]
        about = message.text.subject if message.text else self.say(KIND_WORDS[message.mail])
        cells = (self.language.date(message.written_at.date()), message.to, about, self.say(word))
        return Row(message, cells, tone)

    def on_window_list_taken(self, event: WindowList.Taken) -> None:
        """Read a message."""
        from screens.center.read_mail import ReadMail

        message = event.row.item
        assert isinstance(message, MailRow)  # noqa: S101
        if message.text is None:
            words = N_("Only the billing contact, and those it is from and to, can read this message.")
            self.query_one(Notice).tell(self.say(words))
        else:
            self.query_one(Notice).clear()
            self.app.push_screen(ReadMail(message, message.text))
