"""Enrolling an SSH key: the line of its public half, a name, and the password once more."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from billing.access_keys import AccessKey, enrol_key_by_password
from billing.errors import N_
from billing.public_key import LONGEST, LONGEST_NAME
from billing.sign_in import InvalidCredentials
from screens.form import Form
from screens.front.change_password import PresentWrong
from tui.widgets.notice import Notice


class AddKey(Form[AccessKey | None]):
    """F2 enrols. Hands back the key."""

    TOPIC = "access_keys"
    AUTO_FOCUS = "#key"

    def heading(self) -> tuple[str, str]:
        """For which user ID."""
        desk = self.session.desk
        held = desk.credential if desk else None
        return self.say(N_("Enrol a key")), held.user_id if held else ""

    def fields(self) -> Iterator[Widget]:
        """The key, its name, the password."""
        yield self.said(self.say(N_("Paste the line of your .pub file, such as ~/.ssh/id_ed25519.pub.")))
        yield self.line("key", N_("Public key"), most=LONGEST)
        yield self.line("name", N_("Name; empty for the key's own comment"), most=LONGEST_NAME)
        password = self.line("present", N_("Present password"), most=1024)
        password.password = True
        yield password

    async def save(self) -> None:
        """Enrol it; its owner is told by mail."""
        desk, services = self.session.desk, self.session.services
        if desk is None:
            return
        self.query_one(Notice).tell(self.say(N_("One moment…")))
        line, name, present = (self.typed(field) for field in ("key", "name", "present"))
        try:
            key = await self.session.prove(
                enrol_key_by_password, desk, services.passwords, present, line, name, services.source
            )
        except InvalidCredentials as wrong:
            raise PresentWrong from wrong
        services.executor.submit(services.deliver)
        self.dismiss(key)
