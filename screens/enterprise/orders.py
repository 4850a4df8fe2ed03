"""The account's purchase orders: what was drawn, what remains, and what comes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.holds import HOLD_WORDS, HeldInvoice
from billing.language import Language
from billing.money import Money
from billing.ordering import OrderRow, held_for_an_order, list_orders
from billing.permissions import Act
from billing.purchase_orders import STATE_WORDS, OrderState
from billing.record import Id
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row, Tone

TONES: dict[OrderState, Tone] = {
    OrderState.DRAFT: "muted",
    OrderState.ACTIVE: "good",
    OrderState.CLOSED: "muted",
    OrderState.EXPIRED: "bad",
    OrderState.EXHAUSTED: "bad",
}


def outlook(row: OrderRow, language: Language) -> str:
    """What comes for an order, in a few words: whichever ends it first."""
    exhausted, expired = row.forecast.exhausted_by, row.forecast.expires_before
    if row.standing not in (OrderState.ACTIVE, OrderState.DRAFT):
        return language.say(STATE_WORDS[row.standing])
    if exhausted is not None and (expired is None or exhausted.on <= expired.on):
        return language.say(N_("runs out {day}"), day=language.date(exhausted.on))
    if expired is not None:
        return language.say(N_("expires before {day}"), day=language.date(expired.on))
    return language.say(N_("lasts")) if row.standing is OrderState.ACTIVE else language.say(STATE_WORDS[row.standing])


class OrdersScreen(CounterScreen[None]):
    """Enter opens an order; F3 enters a new one."""

    TOPIC = "orders"
    LIVE = True
    AUTO_FOCUS = "#orders"
    BINDINGS = [Binding("enter", "open", N_("Open")), Binding("f3", "enter_order", N_("New order"))]
    DEFAULT_CSS = """
    OrdersScreen #orders { margin: 1 0 0 0; }
    OrdersScreen #held { height: auto; max-height: 6; padding: 0 1; margin: 0 1; border: $v-border $v-line;
        border-title-color: $v-muted; }
    """

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("orders", "list")

    def heading(self) -> tuple[str, str]:
        """Whose orders."""
        desk = self.session.desk
        return self.say(N_("Purchase orders")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what would be refused."""
        del parameters
        desk = self.session.desk
        return action != "enter_order" or (desk is not None and desk.may(Act.CHANGE_ORDERS))

    def body(self) -> ComposeResult:
        """The orders, and what waits for one."""
        glyphs = self.session.look.glyphs
        columns = (
            Column(self.say(N_("Number"))),
            Column(self.say(N_("Drawn")), 14, "right"),
            Column(self.say(N_("Remains")), 14, "right"),
            Column(self.say(N_("What comes")), 26),
        )
        orders = HeldList[OrderRow](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="orders")
        orders.empty = self.say(N_("No purchase orders yet. F3 enters one."))
        yield orders
        held = Static("", id="held")
        held.border_title = content(self.say(N_("Waits for a purchase order")))
        held.display = False
        yield held

    def fill(self) -> None:
        """Read the orders."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        rows = await self.ask(list_orders, desk)
        held = await self.ask(held_for_an_order, desk)
        self.query_one(HeldList).show([self._row(row) for row in rows])
        card = self.query_one("#held", Static)
        card.display = bool(held)
        card.update(content("\n".join(self._held(one, desk.account.currency) for one in held[:4])))

    def _row(self, row: OrderRow) -> Row[OrderRow]:
        money, currency = self.language.money, row.order.currency
        remains = "" if row.remaining is None else money(Money(row.remaining, currency))
        cells = (row.order.number, money(Money(row.drawn, currency)), remains, outlook(row, self.language))
        tone = "warn" if row.standing is OrderState.ACTIVE and row.forecast.exhausted_by else TONES[row.standing]
        return Row(row, cells, tone, key=row.order.id)

    def _held(self, held: HeldInvoice, currency: str) -> str:
        reason = self.say(HOLD_WORDS[held.reason])
        day, net = self.language.date(held.period_start), self.language.money(Money(held.net, currency))
        return self.say(N_("! {day}, {net}: {reason}"), day=day, net=net, reason=reason)

    def action_open(self) -> None:
        """Open the order under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Open an order."""
        self._open(event.row.item.order.id)

    def _open(self, order_id: Id) -> None:
        from screens.enterprise.order import OrderScreen

        self.app.push_screen(OrderScreen(order_id), lambda _: self.fill())

    def action_enter_order(self) -> None:
        """Enter a new order."""
        from screens.enterprise.order_form import OrderForm

        def entered(order_id: Id | None) -> None:
            self.fill()
            if order_id is not None:
                self._open(order_id)

        self.app.push_screen(OrderForm(), entered)
