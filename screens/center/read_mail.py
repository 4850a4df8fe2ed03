"""One message as its reader gets it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from billing.delivering import MailRow
from billing.errors import N_
from billing.mail_text import MailText
from screens.counter_screen import CounterScreen
from tui.text import wrap
from tui.widgets.paper import Paper


class ReadMail(CounterScreen[None]):
    """From, to, subject, and the text."""

    TOPIC = "outbox"
    AUTO_FOCUS = "#paper"
    BINDINGS = [Binding("up,down", "none", N_("Read on"), key_display="up,down")]
    DEFAULT_CSS = "ReadMail #paper { margin: 1 0 0 0; }"

    def __init__(self, message: MailRow, text: MailText) -> None:
        super().__init__()
        self.message, self.text = message, text

    def heading(self) -> tuple[str, str]:
        """A message, and to whom."""
        return self.say(N_("Message")), self.message.to

    def body(self) -> ComposeResult:
        """The page."""
        paper = Paper(id="paper")
        paper.more = self.say(N_("{count} more lines below"))
        yield paper

    def fill(self) -> None:
        """Set the message in the window's width."""
        paper, text, say = self.query_one(Paper), self.text, self.say
        heads = [
            say(N_("From: {sender}"), sender=f"{text.brand} <{text.address}>"),
            say(N_("To: {address}"), address=self.message.to),
        ]
        if self.message.attach:
            count = len(self.message.attach)
            heads.append(
                self.language.count("{number} document attached (PDF)", "{number} documents attached (PDF)", count)
            )
        lines = [(line, "muted") for head in heads for line in wrap(head, paper.room)]
        lines += [("", ""), *((line, "strong") for line in wrap(text.subject, paper.room))]
        for paragraph in text.paragraphs:
            lines += [("", ""), *((line, "") for line in wrap(paragraph, paper.room))]
        paper.show(lines)

    def on_resize(self) -> None:
        """Set it anew."""
        if self.is_mounted:
            self.fill()
