"""How many licences of a plan, billed how often, with which coupon."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from billing.catalogue import Plan
from billing.changes import AddPlan
from billing.errors import N_
from billing.offers import offers
from billing.periods import Frequency
from billing.plan_changes import Receipt
from screens.center.preview import look_at
from screens.center.terms import sum_words, with_saving
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch

MOST_DIGITS = 6


class AddPlanDialog(Dialog[Receipt | None]):
    """Enter shows what it comes to; nothing is done yet."""

    TITLE_MESSAGE = N_("Add a plan")
    TOPIC = "add_plan"
    AUTO_FOCUS = "#licences"
    BINDINGS = [
        Binding("enter", "look", N_("Preview")),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("tab", "app.focus_next", N_("Next field"), key_display="tab"),
        Binding("left", "none", N_("Change"), key_display="left,right"),
    ]
    DEFAULT_CSS = """
    AddPlanDialog #name { margin: 0 1; text-style: bold; }
    AddPlanDialog Switch { margin: 0 0 0 1; }
    AddPlanDialog #best, AddPlanDialog #sum { margin: 0 1; }
    """

    def __init__(self, plan: Plan, frequency: Frequency) -> None:
        super().__init__()
        self.plan, self.frequency = plan, frequency

    def body(self) -> ComposeResult:
        """Licences, frequency, coupon, and what it makes."""
        yield Static(content(self.plan.name), id="name")
        licences = Input("1", id="licences", restrict="[0-9]*", max_length=MOST_DIGITS)
        licences.border_title = content(self.say(N_("Licences")))
        licences.cursor_blink = False
        yield licences
        glyphs, desk = self.session.look.glyphs, self.session.desk
        offered = offers(self.plan, desk.account.currency) if desk else ()
        values = [(o.frequency.value, with_saving(o, self.language)) for o in offered]
        arrows = glyphs.less + glyphs.more
        yield Switch(self.say(N_("Billed")), values, value=self.frequency.value, arrows=arrows, most=36, id="frequency")
        best = max(offered, key=lambda o: o.saving, default=None)
        if best is not None and best.saving:
            hint = self.say(N_("Best price: {offer}"), offer=with_saving(best, self.language))
            yield Static(content(hint), id="best", classes="muted")
        coupon = Input(id="coupon", max_length=40, select_on_focus=False)
        coupon.border_title = content(self.say(N_("Coupon, if you have one")))
        coupon.cursor_blink = False
        yield coupon
        yield Static("", id="sum", classes="muted")

    def fill(self) -> None:
        """Say what it makes."""
        self._add_up()

    def on_input_changed(self) -> None:
        """Say what it makes now."""
        self.query_one(Notice).clear()
        self._add_up()

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Another frequency, another price."""
        self.frequency = Frequency(event.switch.value)
        self._add_up()

    def _add_up(self) -> None:
        if (desk := self.session.desk) is not None:
            price = self.plan.price(self.frequency, desk.account.currency)
            words = sum_words(self._quantity, price, self.language) if price else ""
            self.query_one("#sum", Static).update(content(words))

    @property
    def _quantity(self) -> int:
        return int(self.query_one("#licences", Input).value or 0)

    def on_input_submitted(self) -> None:
        """Enter in a field goes on too."""
        self.action_look()

    def action_look(self) -> None:
        """See what it comes to."""
        wish = AddPlan(
            plan_id=self.plan.id,
            quantity=self._quantity,
            frequency=self.frequency,
            coupon=self.query_one("#coupon", Input).value.strip(),
        )
        look_at(self, wish, self.dismiss)
