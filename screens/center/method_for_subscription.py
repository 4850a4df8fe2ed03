"""Which payment method each plan is charged to: one of its own, or the default."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.plan_changes import running, set_method
from billing.subscriptions import Subscription
from billing.wallet import Held, wallet
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.notice import Notice
from tui.widgets.window_list import Column, Row


class MethodForSubscription(Dialog[None]):
    """Up and down choose a plan, left and right its method; what shows is what is set."""

    TITLE_MESSAGE = N_("Charged to")
    TOPIC = "method_for_subscription"
    AUTO_FOCUS = "#plans"
    BINDINGS = [
        Binding("left", "step(-1)", N_("Change"), key_display="left,right"),
        Binding("right,space", "step(1)", show=False),
        Binding("enter", "back", N_("Done"), priority=True),
    ]
    CSS = """
    MethodForSubscription .dialog { width: 78; }
    MethodForSubscription #plans { height: 10; margin: 0 0 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._plans: list[Subscription] = []
        self._methods: tuple[Held, ...] = ()

    def body(self) -> ComposeResult:
        """The plans."""
        glyphs = self.session.look.glyphs
        columns = (Column(self.say(N_("Plan"))), Column(self.say(N_("Charged to")), 34))
        plans = HeldList[Subscription](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="plans")
        plans.empty = self.say(N_("No plan at present."))
        yield plans
        words = N_("A plan without a method of its own is charged to the default, and moves with it.")
        yield Static(content(self.say(words)), classes="muted")

    def fill(self) -> None:
        """Read plans and methods."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            self._plans = [s for s in await self.ask(running, desk) if s.renews_on]
            self._methods = await self.ask(wallet, desk)
            self._show()

    def _show(self) -> None:
        glyphs = self.session.look.glyphs
        rows = [
            Row(s, (f"{s.quantity} x {s.plan_name}", f"{glyphs.less} {self._charged_to(s)} {glyphs.more}"))
            for s in self._plans
        ]
        self.query_one(HeldList).show(rows)

    def _charged_to(self, subscription: Subscription) -> str:
        own = next((h.method.label for h in self._methods if h.method.id == subscription.method_id), "")
        default = next((h.method.label for h in self._methods if h.is_default), "")
        return own or (self.say(N_("default: {method}"), method=default) if default else self.say(N_("nothing")))

    def on_key(self) -> None:
        """A new key, a new answer."""
        self.query_one(Notice).clear()

    def action_step(self, step: int) -> None:
        """The next method for the plan under the pointer, round and round; the default is one of them."""
        row = self.query_one(HeldList).current
        if row is not None and self._methods:
            offered = ["", *(h.method.id for h in self._methods if h.usable)]
            present = row.item.method_id
            place = offered.index(present) if present in offered else 0
            self.attempt(partial(self._set, row.item, offered[(place + step) % len(offered)]))

    async def _set(self, subscription: Subscription, method_id: str) -> None:
        if (desk := self.session.desk) is not None:
            done = await self.ask(set_method, desk, subscription.id, method_id)
            self._plans = [done if s.id == done.id else s for s in self._plans]
            self._show()
