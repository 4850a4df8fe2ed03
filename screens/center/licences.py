"""More or fewer licences of a plan."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from billing.catalogue import Price
from billing.changes import ChangeLicences
from billing.errors import N_
from billing.plan_changes import Receipt
from billing.subscriptions import Subscription
from screens.center.add_plan import MOST_DIGITS
from screens.center.preview import look_at
from screens.center.preview_page import terms
from screens.center.terms import sum_words
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice


class LicencesDialog(Dialog[Receipt | None]):
    """Type a number, or go up and down; Enter shows what it comes to."""

    TITLE_MESSAGE = N_("Change the licences")
    TOPIC = "licences"
    AUTO_FOCUS = "#licences"
    BINDINGS = [
        Binding("enter", "none", N_("Preview")),
        Binding("up", "step(1)", N_("One more, one less"), key_display="up,down"),
        Binding("down", "step(-1)", show=False),
    ]
    DEFAULT_CSS = "LicencesDialog Static { margin: 0 1; } LicencesDialog #rule { margin: 1 1 0 1; }"

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self.subscription = subscription

    def body(self) -> ComposeResult:
        """What is, what is wished for, and the rule."""
        yield Static(content(self.say(N_("Now: {terms}"), terms=terms(self.subscription, self.language))))
        wanted = Input(str(self.subscription.quantity), id="licences", restrict="[0-9]*", max_length=MOST_DIGITS)
        wanted.border_title = content(self.say(N_("Licences from now on")))
        wanted.cursor_blink = False
        yield wanted
        yield Static("", id="sum")
        rule = N_("More licences count from today, for the days that are left. Fewer wait for the end of what is paid.")
        yield Static(content(self.say(rule)), id="rule", classes="muted")

    @property
    def _quantity(self) -> int:
        return int(self.query_one("#licences", Input).value or 0)

    def on_input_changed(self) -> None:
        """Say what it makes now."""
        self.query_one(Notice).clear()
        if (desk := self.session.desk) is not None:
            price = Price(self.subscription.frequency, desk.account.currency, self.subscription.unit_price)
            self.query_one("#sum", Static).update(content(sum_words(self._quantity, price, self.language)))

    def action_step(self, step: int) -> None:
        """One more or one less."""
        self.query_one("#licences", Input).value = str(max(self._quantity + step, 1))

    def on_input_submitted(self) -> None:
        """See what it comes to."""
        look_at(self, ChangeLicences(subscription_id=self.subscription.id, quantity=self._quantity), self.dismiss)
