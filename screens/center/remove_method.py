"""Before a payment method is removed: what it pays, and what is charged instead."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.payment_methods import PaymentMethod
from billing.wallet import Consequences, consequences, remove
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice

MOST_NAMED = 4


class RemoveMethod(Dialog[PaymentMethod | None]):
    """F8 removes; Esc keeps. Enter does nothing, so that nothing is removed by habit."""

    TITLE_MESSAGE = N_("Remove a payment method")
    TOPIC = "remove_method"
    BINDINGS = [Binding("f8", "remove", N_("Remove"))]
    DEFAULT_CSS = "RemoveMethod #what { text-style: bold; margin-bottom: 1; }"

    def __init__(self, method: PaymentMethod) -> None:
        super().__init__()
        self.method = method
        self._told = self._removing = False

    def body(self) -> ComposeResult:
        """The method, and what removing it brings."""
        yield Static(content(self.method.label), id="what")
        yield Static(content(self.say(N_("One moment…"))), id="brings")

    def fill(self) -> None:
        """Find out."""
        self.attempt(self._find_out)

    async def _find_out(self) -> None:
        if (desk := self.session.desk) is not None:
            found = await self.ask(consequences, desk, self.method.id)
            self.query_one("#brings", Static).update(content("\n".join(self._brings(found))))
            self._told = True

    def _brings(self, found: Consequences) -> list[str]:
        say, pays = self.say, found.held.pays
        lines = []
        if not pays:
            lines.append(say(N_("It pays nothing at present.")))
        else:
            lines.append(say(N_("It pays:")))
            lines += [f"  {s.quantity} x {s.plan_name}" for s in pays[:MOST_NAMED]]
            if (more := len(pays) - MOST_NAMED) > 0:
                lines.append("  " + self.language.count("and {number} more plan", "and {number} more plans", more))
            if found.next_charge is not None:
                day = self.language.date(found.next_charge)
                lines.append(say(N_("The next charge would be on {day}."), day=day))
        lines.append("")
        if found.instead is not None:
            lines.append(say(N_("From then on {method} is charged instead."), method=found.instead.label))
        else:
            lines.append(say(N_("! Nothing is left to charge: invoices stay open until somebody pays them.")))
        if found.open_invoices:
            lines.append(
                self.language.count(
                    "{number} invoice is open and stays to be paid.",
                    "{number} invoices are open and stay to be paid.",
                    found.open_invoices,
                )
            )
        return lines

    def action_remove(self) -> None:
        """Remove it, once what it brings was told."""
        if self._told and not self._removing:
            self._removing = True
            self.query_one(Notice).clear()
            self.attempt(self._remove)

    async def _remove(self) -> None:
        desk, payments = self.session.desk, self.session.services.payments
        try:
            if desk is not None:
                self.dismiss(await self.ask(lambda: remove(desk, payments(), self.method.id)))
        finally:
            self._removing = False
