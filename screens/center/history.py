"""The invoice history: type to search, switch to filter, arrows to choose. It never holds more than it shows."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import Key
from textual.widgets import Input, Static

from billing.errors import N_
from billing.history import Order, Question, StateFilter, Window, list_invoices, subscriptions, years
from billing.invoices import Invoice
from billing.permissions import Act
from billing.record import Id
from screens.center.document_rows import FILTER_WORDS, columns, row
from screens.takeaway import Takeaway
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch
from tui.widgets.window_list import WindowList

ORDER_WORDS = {
    Order.NEWEST: N_("Newest"),
    Order.OLDEST: N_("Oldest"),
    Order.LARGEST: N_("Largest"),
    Order.DUE_FIRST: N_("Due first"),
}


class SearchField(Input):
    """One borderless line. With nothing typed, Home and End belong to the list."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Home and End pass while there is nothing to move in."""
        return bool(self.value) if action in ("home", "end") else super().check_action(action, parameters)


class History(Takeaway):
    """All documents of the account. The search field keeps the focus; the arrows move the list all the same."""

    CSS_PATH = "history.tcss"
    TOPIC = "history"
    AUTO_FOCUS = "#search"
    BINDINGS = [
        Binding("enter", "take", N_("Open")),
        Binding("f4", "filters", N_("Filter")),
        Binding("f6", "go_to", N_("Go to")),
        Binding("f7", "export", N_("PDF")),
        Binding("f8", "print", N_("Print")),
        Binding("f9", "mail", N_("Mail")),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,ctrl+home", "first", show=False),
        Binding("end,ctrl+end", "last", show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """By mail where nothing can be saved; elsewhere the document itself offers it."""
        services, desk = self.session.services, self.session.desk
        if action == "mail":
            return services.exports is None and desk is not None and desk.may(Act.MAIL_INVOICE)
        return super().check_action(action, parameters)

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        from screens.commands import of_question

        return of_question(self.question)

    def heading(self) -> tuple[str, str]:
        """Whose history."""
        desk = self.session.desk
        return self.say(N_("Invoices")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """Search, switches, list, count."""
        glyphs = self.session.look.glyphs
        with Horizontal(id="find"):
            yield Static(content(self.say(N_("Search"))), id="label")
            search = SearchField(id="search", max_length=80, select_on_focus=False)
            search.placeholder = self.say(N_("number, date, plan, order or amount"))
            search.cursor_blink = False
            yield search
        every = self.say(N_("All"))
        with Horizontal(id="filters"):
            for name, label, values, most in (
                ("state", N_("State"), [(s.value, self.say(w)) for s, w in FILTER_WORDS.items()], 12),
                ("year", N_("Year"), [("", every)], 6),
                ("subscription", N_("Plan"), [("", every)], 12),
                ("order", N_("Order"), [(o.value, self.say(w)) for o, w in ORDER_WORDS.items()], 12),
            ):
                yield Switch(self.say(label), values, arrows=glyphs.less + glyphs.more, most=most, id=name)
        yield WindowList[Invoice](columns(self.language), pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="list")
        yield Static("", id="count", classes="muted")

    def fill(self) -> None:
        """Ask for the first rows, then for what the switches can offer."""
        self.query_one(WindowList).empty = self.say(N_("Nothing fits. Clear the search or the filters."))
        self.query_one(WindowList).restart()
        self.attempt(self._offer, group="offer")

    async def _offer(self) -> None:
        if (desk := self.session.desk) is None:
            return
        every = ("", self.say(N_("All")))
        found = await self.ask(years, desk)
        self.query_one("#year", Switch).set_values([every, *((str(y), str(y)) for y in found)])
        owned = await self.ask(subscriptions, desk)
        self.query_one("#subscription", Switch).set_values([every, *((s.id, s.plan_name) for s in owned)])

    @property
    def question(self) -> Question:
        """What the search field and the switches ask."""
        values = {switch.id: switch.value for switch in self.query(Switch)}
        return Question(
            state=StateFilter(values["state"]),
            year=int(values["year"]) if values["year"] else None,
            subscription_id=values["subscription"],
            text=self.query_one("#search", Input).value,
            order=Order(values["order"]),
        )

    def on_input_changed(self) -> None:
        """Search as typed; an answer still on its way to an older question is dropped."""
        self.query_one(Notice).clear()
        self.query_one(WindowList).restart()

    def on_switch_changed(self) -> None:
        """Filter at once."""
        self.query_one(WindowList).restart()

    def on_window_list_wanted(self, event: WindowList.Wanted) -> None:
        """Fetch what is about to be shown."""
        self.attempt(partial(self._fetch, event), group=f"rows {event.offset}")

    async def _fetch(self, event: WindowList.Wanted) -> None:
        if (desk := self.session.desk) is None:
            return
        window = await self.ask(list_invoices, desk, self.question, offset=event.offset, limit=event.limit)
        rows = [row(invoice, desk.today, self.language) for invoice in window.rows]
        self.query_one(WindowList).supply(event.question, event.offset, rows, window.total)
        self.query_one("#count", Static).update(content(self._count(window)))

    def _count(self, window: Window) -> str:
        if window.cut:
            return self.say(
                N_("The newest {number} that fit are shown; older ones were not looked at. Type more to narrow."),
                number=self.language.number(window.total),
            )
        return self.language.count("{number} document", "{number} documents", window.total)

    def on_key(self, event: Key) -> None:
        """Letters typed anywhere search."""
        search = self.query_one("#search", Input)
        if event.is_printable and event.character and self.focused is not search and event.key != "space":
            search.focus()
            search.insert_text_at_cursor(event.character)
            event.stop()

    def action_filters(self) -> None:
        """Go to the switches, and back to the search."""
        search = self.query_one("#search", Input)
        (self.query_one("#state", Switch) if self.focused is search else search).focus()

    def action_move(self, step: int) -> None:
        """Move the pointer."""
        self.query_one(WindowList).action_move(step)

    def action_page(self, step: int) -> None:
        """Turn pages."""
        self.query_one(WindowList).action_page(step)

    def action_first(self) -> None:
        """To the first."""
        self.query_one(WindowList).action_first()

    def action_last(self) -> None:
        """To the last."""
        self.query_one(WindowList).action_last()

    def action_take(self) -> None:
        """Open the document under the pointer."""
        self.query_one(WindowList).action_take()

    def on_input_submitted(self) -> None:
        """Enter in the search field opens the document under the pointer."""
        self.action_take()

    def on_window_list_taken(self, event: WindowList.Taken) -> None:
        """Open a document."""
        assert isinstance(event.row.item, Invoice)  # noqa: S101
        self._open(event.row.item, listed=True)

    def _open(self, invoice: Invoice, *, listed: bool) -> None:
        from screens.center.invoice import InvoiceScreen

        self.app.push_screen(InvoiceScreen(invoice.id, self._step if listed else None))

    def _step(self, step: int) -> Id | None:
        """Move the list's pointer for the screen above; the document there, once its row is held."""
        self.query_one(WindowList).action_move(step)
        current = self.query_one(WindowList).current
        return current.item.id if current else None

    def action_go_to(self) -> None:
        """Open a document by its number."""
        from screens.center.go_to import GoTo

        def found(invoice: Invoice | None) -> None:
            if invoice is not None:
                self._open(invoice, listed=False)

        self.app.push_screen(GoTo(), found)

    def action_export(self) -> None:
        """Save the document under the pointer, or all that are listed."""
        from screens.center.export import Export

        if (current := self.query_one(WindowList).current) is not None:
            self.app.push_screen(Export(current.item, self.question, self.query_one(WindowList).total or 1))

    def action_print(self) -> None:
        """Print the document under the pointer."""
        from screens.center.printing import Print

        if (current := self.query_one(WindowList).current) is not None:
            self.app.push_screen(Print(current.item))

    def action_mail(self) -> None:
        """Have the document under the pointer sent by mail."""
        from screens.center.mail_invoice import MailInvoice

        if (current := self.query_one(WindowList).current) is not None:
            self.app.push_screen(MailInvoice(current.item))
