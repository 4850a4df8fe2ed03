"""One invoice or credit note: what became of it, in the reader's language, above what was issued, in its own."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.export import Sheet, read_document
from billing.invoices import Invoice, InvoiceType
from billing.permissions import Act
from billing.record import Id
from screens.center.document_rows import state
from screens.takeaway import Takeaway
from tui.widgets.paper import Paper

Lines = list[tuple[str, str]]


class InvoiceScreen(Takeaway):
    """Reads like the paper. Left and right go through the list it was opened from."""

    CSS_PATH = "invoice.tcss"
    TOPIC = "invoice"
    AUTO_FOCUS = "#paper"
    BINDINGS = [
        Binding("up,down", "none", N_("Read on"), key_display="up,down"),
        Binding("left", "step(-1)", N_("Others"), key_display="left,right"),
        Binding("right", "step(1)", show=False),
        Binding("f6", "credit", N_("Credit it")),
        Binding("f7", "export", N_("Save")),
        Binding("f8", "print", N_("Print")),
        Binding("f9", "mail", N_("Mail")),
    ]

    def __init__(self, invoice_id: Id, step: Callable[[int], Id | None] | None = None) -> None:
        super().__init__()
        self.invoice_id = invoice_id
        self.step = step
        self.invoice: Invoice | None = None

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("invoices", "show", self.invoice.number) if self.invoice else ()

    def heading(self) -> tuple[str, str]:
        """Which document, and whose."""
        desk = self.session.desk
        return (self.invoice.number if self.invoice else ""), (desk.account.name if desk else "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a list there is nothing to step through; a representative credits, and a contact has mail sent."""
        desk = self.session.desk
        match action:
            case "credit":
                return desk is not None and desk.may(Act.CREDIT_INVOICE)
            case "mail":
                return desk is not None and desk.may(Act.MAIL_INVOICE)
            case _:
                if action.startswith("step"):
                    return self.step is not None
                if action == "none" and self.step is not None:
                    return False  # no room in the footer; the paper's last line says that there is more
                return super().check_action(action, parameters)

    def action_credit(self) -> None:
        """Issue a credit note for it."""
        from screens.desk.credit_note import CreditNoteForm

        def credited(note_id: Id | None) -> None:
            if note_id is not None:
                self.app.push_screen(InvoiceScreen(note_id))

        if self.invoice is not None:
            self.app.push_screen(CreditNoteForm(self.invoice), credited)

    def body(self) -> ComposeResult:
        """The paper."""
        paper = Paper(id="paper")
        paper.more = self.say(N_("{count} more lines below"))
        yield paper

    def fill(self) -> None:
        """Fetch the document."""
        self.attempt(self._read)

    def on_resize(self) -> None:
        """Set the document in the new width."""
        if self.invoice is not None:
            self.fill()

    async def _read(self) -> None:
        from tui.widgets.banner import Banner

        desk, services = self.session.desk, self.session.services
        if desk is None:
            return
        width = self.query_one(Paper).room
        sheet = await self.ask(lambda: read_document(desk, services.documents(), self.invoice_id, width))
        self.invoice = sheet.file.invoice
        self.query_one(Banner).show(*self.heading())
        self.query_one(Paper).show([*self._became(sheet), ("", ""), *_styled(sheet.lines)])

    def _became(self, sheet: Sheet) -> Lines:
        """What became of the document, in the reader's language."""
        invoice, say = sheet.file.invoice, self.say
        word, tone = state(invoice, sheet.file.today, self.language)
        style = {"bad": "bad", "good": "good"}.get(tone, "strong")
        if invoice.type is InvoiceType.CREDIT_NOTE:
            return [(say(N_("Credit note for invoice {number}"), number=invoice.corrects_number), style)]
        lines = [(f"{word} {self.session.look.glyphs.dot} {self._owed(sheet)}", style)]
        lines += [
            (
                say(
                    N_("Credited by {number}: {amount}"),
                    number=n.number,
                    amount=self.language.money(n.money(n.gross)),
                ),
                "",
            )
            for n in sheet.file.credit_notes
        ]
        return lines

    def _owed(self, sheet: Sheet) -> str:
        invoice = sheet.file.invoice
        owed, day = invoice.money(invoice.due), invoice.due_on
        if not invoice.due:
            return self.say(N_("nothing to pay"))
        if invoice.overdue(sheet.file.today):
            return self.say(N_("{owed} was due on {day}"), owed=self.language.money(owed), day=self.language.date(day))
        return self.say(N_("{owed} is due on {day}"), owed=self.language.money(owed), day=self.language.date(day))

    def action_step(self, step: int) -> None:
        """The document before or after in the list."""
        if self.step is not None and (found := self.step(step)) is not None:
            self.invoice_id = found
            self.query_one(Paper).top = 0
            self.fill()

    def action_export(self) -> None:
        """Save this document."""
        from screens.center.export import Export

        if self.invoice is not None:
            self.app.push_screen(Export(self.invoice))

    def action_print(self) -> None:
        """Print this document."""
        from screens.center.printing import Print

        if self.invoice is not None:
            self.app.push_screen(Print(self.invoice))

    def action_mail(self) -> None:
        """Have this document sent by mail."""
        from screens.center.mail_invoice import MailInvoice

        if self.invoice is not None:
            self.app.push_screen(MailInvoice(self.invoice))


def _styled(lines: tuple[str, ...]) -> Lines:
    """Rules drawn quietly, the rest as it is."""
    return [(line, "muted" if line.strip(" ─-=") == "" else "") for line in lines]
