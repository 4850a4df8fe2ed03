"""Above which sum a quote needs an approver: the customer's own rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from textual.widget import Widget

from billing.approval_rule import set_threshold
from billing.errors import N_
from billing.money import Money
from screens.form import Form


class ApprovalRule(Form[None]):
    """F2 saves. With nothing typed, no quote needs an approver."""

    TOPIC = "approval_rule"
    AUTO_FOCUS = "#threshold"

    def heading(self) -> tuple[str, str]:
        """Whose rule."""
        desk = self.session.desk
        return self.say(N_("Approval of quotes")), desk.account.name if desk else ""

    def fields(self) -> Iterator[Widget]:
        """One amount."""
        desk = self.session.desk
        above = desk.account.approval_above if desk else None
        shown = self.language.money(Money(above, desk.account.currency)) if desk and above is not None else ""
        yield self.line("threshold", N_("An approver has to agree above"), shown, most=30)
        yield self.said(self.say(N_("Before tax, for the whole term of a quote. With nothing here, none needs it.")))

    async def save(self) -> None:
        """Save the rule."""
        if (desk := self.session.desk) is None:
            return
        typed = self.typed("threshold").strip()
        minor = self.language.parse_amount(typed, desk.account.currency).minor if typed else None
        account = await self.ask(set_threshold, desk, minor)
        self.session.desk = replace(desk, account=account)
        self.dismiss()
