"""How an account is invoiced: the vendor's own settings for it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from billing.errors import N_
from billing.vendor_acts import change_terms
from screens.form import Form

YES, NO = "yes", "no"


class TermsScreen(Form[None]):
    """F2 saves; the customer is told, and invoices that were held for want of an order go out with the next run."""

    TOPIC = "terms"
    AUTO_FOCUS = "Switch"

    def draft_name(self) -> str:
        """See `Drafting`."""
        return "terms"

    def heading(self) -> tuple[str, str]:
        """Whose terms."""
        desk = self.session.desk
        return self.say(N_("How the account is invoiced")), desk.account.name if desk else ""

    def fields(self) -> Iterator[Widget]:
        """Two rules and a reference."""
        desk = self.session.desk
        account = desk.account if desk else None
        sides = [(NO, self.say(N_("no"))), (YES, self.say(N_("yes")))]
        required = YES if account is not None and account.order_required else NO
        one = YES if account is not None and account.consolidated else NO
        yield self.choice("order_required", N_("Every invoice needs a purchase order:"), sides, required)
        yield self.choice("consolidated", N_("One invoice for the renewals of a day:"), sides, one)
        yield self.line("contract", N_("Frame contract"), account.contract if account else "", most=60)

    async def save(self) -> None:
        """Save the terms."""
        desk = self.session.desk
        if desk is not None:
            account = await self.ask(
                change_terms, desk, order_required=self.typed("order_required") == YES,
                consolidated=self.typed("consolidated") == YES, contract=self.typed("contract"),
            )  # fmt: skip
            from dataclasses import replace

            self.session.desk = replace(desk, account=account)
            self.dismiss()
