"""Paying now: open invoices, the longest due first, all marked; one key pays what is marked, once (M5)."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from billing.charges import Charge, Share
from billing.errors import N_
from billing.money import Money
from billing.paying import Payable, Till, pay, till
from billing.permissions import Act
from billing.record import Id
from billing.under_way import under_way
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch
from tui.widgets.window_list import Column, Row, Tone


class PayScreen(CounterScreen[None]):
    """Space marks, F4 pays a part, left and right choose the method, Enter pays.

    One idempotency key stands for what is about to be paid. It is renewed only once the books hold the answer.
    """

    TOPIC = "pay"
    AUTO_FOCUS = "#open"
    BINDINGS = [
        Binding("space", "mark", N_("Mark"), priority=True),
        Binding("f4", "part", N_("Part")),
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("f6", "under_way", N_("Under way")),
        Binding("f9", "pay", N_("Pay")),
        Binding("enter", "pay", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    PayScreen #open { height: 1fr; margin: 1 0 0 0; }
    PayScreen #sum {
        height: 5; border: $v-border $v-line; border-title-color: $v-muted; padding: 0 1;
    }
    PayScreen #total { text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._till: Till | None = None
        self._unmarked: set[Id] = set()
        self._parts: dict[Id, int] = {}
        self._key = ""
        self._paying = False

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("pay", "--all", "--preview")

    def heading(self) -> tuple[str, str]:
        """Whose debt."""
        desk = self.session.desk
        return self.say(N_("Pay")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A result is waited for only where a payment is under way."""
        del parameters
        return action != "under_way" or (self._till is not None and any(p.under_way for p in self._till.payables))

    def body(self) -> ComposeResult:
        """The list, and what paying it comes to."""
        glyphs, say = self.session.look.glyphs, self.say
        columns = (
            Column("", 3),
            Column(say(N_("Number")), 13),
            Column(say(N_("Due")), 13),
            Column(say(N_("For"))),
            Column(say(N_("Owed")), 11, "right"),
            Column(say(N_("To pay")), 12, "right"),
        )
        rows = HeldList[Payable](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="open")
        rows.empty = say(N_("Nothing to pay. Thank you."))
        yield rows
        with Vertical(id="sum") as summed:
            summed.border_title = content(say(N_("What is paid")))
            yield Switch(
                say(N_("With")), [("", say(N_("One moment…")))], arrows=glyphs.less + glyphs.more, most=40, id="method"
            )
            yield Static("", id="total")
            yield Static("", id="note", classes="muted")

    def fill(self) -> None:
        """Read what is open."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        self._key = self._key or desk.ids()
        self._till = found = await self.ask(till, desk)
        label = self.say(N_("{method} (default)"))
        methods = [
            (m.id, label.format(method=m.label) if m.id == found.default_method_id else m.label) for m in found.methods
        ]
        switch = self.query_one("#method", Switch)
        if methods:
            kept = switch.value if switch.value in dict(methods) else found.default_method_id
            switch.set_values(methods, kept)
        else:
            switch.set_values([("", self.say(N_("no payment method that can be charged")))])
        self._show()

    def _share(self, payable: Payable) -> int:
        """What is to be paid of an invoice, in minor units."""
        part = self._parts.get(payable.invoice.id, payable.due)
        return 0 if payable.invoice.id in self._unmarked else min(part, payable.due)

    def _show(self) -> None:
        assert self._till is not None  # noqa: S101
        self.query_one("#open", HeldList).show([self._row(p) for p in self._till.payables])
        shares = [s for p in self._till.payables if (s := self._share(p))]
        total = self.language.money(Money(sum(shares), self._till.credit.currency))
        counted = self.language.count(
            "{number} invoice: {total}", "{number} invoices: {total}", len(shares), total=total
        )
        self.query_one("#total", Static).update(content(counted))
        self.query_one("#note", Static).update(content(self._note()))
        self.query_one(KeyBar).show(self.shown_keys())

    def _note(self) -> str:
        assert self._till is not None  # noqa: S101
        if not self._till.methods:
            return self.say(N_("Add a card or a bank account under Payment methods."))
        if any(p.under_way for p in self._till.payables):
            return self.say(N_("What is under way cannot be paid again until its answer is there."))
        if self._till.credit:
            return self.say(
                N_("In credit: {amount}. It pays your next invoices."), amount=self._money(self._till.credit)
            )
        return self.say(N_("Enter or F9 pays it now. It is charged once, however often you press."))

    def _money(self, amount: Money) -> str:
        return self.language.money(amount)

    def _row(self, payable: Payable) -> Row[Payable]:
        assert self._till is not None  # noqa: S101
        invoice, share = payable.invoice, self._share(payable)
        late = invoice.overdue(self._till.today)
        tone: Tone = "warn" if payable.under_way or 0 < share < payable.due else "good" if share else "muted"
        paid = self._money(invoice.money(share)) if share else "-"
        return Row(
            payable,
            (
                "[-]" if payable.under_way else "[x]" if share else "[ ]",
                invoice.number,
                f"{'! ' if late else ''}{self.language.date(invoice.due_on)}",
                invoice.lines[0].description if invoice.lines else "",
                self._money(invoice.money(invoice.due)),
                self.say(N_("under way")) if payable.under_way else paid,
            ),
            tone,
        )

    @property
    def _pointed(self) -> Payable | None:
        row = self.query_one("#open", HeldList).current
        return row.item if row else None

    def action_mark(self) -> None:
        """Mark or unmark the invoice under the pointer."""
        if (payable := self._pointed) is not None and payable.due:
            self._unmarked ^= {payable.invoice.id}
            self.query_one(Notice).clear()
            self._show()

    def action_part(self) -> None:
        """Pay only a part of the invoice under the pointer."""
        from screens.center.part_payment import PartPayment

        if (payable := self._pointed) is not None and payable.due:
            self.app.push_screen(PartPayment(payable.invoice), partial(self._pay_part, payable))

    def _pay_part(self, payable: Payable, amount: int | None) -> None:
        if amount is not None:
            self._parts[payable.invoice.id] = amount
            self._unmarked.discard(payable.invoice.id)
            self._show()

    def action_step(self, step: int) -> None:
        """Pay with another method."""
        self.query_one("#method", Switch).action_step(step)

    def action_pay(self) -> None:
        """Pay what is marked. Pressed again before the answer is there, it does nothing."""
        if self._till is not None and not self._paying:
            shares = tuple(Share(p.invoice.id, s) for p in self._till.payables if (s := self._share(p)))
            if not shares:
                self.query_one(Notice).tell(self.say(N_("Nothing is marked. Nothing was charged.")), "bad")
                return
            self._paying = True
            self.query_one(Notice).tell(self.say(N_("One moment…")))
            self.attempt(partial(self._pay, shares), group="pay")

    async def _pay(self, shares: tuple[Share, ...]) -> None:
        desk, payments = self.session.desk, self.session.services.payments
        method, key = self.query_one("#method", Switch).value, self._key
        try:
            if desk is None:
                return
            if not method:
                from billing.paying import NoMethod

                raise NoMethod
            charge = await self.ask(lambda: pay(desk, payments(), shares, method, key=key))
            self._key = desk.ids()
            self._parts.clear()
            self.query_one(Notice).clear()
            self._tell(charge)
        finally:
            self._paying = False

    def _tell(self, charge: Charge) -> None:
        from screens.center.payment_result import PaymentResult

        assert self._till is not None  # noqa: S101
        numbers = {p.invoice.id: p.invoice.number for p in self._till.payables}
        named = tuple(numbers.get(s.invoice_id, "") for s in charge.shares)
        self.app.push_screen(PaymentResult(charge, named), lambda _: self.fill())

    def action_under_way(self) -> None:
        """See what became of the payment of the invoice under the pointer, or of the newest."""
        self.attempt(self._find_under_way)

    async def _find_under_way(self) -> None:
        if (desk := self.session.desk) is None or not desk.may(Act.PAY):
            return
        found = await self.ask(under_way, desk)
        pointed = self._pointed.invoice.id if self._pointed else ""
        own = [c for c in found if any(s.invoice_id == pointed for s in c.shares)]
        if own or found:
            self._tell((own or list(found))[0])
