"""The account's payment methods: what each pays, which is charged by default, which no longer works (M6)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.open_pages import take_up
from billing.payment_methods import PaymentMethod
from billing.permissions import Act
from billing.wallet import Held, make_default, wallet
from screens.center.payment_words import decline_word
from screens.center.watching import Watch
from screens.counter_screen import CounterScreen
from tui.text import content, fit
from tui.widgets.held_list import HeldList
from tui.widgets.notice import Notice
from tui.widgets.window_list import Column, Row, Tone

CHANGES = ("add", "per_plan", "make_default", "remove")


class PaymentMethodsScreen(CounterScreen[None]):
    """The list, and below it what the method under the pointer pays."""

    TOPIC = "payment_methods"
    AUTO_FOCUS = "#methods"
    BINDINGS = [
        Binding("f3", "add", N_("Add")),
        Binding("f6", "per_plan", N_("Per plan")),
        Binding("f7", "make_default", N_("Default")),
        Binding("f8,delete", "remove", N_("Remove"), key_display="f8"),
    ]
    DEFAULT_CSS = """
    PaymentMethodsScreen #methods { height: 1fr; margin: 1 0 0 0; }
    PaymentMethodsScreen #about {
        height: 8; padding: 0 1; margin: 0; border: $v-border $v-line; border-title-color: $v-muted;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._watch = Watch(self, self._take_up)

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("payment-methods", "list")

    def heading(self) -> tuple[str, str]:
        """Whose methods."""
        desk = self.session.desk
        return self.say(N_("Payment methods")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who may only look is not offered changes."""
        del parameters
        desk = self.session.desk
        return action not in CHANGES or (desk is not None and desk.may(Act.CHANGE_PAYMENT_METHODS))

    def body(self) -> ComposeResult:
        """The list and its legend."""
        glyphs = self.session.look.glyphs
        say = self.say
        columns = (
            Column(say(N_("Payment method"))),
            Column(say(N_("Valid to")), 9),
            Column(say(N_("Pays")), 16),
            Column(say(N_("State")), 20),
        )
        methods = HeldList[Held](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="methods")
        methods.empty = say(N_("No payment method yet. F3 adds a card or a bank account."))
        yield methods
        yield Static("", id="about")

    def fill(self) -> None:
        """Read the wallet."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        held = await self.ask(wallet, desk)
        self.query_one(HeldList).show([self._row(h, desk.today) for h in held])
        if desk.may(Act.CHANGE_PAYMENT_METHODS):
            self._watch.start()
            self._watch.now()

    async def _take_up(self) -> bool:
        """Look for what came of pages that were left; whether one may still bring something."""
        desk, services = self.session.desk, self.session.services
        if desk is None or not self.is_current:
            return True
        found = await self.ask(lambda: take_up(desk, services.payments()))
        if found.added:
            held = await self.ask(wallet, desk)
            self.query_one(HeldList).show([self._row(h, desk.today) for h in held])
            self._added(found.added[0])
        return found.waiting > 0

    def _row(self, held: Held, today: date) -> Row[Held]:
        method = held.method
        pays = (
            self.language.count("{number} plan", "{number} plans", len(held.pays))
            if held.pays
            else self.say(N_("nothing"))
        )
        word, tone = self._state(held, today)
        return Row(held, (method.label, valid_to(method), pays, word), tone)

    def _state(self, held: Held, today: date) -> tuple[str, Tone]:
        method, default = held.method, self.say(N_("Default"))
        fault = (
            self.say(N_("Refused"))
            if method.refused
            else self.say(N_("Expired"))
            if method.expires is not None and method.expires <= today
            else ""
        )
        if fault:
            return (f"! {fault}, {default.lower()}" if held.is_default else f"! {fault}"), "bad"
        return (f"* {default}", "good") if held.is_default else ("", "")

    def on_held_list_pointed(self) -> None:
        """Tell more of the method under the pointer."""
        current = self.query_one(HeldList).current
        about = self.query_one("#about", Static)
        about.border_title = content(current.item.method.label if current else "")
        about.update(content("\n".join(self._about(current.item)) if current else ""))

    def _about(self, held: Held) -> list[str]:
        room, ellipsis = max(self.size.width - 4, 20), self.session.look.glyphs.ellipsis
        lines = [self.say(N_("Added on {day}"), day=self.language.date(held.method.added_at.date()))]
        if held.method.mandate:
            lines.append(self.say(N_("Direct debit mandate {reference}"), reference=held.method.mandate))
        if held.method.refused:
            reason = decline_word(held.method.refused, self.language)
            lines.append(self.say(N_("Refused for good: {reason} Add another."), reason=reason))
        days = [s.renews_on for s in held.pays if s.renews_on]
        if days:
            lines.append(self.say(N_("Next charged on {day}"), day=self.language.date(min(days))))
        lines += [f"  {s.quantity} x {s.plan_name}" for s in held.pays[: 6 - len(lines)]]
        return [fit(line, room, ellipsis=ellipsis).rstrip() for line in lines]

    def _current(self) -> Held | None:
        current = self.query_one(HeldList).current
        return current.item if current else None

    def action_add(self) -> None:
        """A card, or a bank account."""
        from screens.center.add_method import AddMethod

        self.app.push_screen(AddMethod(), self._back_with_added)

    def _back_with_added(self, method: PaymentMethod | None) -> None:
        self.fill()
        self._added(method)

    def _added(self, method: PaymentMethod | None) -> None:
        if method is not None:
            self.answer(N_("Added: {method}."), method=method.label)

    def action_per_plan(self) -> None:
        """Choose by subscription."""
        from screens.center.method_for_subscription import MethodForSubscription

        self.app.push_screen(MethodForSubscription(), lambda _: self.fill())

    def action_make_default(self) -> None:
        """Charge the method under the pointer wherever no other is chosen."""
        if (held := self._current()) is not None:
            self.query_one(Notice).clear()
            self.attempt(partial(self._make_default, held))

    async def _make_default(self, held: Held) -> None:
        if (desk := self.session.desk) is not None:
            method = await self.ask(make_default, desk, held.method.id)
            await self._read()
            self.answer(N_("{method} is charged by default from now on."), method=method.label)

    def action_remove(self) -> None:
        """Tell what it would bring, then ask."""
        from screens.center.remove_method import RemoveMethod

        if (held := self._current()) is not None:
            self.app.push_screen(RemoveMethod(held.method), self._removed)

    def _removed(self, method: PaymentMethod | None) -> None:
        if method is not None:
            self.fill()
            self.answer(N_("Removed: {method}. It is charged no more."), method=method.label)


def valid_to(method: PaymentMethod) -> str:
    """The last month of a card, as it is written on it: `12/30`."""
    return f"{method.expires - timedelta(days=1):%m/%y}" if method.expires else ""
