"""The account at a glance: what runs, what is owed, what needs attention, what was spent."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from billing.errors import N_
from billing.invoices import Invoice
from billing.overview import Overview, overview
from billing.permissions import Act
from screens.center.document_rows import columns, row
from screens.center.terms import FREQUENCY_WORDS
from screens.counter_screen import CounterScreen
from tui.text import content, fit
from tui.widgets.bars import Bars
from tui.widgets.window_list import WindowList

LATEST = 25
"""How many documents the overview lists."""


class OverviewScreen(CounterScreen[None]):
    """Where a billing contact arrives. Enter opens the invoice under the pointer."""

    CSS_PATH = "overview.tcss"
    TOPIC = "overview"
    AUTO_FOCUS = "#latest"
    BINDINGS = [
        Binding("enter", "take", N_("Open")),
        Binding("f3", "history", N_("History")),
        Binding("f4", "more", N_("More")),
        Binding("f6", "plans", N_("Plans")),
        Binding("f9", "pay", N_("Pay")),
        Binding("f2", "settings", show=False),
    ]

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("overview",)

    def heading(self) -> tuple[str, str]:
        """Whose account, and who is here."""
        desk = self.session.desk
        return (desk.account.name, desk.person.name) if desk else ("", "")

    def body(self) -> ComposeResult:
        """Plan and debt side by side, what stands between, the latest invoices."""
        glyphs = self.session.look.glyphs
        with Horizontal(id="cards"):
            for name, title in (("plan", N_("Your plan")), ("due", N_("To pay"))):
                card = Static("", id=name, classes="card")
                card.border_title = content(self.say(title))
                yield card
        yield from self.middle()
        latest = WindowList[Invoice](
            columns(self.language), pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="latest"
        )
        latest.empty = self.say(N_("No invoices yet. The first one comes with the first renewal."))
        yield latest

    def middle(self) -> ComposeResult:
        """What was spent, month by month."""
        with Vertical(id="spending", classes="card") as spending:
            spending.border_title = content(self.say(N_("Invoiced, last twelve months")))
            yield Bars(self.session.look.glyphs.bar, id="bars")

    async def show_middle(self, seen: Overview) -> None:
        """Fill what stands between."""
        money = self.language.money
        self.query_one(Bars).show([(m.spent.minor, self.language.month(m.month)) for m in seen.months])
        total = sum((m.spent for m in seen.months[1:]), seen.months[0].spent)
        self.query_one("#spending").border_subtitle = content(
            self.say(N_("{total} in all") if seen.complete else N_("at least {total}"), total=money(total))
        )

    def fill(self) -> None:
        """Ask for the figures."""
        self.query_one("#latest", WindowList).restart(keep=True)

    def on_window_list_wanted(self, event: WindowList.Wanted) -> None:
        """The list asks; one answer fills the whole screen."""
        self.attempt(partial(self._show, event))

    async def _show(self, event: WindowList.Wanted) -> None:
        if (desk := self.session.desk) is None:
            return
        seen = await self.ask(overview, desk, latest=LATEST)
        self.query_one("#plan", Static).update(self._plan(seen))
        self.query_one("#due", Static).update(self._due(seen))
        await self.show_middle(seen)
        rows = [row(invoice, seen.today, self.language) for invoice in seen.latest]
        self.query_one("#latest", WindowList).supply(event.question, 0, rows, len(rows))

    def _plan(self, seen: Overview) -> Content:
        room, ellipsis = max(self.query_one("#plan").content_size.width, 20), self.session.look.glyphs.ellipsis
        lines = [
            self.say(
                N_("{licences} x {plan}, {frequency}"),
                licences=self.language.number(s.quantity),
                plan=s.plan_name,
                frequency=self.say(FREQUENCY_WORDS[s.frequency]),
            )
            for s in seen.subscriptions[:2]
        ]
        if not lines:
            return content(self.say(N_("No plan at present.")))
        if (more := len(seen.subscriptions) - 2) > 0:
            lines[1] = self.language.count("and {number} more plan", "and {number} more plans", more + 1)
        renewal = (
            self.say(N_("Next renewal: {day}"), day=self.language.date(seen.next_renewal))
            if seen.next_renewal
            else self.say(N_("Will not renew"))
        )
        return content("\n".join(fit(line, room, ellipsis=ellipsis) for line in (*lines, renewal)))

    def _due(self, seen: Overview) -> Content:
        money = self.language.money
        if not seen.due:
            return Content.assemble((money(seen.due), "bold"), "\n", self.say(N_("Nothing to pay. Thank you.")))
        first = Content.assemble((money(seen.due), "bold"))
        if not seen.overdue:
            return Content.assemble(first, "\n", self.say(N_("Nothing is overdue.")))
        late = self.language.count(
            "! {number} overdue: {total}",
            "! {number} overdue: {total}",
            len(seen.overdue),
            total=money(seen.overdue_total),
        )
        since = self.say(N_("since {day}"), day=self.language.date(min(i.due_on for i in seen.overdue)))
        return Content.assemble(first, "\n", (late, "$v-bad bold"), "\n", since)

    def action_take(self) -> None:
        """Open the invoice under the pointer."""
        self.query_one("#latest", WindowList).action_take()

    def on_window_list_taken(self, event: WindowList.Taken) -> None:
        """Open an invoice."""
        from screens.center.invoice import InvoiceScreen

        assert isinstance(event.row.item, Invoice)  # noqa: S101
        self.app.push_screen(InvoiceScreen(event.row.item.id))

    def action_history(self) -> None:
        """The whole history."""
        from screens.center.history import History

        self.app.push_screen(History())

    def action_plans(self) -> None:
        """What the account is subscribed to; what was done there shows here."""
        from screens.center.plans import PlansScreen

        self.app.push_screen(PlansScreen(), lambda _: self.fill())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who may only look is not offered to pay."""
        del parameters
        desk = self.session.desk
        return action != "pay" or (desk is not None and desk.may(Act.PAY))

    def action_pay(self) -> None:
        """Pay what is open; what was paid shows here."""
        from screens.center.pay import PayScreen

        self.app.push_screen(PayScreen(), lambda _: self.fill())

    def action_more(self) -> None:
        """Everything else that can be done for the account."""
        from screens.center.more import More, open_choice

        self.app.push_screen(More(), lambda choice: open_choice(self, choice) if choice else None)

    def action_settings(self) -> None:
        """Choose language and look."""
        from screens.front.settings import Settings

        self.app.push_screen(Settings())

    def action_back(self) -> None:
        """Esc at the account's first screen asks whether to sign out."""
        self.app.action_leave()  # type: ignore[attr-defined]
