"""What a kiosk asks: whether somebody has finished, and who wants to close it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from billing.errors import N_, Refusal
from screens.dialog import Dialog
from tui.kiosk.operator import LONGEST
from tui.text import content
from tui.widgets.menu import Choice, Menu
from tui.widgets.notice import Notice


class Finish(Dialog[None]):
    """The ways out of a visit. The first is to stay; none leads out of the kiosk."""

    TITLE_MESSAGE = N_("Finish?")
    TOPIC = "leave"

    def body(self) -> ComposeResult:
        """Stay, or finish."""
        about = N_("You are signed out and this screen is cleared for the next person.")
        choices = [Choice("stay", self.say(N_("Stay here"))), Choice("finish", self.say(N_("Finish")), self.say(about))]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Do as chosen."""
        if event.choice.id == "stay":
            self.dismiss()
        else:
            self.app.call_later(self.house.sign_out)


class Operator(Dialog[None]):
    """The operator's code. What is typed is unseen, and forgotten after each try."""

    TITLE_MESSAGE = N_("Close this kiosk")
    AUTO_FOCUS = "#code"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "try", N_("Close"), priority=True)]

    def __init__(self, check: Callable[[str], None], opened: Callable[[], None]) -> None:
        """`check` refuses a wrong code, slowly; `opened` closes the kiosk."""
        super().__init__()
        self._check, self._opened = check, opened
        self._busy = False

    def body(self) -> ComposeResult:
        """One field."""
        code = Input(id="code", password=True, max_length=LONGEST)
        code.border_title = content(self.say(N_("Operator's code")))
        code.cursor_blink = False
        yield code

    def action_try(self) -> None:
        """Try the code. A second Enter while the first is being answered changes nothing."""
        if not self._busy:
            self._busy = True
            self.query_one(Notice).tell(self.say(N_("One moment…")))
            self.run_worker(self._try())

    async def _try(self) -> None:
        field = self.query_one("#code", Input)
        code, field.value = field.value, ""
        try:
            await self.ask(self._check, code)
        except Refusal as refusal:
            self.refuse(refusal)
        else:
            self._opened()
        finally:
            self._busy = False
