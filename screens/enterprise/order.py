"""One purchase order: its terms, its ledger, what it pays for, what comes, and every version of it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from billing.errors import N_
from billing.money import Money
from billing.ordering import OrderView, activate_order, close_order, open_order, term_text
from billing.permissions import Act
from billing.purchase_orders import FIELD_WORDS, STATE_WORDS, OrderState
from billing.record import Id
from screens.counter_screen import CounterScreen
from screens.enterprise.orders import outlook
from tui.text import content
from tui.widgets.notice import Notice

LATEST_DRAWS = 12


class OrderScreen(CounterScreen[None]):
    """F2 edits, F4 says what it pays for, F6 makes a draft count, F8 closes it."""

    TOPIC = "order"
    LIVE = True
    AUTO_FOCUS = "#order-page"
    BINDINGS = [
        Binding("f2", "edit", N_("Edit")),
        Binding("f4", "attach", N_("Pays for")),
        Binding("f6", "activate", N_("Activate")),
        Binding("f8", "close_order", N_("Close it")),
        Binding("up", "none", N_("Scroll"), key_display="up,down"),
    ]
    DEFAULT_CSS = """
    OrderScreen #order-page { height: 1fr; padding: 1 2 0 2; }
    OrderScreen #order-page > Static { height: auto; }
    """

    def __init__(self, order_id: Id) -> None:
        super().__init__()
        self.order_id = order_id
        self._seen: OrderView | None = None

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("orders", "show", self.order_id)

    def heading(self) -> tuple[str, str]:
        """Which order, and how it stands."""
        if self._seen is None:
            return self.say(N_("Purchase order")), ""
        return (
            self.say(N_("Purchase order {number}"), number=self._seen.row.order.number),
            self.say(STATE_WORDS[self._seen.row.standing]),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What its state and the person's role allow."""
        del parameters
        desk, seen = self.session.desk, self._seen
        if action in ("edit", "attach", "activate", "close_order"):
            if desk is None or seen is None or not desk.may(Act.CHANGE_ORDERS):
                return False
            state = seen.row.order.state
            return {
                "edit": state is not OrderState.CLOSED,
                "attach": state is not OrderState.CLOSED,
                "activate": state is OrderState.DRAFT,
                "close_order": state in (OrderState.DRAFT, OrderState.ACTIVE),
            }[action]
        return True

    def body(self) -> ComposeResult:
        """A page to scroll."""
        with VerticalScroll(id="order-page"):
            yield Static("", id="order-text")

    def fill(self) -> None:
        """Read the order."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        seen = await self.ask(open_order, desk, self.order_id)
        first = self._seen is None or self._seen.row.order.state is not seen.row.order.state
        self._seen = seen
        self.query_one("#order-text", Static).update(Content("\n").join(self._page(seen)))
        self.tell_heading()
        if first:
            self.tell_keys()

    def _page(self, seen: OrderView) -> Iterator[Content]:
        row, terms, currency = seen.row, seen.row.order.terms, seen.row.order.currency
        money = self.language.money

        def head(message: str) -> Content:
            return Content.assemble(("\n" + self.say(message), "bold"))

        for name in FIELD_WORDS:
            value = getattr(terms, name)
            if value not in (None, "", ()):
                label = self.say(FIELD_WORDS[name])
                yield content(f"{label[:1].upper()}{label[1:]}: {term_text(name, value, currency, self.language)}")
        yield head(N_("Budget"))
        drawn = money(Money(row.drawn, currency))
        if row.remaining is None:
            yield content(self.say(N_("{drawn} drawn; there is no limit."), drawn=drawn))
        else:
            remaining, budget = money(Money(row.remaining, currency)), money(Money(terms.budget or 0, currency))
            yield content(
                self.say(
                    N_("{drawn} of {budget} drawn; {remaining} remain."),
                    drawn=drawn,
                    budget=budget,
                    remaining=remaining,
                )
            )
        yield content(self.say(N_("Forecast: {outlook}"), outlook=outlook(row, self.language)))
        if seen.attached:
            yield head(N_("Pays for"))
            for held in seen.attached:
                renews = self.language.date(held.renews_on) if held.renews_on else "-"
                yield content(self.say(N_("{plan}, next on {day}"), plan=held.plan_name, day=renews))
        if seen.ledger:
            yield head(N_("Drawn by"))
            for invoice in seen.ledger[-LATEST_DRAWS:][::-1]:
                net = money(Money(invoice.net, invoice.currency))
                yield content(f"{invoice.number:<18} {self.language.date(invoice.issued_on):<14} {net:>16}")
            if (more := len(seen.ledger) - LATEST_DRAWS) > 0:
                yield content(self.language.count("and {number} more", "and {number} more", more))
        yield head(N_("Versions"))
        for revision in reversed(seen.revisions):
            when = self.language.date(revision.at.date())
            yield content(self.say(N_("{number}. {who}, {day}"), number=revision.number, who=revision.name, day=when))
            for change in revision.changes:
                then, since = change.before or "-", change.after or "-"
                yield content(f"   {change.field}: {then} {self.session.look.glyphs.more} {since}")

    def action_edit(self) -> None:
        """Edit the terms as they were read."""
        from screens.enterprise.order_form import OrderForm

        if self._seen is not None:
            self.app.push_screen(OrderForm(self._seen.row.order), lambda _: self.fill())

    def action_attach(self) -> None:
        """Choose what it pays for."""
        from screens.enterprise.order_attach import OrderAttach

        if self._seen is not None:
            self.app.push_screen(OrderAttach(self._seen.row.order), lambda _: self.fill())

    def action_activate(self) -> None:
        """Make a draft count."""
        self.attempt(self._activate)

    async def _activate(self) -> None:
        if (desk := self.session.desk) is not None:
            done = await self.ask(activate_order, desk, self.order_id)
            await self._read()
            self.answer(N_("Purchase order {number} is active."), number=done.number)

    def action_close_order(self) -> None:
        """Close it, when asked twice."""
        if self._closing:
            self.attempt(self._close)
        else:
            self._closing = True
            self.query_one(Notice).tell(
                self.say(N_("Nothing more can be drawn once it is closed. F8 again closes it."))
            )

    _closing = False

    async def _close(self) -> None:
        if (desk := self.session.desk) is not None:
            done = await self.ask(close_order, desk, self.order_id)
            await self._read()
            self.answer(N_("Purchase order {number} is closed."), number=done.number)
