"""The sandbox's own page for a card, drawn as a screen: for a demonstration in which there is no browser.

Its cards have names and no numbers; each stands for a behaviour.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.errors import N_
from screens.counter_screen import CounterScreen
from screens.session import SandboxPages, TestCard
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row


class SandboxPage(CounterScreen[str | None]):
    """Choosing a card is what entering one would be. Hands its name back."""

    TOPIC = "sandbox_page"
    AUTO_FOCUS = "#test-cards"
    BINDINGS = [Binding("enter", "none", N_("Enter this card"))]
    DEFAULT_CSS = """
    SandboxPage #mark { color: $v-warn; text-style: bold; margin: 1 0; padding: 0 3; }
    SandboxPage #about { height: 4; padding: 0 1; border: $v-border $v-warn; border-title-color: $v-warn; }
    """

    def __init__(self, sandbox: Callable[[], SandboxPages]) -> None:
        super().__init__()
        self.sandbox = sandbox

    def heading(self) -> tuple[str, str]:
        """Plainly not the counter's own."""
        return self.say(N_("Sandbox: not a real payment page")), ""

    def body(self) -> ComposeResult:
        """The test cards."""
        glyphs, say = self.session.look.glyphs, self.say
        words = say(N_("This stands for the payment service's page. No money moves and no card is real: choose one."))
        yield Static(content(f"! {words}"), id="mark")
        columns = (Column(say(N_("Test card")), 14), Column(say(N_("What comes of it"))))
        yield HeldList[TestCard](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="test-cards")
        yield Static("", id="about")

    def fill(self) -> None:
        """Show the cards."""
        cards = self.sandbox().cards
        self.query_one("#test-cards", HeldList).show([Row(c, (c.name, self.say(c.about))) for c in cards])

    def on_held_list_pointed(self) -> None:
        """The card under the pointer in full."""
        row, about = self.query_one("#test-cards", HeldList).current, self.query_one("#about", Static)
        about.border_title = content(row.cells[0] if row else "")
        about.update(content(row.cells[1] if row else ""))

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Hand the card's name back."""
        self.dismiss(event.row.item.name)
