"""A bank account to debit: IBAN and holder, and the mandate in full before anybody agrees to it."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from billing.errors import N_, Refusal
from billing.identifiers import check_iban, refuse_card_number
from billing.mandate import MandateText, mandate_text
from billing.payment_methods import PaymentMethod
from billing.wallet import add_bank_debit
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.notice import Notice


class BankDebit(CounterScreen[PaymentMethod | None]):
    """F9 agrees to the mandate that shows, and adds the account. Hands it back."""

    TOPIC = "bank_debit"
    AUTO_FOCUS = "#iban"
    BINDINGS = [
        Binding("enter", "next", N_("Next")),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("f9", "agree", N_("I agree: add it")),
    ]
    DEFAULT_CSS = """
    BankDebit #iban { margin: 1 0 0 0; }
    BankDebit #bank { height: 1; padding: 0 2; color: $v-muted; }
    BankDebit #mandate { height: 1fr; border: $v-border $v-line; border-title-color: $v-muted; padding: 0 1; }
    BankDebit #mandate:focus { border: $v-border $v-accent; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._key = ""
        self._text: MandateText | None = None
        self._adding = False

    def heading(self) -> tuple[str, str]:
        """What is being done, and for whom."""
        desk = self.session.desk
        return self.say(N_("Add a bank account")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """Two fields, the bank, the mandate."""
        for name, title, most in (("iban", "IBAN", 60), ("holder", self.say(N_("Account holder")), 70)):
            field = Input(id=name, max_length=most, select_on_focus=False)
            field.border_title = content(title)
            field.cursor_blink = False
            if name == "iban":
                field.placeholder = "ES91 2100 0418 4502 0005 1332"
            yield field
            if name == "iban":
                yield Static("", id="bank")
        with VerticalScroll(id="mandate") as mandate:
            mandate.border_title = content(self.say(N_("Mandate")))
            yield Static("", id="text")

    def fill(self) -> None:
        """Read the mandate."""
        desk = self.session.desk
        holder = self.query_one("#holder", Input)
        if desk is not None and not holder.value:
            holder.value = desk.account.name[:70]
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            self._key = self._key or desk.ids()
            self._text = await self.ask(mandate_text, desk)
            self._show_mandate()

    def _show_mandate(self) -> None:
        if self._text is None or self.session.desk is None:
            return
        creditor, say = self._text.creditor.name, self.say
        kind = f"{say(self._text.kind)}. {self.language.date(self.session.desk.today)}"
        parts = (
            say(N_("Creditor: {name}, {address}"), name=creditor, address=self._text.address),
            f"{say(self._text.authorisation, creditor=creditor).rstrip('.')}.",
            say(self._text.rights),
        )
        shown = Content.assemble(content(kind).stylize("bold"), *(content(f"\n\n{part}") for part in parts))
        self.query_one("#text", Static).update(shown)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is known of the IBAN so far; a card's number does not stay in any field."""
        try:
            # An IBAN begins with letters; on its way to being whole it may well hold what looks like a card's number.
            if event.input.id != "iban" or not event.value[:1].isalpha():
                refuse_card_number(event.value)
        except Refusal as refusal:
            event.input.value = ""
            self.refuse(refusal)
            return
        if event.input.id == "iban":
            self.attempt(partial(self._name_bank, event.value), group="bank")

    async def _name_bank(self, typed: str) -> None:
        """Only a whole IBAN is judged while typing; what is wrong with it is said on agreeing."""
        bank = self.query_one("#bank", Static)
        if len(typed.replace(" ", "")) < 15:
            bank.update("")
            return
        try:
            iban = await self.ask(check_iban, typed)
        except Refusal:
            bank.update(content(self.say(N_("This is no complete IBAN yet."))))
        else:
            known = iban.bank or self.say(N_("a bank in {country}"), country=self.language.country(iban.country))
            bank.update(content(f"* {known} •••• {iban.last4}"))

    def on_input_submitted(self) -> None:
        """Enter leads on from a field."""
        self.app.action_focus_next()

    def action_next(self) -> None:
        """Enter leads on."""
        self.app.action_focus_next()

    def action_agree(self) -> None:
        """Agree, once at a time, and only to a mandate that shows."""
        if not self._adding and self._text is not None:
            self._adding = True
            self.query_one(Notice).clear()
            self.attempt(self._add)

    async def _add(self) -> None:
        desk, services = self.session.desk, self.session.services
        iban, holder = (self.query_one(f"#{name}", Input).value.strip() for name in ("iban", "holder"))
        try:
            if desk is None:
                return
            if not holder:
                self.query_one("#holder").focus()
                raise HolderMissing
            await self.ask(check_iban, iban)
            method = await self.ask(lambda: add_bank_debit(desk, services.payments(), iban, holder, key=self._key))
            self.dismiss(method)
        finally:
            self._adding = False


class HolderMissing(Refusal):
    """A mandate names who signs it."""

    message = N_("The account holder's name is missing. Nothing was added. Type it as the bank has it.")
