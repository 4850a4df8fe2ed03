"""The sandbox's page of a bank that wants a payment confirmed, drawn here for a demonstration."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.menu import Choice, Menu


class SandboxBank(Dialog[bool | None]):
    """Hands back what the customer says to the bank."""

    TITLE_MESSAGE = N_("Sandbox: not a real bank")
    TOPIC = "sandbox_page"
    BINDINGS = [Binding("enter", "none", N_("Choose"))]
    DEFAULT_CSS = "SandboxBank #mark { color: $v-warn; margin-bottom: 1; }"

    def body(self) -> ComposeResult:
        """Yes or no."""
        words = N_("This stands for the page of the customer's bank. No money moves.")
        yield Static(content(f"! {self.say(words)}"), id="mark")
        choices = [
            Choice("yes", self.say(N_("Confirm the payment"))),
            Choice("no", self.say(N_("Do not confirm it"))),
        ]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Hand the choice back."""
        self.dismiss(event.choice.id == "yes")
