"""What the account is subscribed to, what comes next for each, and what can be done with it."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.changes import KeepOn, UndoPending
from billing.errors import N_
from billing.permissions import Act
from billing.plan_changes import Receipt, running
from billing.subscriptions import Subscription
from billing.wallet import Held, wallet
from screens.center.preview import look_at
from screens.center.terms import FREQUENCY_WORDS, charge, discount, each, outlook, outlook_lines
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.notice import Notice
from tui.widgets.window_list import Column, Row

CHANGES = ("add", "licences", "plan")


class PlansScreen(CounterScreen[None]):
    """The running plans. Enter lists everything that can be done with the one under the pointer."""

    TOPIC = "plans"
    AUTO_FOCUS = "#plans"
    BINDINGS = [
        Binding("enter", "choose", N_("Choose")),
        Binding("f3", "add", N_("Add")),
        Binding("f4", "licences", N_("Licences")),
        Binding("f6", "plan", N_("Plan")),
    ]
    DEFAULT_CSS = """
    PlansScreen #plans { margin: 1 0 0 0; }
    PlansScreen #terms {
        height: 8;
        padding: 0 1;
        margin: 0 1;
        border: $v-border $v-line;
        border-title-color: $v-muted;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._held: tuple[Held, ...] = ()

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("subscriptions", "list")

    def heading(self) -> tuple[str, str]:
        """Whose plans."""
        desk = self.session.desk
        return self.say(N_("Plans")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what would be refused."""
        del parameters
        desk = self.session.desk
        return action not in CHANGES or (desk is not None and desk.may(Act.CHANGE_SUBSCRIPTION))

    def body(self) -> ComposeResult:
        """The list, and all about the one under the pointer."""
        glyphs = self.session.look.glyphs
        columns = (
            Column(self.say(N_("Plan"))),
            Column(self.say(N_("Before tax")), 14, "right"),
            Column(self.say(N_("Billed")), 11),
            Column(self.say(N_("What comes")), 20),
        )
        plans = HeldList[Subscription](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="plans")
        plans.empty = self.say(N_("No plan at present. F3 shows what is on offer."))
        yield plans
        yield Static("", id="terms")

    def fill(self) -> None:
        """Read the plans."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        found = await self.ask(running, desk)
        if desk.may(Act.SEE_PAYMENT_METHODS):
            self._held = await self.ask(wallet, desk)
        self.query_one(HeldList).show([self._row(s) for s in found])

    def _row(self, subscription: Subscription) -> Row[Subscription]:
        desk, language = self.session.desk, self.language
        assert desk is not None  # noqa: S101
        words, tone = outlook(subscription, desk.today, language)
        cells = (
            f"{language.number(subscription.quantity)} x {subscription.plan_name}",
            charge(subscription, desk.today, desk.account.currency, language),
            self.say(FREQUENCY_WORDS[subscription.frequency]),
            words,
        )
        return Row(subscription, cells, tone)

    @property
    def current(self) -> Subscription | None:
        """The plan under the pointer."""
        row = self.query_one(HeldList).current
        return row.item if row else None

    def on_held_list_pointed(self) -> None:
        """Tell all about the plan under the pointer."""
        card, subscription, desk = self.query_one("#terms", Static), self.current, self.session.desk
        card.display = subscription is not None
        if subscription is None or desk is None:
            return
        price = each(subscription.unit_price, subscription.frequency, desk.account.currency, self.language)
        lines = [
            f"{self.language.number(subscription.quantity)} x {price}",
            discount(subscription, desk.today, self.language),
            *outlook_lines(subscription, desk.today, self.language),
            self._charged_to(subscription),
        ]
        card.update(content("\n".join(filter(None, lines))))
        card.border_title = content(subscription.plan_name)

    def _charged_to(self, subscription: Subscription) -> str:
        paying = next((h for h in self._held if any(s.id == subscription.id for s in h.pays)), None)
        return self.say(N_("Charged to {method}"), method=paying.method.label) if paying else ""

    def action_choose(self) -> None:
        """What can be done with the plan under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Let the person choose what to do."""
        from screens.center.plan_choice import PlanChoice

        self.app.push_screen(PlanChoice(event.row.item), partial(self._do, event.row.item))

    def _do(self, subscription: Subscription, chosen: str | None) -> None:
        self.query_one(Notice).clear()
        match chosen:
            case "plan":
                self._change_plan(subscription)
            case "licences":
                self._change_licences(subscription)
            case "frequency":
                from screens.center.frequency import ChangeFrequencyDialog

                self.app.push_screen(ChangeFrequencyDialog(subscription), self._done)
            case "cancel":
                from screens.center.cancel import CancelDialog

                self.app.push_screen(CancelDialog(subscription), self._done)
            case "keep_on":
                look_at(self, KeepOn(subscription_id=subscription.id), self._done)
            case "undo":
                look_at(self, UndoPending(subscription_id=subscription.id), self._done)
            case "method":
                from screens.center.method_for_subscription import MethodForSubscription

                self.app.push_screen(MethodForSubscription(), lambda _: self.fill())

            case "timeline":
                from screens.center.timeline import TimelineScreen

                self.app.push_screen(TimelineScreen(subscription.id))

    def _change_plan(self, subscription: Subscription) -> None:
        from screens.center.change_plan import ChangePlanScreen

        self.app.push_screen(ChangePlanScreen(subscription), self._done)

    def _change_licences(self, subscription: Subscription) -> None:
        from screens.center.licences import LicencesDialog

        self.app.push_screen(LicencesDialog(subscription), self._done)

    def _done(self, receipt: Receipt | None) -> None:
        """Show how things stand now."""
        if receipt is not None:
            self.answer(N_("Done: {plan}."), plan=receipt.subscription.plan_name)
            self.fill()

    def action_add(self) -> None:
        """What is on offer."""
        from screens.center.catalogue import CatalogueScreen

        self.query_one(Notice).clear()
        self.app.push_screen(CatalogueScreen(), self._done)

    def action_licences(self) -> None:
        """More or fewer licences of the plan under the pointer."""
        if self.current is not None:
            self._do(self.current, "licences")

    def action_plan(self) -> None:
        """Another plan instead of the one under the pointer."""
        if self.current is not None:
            self._do(self.current, "plan")
