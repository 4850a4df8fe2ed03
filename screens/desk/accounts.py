"""The accounts a representative looks after, or a lead's whole team's."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static

from billing.desk import Desk
from billing.errors import N_, NotAllowed
from billing.overview import Overview, overview
from billing.sign_in import Standing
from screens.center.history import SearchField
from screens.desk.queue import DeskScreen, desk_for
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row, Tone


class DeskAccounts(DeskScreen):
    """Type to search. Enter opens an account as its customer sees it, with the representative's own keys."""

    CSS_PATH = "accounts.tcss"
    TOPIC = "desk_accounts"
    AUTO_FOCUS = "#desk-search"
    BINDINGS = [
        Binding("enter", "open", N_("Open")),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    _rows: tuple[Row[Standing], ...] = ()

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("desk", "accounts")

    def heading(self) -> tuple[str, str]:
        """Whose accounts."""
        identity = self.session.identity
        return self.say(N_("Your accounts")), identity.person.name if identity else ""

    def body(self) -> ComposeResult:
        """Search and list."""
        with Horizontal(id="desk-find"):
            yield Static(content(self.say(N_("Search"))), id="desk-label")
            search = SearchField(id="desk-search", max_length=80, select_on_focus=False)
            search.placeholder = self.say(N_("name or number of the account"))
            search.cursor_blink = False
            yield search
        glyphs = self.session.look.glyphs
        columns = (
            Column(self.say(N_("Account"))),
            Column(self.say(N_("Renews")), 11),
            Column(self.say(N_("To pay")), 14, "right"),
            Column(self.say(N_("Overdue")), 14, "right"),
        )
        yield HeldList[Standing](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="desk-accounts")

    def fill(self) -> None:
        """Read how each stands."""
        self.attempt(self._read)

    async def _read(self) -> None:
        standings = sorted(await self.mine(), key=lambda s: s.account.name)
        seen = await self.ask(_overviews, [desk_for(self.session, standing) for standing in standings])
        self._rows = tuple(self._row(s, one) for s, one in zip(standings, seen, strict=True) if one is not None)
        self._show()

    def _show(self) -> None:
        typed = self.query_one(Input).value.strip().casefold()
        found = self.query_one(HeldList)
        found.empty = self.say(N_("Nothing fits. Clear the search.") if typed else N_("No accounts yet."))
        found.show([r for r in self._rows if typed in r.item.account.name.casefold() or typed in r.item.account.id])

    def on_input_changed(self) -> None:
        """Search as typed."""
        self._show()

    def on_input_submitted(self) -> None:
        """Enter in the search opens what is under the pointer."""
        self.action_open()

    def action_move(self, step: int) -> None:
        """Move the pointer."""
        self.query_one(HeldList).action_move(step)

    def action_page(self, step: int) -> None:
        """Turn a page."""
        self.query_one(HeldList).action_page(step)

    def _row(self, standing: Standing, seen: Overview) -> Row[Standing]:
        money = self.language.money
        overdue = money(seen.overdue_total) if seen.overdue else ""
        renewal = self.language.date(seen.next_renewal) if seen.next_renewal else ""
        tone: Tone = "warn" if seen.overdue else ""
        cells = (standing.account.name, renewal, money(seen.due) if seen.due else "", overdue)
        return Row(standing, cells, tone, key=standing.account.id)

    def action_open(self) -> None:
        """Open the account under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Open an account."""
        from screens.enterprise.overview import EnterpriseOverview

        self.session.desk = desk_for(self.session, event.row.item)
        self.app.push_screen(EnterpriseOverview(), lambda _: self._back())

    def _back(self) -> None:
        self.session.desk = None
        self.fill()


def _overviews(desks: list[Desk]) -> list[Overview | None]:
    """Each account at a glance; None where it was given to somebody else meanwhile."""
    found: list[Overview | None] = []
    for desk in desks:
        try:
            found.append(overview(desk, latest=1, months=1))
        except NotAllowed:
            found.append(None)
    return found
