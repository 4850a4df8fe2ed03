"""A credit note for an invoice: a share of it and a reason, looked at before it is issued."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, Static

from billing.errors import N_, Refusal
from billing.invoices import Invoice
from billing.record import Id
from billing.vendor_acts import CreditPreview, credit_invoice, preview_credit
from screens.form import Form
from tui.text import content


class CreditNoteForm(Form[Id | None]):
    """F2 issues what the line at the foot says. Hands back the credit note's id."""

    TOPIC = "credit_note"
    AUTO_FOCUS = "#percent"
    BINDINGS = [Binding("f2", "save", N_("Issue"))]

    def __init__(self, invoice: Invoice) -> None:
        super().__init__()
        self.invoice = invoice
        self._agreed: CreditPreview | None = None

    def draft_name(self) -> str:
        """See `Drafting`."""
        return f"credit:{self.invoice.id}"

    def heading(self) -> tuple[str, str]:
        """Of which invoice."""
        return self.say(N_("Credit note for {number}"), number=self.invoice.number), self.invoice.customer.name

    def fields(self) -> Iterator[Widget]:
        """How much, and why."""
        yield self.line("percent", N_("How much of it, in per cent"), "100", most=3)
        yield self.line("reason", N_("Why; it is printed on the credit note"), most=300)
        yield self.said("", "credit-sums")

    def fill(self) -> None:
        """Say what it comes to."""
        self.attempt(self._look, group="look")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it comes to now."""
        super().on_input_changed(event)
        if event.input.id == "percent":
            self.fill()

    async def _look(self) -> None:
        self._agreed = None
        text, desk = self.typed("percent").strip(), self.session.desk
        words = ""
        if desk is not None and text.isascii() and text.isdigit() and 1 <= int(text) <= 100:
            self._agreed = seen = await self.ask(preview_credit, desk, self.invoice.id, int(text))
            money = self.language.money
            words = self.say(
                N_("{amount} with tax are credited; {left} could still be credited afterwards."),
                amount=money(seen.amount), left=money(seen.left),
            )  # fmt: skip
        self.query_one("#credit-sums", Static).update(content(words))

    async def save(self) -> None:
        """Issue it."""
        desk = self.session.desk
        if desk is None:
            return
        if self._agreed is None:
            raise PercentWrong
        note = await self.ask(credit_invoice, desk, self._agreed, self.typed("reason"))
        self.dismiss(note.id)


class PercentWrong(Refusal):
    """No share from 1 to 100."""

    message = N_("Write how much is credited, from 1 to 100 per cent. Nothing was issued.")
    field = "percent"
