"""Everything the account's first screen has no key for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.binding import Binding

from billing.credentials import Counter
from billing.errors import N_
from billing.inbox import unread
from billing.permissions import Act
from screens.dialog import Dialog
from tui.widgets.menu import Choice, Menu

if TYPE_CHECKING:
    from screens.counter_screen import CounterScreen

CHOICES = {
    "center.payment_methods:PaymentMethodsScreen": (N_("Payment methods"), Act.SEE_PAYMENT_METHODS),
    "center.billing_information:BillingInformationScreen": (N_("Billing information"), Act.SEE_ACCOUNT),
    "center.statement:StatementScreen": (N_("Statement of account"), Act.SEE_INVOICES),
    "center.timeline:TimelineScreen": (N_("Timeline: what happened, day by day"), Act.SEE_ACCOUNT),
    "center.inbox:Inbox": (N_("Notices"), Act.SEE_ACCOUNT),
    "center.outbox:Outbox": (N_("Mail that was sent"), Act.SEE_ACCOUNT),
    "center.mail_choices:MailChoices": (N_("Who receives which mail"), Act.CHOOSE_MAIL),
    "enterprise.contacts:ContactsScreen": (N_("Contacts and what they may do"), Act.SEE_CONTACTS),
    "enterprise.audit:AuditScreen": (N_("Who did what"), Act.SEE_AUDIT),
    "center.plans:PlansScreen": (N_("Plans"), Act.SEE_ACCOUNT),
    "enterprise.orders:OrdersScreen": (N_("Purchase orders"), Act.SEE_ORDERS),
    "enterprise.quotes:QuotesScreen": (N_("Quotes"), Act.SEE_QUOTES),
    "center.pay:PayScreen": (N_("Pay"), Act.PAY),
    "enterprise.approval_rule:ApprovalRule": (N_("Approval of quotes"), Act.ACCEPT_QUOTE),
    "desk.terms:TermsScreen": (N_("How the account is invoiced"), Act.CHANGE_TERMS),
    "desk.reassign:ReassignScreen": (N_("Who looks after the account?"), Act.REASSIGN),
    "front.change_password:ChangePassword": (N_("Change your password"), Act.SEE_ACCOUNT),
    "front.access_keys:AccessKeys": (N_("Access keys for SSH"), Act.SEE_ACCOUNT),
    "front.settings:Settings": (N_("Language and look"), Act.SEE_ACCOUNT),
}
"""Each screen, loaded when it is chosen, with its name and what it takes to be offered it."""

NOT_AT = {
    "enterprise.orders:OrdersScreen": Counter.CENTER,
    "enterprise.quotes:QuotesScreen": Counter.CENTER,
    "center.pay:PayScreen": Counter.CENTER,
    "enterprise.approval_rule:ApprovalRule": Counter.CENTER,
}
"""What is not offered at a counter: the Billing Center has no orders, and a key for paying."""

NOTICES = "center.inbox:Inbox"


class More(Dialog[str | None]):
    """Hands back what was chosen; notices that nobody has read are counted."""

    TITLE_MESSAGE = N_("More")
    TOPIC = "more"
    BINDINGS = [Binding("enter", "none", N_("Open"))]

    def body(self) -> ComposeResult:
        """The choices."""
        yield Menu(self._choices(0), pointer=self.session.look.glyphs.pointer)

    def fill(self) -> None:
        """Count what is unread."""
        self.attempt(self._count)

    async def _count(self) -> None:
        if (desk := self.session.desk) is not None:
            self.query_one(Menu).show(self._choices(await self.ask(unread, desk)))

    def _choices(self, new: int) -> list[Choice]:
        desk = self.session.desk
        offered = [
            (name, word)
            for name, (word, act) in CHOICES.items()
            if desk is not None and desk.may(act) and NOT_AT.get(name) is not desk.counter
        ]
        return [Choice(name, self._title(name, word, new)) for name, word in offered]

    def _title(self, name: str, word: str, new: int) -> str:
        if name != NOTICES or not new:
            return self.say(word)
        return f"{self.say(word)} ({self.language.count('{number} new', '{number} new', new)})"

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Hand the choice back."""
        self.dismiss(event.choice.id)


def open_choice(screen: CounterScreen[Any], choice: str) -> None:
    """Open what was chosen over `screen`, which is filled anew when it is back."""
    module, _, name = choice.partition(":")
    chosen: CounterScreen[Any] = getattr(import_module(f"screens.{module}"), name)()
    screen.app.push_screen(chosen, lambda _: screen.fill())
