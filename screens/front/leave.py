"""Leaving: sign out, or close the program. Nothing is lost without a question."""

from __future__ import annotations

from textual.app import ComposeResult

from billing.errors import N_
from screens.dialog import Dialog
from tui.widgets.menu import Choice, Menu


class Leave(Dialog[None]):
    """The ways out. The first is to stay."""

    TITLE_MESSAGE = N_("Leave?")
    TOPIC = "leave"

    def body(self) -> ComposeResult:
        """Stay, sign out, close."""
        choices = [Choice("stay", self.say(N_("Stay here")))]
        if self.session.identity:
            choices.append(Choice("sign_out", self.say(N_("Sign out")), self.say(N_("Back to the front door."))))
        choices.append(Choice("close", self.say(N_("Close Ventanilla"))))
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Do as chosen."""
        match event.choice.id:
            case "stay":
                self.dismiss()
            case "sign_out":
                self.app.call_later(self.house.sign_out)
            case _:
                self.app.exit()
