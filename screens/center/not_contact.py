"""For a member without billing rights: whom to ask, in the help article's words (M7), and a way to ask them (M8)."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from billing.contacts import billing_contacts
from billing.errors import N_
from screens.counter_screen import CounterScreen
from tui.text import content

ASK_CONTACT = N_(
    "Contact the billing administrator ({name}, {email}) to make changes to the product or the licences of the account."
)

MEANS = N_(
    "It means that you are signed in, but are not the billing contact of {account}; nothing was changed. "
    "Enter writes them a message, filled in for you."
)


class NotContact(CounterScreen[None]):
    """Names the billing contact; Enter writes to them."""

    TOPIC = "not_contact"
    BINDINGS = [Binding("enter", "write", N_("Write a message"))]
    DEFAULT_CSS = "NotContact { align: center middle; } NotContact #means { margin-top: 1; }"

    def heading(self) -> tuple[str, str]:
        """Which account, and who asks."""
        desk = self.session.desk
        return (desk.account.name, desk.person.name) if desk else ("", "")

    def body(self) -> ComposeResult:
        """The message and what it means."""
        with Vertical(classes="dialog"):
            yield Static("", id="ask")
            yield Static("", id="means", classes="muted")

    def fill(self) -> None:
        """Look up the contact."""
        self.attempt(self._look_up)

    async def _look_up(self) -> None:
        if (desk := self.session.desk) is None:
            return
        people = await self.ask(billing_contacts, desk)
        ask = [self.say(ASK_CONTACT, name=p.name, email=p.email) for p in people]
        self.query_one("#ask", Static).update(content("\n\n".join(ask)))
        self.query_one("#means", Static).update(content(self.say(MEANS, account=desk.account.name)))

    def action_write(self) -> None:
        """Write to them."""
        from screens.center.ask_contact import AskContact

        self.app.push_screen(AskContact(), self._sent)

    def _sent(self, people: tuple[str, ...] | None) -> None:
        if people:
            self.answer(N_("Sent to {people}. They answer to your own address."), people=", ".join(people))
