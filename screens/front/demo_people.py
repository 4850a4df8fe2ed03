"""In a demonstration: people to sign in as."""

from __future__ import annotations

from textual.app import ComposeResult

from billing.credentials import Counter
from billing.errors import N_
from screens.dialog import Dialog
from tui.widgets.menu import Choice, Menu


class DemoPeople(Dialog[tuple[str, str] | None]):
    """Choosing one fills in their user ID and password."""

    TITLE_MESSAGE = N_("Demo people")
    TOPIC = "sign_in"

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self.counter = counter

    def body(self) -> ComposeResult:
        """Those who have a credential for this counter."""
        people = [p for p in self.session.services.demo_people if p.counter is self.counter]
        choices = [Choice(p.user_id, p.user_id, self.say(p.about)) for p in people]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Hand the choice back."""
        person = next(p for p in self.session.services.demo_people if p.user_id == event.choice.id)
        self.dismiss((person.user_id, person.password))
