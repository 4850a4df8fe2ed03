"""A card or a bank account: which to add, and where each is entered."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.payment_methods import PaymentMethod
from screens.dialog import Dialog
from tui.widgets.menu import Choice, Menu


class AddMethod(Dialog[PaymentMethod | None]):
    """Hands back what was added."""

    TITLE_MESSAGE = N_("Add a payment method")
    TOPIC = "payment_methods"
    BINDINGS = [Binding("enter", "none", N_("Choose"))]

    def body(self) -> ComposeResult:
        """The two ways."""
        choices = [
            Choice(
                "card",
                self.say(N_("A card")),
                self.say(N_("Entered on the payment service's own page, on your phone. No card number is typed here.")),
            ),
            Choice(
                "bank",
                self.say(N_("A bank account (SEPA direct debit)")),
                self.say(N_("You type its IBAN here and agree to a mandate.")),
            ),
        ]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Go there; what comes of it is handed on."""
        if event.choice.id == "card":
            from screens.center.add_card import AddCard

            self.app.push_screen(AddCard(), self._done)
        else:
            from screens.center.bank_debit import BankDebit

            self.app.push_screen(BankDebit(), self._done)

    def _done(self, method: PaymentMethod | None) -> None:
        if method is not None:
            self.dismiss(method)
