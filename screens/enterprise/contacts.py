"""Who is on the account, what each may do, and what was changed lately."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.contact_changes import undo_change
from billing.contacts import ROLE_WORDS, Contact, Contacts, list_contacts
from billing.errors import N_
from billing.handover import my_handover, withdraw_handover
from billing.permissions import Act
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row


class ContactsScreen(CounterScreen[None]):
    """Enter opens somebody, F3 invites, F6 hands the account over, F8 takes the last change back."""

    TOPIC = "contacts"
    LIVE = True
    AUTO_FOCUS = "#contacts"
    BINDINGS = [
        Binding("enter", "open", N_("Open")),
        Binding("f3", "invite", N_("Invite")),
        Binding("f6", "hand_over", N_("Hand over")),
        Binding("f7", "mail", N_("Mail")),
        Binding("f8", "undo", N_("Undo")),
    ]
    DEFAULT_CSS = """
    ContactsScreen #contacts { margin: 1 0 0 0; }
    ContactsScreen #lately { height: auto; max-height: 5; padding: 0 1; margin: 0 1; border: $v-border $v-line;
        border-title-color: $v-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: Contacts | None = None
        self._offered = False

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("contacts", "list")

    def heading(self) -> tuple[str, str]:
        """Whose contacts."""
        desk = self.session.desk
        return self.say(N_("Contacts")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what would be refused."""
        del parameters
        desk, seen = self.session.desk, self._seen
        changes = desk is not None and desk.may(Act.CHANGE_CONTACTS)
        match action:
            case "invite":
                return changes
            case "mail":
                return desk is not None and desk.may(Act.CHOOSE_MAIL)
            case "undo":
                return changes and seen is not None and bool(seen.undoable)
            case "hand_over":
                return changes or self._offered
            case _:
                return True

    def body(self) -> ComposeResult:
        """The people, and what happened lately."""
        glyphs = self.session.look.glyphs
        columns = (
            Column(self.say(N_("Name"))),
            Column(self.say(N_("E-mail")), 30),
            Column(self.say(N_("May")), 20),
        )
        yield HeldList[Contact](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="contacts")
        card = Static("", id="lately")
        card.border_title = content(self.say(N_("Lately")))
        card.display = False
        yield card

    def fill(self) -> None:
        """Read the people."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        self._seen = seen = await self.ask(list_contacts, desk)
        role = next((c.membership.role for c in seen.people if c.person.id == desk.person.id), desk.role)
        if role is not desk.role:  # somebody changed what this person may do
            self.session.desk = desk = replace(desk, role=role)
        self._offered = desk.may(Act.SEE_BILLING_CONTACT) and await self.ask(my_handover, desk) is not None
        self.query_one(HeldList).show([self._row(contact) for contact in seen.people])
        lines = self._lately(seen)
        card = self.query_one("#lately", Static)
        card.display = bool(lines)
        card.update(content("\n".join(lines[:3])))
        self.tell_keys()

    def _row(self, contact: Contact) -> Row[Contact]:
        role = self.say(ROLE_WORDS[contact.membership.role])
        name = contact.person.name
        if contact.waiting:
            name = self.say(N_("{name} (invited)"), name=name)
        return Row(contact, (name, contact.person.email, role), key=contact.person.id)

    def _lately(self, seen: Contacts) -> list[str]:
        names = {c.person.id: c.person.name for c in seen.people}
        lines = []
        if seen.handover is not None:
            words = N_("{who} offers to hand the account over to {name}.")
            who, name = names.get(seen.handover.from_id, "-"), names.get(seen.handover.to_id, "-")
            lines.append(self.say(words, who=who, name=name))
        for change in seen.undoable:
            words = N_("{day}: {who} removed {name}.") if change.removed else N_("{day}: {who} changed {name}.")
            lines.append(self.say(words, day=self.language.date(change.at.date()), who=change.by, name=change.name))
        return lines

    def action_open(self) -> None:
        """Open whoever is under the pointer."""
        self.query_one(HeldList).action_take()

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Change somebody, where the person may."""
        from screens.enterprise.contact import ContactForm

        if (desk := self.session.desk) is not None and desk.may(Act.CHANGE_CONTACTS):
            self.app.push_screen(ContactForm(event.row.item), lambda _: self.fill())

    def action_invite(self) -> None:
        """Invite somebody."""
        from screens.enterprise.invite import InviteForm

        self.app.push_screen(InviteForm(), lambda _: self.fill())

    def action_mail(self) -> None:
        """Who is mailed what."""
        from screens.center.mail_choices import MailChoices

        self.app.push_screen(MailChoices())

    def action_hand_over(self) -> None:
        """Offer the account, take the offer back, or answer it."""
        from screens.enterprise.handover import AnswerHandover, OfferHandover

        seen, desk = self._seen, self.session.desk
        if self._offered:
            self.app.push_screen(AnswerHandover(), lambda _: self.fill())
        elif seen is not None and seen.handover is not None:
            self.attempt(self._withdraw, group="change")
        elif seen is not None and desk is not None:
            others = tuple(c for c in seen.people if c.person.id != desk.person.id)
            self.app.push_screen(OfferHandover(others), lambda _: self.fill())

    async def _withdraw(self) -> None:
        if (desk := self.session.desk) is not None:
            await self.ask(withdraw_handover, desk)
            await self._read()
            self.answer(N_("The offer to hand the account over was taken back."))

    def action_undo(self) -> None:
        """Take the last change back."""
        if self._seen is not None and self._seen.undoable:
            self.attempt(partial(self._undo, self._seen.undoable[0].id), group="change")

    async def _undo(self, change_id: str) -> None:
        if (desk := self.session.desk) is not None:
            await self.ask(undo_change, desk, change_id)
            await self._read()
            self.answer(N_("The last change of a contact was taken back."))
