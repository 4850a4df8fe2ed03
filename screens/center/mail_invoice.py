"""Have a document sent by mail, to an address of the account's."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.invoices import Invoice
from billing.mail_invoice import mail_addresses, mail_invoice
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch


class MailInvoice(Dialog[None]):
    """Enter sends it, once to each address however often it is pressed."""

    TITLE_MESSAGE = N_("Send by mail")
    TOPIC = "mail_invoice"
    AUTO_FOCUS = "#to"
    BINDINGS = [
        Binding("enter", "send", N_("Send")),
        Binding("left", "none", N_("Change"), key_display="left,right"),
    ]
    DEFAULT_CSS = "MailInvoice Switch { margin: 1 0; }"

    def __init__(self, invoice: Invoice) -> None:
        super().__init__()
        self.invoice = invoice
        self._keys: dict[str, str] = {}
        self._sending = False

    def body(self) -> ComposeResult:
        """The document and the addresses."""
        yield Static(content(self.invoice.number), classes="muted")
        arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
        yield Switch(self.say(N_("To")), [("", self.say(N_("One moment…")))], arrows=arrows, most=46, id="to")
        words = N_("It goes as a PDF. Other addresses are added as copies in the billing information.")
        yield Static(content(self.say(words)), classes="muted")

    def fill(self) -> None:
        """See whom it may go to."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            found = await self.ask(mail_addresses, desk)
            self.query_one("#to", Switch).set_values([(a, a) for a in found])

    def on_switch_changed(self) -> None:
        """Another address, another answer."""
        self.query_one(Notice).clear()

    def action_send(self) -> None:
        """Send it, once at a time."""
        if not self._sending and self.query_one("#to", Switch).value:
            self._sending = True
            self.query_one(Notice).clear()
            self.attempt(self._send, group="send")

    async def _send(self) -> None:
        desk, to = self.session.desk, self.query_one("#to", Switch).value
        try:
            if desk is not None:
                key = self._keys.setdefault(to, desk.ids())
                address = await self.ask(lambda: mail_invoice(desk, self.invoice.id, to, key=key))
                self.answer(N_("{number} goes to {address}."), number=self.invoice.number, address=address)
        finally:
            self._sending = False
