"""How much of an invoice is paid now."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from billing.collecting import TooMuch
from billing.errors import N_, Refusal
from billing.identifiers import refuse_card_number
from billing.invoices import Invoice
from billing.money import Money
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice


class PartPayment(Dialog[int | None]):
    """Hands back the amount in minor units; what was understood shows before it is taken. Nothing typed is all."""

    TITLE_MESSAGE = N_("Pay a part")
    TOPIC = "part_payment"
    BINDINGS = [Binding("enter", "none", N_("Take"))]
    DEFAULT_CSS = "PartPayment #understood { height: 1; padding: 0 2; text-style: bold; }"

    def __init__(self, invoice: Invoice) -> None:
        super().__init__()
        self.invoice = invoice

    def body(self) -> ComposeResult:
        """The document and the amount."""
        owed = self.language.money(self.invoice.money(self.invoice.due))
        yield Static(content(self.say(N_("{number}: {amount} is owed."), number=self.invoice.number, amount=owed)))
        field = Input(id="amount", max_length=30)
        field.border_title = content(self.say(N_("Amount to pay now")))
        field.placeholder = owed
        field.cursor_blink = False
        yield field
        yield Static("", id="understood")

    def _amount(self, typed: str) -> Money:
        refuse_card_number(typed)
        if not typed.strip():
            return self.invoice.money(self.invoice.due)
        amount = self.language.parse_amount(typed, self.invoice.currency)
        if not 0 < amount.minor <= self.invoice.due:
            raise TooMuch(number=self.invoice.number, due=self.invoice.money(self.invoice.due))
        return amount

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say back what is understood so far."""
        self.query_one(Notice).clear()
        understood = self.query_one("#understood", Static)
        try:
            amount = self._amount(event.value)
        except Refusal:
            understood.update("")
        else:
            understood.update(content(f"= {self.language.money(amount)}"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the amount, or say why not."""
        try:
            self.dismiss(self._amount(event.value).minor)
        except Refusal as refusal:
            self.refuse(refusal)
