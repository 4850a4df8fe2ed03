"""Who receives which mail about the account: people down, kinds of mail across."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from billing.mail_choices import KIND_WORDS, MailChoice, choices, choose
from billing.outbox import MailKind
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.mark_grid import GridRow, MarkGrid
from tui.widgets.notice import Notice

SHORT_WORDS = {
    MailKind.INVOICE: N_("Invoices"),
    MailKind.PAYMENT: N_("Payments"),
    MailKind.SUBSCRIPTION: N_("Plans"),
    MailKind.ACCOUNT: N_("Account"),
    MailKind.QUOTE: N_("Quotes"),
    MailKind.PERSONAL: N_("Messages"),
}
KINDS = tuple(MailKind)


class MailChoices(CounterScreen[None]):
    """Space changes the cell under the pointer at once; `[=]` cannot be changed."""

    TOPIC = "mail_choices"
    AUTO_FOCUS = "#grid"
    BINDINGS = [
        Binding("up", "none", N_("Choose"), key_display="up,down"),
        Binding("space", "none", N_("Change")),
    ]
    DEFAULT_CSS = """
    MailChoices #grid { height: 1fr; margin: 1 0 0 0; }
    MailChoices #about { height: 5; padding: 0 1; border: $v-border $v-line; border-title-color: $v-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._choices: list[MailChoice] = []

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("mail-choices", "show")

    def heading(self) -> tuple[str, str]:
        """Whose mail."""
        desk = self.session.desk
        return self.say(N_("Who receives which mail")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """The grid, and the cell under the pointer in words."""
        headings = [self.say(SHORT_WORDS[kind]) for kind in KINDS]
        yield MarkGrid(headings, pointer=self.session.look.glyphs.pointer, id="grid")
        yield Static("", id="about")

    def fill(self) -> None:
        """Read who receives what."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            self._choices = list(await self.ask(choices, desk))
            self._show()

    def _show(self) -> None:
        marks = [GridRow(c.person.name, tuple(_mark(c, kind) for kind in KINDS)) for c in self._choices]
        self.query_one(MarkGrid).show(marks)

    def on_mark_grid_pointed(self) -> None:
        """Say the cell in words."""
        grid, about = self.query_one(MarkGrid), self.query_one("#about", Static)
        if grid.row >= len(self._choices):
            return
        choice, kind = self._choices[grid.row], KINDS[grid.column]
        about.border_title = content(f"{choice.person.name}: {self.say(KIND_WORDS[kind])}")
        about.update(content(f"{self._words(choice, kind)}\n{choice.person.email}"))

    def _words(self, choice: MailChoice, kind: MailKind) -> str:
        if kind in choice.always:
            return self.say(N_("Always received: it is how the billing contact learns of changes."))
        if not choice.changeable:
            return self.say(N_("Only the billing contact, or the person, can change this."))
        if kind in choice.receives:
            return self.say(N_("Received. Space turns it off; they are told by mail."))
        return self.say(N_("Not received. Space turns it on; they are told by mail."))

    def on_mark_grid_changed(self, event: MarkGrid.Changed) -> None:
        """Change one cell."""
        self.query_one(Notice).clear()
        choice, kind = self._choices[event.row], KINDS[event.column]
        wanted = set(choice.receives) ^ {kind}
        self.attempt(partial(self._choose, event.row, choice, wanted))

    async def _choose(self, row: int, choice: MailChoice, wanted: set[MailKind]) -> None:
        if (desk := self.session.desk) is not None:
            done = await self.ask(choose, desk, choice.membership_id, wanted)
            self._choices[row] = done
            self._show()


def _mark(choice: MailChoice, kind: MailKind) -> str:
    if kind in choice.always:
        return "[=]"
    return "[x]" if kind in choice.receives else "[ ]"
