"""The choice for somebody who is on several accounts."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from billing.accounts import Role
from billing.errors import N_
from billing.sign_in import SignedIn
from screens.counter_screen import CounterScreen
from tui.widgets.menu import Choice, Menu

ROLE_NAMES = {
    Role.OWNER: N_("You are the billing contact."),
    Role.PAYER: N_("You pay its invoices."),
    Role.APPROVER: N_("You approve its quotes."),
    Role.VIEWER: N_("You may read its invoices."),
    Role.MEMBER: N_("You use the product; billing is somebody else's."),
}


class Accounts(CounterScreen[None]):
    """The accounts of a signed-in person."""

    TOPIC = "accounts"
    DEFAULT_CSS = "Accounts { align: center middle; }"

    def __init__(self, identity: SignedIn) -> None:
        super().__init__()
        self.identity = identity

    def heading(self) -> tuple[str, str]:
        """Who is choosing."""
        return self.say(N_("Choose an account")), self.identity.person.name

    def body(self) -> ComposeResult:
        """The accounts, each with the person's role on it."""
        choices = [Choice(s.account.id, s.account.name, self.say(ROLE_NAMES[s.role])) for s in self.identity.standings]
        with Vertical(classes="dialog"):
            yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Enter the account."""
        from screens.front.sign_in import enter_account

        enter_account(self, next(s for s in self.identity.standings if s.account.id == event.choice.id))
