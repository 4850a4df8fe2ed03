"""Another plan for the same licences, from those sold at the same frequency."""

from __future__ import annotations

from textual.app import ComposeResult

from billing.catalogue import Plan
from billing.changes import ChangePlan
from billing.errors import N_
from billing.offers import Offer
from billing.subscriptions import Subscription
from screens.center.catalogue import CatalogueScreen
from screens.center.preview import look_at
from screens.center.terms import FREQUENCY_WORDS, WISH_WORDS
from tui.widgets.held_list import HeldList
from tui.widgets.switch import Switch
from tui.widgets.window_list import Column


class ChangePlanScreen(CatalogueScreen):
    """The catalogue for one subscription: prices beside the present one."""

    TOPIC = "change_plan"
    DEFAULT_CSS = """
    ChangePlanScreen #billed { display: none; }
    ChangePlanScreen #offered { margin: 1 0 0 0; }
    """

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self.subscription = subscription
        self.frequency = subscription.frequency

    def heading(self) -> tuple[str, str]:
        """What is to be changed."""
        return self.say(WISH_WORDS[ChangePlan]), self.subscription.plan_name

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The frequency stays; changing it is another wish."""
        del parameters
        return not action.startswith("frequency")

    def columns(self) -> tuple[Column, ...]:
        """Plan, price, difference."""
        frequency = self.say(FREQUENCY_WORDS[self.subscription.frequency])
        return (
            Column(
                self.say(N_("Instead of {plan}, {frequency}"), plan=self.subscription.plan_name, frequency=frequency)
            ),
            Column(self.say(N_("Per licence")), 14, "right"),
            Column(self.say(N_("Against now")), 15, "right"),
        )

    def body(self) -> ComposeResult:
        """The same, with its own words where there is nothing."""
        for widget in super().body():
            if isinstance(widget, HeldList):
                widget.empty = self.say(N_("No other plan is sold at this frequency."))
            if isinstance(widget, Switch):
                widget.can_focus = False
            yield widget

    def offer(self, plan: Plan) -> Offer | None:
        """Every plan but the present one."""
        return None if plan.id == self.subscription.plan_id else super().offer(plan)

    def cells(self, plan: Plan, offer: Offer) -> tuple[str, ...]:
        """A plan's row."""
        difference = offer.amount - self.subscription.unit_price
        return plan.name, self.price(offer.amount), ("+" if difference > 0 else "") + self.price(difference)

    def go_on(self, plan: Plan) -> None:
        """See what it comes to."""
        look_at(self, ChangePlan(subscription_id=self.subscription.id, plan_id=plan.id), self.done)
