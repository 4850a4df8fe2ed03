"""A proven person at the counter that does not serve their account is shown the one that does (M2)."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from billing.credentials import Counter
from billing.errors import N_
from billing.sign_in import SignedIn
from screens.counter_screen import CounterScreen
from tui.text import content

NO_ACCOUNTS = N_("No accounts are yours to look after yet. Ask whoever leads your team.")

WORDS = {
    Counter.CENTER: N_(
        "Your account {account} is a corporate account. Its billing is managed at the Enterprise Billing Portal, "
        "together with your representative. Go back, choose that counter, and sign in with the user ID printed on "
        "an invoice sent to you."
    ),
    Counter.ENTERPRISE: N_(
        "Your account {account} manages its billing itself. Go back, choose the Billing Center, and sign in with "
        "your product log-in."
    ),
    Counter.DESK: NO_ACCOUNTS,
}

NO_ACCOUNT = N_(
    "You are not on any account here. Ask the billing contact of your company to add you, or write to the vendor."
)


class WrongCounter(CounterScreen[None]):
    """Says where to go. Nothing of the account is shown."""

    TOPIC = "sign_in"
    DEFAULT_CSS = "WrongCounter { align: center middle; }"

    def __init__(self, identity: SignedIn) -> None:
        super().__init__()
        self.identity = identity

    def heading(self) -> tuple[str, str]:
        """Who was proven."""
        return self.say(N_("Another counter")), self.identity.person.name

    def body(self) -> ComposeResult:
        """The way to the right counter."""
        with Vertical(classes="dialog"):
            if self.identity.counter is Counter.DESK:
                yield Static(content(self.say(NO_ACCOUNTS)))
            elif self.identity.elsewhere:
                account = self.identity.elsewhere[0].account.name
                yield Static(content(self.say(WORDS[self.identity.counter], account=account)))
            else:
                yield Static(content(self.say(NO_ACCOUNT)))
