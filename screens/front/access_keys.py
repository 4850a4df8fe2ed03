"""The SSH keys of whoever is signed in: each opens their user ID without a password."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.access_keys import AccessKey, list_keys, revoke_key
from billing.errors import N_
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.notice import Notice
from tui.widgets.window_list import Column, Row

NONE = N_("No key is enrolled. F3 enrols one: then ssh opens your accounts without a password.")


class AccessKeys(CounterScreen[None]):
    """F3 enrols a key, F6 renames one, F8 twice revokes it."""

    TOPIC = "access_keys"
    AUTO_FOCUS = "#keys"
    BINDINGS = [
        Binding("f3", "add", N_("Enrol")),
        Binding("f6", "rename", N_("Rename")),
        Binding("f8", "revoke", N_("Revoke")),
    ]
    DEFAULT_CSS = """
    AccessKeys #keys { margin: 1 0 0 0; height: 1fr; }
    AccessKeys #about { height: 5; padding: 0 1; border: $v-border $v-line; border-title-color: $v-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._sure: AccessKey | None = None

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("keys", "list")

    def heading(self) -> tuple[str, str]:
        """Whose keys."""
        desk = self.session.desk
        held = desk.credential if desk else None
        return self.say(N_("Access keys")), held.user_id if held else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing to rename or revoke without a key."""
        if action in ("rename", "revoke"):
            return self._pointed is not None
        return super().check_action(action, parameters)

    @property
    def _pointed(self) -> AccessKey | None:
        found = self.query(HeldList)
        row = found.first().current if found else None
        return row.item if row is not None else None

    def body(self) -> ComposeResult:
        """The keys, and the one under the pointer in full."""
        glyphs = self.session.look.glyphs
        columns = (
            Column(self.say(N_("Name"))),
            Column(self.say(N_("Enrolled")), 14),
            Column(self.say(N_("Last used")), 14),
        )
        yield HeldList[AccessKey](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="keys")
        yield Static("", id="about")

    def fill(self) -> None:
        """Read the keys."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            keys = await self.ask(list_keys, desk)
            self.query_one(HeldList).show([self._row(key) for key in keys])

    def _row(self, key: AccessKey) -> Row[AccessKey]:
        used = self.language.date(key.used_on) if key.used_on else self.say(N_("never"))
        return Row(key, (key.name, self.language.date(key.enrolled_at.date()), used), key=key.id)

    def on_held_list_pointed(self) -> None:
        """Show the key's fingerprint as ssh-keygen -l prints it."""
        key, about = self._pointed, self.query_one("#about", Static)
        about.border_title = content(key.name if key else "")
        about.update(content(f"{key.fingerprint}\n{key.algorithm}" if key else self.say(NONE)))
        self._sure = None
        self.tell_keys()

    def action_add(self) -> None:
        """Enrol one."""
        from screens.front.add_key import AddKey

        self.app.push_screen(AddKey(), self._added)

    def _added(self, key: AccessKey | None) -> None:
        self.fill()
        if key is not None:
            self.answer(N_("{name} opens your accounts from now on. You are told by mail."), name=key.name)

    def action_rename(self) -> None:
        """Call it something else."""
        from screens.front.key_name import KeyName

        if (key := self._pointed) is not None:
            self.app.push_screen(KeyName(key), lambda _: self.fill())

    def action_revoke(self) -> None:
        """Take it away, when asked twice."""
        if (key := self._pointed) is None:
            return
        if self._sure is key:
            self.attempt(partial(self._revoke, key), group="change")
        else:
            self._sure = key
            words = N_("F8 again revokes {name}. It opens nothing from then on; visits that are open go on.")
            self.query_one(Notice).tell(self.say(words, name=key.name))

    async def _revoke(self, key: AccessKey) -> None:
        self._sure = None
        if (desk := self.session.desk) is not None:
            await self.ask(revoke_key, desk, key.fingerprint)
            self.session.services.executor.submit(self.session.services.deliver)
            await self._read()
            self.answer(N_("{name} was revoked. You are told by mail."), name=key.name)
