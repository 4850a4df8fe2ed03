"""Where a representative arrives: everything that waits on their accounts, the most pressing first."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.accounts import Role
from billing.desk import Desk
from billing.errors import N_
from billing.record import Id
from billing.sign_in import SignedIn, Standing, as_now, open_desk
from billing.vendor_acts import looked_after_by
from billing.waiting import About, Pressing, Waiting, queue
from screens.counter_screen import CounterScreen
from screens.news import News
from screens.session import Session
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row, Tone

MARKS: dict[Pressing, tuple[str, Tone]] = {
    Pressing.NOW: ("!", "bad"),
    Pressing.SOON: ("+", "warn"),
    Pressing.WHEN_CONVENIENT: ("", ""),
}


def desk_for(session: Session, standing: Standing) -> Desk:
    """The signed-in person's desk for one of their accounts."""
    assert session.identity is not None  # noqa: S101 - the queue is behind the sign-in
    services = session.services
    return open_desk(services.store(), services.clock, session.identity, standing)


class DeskScreen(CounterScreen[None]):
    """Shows several accounts: whichever are the representative's now, and no longer what was given away."""

    LIVE = True

    def live_accounts(self) -> tuple[Id, ...]:
        """All accounts of the representative."""
        identity = self.session.identity
        return tuple(s.account.id for s in identity.standings) if identity else ()

    async def mine(self) -> tuple[Standing, ...]:
        """The accounts as they stand; news is heard of those that came, and no more of those that went."""
        identity, before = self.session.identity, self.live_accounts()
        if identity is not None:
            identity = await self.ask(as_now, self.session.services.store(), identity)
            self.session.identity = identity
        if self._news is not None and set(before) != set(self.live_accounts()):
            self._news.stop()
            self._news = News(self)
        return identity.standings if identity is not None else ()


class QueueScreen(DeskScreen):
    """Enter opens what an item is about; F3 lists the accounts; a lead chooses by F4 whose day to see."""

    TOPIC = "queue"
    AUTO_FOCUS = "#queue"
    BINDINGS = [
        Binding("enter", "open", N_("Open")),
        Binding("f3", "accounts", N_("Accounts")),
        Binding("f4", "whose", N_("Whose")),
        Binding("f2", "settings", N_("Look")),
    ]
    DEFAULT_CSS = """
    QueueScreen #queue { margin: 1 0 0 0; }
    QueueScreen #whole { height: 5; padding: 0 1; margin: 0 1; border: $v-border $v-line; }
    """

    _of: Id = ""
    """Whose accounts a lead looks at; empty for the whole team's."""
    _whose = ""

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("desk", "queue", *(("--of", self._of) if self._of else ()))

    def heading(self) -> tuple[str, str]:
        """Whose day."""
        identity = self.session.identity
        return self.say(N_("Representative's desk")), self._whose or (identity.person.name if identity else "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a lead has somebody else's day to see."""
        del parameters
        return action != "whose" or _leads(self.session.identity)

    def body(self) -> ComposeResult:
        """The list."""
        glyphs = self.session.look.glyphs
        columns = (Column("", 1), Column(self.say(N_("Account")), 24), Column(self.say(N_("What waits"))))
        found = HeldList[Waiting](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="queue")
        found.empty = self.say(N_("Nothing waits. F3 lists your accounts."))
        yield found
        yield Static("", id="whole")

    def on_held_list_pointed(self) -> None:
        """Say the line under the pointer in full: how long it has waited, and all its words."""
        row, words = self.query_one(HeldList).current, ""
        if row is not None:
            one: Waiting = row.item
            days = (self.session.services.clock().date() - one.since).days
            since = self.say(N_("since {day}"), day=self.language.date(one.since)) if days > 0 else ""
            dot = f" {self.session.look.glyphs.dot} "
            words = dot.join(filter(None, (one.account, since))) + "\n" + row.cells[-1]
        self.query_one("#whole", Static).update(content(words))

    def fill(self) -> None:
        """Read what waits."""
        self.attempt(self._read)

    async def _read(self) -> None:
        standings = await self.mine()
        shown = [s for s in standings if self._of in ("", s.account.representative_id)]
        found = await self.ask(queue, [desk_for(self.session, standing) for standing in shown])
        self.query_one(HeldList).show([self._row(one) for one in found])

    def _row(self, one: Waiting) -> Row[Waiting]:
        mark, tone = MARKS[one.pressing]
        values = {name: self.language.write(value) for name, value in one.values.items()}
        return Row(one, (mark, one.account, self.say(one.message, **values)), tone, key=f"{one.about}:{one.subject}")

    def action_open(self) -> None:
        """Open what the item under the pointer is about."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Open the account's desk, and there the quote, order, or invoice."""
        one: Waiting = event.row.item
        identity = self.session.identity
        standing = next((s for s in identity.standings if s.account.id == one.account_id), None) if identity else None
        if standing is not None:
            self.session.desk = desk_for(self.session, standing)
            self.app.push_screen(_screen_of(one), lambda _: self._back())

    def _back(self) -> None:
        self.session.desk = None
        self.fill()

    def action_whose(self) -> None:
        """The day of the next of the team; after the last, everybody's."""
        self.attempt(self._next_of_team, group="whose")

    async def _next_of_team(self) -> None:
        first = {s.account.representative_id: s for s in await self.mine()}
        team = ["", *sorted(first)]
        self._of = team[(team.index(self._of) + 1) % len(team)] if self._of in team else ""
        self._whose = await self.ask(looked_after_by, desk_for(self.session, first[self._of])) if self._of else ""
        self.tell_heading()
        self.fill()

    def action_accounts(self) -> None:
        """The accounts."""
        from screens.desk.accounts import DeskAccounts

        self.app.push_screen(DeskAccounts(), lambda _: self._back())

    def action_settings(self) -> None:
        """Choose language and look."""
        from screens.front.settings import Settings

        self.app.push_screen(Settings())

    def action_back(self) -> None:
        """Esc at the first screen asks whether to sign out."""
        self.app.action_leave()  # type: ignore[attr-defined]


def _leads(identity: SignedIn | None) -> bool:
    return identity is not None and any(s.role is Role.LEAD for s in identity.standings)


def _screen_of(one: Waiting) -> CounterScreen[None]:
    match one.about:
        case About.QUOTE:
            from screens.enterprise.quote import QuoteScreen

            return QuoteScreen(one.subject)
        case About.ORDER:
            from screens.enterprise.order import OrderScreen

            return OrderScreen(one.subject)
        case About.INVOICE:
            from screens.center.invoice import InvoiceScreen

            return InvoiceScreen(one.subject)
        case About.HELD:
            from screens.enterprise.orders import OrdersScreen

            return OrdersScreen()
