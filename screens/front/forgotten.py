"""A forgotten password: the user ID, and one answer whatever it is (M15)."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.widget import Widget

from billing.credentials import Counter
from billing.errors import N_
from billing.forgotten_password import request_access
from screens.form import Form
from screens.front.sign_in import COUNTER_NAMES


class Forgotten(Form[None]):
    """Enter sends; then the code is entered on the next screen. F6 goes there with a code that is at hand."""

    TOPIC = "forgotten"
    AUTO_FOCUS = "#user"
    BINDINGS = [
        Binding("f2", "save", N_("Send")),
        Binding("enter", "save", show=False),
        Binding("f6", "have_code", N_("I have a code")),
        Binding("up", "field(-1)", show=False, priority=True),
    ]

    def __init__(self, counter: Counter, user_id: str = "") -> None:
        super().__init__()
        self.counter = counter
        self.user_id = user_id

    def heading(self) -> tuple[str, str]:
        """At which counter."""
        return self.say(COUNTER_NAMES[self.counter]), self.say(N_("Forgotten password"))

    def fields(self) -> Iterator[Widget]:
        """The user ID."""
        yield self.said(self.say(N_("Type your user ID and send it. A code goes to the billing contact's e-mail.")))
        yield self.line("user", N_("User ID"), self.user_id, most=254)

    @property
    def touched(self) -> bool:
        """Nothing here is worth asking twice."""
        return False

    def on_input_submitted(self) -> None:
        """Enter sends."""
        self.action_save()

    async def save(self) -> None:
        """Ask for a code. The mail is sent behind the answer, whoever was meant."""
        services = self.session.services
        await self.ask(lambda: request_access(
            services.store(), services.clock, self.counter, self.typed("user"), services.source
        ))  # fmt: skip
        services.deliver()
        self._to_code(sent=True)

    def action_have_code(self) -> None:
        """On to the code."""
        self._to_code(sent=False)

    def _to_code(self, *, sent: bool) -> None:
        from screens.front.new_password import NewPassword

        self.app.switch_screen(NewPassword(self.counter, sent=sent))
