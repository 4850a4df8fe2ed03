"""The account's quotes: what is offered, how each stands, and whose turn it is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.money import Money
from billing.permissions import Act
from billing.quote_views import QuoteRow, list_quotes, side_of
from billing.quotes import STATE_WORDS, QuoteState
from billing.record import Id
from screens.counter_screen import CounterScreen
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row, Tone

MOST = 500

TONES: dict[QuoteState, Tone] = {
    QuoteState.ACCEPTED: "good",
    QuoteState.FULFILLED: "good",
    QuoteState.DECLINED: "muted",
    QuoteState.WITHDRAWN: "muted",
    QuoteState.EXPIRED: "muted",
}


class QuotesScreen(CounterScreen[None]):
    """Enter opens a quote; F3 asks for one, or at the representative's desk makes an offer."""

    TOPIC = "quotes"
    LIVE = True
    AUTO_FOCUS = "#quotes"
    BINDINGS = [Binding("enter", "open", N_("Open")), Binding("f3", "new", N_("New quote"))]
    DEFAULT_CSS = "QuotesScreen #quotes { margin: 1 0 0 0; }"

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("quotes", "list")

    def heading(self) -> tuple[str, str]:
        """Whose quotes."""
        desk = self.session.desk
        return self.say(N_("Quotes")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what would be refused."""
        del parameters
        desk = self.session.desk
        return action != "new" or (desk is not None and (desk.may(Act.NEGOTIATE) or desk.may(Act.PRICE_QUOTE)))

    def body(self) -> ComposeResult:
        """The list."""
        glyphs = self.session.look.glyphs
        columns = (
            Column(self.say(N_("Quote")), 13),
            Column(self.say(N_("About"))),
            Column(self.say(N_("In its term")), 13, "right"),
            Column(self.say(N_("State")), 12),
            Column(self.say(N_("Whose turn")), 10),
        )
        quotes = HeldList[QuoteRow](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="quotes")
        quotes.empty = self.say(N_("No quotes yet. F3 asks for one."))
        yield quotes

    def fill(self) -> None:
        """Read the quotes."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            seen = await self.ask(list_quotes, desk, limit=MOST)
            self.query_one(HeldList).show([self._row(row) for row in seen.rows])

    def _row(self, row: QuoteRow) -> Row[QuoteRow]:
        desk, terms = self.session.desk, row.terms
        assert desk is not None  # noqa: S101 - rows came from a desk
        whole = self.language.money(Money(terms.whole, terms.currency)) if terms else ""
        mine = row.waits_for is side_of(desk)
        turn = "" if row.waits_for is None else self.say(N_("your turn") if mine else N_("theirs"))
        tone: Tone = "warn" if mine else TONES.get(row.standing, "")
        cells = (row.quote.number, row.quote.title, whole, self.say(STATE_WORDS[row.standing]), turn)
        return Row(row, cells, tone, key=row.quote.id, muted=row.waits_for is None)

    def action_open(self) -> None:
        """Open the quote under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Open a quote."""
        self._open(event.row.item.quote.id)

    def _open(self, quote_id: Id) -> None:
        from screens.enterprise.quote import QuoteScreen

        self.app.push_screen(QuoteScreen(quote_id), lambda _: self.fill())

    def action_new(self) -> None:
        """Ask for a quote, or offer one."""
        from screens.enterprise.quote_terms import QuoteForm

        def made(quote_id: Id | None) -> None:
            self.fill()
            if quote_id is not None:
                self._open(quote_id)

        self.app.push_screen(QuoteForm(), made)
