"""Two people changed the same: both versions side by side, to be chosen field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row


@dataclass(frozen=True, slots=True)
class Choice:
    """One field: what it is called, what they wrote, what I wrote."""

    field: str
    label: str
    theirs: str
    mine: str


class ConflictDialog(Dialog[frozenset[str] | None]):
    """Space changes sides, F2 saves what is marked; Esc goes back to what was typed. Hands back the fields of mine."""

    TITLE_MESSAGE = N_("Somebody else was here")
    WIDE = True
    TOPIC = "conflict"
    AUTO_FOCUS = "#sides"
    BINDINGS = [
        Binding("space", "side", N_("Mine or theirs")),
        Binding("f2", "take", N_("Save this")),
    ]
    DEFAULT_CSS = """
    ConflictDialog #why-conflict { margin: 0 1 1 1; height: auto; }
    ConflictDialog #sides { height: 10; }
    """

    def __init__(self, why: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.why = why
        self.choices = tuple(choices)
        self._mine = {choice.field for choice in choices}

    def body(self) -> ComposeResult:
        """What happened, and both sides of each field."""
        glyphs = self.session.look.glyphs
        yield Static(content(self.why), id="why-conflict")
        columns = (
            Column(self.say(N_("Field")), 16),
            Column(self.say(N_("Theirs"))),
            Column(self.say(N_("Mine")), 26),
        )
        yield HeldList[Choice](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="sides")

    def fill(self) -> None:
        """Show both sides; `[x]` marks what will be saved."""
        self.query_one(HeldList).show([self._row(choice) for choice in self.choices])

    def _row(self, choice: Choice) -> Row[Choice]:
        mine = choice.field in self._mine
        marks = ("[ ]", "[x]") if mine else ("[x]", "[ ]")
        cells = (choice.label, f"{marks[0]} {choice.theirs or '-'}", f"{marks[1]} {choice.mine or '-'}")
        return Row(choice, cells, key=choice.field)

    def action_side(self) -> None:
        """Take the other side's for the field under the pointer."""
        row = self.query_one(HeldList).current
        if row is not None:
            self._mine ^= {row.item.field}
            self.fill()

    def on_window_list_taken(self) -> None:
        """Enter changes sides too."""
        self.action_side()

    def action_take(self) -> None:
        """Save what is marked."""
        self.dismiss(frozenset(self._mine))
