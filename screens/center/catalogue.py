"""The plans on offer: what each is, what a licence costs, and what binds."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.catalogue import Plan
from billing.errors import N_
from billing.language import Language
from billing.money import Money
from billing.offers import Offer, offers
from billing.periods import Frequency
from billing.plan_changes import Receipt, catalogue
from screens.center.terms import FREQUENCY_WORDS, saving
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.switch import Switch
from tui.widgets.window_list import Column, Row


class CatalogueScreen(CounterScreen[Receipt | None]):
    """Up and down choose a plan, left and right how often it is billed; Enter goes on."""

    TOPIC = "catalogue"
    AUTO_FOCUS = "#offered"
    BINDINGS = [
        Binding("enter", "take", N_("Go on")),
        Binding("left", "frequency(-1)", N_("Frequency"), key_display="left,right"),
        Binding("right", "frequency(1)", show=False),
    ]
    DEFAULT_CSS = """
    CatalogueScreen #billed { margin: 1 0 1 3; }
    CatalogueScreen #about {
        height: 8;
        padding: 0 1;
        margin: 0 1;
        border: $v-border $v-line;
        border-title-color: $v-muted;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.frequency = Frequency.MONTHLY
        self._plans: tuple[Plan, ...] = ()

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("plans", "list")

    def heading(self) -> tuple[str, str]:
        """What is on offer, and to whom."""
        desk = self.session.desk
        return self.say(N_("Plans on offer")), desk.account.name if desk else ""

    def columns(self) -> tuple[Column, ...]:
        """Plan, price, saving."""
        return (
            Column(self.say(N_("Plan"))),
            Column(self.say(N_("Per licence")), 14, "right"),
            Column(self.say(N_("Saving")), 14, "right"),
        )

    def body(self) -> ComposeResult:
        """Frequency, list, and what the plan under the pointer is."""
        glyphs = self.session.look.glyphs
        words = [(f.value, self.say(word)) for f, word in FREQUENCY_WORDS.items()]
        arrows = glyphs.less + glyphs.more
        yield Switch(self.say(N_("Billed")), words, value=self.frequency.value, arrows=arrows, id="billed")
        offered = HeldList[Plan](self.columns(), pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="offered")
        offered.empty = self.say(N_("Nothing is sold this way in the account's currency."))
        yield offered
        yield Static("", id="about")

    def fill(self) -> None:
        """Read the catalogue."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        self._plans = await self.ask(catalogue, desk)
        sold = {o.frequency for plan in self._plans for o in offers(plan, desk.account.currency)}
        words = [(f.value, self.say(word)) for f, word in FREQUENCY_WORDS.items() if f in sold]
        if words:
            switch = self.query_one(Switch)
            switch.set_values(words, self.frequency.value)
            self.frequency = Frequency(switch.value)
        self._show()

    def _show(self) -> None:
        """List what is sold this way, the least first; the pointer stays on its plan."""
        sold = [(plan, offer) for plan in self._plans if (offer := self.offer(plan))]
        sold.sort(key=lambda pair: pair[1].amount)
        listed = self.query_one(HeldList)
        if (row := listed.current) is not None:
            listed.cursor = next((n for n, (plan, _) in enumerate(sold) if plan.id == row.item.id), 0)
        listed.show([Row(plan, self.cells(plan, offer)) for plan, offer in sold])

    def offer(self, plan: Plan) -> Offer | None:
        """The plan at the chosen frequency, where it is sold that way."""
        desk = self.session.desk
        found = offers(plan, desk.account.currency) if desk else ()
        return next((o for o in found if o.frequency is self.frequency), None)

    def cells(self, plan: Plan, offer: Offer) -> tuple[str, ...]:
        """A plan's row."""
        return plan.name, self.price(offer.amount), saving(offer, self.language)

    def price(self, amount: int) -> str:
        """An amount in the account's currency."""
        desk = self.session.desk
        return self.language.money(Money(amount, desk.account.currency)) if desk else ""

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Show the prices for another frequency."""
        self.frequency = Frequency(event.switch.value)
        self._show()

    def action_frequency(self, step: int) -> None:
        """The next or the previous frequency."""
        self.query_one(Switch).action_step(step)

    def on_held_list_pointed(self) -> None:
        """Say what the plan under the pointer is."""
        about, row = self.query_one("#about", Static), self.query_one(HeldList).current
        about.display = row is not None
        if row is not None:
            about.border_title = content(row.item.name)
            about.update(content("\n".join(about_lines(row.item, self.language))))

    def action_take(self) -> None:
        """Go on with the plan under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Enter was pressed on a plan."""
        self.go_on(event.row.item)

    def go_on(self, plan: Plan) -> None:
        """Ask how many and how often."""
        from screens.center.add_plan import AddPlanDialog

        self.app.push_screen(AddPlanDialog(plan, self.frequency), self.done)

    def done(self, receipt: Receipt | None) -> None:
        """What was added shows among the plans."""
        if receipt is not None:
            self.dismiss(receipt)


def about_lines(plan: Plan, language: Language) -> list[str]:
    """What a plan is and what binds, in words."""
    trial = (
        language.count(
            "Free trial of {number} day where you never had it.",
            "Free trial of {number} days where you never had it.",
            plan.trial_days,
        )
        if plan.trial_days
        else language.say(N_("Billed from the first day."))
    )
    bound = (
        language.count(
            "Minimum term: {number} month; until then it is neither reduced nor ended.",
            "Minimum term: {number} months; until then it is neither reduced nor ended.",
            plan.minimum_months,
        )
        if plan.minimum_months
        else language.say(N_("No minimum term: it ends with the period in which you cancel."))
    )
    return [*([plan.about] if plan.about else []), trial, bound, language.say(N_("Prices are before tax."))]
