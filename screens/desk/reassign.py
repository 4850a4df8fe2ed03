"""Giving an account to another representative of the team."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.record import Id
from billing.vendor_acts import colleagues, reassign
from screens.dialog import Dialog
from tui.widgets.menu import Choice, Menu


class ReassignScreen(Dialog[None]):
    """Enter gives the account to whoever is chosen; both are told by mail."""

    TITLE_MESSAGE = N_("Who looks after the account?")
    TOPIC = "reassign"
    BINDINGS = [Binding("enter", "none", N_("Give"))]

    def body(self) -> ComposeResult:
        """The team."""
        yield Menu([], pointer=self.session.look.glyphs.pointer)

    def fill(self) -> None:
        """Read the team."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            found = await self.ask(colleagues, desk)
            now = desk.account.representative_id
            said = self.say(N_("looks after it now"))
            self.query_one(Menu).show([Choice(c.id, c.name, said if c.id == now else "") for c in found])
            self.query_one(Menu).focus()

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Give it."""
        self.attempt(partial(self._give, event.choice.id), group="give")

    async def _give(self, representative_id: Id) -> None:
        if (desk := self.session.desk) is not None:
            await self.ask(reassign, desk, representative_id)
            self.dismiss()
