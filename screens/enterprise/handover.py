"""Handing the account over: whom it is offered to, and their answer."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.accounts import Role
from billing.contacts import ROLE_WORDS, Contact
from billing.errors import N_
from billing.handover import accept_handover, decline_handover, offer_handover
from billing.record import Id
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.menu import Choice, Menu


class OfferHandover(Dialog[None]):
    """Enter offers the account to whoever is chosen; nothing changes until they accept."""

    TITLE_MESSAGE = N_("Hand the account over to")
    TOPIC = "handover"
    BINDINGS = [Binding("enter", "none", N_("Offer"))]

    def __init__(self, people: tuple[Contact, ...]) -> None:
        super().__init__()
        self.people = people

    def body(self) -> ComposeResult:
        """The others on the account."""
        choices = [
            Choice(c.person.id, c.person.name, self.say(ROLE_WORDS[c.membership.role]))
            for c in self.people
            if c.membership.role is not Role.OWNER
        ]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Offer it."""
        self.attempt(partial(self._offer, event.choice.id), group="change")

    async def _offer(self, person_id: Id) -> None:
        if (desk := self.session.desk) is not None:
            await self.ask(offer_handover, desk, person_id)
            self.dismiss()


class AnswerHandover(Dialog[None]):
    """Accept or decline to be the billing contact."""

    TITLE_MESSAGE = N_("The account is offered to you")
    TOPIC = "handover"
    BINDINGS = [Binding("enter", "none", N_("Answer"))]
    DEFAULT_CSS = "AnswerHandover #handover-words { margin: 0 1 1 1; height: auto; }"

    def body(self) -> ComposeResult:
        """What it means, and the two answers."""
        words = N_("As its billing contact you answer for the account: plans, payment, contacts and quotes.")
        yield Static(content(self.say(words)), id="handover-words")
        choices = [
            Choice("accept", self.say(N_("Accept: I am the billing contact from now on"))),
            Choice("decline", self.say(N_("Decline"))),
        ]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Answer."""
        self.attempt(partial(self._answer, event.choice.id), group="change")

    async def _answer(self, answer: str) -> None:
        if (desk := self.session.desk) is None:
            return
        if answer == "accept":
            membership = await self.ask(accept_handover, desk)
            from dataclasses import replace

            self.session.desk = replace(desk, role=membership.role)
        else:
            await self.ask(decline_handover, desk)
        self.dismiss()
