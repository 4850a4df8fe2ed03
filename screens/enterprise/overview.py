"""Where a contact of a corporate account arrives: what runs, what is owed, and what waits for somebody."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from billing.credentials import Counter
from billing.errors import N_
from billing.overview import Overview
from billing.waiting import Pressing, Waiting, waiting
from screens.center.overview import OverviewScreen
from tui.text import content, fit

ROOM = 4
"""How many waiting things the card names."""


class EnterpriseOverview(OverviewScreen):
    """Enter opens the invoice under the pointer; quotes and orders have keys of their own."""

    CSS_PATH = "../center/overview.tcss"
    TOPIC = "enterprise_overview"
    LIVE = True
    BINDINGS = [
        Binding("f6", "quotes", N_("Quotes")),
        Binding("f8", "orders", N_("Orders")),
        Binding("f9", "pay", show=False),
        Binding("escape", "back", show=False),
    ]
    DEFAULT_CSS = "EnterpriseOverview #waits { height: 6; }"

    def middle(self) -> ComposeResult:
        """What waits for somebody."""
        waits = Static("", id="waits", classes="card")
        waits.border_title = content(self.say(N_("Waits for somebody")))
        yield waits

    async def show_middle(self, seen: Overview) -> None:
        """Ask what waits."""
        del seen
        if (desk := self.session.desk) is not None:
            self.query_one("#waits", Static).update(self._waits(await self.ask(waiting, desk)))

    def _waits(self, found: tuple[Waiting, ...]) -> Content:
        if not found:
            return content(self.say(N_("Nothing waits for you. Thank you.")))
        room, ellipsis = max(self.query_one("#waits").content_size.width, 20), self.session.look.glyphs.ellipsis
        shown = found if len(found) <= ROOM else found[: ROOM - 1]
        lines = []
        for one in shown:
            mark = "! " if one.pressing is Pressing.NOW else "  "
            values = {name: self.language.write(value) for name, value in one.values.items()}
            lines.append(fit(mark + self.say(one.message, **values), room, ellipsis=ellipsis))
        if more := len(found) - len(shown):
            lines.append("  " + self.language.count("and {number} more", "and {number} more", more))
        return content("\n".join(lines))

    def action_back(self) -> None:
        """A representative goes back to the queue; for a contact this is the first screen."""
        if self.session.desk is not None and self.session.desk.counter is Counter.DESK:
            self.dismiss()
        else:
            super().action_back()

    def action_quotes(self) -> None:
        """The account's quotes."""
        from screens.enterprise.quotes import QuotesScreen

        self.app.push_screen(QuotesScreen(), lambda _: self.fill())

    def action_orders(self) -> None:
        """The account's purchase orders."""
        from screens.enterprise.orders import OrdersScreen

        self.app.push_screen(OrdersScreen(), lambda _: self.fill())
