"""What a purchase order pays for: the account's subscriptions, each with the order it draws on."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.ordering import attach_order, attachable, detach_order
from billing.purchase_orders import PurchaseOrder
from billing.subscriptions import Subscription
from screens.dialog import Dialog
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row


class OrderAttach(Dialog[None]):
    """Space attaches or detaches the subscription under the pointer at once; what waited goes out."""

    TITLE_MESSAGE = N_("What the order pays for")
    WIDE = True
    TOPIC = "order_attach"
    LIVE = True
    AUTO_FOCUS = "#attachable"
    BINDINGS = [Binding("space", "change", N_("Attach, detach"))]
    DEFAULT_CSS = "OrderAttach #attachable { height: 10; }"

    def __init__(self, order: PurchaseOrder) -> None:
        super().__init__()
        self.order = order

    def body(self) -> ComposeResult:
        """The subscriptions."""
        glyphs = self.session.look.glyphs
        columns = (Column("", 3), Column(self.say(N_("Plan"))), Column(self.say(N_("Draws on")), 18))
        yield HeldList[Subscription](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="attachable")

    def fill(self) -> None:
        """Read what can be attached."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            held = await self.ask(attachable, desk)
            self.query_one(HeldList).show([self._row(s) for s in held])

    def _row(self, held: Subscription) -> Row[Subscription]:
        mark = "[x]" if held.purchase_order == self.order.number else "[ ]"
        name = f"{self.language.number(held.quantity)} x {held.plan_name}"
        return Row(held, (mark, name, held.purchase_order or "-"), key=held.id)

    def action_change(self) -> None:
        """Attach it, or detach it."""
        row = self.query_one(HeldList).current
        if row is not None:
            self.attempt(partial(self._change, row.item), group="change")

    def on_window_list_taken(self) -> None:
        """Enter does the same."""
        self.action_change()

    async def _change(self, held: Subscription) -> None:
        if (desk := self.session.desk) is None:
            return
        if held.purchase_order == self.order.number:
            await self.ask(detach_order, desk, held.id)
        else:
            await self.ask(attach_order, desk, self.order.id, held.id)
        await self._read()
