"""One contact: name, address and role; removing them, and inviting them once more."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.widget import Widget

from billing.accounts import CUSTOMER_ROLES, Role
from billing.contact_changes import ContactConflict, change_contact, invite_again, remove_contact
from billing.contacts import ROLE_WORDS, Contact
from billing.errors import N_
from screens.enterprise.conflict import Choice, ConflictDialog
from screens.form import Form
from tui.widgets.notice import Notice

LABELS = {"name": N_("Name"), "email": N_("E-mail"), "role": N_("May")}


class ContactForm(Form[None]):
    """F2 saves, F8 twice removes; both addresses are told, and it can be undone for three days."""

    TOPIC = "contact"
    AUTO_FOCUS = "#name"
    BINDINGS = [Binding("f6", "again", N_("Invite again")), Binding("f8", "remove", N_("Remove"))]

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self.contact = contact
        self._read = (contact.person.name, contact.person.email, contact.membership.role)
        self._sure = False

    def draft_name(self) -> str:
        """See `Drafting`."""
        return f"contact:{self.contact.person.id}"

    def heading(self) -> tuple[str, str]:
        """Who."""
        return self.contact.person.name, self.say(N_("Contact"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only who waits is invited again."""
        return self.contact.waiting if action == "again" else super().check_action(action, parameters)

    def fields(self) -> Iterator[Widget]:
        """Name, address, role."""
        person = self.contact.person
        if self.contact.user_id:
            yield self.said(self.say(N_("Signs in as {user_id}."), user_id=self.contact.user_id))
        yield self.line("name", LABELS["name"], person.name, most=120)
        yield self.line("email", LABELS["email"], person.email, most=254)
        roles = [(role.value, self.say(ROLE_WORDS[role])) for role in CUSTOMER_ROLES]
        yield self.choice("role", LABELS["role"], roles, self.contact.membership.role.value)

    async def save(self) -> None:
        """Save what is typed."""
        await self._keep(self.typed("name"), self.typed("email"), Role(self.typed("role")))

    async def _keep(self, name: str, email: str, role: Role) -> None:
        desk = self.session.desk
        if desk is None:
            return
        try:
            await self.ask(
                change_contact, desk, self.contact.person.id, name=name, email=email, role=role, read=self._read
            )
        except ContactConflict as conflict:
            self.refuse(conflict)
            self._choose(conflict)
        else:
            self.dismiss()

    def _choose(self, conflict: ContactConflict) -> None:
        def text(value: object) -> str:
            return self.say(ROLE_WORDS[value]) if isinstance(value, Role) else str(value)

        choices = [
            Choice(d.field, self.say(LABELS[d.field]), text(d.theirs), text(d.mine)) for d in conflict.disagreements
        ]

        def chosen(mine: frozenset[str] | None) -> None:
            if mine is None:
                return
            fields = dict(zip(LABELS, conflict.proposal, strict=True))
            # What was only mine stays as it was read, so that saving still sees it as a change.
            stored = dict(zip(LABELS, self._read, strict=True))
            for d in conflict.disagreements:
                stored[d.field] = d.theirs
                if d.field in mine:
                    fields[d.field] = d.mine
            self._read = (str(stored["name"]), str(stored["email"]), Role(stored["role"]))
            self.attempt(
                lambda: self._keep(str(fields["name"]), str(fields["email"]), Role(fields["role"])), group="save"
            )

        self.app.push_screen(ConflictDialog(self.language.refusal(conflict), choices), chosen)

    def action_again(self) -> None:
        """Send the invitation once more."""
        self.attempt(self._again, group="change")

    async def _again(self) -> None:
        if (desk := self.session.desk) is not None:
            await self.ask(invite_again, desk, self.contact.person.id)
            self.session.services.executor.submit(self.session.services.deliver)
            self.answer(N_("The invitation was sent once more."))

    def action_remove(self) -> None:
        """Take them off the account, when asked twice."""
        if self._sure:
            self.attempt(self._remove, group="change")
        else:
            self._sure = True
            sure = N_("F8 again takes {name} off the account. It can be undone for three days.")
            self.query_one(Notice).tell(self.say(sure, name=self.contact.person.name))

    async def _remove(self) -> None:
        self._sure = False
        if (desk := self.session.desk) is not None:
            await self.ask(remove_contact, desk, self.contact.person.id)
            self.dismiss()
