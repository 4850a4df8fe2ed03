"""How often a plan is billed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.changes import ChangeFrequency
from billing.errors import N_
from billing.offers import offers, plan_of
from billing.periods import Frequency
from billing.plan_changes import Receipt
from billing.subscriptions import Subscription
from screens.center.preview import look_at
from screens.center.terms import FREQUENCY_WORDS, each, saving
from screens.dialog import Dialog
from tui.text import content, fit
from tui.widgets.menu import Choice, Menu

PRICE_CELLS = 40


class ChangeFrequencyDialog(Dialog[Receipt | None]):
    """The other ways the plan is sold; Enter shows what one comes to."""

    TITLE_MESSAGE = N_("Change the frequency")
    TOPIC = "frequency"
    BINDINGS = [Binding("enter", "none", N_("Preview"))]
    DEFAULT_CSS = "ChangeFrequencyDialog Static { margin: 0 1 1 1; } ChangeFrequencyDialog #rule { margin: 0 1; }"

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self.subscription = subscription

    def body(self) -> ComposeResult:
        """What is, the choices, and the rule."""
        frequency = self.say(FREQUENCY_WORDS[self.subscription.frequency])
        now = self.say(N_("{plan} is billed {frequency}."), plan=self.subscription.plan_name, frequency=frequency)
        yield Static(content(now))
        yield Menu(pointer=self.session.look.glyphs.pointer)
        rule = N_(
            "Billed less often: from today, the days that are left are credited. More often: with the next renewal."
        )
        yield Static(content(self.say(rule)), id="rule", classes="muted")

    def fill(self) -> None:
        """Read how the plan is sold."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        plan, currency = await self.ask(plan_of, desk, self.subscription.plan_id), desk.account.currency
        choices = [
            Choice(
                o.frequency.value,
                fit(each(o.amount, o.frequency, currency, self.language), PRICE_CELLS) + saving(o, self.language),
            )
            for o in offers(plan, currency)
            if o.frequency is not self.subscription.frequency
        ]
        menu = self.query_one(Menu)
        menu.show(choices)
        if choices:
            menu.focus()
        else:
            self.answer(N_("This plan is sold in no other way."))

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """See what it comes to."""
        wish = ChangeFrequency(subscription_id=self.subscription.id, frequency=Frequency(event.choice.id))
        look_at(self, wish, self.dismiss)
