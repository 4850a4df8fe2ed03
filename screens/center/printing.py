"""Print a document on a printer of this machine."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.documents import NoPrinter
from billing.errors import N_, Refusal
from billing.export import print_document
from billing.invoices import Invoice
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch

NO_PAPER = N_("There is no printer here. Nothing was printed. Have the document sent by mail instead: Esc, then F9.")


class Print(Dialog[None]):
    """Enter prints. Where there is no printer, it says what to do instead."""

    TITLE_MESSAGE = N_("Print")
    TOPIC = "print"
    BINDINGS = [
        Binding("enter", "print", N_("Print")),
        Binding("left", "none", N_("Change"), key_display="left,right"),
    ]

    def __init__(self, invoice: Invoice) -> None:
        super().__init__()
        self.invoice = invoice
        self._queues: tuple[str, ...] = ()

    def body(self) -> ComposeResult:
        """The document and the printer."""
        arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
        yield Static(content(self.invoice.number), classes="muted")
        yield Switch(self.say(N_("Printer")), [("", self.say(N_("One moment…")))], arrows=arrows, most=40, id="queue")

    def fill(self) -> None:
        """See which printers there are."""
        self.attempt(self._look_for_printers)

    async def _look_for_printers(self) -> None:
        self.query_one("#queue", Switch).set_values([("", self.say(N_("none")))])
        if (printer := self.session.services.printer) is None:
            raise NoPrinter
        self._queues = await self.ask(lambda: printer().queues())
        self.query_one("#queue", Switch).set_values([(q, q) for q in self._queues])

    def refuse(self, refusal: Refusal) -> None:
        """Show what could not be done; without a disk to save to, mail is the way that is left."""
        if isinstance(refusal, NoPrinter) and self.session.services.exports is None:
            self.query_one(Notice).tell(self.say(NO_PAPER), "bad")
        else:
            super().refuse(refusal)

    def action_print(self) -> None:
        """Send the document to the printer."""
        self.query_one(Notice).clear()
        self.attempt(self._print)

    async def _print(self) -> None:
        desk, services = self.session.desk, self.session.services
        assert desk is not None  # noqa: S101
        if not self._queues:
            await self._look_for_printers()
        if (printer := services.printer) is None:
            return
        queue = self.query_one("#queue", Switch).value
        job = await self.ask(lambda: print_document(desk, services.documents(), printer(), self.invoice.id, queue))
        self.answer(N_("Sent to {queue}: {job}"), queue=queue, job=job)
