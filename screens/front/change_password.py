"""Another password for whoever is signed in: the present one, and the new one twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from textual.widget import Widget
from textual.widgets import Input

from billing.errors import N_, Refusal
from billing.forgotten_password import change_password
from screens.counter_screen import CounterScreen
from screens.form import Form
from screens.front.new_password import NotTheSame
from tui.widgets.notice import Notice


class PresentWrong(Refusal):
    """The present password is another."""

    message = N_("The present password is not right. Nothing was changed. Type it again.")
    field = "present"


class ChangePassword(Form[None]):
    """F2 saves. This visit goes on; the person's other visits end."""

    TOPIC = "change_password"
    AUTO_FOCUS = "#present"

    def heading(self) -> tuple[str, str]:
        """Whose password."""
        desk = self.session.desk
        held = desk.credential if desk else None
        return self.say(N_("Change your password")), held.user_id if held else ""

    def fields(self) -> Iterator[Widget]:
        """The present password, the new one twice."""
        yield self.said(self.say(N_("Your other visits end, and you are told by mail.")))
        labels = (
            ("present", N_("Present password")),
            ("password", N_("New password, at least 12 characters")),
            ("again", N_("Once more")),
        )
        for name, label in labels:
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
        """Change it, and go on with the new one."""
        from billing.sign_in import InvalidCredentials

        services, desk = self.session.services, self.session.desk
        if desk is None:
            return
        present, password = self.typed("present"), self.typed("password")
        if password != self.typed("again"):
            raise NotTheSame
        self.query_one(Notice).tell(self.say(N_("One moment…")))
        try:
            going_on = await self.session.prove(
                change_password, desk, services.passwords, present, password, services.source
            )
        except InvalidCredentials as wrong:
            raise PresentWrong from wrong
        if self.session.desk is desk:
            self.session.desk = going_on
        if self.session.identity is not None:
            self.session.identity = replace(self.session.identity, credential=going_on.credential)
        services.deliver()
        self.dismiss()
        below = self.app.screen_stack[-1]
        if isinstance(below, CounterScreen):
            below.answer(N_("Your password is changed. This visit goes on; your other visits have ended."))
