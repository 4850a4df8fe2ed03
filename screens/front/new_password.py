"""A new password with the code that was mailed, for a forgotten one and for the first access."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from billing.credentials import Counter
from billing.errors import N_, Refusal
from billing.forgotten_password import ANSWER, set_password
from screens.form import Form
from screens.front.sign_in import COUNTER_NAMES


class NotTheSame(Refusal):
    """The two passwords that were typed differ."""

    message = N_("The two passwords are not the same. Nothing was changed. Type both again.")
    field = "password"


class NewPassword(Form[None]):
    """Code and password, the password twice; F2 saves. Nobody is signed in by it."""

    TOPIC = "new_password"
    AUTO_FOCUS = "#code"
    BINDINGS = [Binding("f4", "mailbox", N_("Demo mail"))]

    def __init__(self, counter: Counter, *, sent: bool) -> None:
        super().__init__()
        self.counter = counter
        self.sent = sent

    def heading(self) -> tuple[str, str]:
        """At which counter."""
        return self.say(COUNTER_NAMES[self.counter]), self.say(N_("New password"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a demonstration's mail can be read here."""
        if action == "mailbox":
            return self.session.services.mailbox is not None
        return super().check_action(action, parameters)

    def fields(self) -> Iterator[Widget]:
        """The answer to asking, the code, the password twice."""
        if self.sent:
            yield self.said(self.say(ANSWER))
        code = self.line("code", N_("Code from the mail"), most=60)
        code.password = True
        yield code
        for name, label in (("password", N_("New password, at least 12 characters")), ("again", N_("Once more"))):
            field = self.line(name, label, most=1024)
            field.password = True
            yield field

    def on_input_submitted(self, event: Input.Submitted | None = None) -> None:
        """Enter goes on; in the last field it saves."""
        if event is not None and event.input.id == "again":
            self.action_save()
        else:
            self.action_next()

    async def save(self) -> None:
        """Create the password."""
        services, password = self.session.services, self.typed("password")
        if password != self.typed("again"):
            raise NotTheSame
        await self.session.prove(lambda: set_password(
            services.store(), services.passwords, services.clock, self.counter, self.typed("code"), password,
            services.source,
        ))  # fmt: skip
        services.deliver()
        self.dismiss()
        below = self.app.screen_stack[-1]
        from screens.counter_screen import CounterScreen

        if isinstance(below, CounterScreen):
            below.answer(N_("The new password is saved. Sign in with it."))

    def action_mailbox(self) -> None:
        """Read the demonstration's mail."""
        from screens.front.demo_mail import DemoMail

        self.app.push_screen(DemoMail())
