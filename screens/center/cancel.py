"""Ending a plan: the last day, what stays, and why."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from billing.changes import Cancel
from billing.errors import N_
from billing.language import Language
from billing.plan_changes import Receipt, preview
from billing.subscriptions import Subscription
from screens.center.preview import look_at
from screens.center.terms import last_day
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.menu import Choice, Menu

REASONS = {
    "": N_("I would rather not say"),
    "price": N_("It costs too much"),
    "unused": N_("We hardly use it"),
    "missing": N_("Something is missing in it"),
    "other": N_("We use another product"),
    "temporary": N_("We need it again later"),
}


class CancelDialog(Dialog[Receipt | None]):
    """Up and down choose a reason, Tab goes to the remark, Enter shows what it comes to."""

    TITLE_MESSAGE = N_("Cancel the plan")
    TOPIC = "cancel"
    BINDINGS = [
        Binding("enter", "none", N_("Preview")),
        Binding("tab", "app.focus_next", N_("Remark"), key_display="tab"),
    ]
    DEFAULT_CSS = "CancelDialog Static { margin: 0 1 1 1; }"

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self.subscription = subscription

    def body(self) -> ComposeResult:
        """What happens, and the question why."""
        yield Static(content(self.subscription.plan_name), id="ends")
        yield Static(content(self.say(N_("Why? It helps us, and changes nothing for you."))), classes="muted")
        choices = [Choice(name, self.say(words)) for name, words in REASONS.items()]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer, id="reason")
        remark = Input(id="remark", max_length=300, select_on_focus=False)
        remark.border_title = content(self.say(N_("Anything else you want to tell us")))
        remark.cursor_blink = False
        yield remark

    def fill(self) -> None:
        """Find out the last day."""
        self.attempt(self._find_out)

    async def _find_out(self) -> None:
        if (desk := self.session.desk) is None:
            return
        found = await self.ask(preview, desk, Cancel(subscription_id=self.subscription.id))
        message = N_("{plan} runs until {day}, as paid. Your invoices and your other plans stay.")
        day = self.language.date(last_day(found.effective))
        self.query_one("#ends", Static).update(
            content(self.say(message, plan=self.subscription.plan_name, day=day)),
        )

    def on_menu_taken(self) -> None:
        """Enter on a reason goes on."""
        self._look()

    def on_input_submitted(self) -> None:
        """Enter in the remark goes on."""
        self._look()

    def _look(self) -> None:
        desk, menu = self.session.desk, self.query_one(Menu)
        if desk is None:
            return
        chosen = menu.choices[menu.chosen].id
        # The vendor reads it: in the account's language, as everything that is kept.
        said = [Language(desk.account.language).say(REASONS[chosen])] if chosen else []
        remark = self.query_one("#remark", Input).value.strip()
        wish = Cancel(subscription_id=self.subscription.id, reason=": ".join([*said, *([remark] if remark else [])]))
        look_at(self, wish, self.dismiss)
