"""What was mailed in the demonstration, since nobody has its mailboxes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from billing.errors import N_
from screens.dialog import Dialog
from tui.text import content


class DemoMail(Dialog[None]):
    """The newest message, whole."""

    TITLE_MESSAGE = N_("Mail of the demonstration")
    WIDE = True
    TOPIC = "new_password"
    DEFAULT_CSS = "DemoMail #demo-mail { margin: 0 1; height: auto; }"

    def body(self) -> ComposeResult:
        """The message."""
        yield Static("", id="demo-mail")

    def fill(self) -> None:
        """Show the newest."""
        mailbox = self.session.services.mailbox
        mails = mailbox() if mailbox else ()
        text = (
            mails[0] if mails else self.say(N_("No mail so far. A code is mailed to nobody whose user ID is unknown."))
        )
        self.query_one("#demo-mail", Static).update(content(text))
