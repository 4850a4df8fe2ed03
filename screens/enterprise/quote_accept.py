"""Accepting a quote: exactly what is agreed to, once more, and the purchase order where one is needed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from billing.errors import N_, Refusal
from billing.ordering import list_orders
from billing.purchase_orders import OrderState
from billing.quote_acceptance import accept
from billing.quote_views import QuoteView
from screens.dialog import Dialog
from screens.enterprise.quote_words import terms_words
from tui.text import content

SEAL = 12
"""Characters of the revision's hash that are shown, so that two people can tell they mean the same."""


class QuoteAccept(Dialog[str | None]):
    """Type the purchase order where there is one, F9 accepts. Hands back the day from which it is in force."""

    TITLE_MESSAGE = N_("Accept the quote")
    WIDE = True
    TOPIC = "quote_accept"
    AUTO_FOCUS = "#accept-order"
    BINDINGS = [Binding("f9", "accept", N_("Accept"))]
    DEFAULT_CSS = """
    QuoteAccept Static { margin: 0 1; height: auto; }
    QuoteAccept #accept-terms { margin: 0 1 1 1; }
    """

    def __init__(self, seen: QuoteView) -> None:
        super().__init__()
        self.seen = seen
        self._busy = False

    def body(self) -> ComposeResult:
        """What is accepted, and the order's number."""
        current = self.seen.current
        assert current is not None  # noqa: S101 - only an offer can be accepted
        head = self.say(
            N_("Quote {number}, revision {revision} ({seal})"), number=self.seen.quote.number,
            revision=current.number, seal=current.hash[:SEAL],
        )  # fmt: skip
        yield Static(content(head))
        yield Static(content("\n".join(terms_words(current.terms, self.language))), id="accept-terms")
        if self.seen.needs_approval:
            yield Static(content(self.say(N_("An approver has to approve it before it can be accepted."))))
        order = Input(id="accept-order", max_length=60)
        needed = N_("Purchase order (required)")
        order.border_title = content(self.say(needed if self.seen.order_required else N_("Purchase order, if any")))
        order.cursor_blink = False
        yield order

    def fill(self) -> None:
        """Name the orders that are active."""
        self.attempt(self._orders)

    async def _orders(self) -> None:
        if (desk := self.session.desk) is not None:
            rows = await self.ask(list_orders, desk)
            active = [row.order.number for row in rows if row.standing is OrderState.ACTIVE]
            field = self.query_one("#accept-order", Input)
            field.border_subtitle = content(", ".join(active[:4]))
            # An acceptance must name its order, so one that exists is offered; it can be typed over.
            if self.seen.order_required and len(active) == 1 and not field.value:
                field.value = active[0]

    def on_input_submitted(self) -> None:
        """Enter accepts."""
        self.action_accept()

    def action_accept(self) -> None:
        """Accept, once however often it is pressed."""
        if not self._busy:
            self._busy = True
            self.attempt(self._accept, group="accept")

    async def _accept(self) -> None:
        desk, current = self.session.desk, self.seen.current
        try:
            if desk is not None and current is not None:
                order = self.query_one("#accept-order", Input).value
                done = await self.ask(accept, desk, self.seen.quote.id, current.hash, order)
                assert done.accepted is not None  # noqa: S101 - it was just accepted
                self.dismiss(self.language.date(done.accepted.effective_on))
        finally:
            self._busy = False

    def refuse(self, refusal: Refusal) -> None:
        """Show why; the number that was typed stays."""
        super().refuse(refusal)
        self.query_one("#accept-order", Input).focus()
