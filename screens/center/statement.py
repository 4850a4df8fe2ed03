"""The statement of account: every charge and payment with the balance after it, and how old the debt is."""

from __future__ import annotations

from datetime import date
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.statement import AGE_WORDS, Statement, StatementRow, beginning, statement
from billing.statement_paper import words
from screens.takeaway import LISTS, Takeaway
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch
from tui.widgets.window_list import Column, Row, WindowList

PERIOD_WORDS = {"this": N_("This year"), "last": N_("Last year"), "all": N_("All")}


class StatementScreen(Takeaway):
    """Left and right change the period, Enter opens the document of a row, F7 takes the statement away."""

    TOPIC = "statement"
    INSTEAD = LISTS
    AUTO_FOCUS = "#rows"
    BINDINGS = [
        Binding("enter", "none", N_("Open")),
        Binding("left", "period(-1)", N_("Period"), key_display="left,right"),
        Binding("right", "period(1)", show=False),
        Binding("f7", "save", N_("Save")),
    ]
    DEFAULT_CSS = """
    StatementScreen #period { margin: 1 3 0 3; }
    StatementScreen #opening, StatementScreen #closing { height: 1; padding: 0 3; }
    StatementScreen #closing { text-style: bold; }
    StatementScreen #ages { height: auto; max-height: 3; padding: 0 3; margin: 0 0 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._period = "this"

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("statement",)

    def heading(self) -> tuple[str, str]:
        """Whose statement."""
        desk = self.session.desk
        return self.say(N_("Statement of account")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """Period, opening balance, rows, closing balance, ages."""
        glyphs, say = self.session.look.glyphs, self.say
        periods = [(name, say(word)) for name, word in PERIOD_WORDS.items()]
        arrows = glyphs.less + glyphs.more
        switch = Switch(say(N_("Period")), periods, value=self._period, arrows=arrows, id="period")
        switch.can_focus = False
        yield switch
        yield Static("", id="opening", classes="muted")
        columns = (
            Column(say(N_("Date")), 12),
            Column(say(N_("Document")), 13),
            Column(say(N_("What"))),
            Column(say(N_("Amount")), 13, "right"),
            Column(say(N_("Balance")), 13, "right"),
        )
        rows = WindowList[StatementRow](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="rows")
        rows.empty = say(N_("Nothing was charged or paid in this period."))
        yield rows
        yield Static("", id="closing")
        yield Static("", id="ages")

    def fill(self) -> None:
        """Ask for the first rows."""
        self.query_one(WindowList).restart()

    def on_window_list_wanted(self, event: WindowList.Wanted) -> None:
        """Fetch what is about to be shown."""
        self.attempt(partial(self._fetch, event), group=f"rows {event.offset}")

    async def period(self) -> tuple[date, date]:
        """The first and the last day that show."""
        desk = self.session.desk
        assert desk is not None  # noqa: S101
        today = desk.today
        match self._period:
            case "this":
                return date(today.year, 1, 1), today
            case "last":
                return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
            case _:
                return min(await self.ask(beginning, desk), today), today

    async def _fetch(self, event: WindowList.Wanted) -> None:
        if (desk := self.session.desk) is None:
            return
        since, until = await self.period()
        found = await self.ask(partial(statement, desk, since, until, offset=event.offset, limit=event.limit))
        self.query_one(WindowList).supply(
            event.question, event.offset, [self._row(r, found) for r in found.rows], found.total
        )
        self._sums(found)

    def _row(self, row: StatementRow, shown: Statement) -> Row[StatementRow]:
        figure = self.language.figure
        moved = row.debit - row.credit
        cells = (
            self.language.date(row.on),
            row.number,
            words(row, shown, self.language),
            figure(shown.money(moved)) if moved else "",
            figure(shown.money(row.balance)),
        )
        return Row(row, cells)

    def _sums(self, shown: Statement) -> None:
        say, date_, money = self.say, self.language.date, self.language.money
        opening = say(
            N_("Opening balance, {day}: {amount}"), day=date_(shown.since), amount=money(shown.money(shown.opening))
        )
        closing = say(
            N_("Closing balance, {day}: {amount}"), day=date_(shown.until), amount=money(shown.money(shown.closing))
        )
        self.query_one("#opening", Static).update(content(opening))
        self.query_one("#closing", Static).update(content(closing))
        ages = [f"{say(w)} {money(shown.money(a))}" for w, a in zip(AGE_WORDS, shown.ageing, strict=True) if a]
        owed = say(N_("Owed, by days overdue: {ages}."), ages="; ".join(ages)) if ages else say(N_("Nothing is owed."))
        credit = say(N_("Credit in hand: {amount}."), amount=money(shown.money(shown.credit))) if shown.credit else ""
        self.query_one("#ages", Static).update(content(f"{owed} {credit}".strip()))

    def action_period(self, step: int) -> None:
        """Show another period."""
        self.query_one(Notice).clear()
        self.query_one(Switch).action_step(step)

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Ask for the other period's rows."""
        self._period = event.switch.value
        self.query_one(WindowList).restart()

    def on_window_list_taken(self, event: WindowList.Taken) -> None:
        """Open the document of a row, where it has one."""
        from screens.center.invoice import InvoiceScreen

        row = event.row.item
        assert isinstance(row, StatementRow)  # noqa: S101
        if row.document_id:
            self.app.push_screen(InvoiceScreen(row.document_id))

    def action_save(self) -> None:
        """Take the statement of this period away."""
        self.attempt(self._save, group="save")

    async def _save(self) -> None:
        from screens.center.save_statement import SaveStatement

        self.app.push_screen(SaveStatement(*await self.period()))
