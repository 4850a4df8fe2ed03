"""What became of a payment: paid, on its way, refused and why, to be confirmed by the customer, or not known yet."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.charges import Charge, ChargeState
from billing.errors import N_
from billing.money import Money
from billing.paying import watch
from screens.center.hosted_page import HostedPage
from screens.center.payment_words import decline_word
from screens.center.watching import Watch
from screens.counter_screen import CounterScreen
from tui.look import Borders
from tui.text import content
from tui.widgets.key_bar import KeyBar

OPEN = (ChargeState.SENT, ChargeState.UNKNOWN, ChargeState.NEEDS_CUSTOMER)
"""States in which it is looked at again; a bank debit on its way takes days, and is told of by a notice."""

HEADLINES = {
    ChargeState.SUCCEEDED: N_("* Paid: {amount}"),
    ChargeState.PROCESSING: N_("* On its way: {amount}"),
    ChargeState.FAILED: N_("! Not paid: {amount}"),
    ChargeState.NEEDS_CUSTOMER: N_("! Your bank wants you to confirm {amount}"),
    ChargeState.UNKNOWN: N_("! To be confirmed: {amount}"),
    ChargeState.SENT: N_("! To be confirmed: {amount}"),
}

MEANS = {
    ChargeState.SUCCEEDED: N_("Charged to {method} for {invoices}.\n\nThank you. The receipt is on its way by mail."),
    ChargeState.PROCESSING: N_(
        "To be debited from {method} for {invoices}.\n\nThe bank takes some days. The invoices count as paid; if the "
        "bank sends the debit back, they are open again and you are told."
    ),
    ChargeState.FAILED: N_(
        "{method} was declined: {reason}\n\nNothing was charged; {invoices} can still be paid. Take another payment "
        "method, or try again later."
    ),
    ChargeState.NEEDS_CUSTOMER: N_(
        "Open the link above on your phone or in a browser and confirm the payment for {invoices} there.\n\nNothing is "
        "charged before you do. This screen notices by itself.\n\nEsc leaves and nothing is lost: Pay, F6 brings you "
        "back here."
    ),
    ChargeState.UNKNOWN: N_(
        "The answer of the payment service was lost, so it is not known whether {method} was charged for {invoices}."
        "\n\nIt is being looked up. It is never charged a second time: until the answer is there, nobody can pay "
        "these invoices again.\n\nYou may leave; a notice tells how it ended."
    ),
}
MEANS[ChargeState.SENT] = MEANS[ChargeState.UNKNOWN]


class PaymentResult(CounterScreen[None]):
    """Looks again, once a second, for as long as there is no answer."""

    TOPIC = "payment_result"
    BINDINGS = [
        Binding("enter", "back", N_("Done")),
        Binding("f4", "sandbox", N_("Sandbox page here")),
    ]
    DEFAULT_CSS = """
    PaymentResult #headline { height: 1; margin: 1 0 0 0; padding: 0 2; text-style: bold; }
    PaymentResult #headline.-good { color: $v-good; }
    PaymentResult #headline.-bad { color: $v-bad; }
    PaymentResult #headline.-warn { color: $v-warn; }
    PaymentResult #words { max-width: 80; }
    """

    def __init__(self, charge: Charge, numbers: tuple[str, ...]) -> None:
        super().__init__()
        self.charge, self.numbers = charge, numbers
        self._watch = Watch(self, self._look)

    def heading(self) -> tuple[str, str]:
        """A payment, and whose."""
        desk = self.session.desk
        return self.say(N_("Payment")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The sandbox's page only where there is one to open."""
        del parameters
        wanted = self.charge.state is ChargeState.NEEDS_CUSTOMER
        return action != "sandbox" or (wanted and self.session.services.sandbox is not None)

    def body(self) -> ComposeResult:
        """What happened, and what it means."""
        yield Static("", id="headline")
        yield HostedPage(code=self.session.look.borders is not Borders.ASCII)

    def fill(self) -> None:
        """Show what is known."""
        self._show()
        if self.charge.state in OPEN:
            self._watch.start()

    async def _look(self) -> bool:
        desk, payments = self.session.desk, self.session.services.payments
        if desk is None:
            return False
        before, self.charge = self.charge, await self.ask(lambda: watch(desk, payments(), self.charge.id))
        if self.charge != before:
            self._show()
        return self.charge.state in OPEN

    def _show(self) -> None:
        charge, state = self.charge, self.charge.state
        tone = {ChargeState.SUCCEEDED: "good", ChargeState.PROCESSING: "good", ChargeState.FAILED: "bad"}.get(
            state, "warn"
        )
        headline = self.query_one("#headline", Static)
        headline.set_classes(f"-{tone}")
        amount = self.language.money(Money(charge.amount, charge.currency))
        headline.update(content(self.say(HEADLINES[state], amount=amount)))
        words = self.say(
            MEANS[state],
            method=charge.method_label,
            invoices=", ".join(self.numbers),
            reason=decline_word(charge.code, self.language),
        )
        self.query_one(HostedPage).show(charge.confirm_url if state is ChargeState.NEEDS_CUSTOMER else "", words)
        self.query_one(KeyBar).show(self.shown_keys())

    def action_sandbox(self) -> None:
        """The bank's page, drawn here."""
        from screens.center.sandbox_bank import SandboxBank

        self.app.push_screen(SandboxBank(), self._said)

    def _said(self, agreed: bool | None) -> None:
        if agreed is not None:
            self.attempt(lambda: self._confirm(agreed))

    async def _confirm(self, agreed: bool) -> None:
        if (sandbox := self.session.services.sandbox) is not None:
            await self.ask(lambda: sandbox().confirm(self.charge.confirm_url, agreed))
            self._watch.now()
