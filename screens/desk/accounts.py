"""The accounts a representative looks after, or a lead's whole team's."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.overview import Overview, overview
from billing.sign_in import Standing
from screens.counter_screen import CounterScreen
from screens.desk.queue import desk_for
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row, Tone


class DeskAccounts(CounterScreen[None]):
    """Enter opens an account as its customer sees it, with the representative's own keys."""

    TOPIC = "desk_accounts"
    AUTO_FOCUS = "#desk-accounts"
    BINDINGS = [Binding("enter", "open", N_("Open"))]
    DEFAULT_CSS = "DeskAccounts #desk-accounts { margin: 1 0 0 0; }"

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("desk", "accounts")

    def heading(self) -> tuple[str, str]:
        """Whose accounts."""
        identity = self.session.identity
        return self.say(N_("Your accounts")), identity.person.name if identity else ""

    def body(self) -> ComposeResult:
        """The list."""
        glyphs = self.session.look.glyphs
        columns = (
            Column(self.say(N_("Account"))),
            Column(self.say(N_("Overdue")), 15, "right"),
            Column(self.say(N_("Due")), 15, "right"),
            Column(self.say(N_("Next renewal")), 14),
        )
        yield HeldList[Standing](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="desk-accounts")

    def fill(self) -> None:
        """Read how each stands."""
        self.attempt(self._read)

    async def _read(self) -> None:
        identity = self.session.identity
        if identity is None:
            return
        rows = []
        for standing in sorted(identity.standings, key=lambda s: s.account.name):
            seen = await self.ask(overview, desk_for(self.session, standing), latest=1, months=1)
            rows.append(self._row(standing, seen))
        self.query_one(HeldList).show(rows)

    def _row(self, standing: Standing, seen: Overview) -> Row[Standing]:
        money = self.language.money
        overdue = money(seen.overdue_total) if seen.overdue else ""
        renewal = self.language.date(seen.next_renewal) if seen.next_renewal else ""
        tone: Tone = "warn" if seen.overdue else ""
        cells = (standing.account.name, overdue, money(seen.due) if seen.due else "", renewal)
        return Row(standing, cells, tone, key=standing.account.id)

    def action_open(self) -> None:
        """Open the account under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Open an account."""
        from screens.enterprise.overview import EnterpriseOverview

        self.session.desk = desk_for(self.session, event.row.item)
        self.app.push_screen(EnterpriseOverview(), lambda _: self.fill())
