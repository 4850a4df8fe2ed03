"""Inviting somebody to the account: they are mailed a code to create their password with."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from billing.accounts import CUSTOMER_ROLES, Role
from billing.contact_changes import invite
from billing.contacts import ROLE_WORDS
from billing.errors import N_
from screens.form import Form


class InviteForm(Form[None]):
    """F2 invites."""

    TOPIC = "invite"
    AUTO_FOCUS = "#name"

    def draft_name(self) -> str:
        """See `Drafting`."""
        return "invite"

    def heading(self) -> tuple[str, str]:
        """To which account."""
        desk = self.session.desk
        return self.say(N_("Invite somebody")), desk.account.name if desk else ""

    def fields(self) -> Iterator[Widget]:
        """Who, in which role, and by which user ID they sign in."""
        yield self.line("name", N_("Name"), most=120)
        yield self.line("email", N_("E-mail"), most=254)
        roles = [(role.value, self.say(ROLE_WORDS[role])) for role in CUSTOMER_ROLES]
        yield self.choice("role", N_("May"), roles, Role.VIEWER.value)
        yield self.line("user_id", N_("User ID; empty for the e-mail address"), most=254)

    async def save(self) -> None:
        """Invite them; the mail goes out behind the answer."""
        if (desk := self.session.desk) is not None:
            role = Role(self.typed("role"))
            await self.ask(invite, desk, self.typed("name"), self.typed("email"), role, self.typed("user_id"))
            self.session.services.executor.submit(self.session.services.deliver)
            self.dismiss()
