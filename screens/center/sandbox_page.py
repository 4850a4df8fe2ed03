"""The sandbox's own page for a card, drawn as a screen: for a demonstration in which there is no browser.

Its cards have names, not numbers; each stands for a behaviour.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from billing.errors import N_
from screens.counter_screen import CounterScreen
from screens.session import SandboxPages
from tui.text import content
from tui.widgets.menu import Choice, Menu


class SandboxPage(CounterScreen[str | None]):
    """Choosing a card is what entering one would be. Hands its name back."""

    TOPIC = "sandbox_page"
    BINDINGS = [Binding("enter", "none", N_("Enter this card"))]
    CSS = """
    SandboxPage { align: center middle; }
    SandboxPage .dialog { width: 76; height: 100%; border: $v-border $v-warn; padding: 0 2; }
    SandboxPage #mark { color: $v-warn; text-style: bold; margin: 1 0; }
    SandboxPage VerticalScroll { height: 1fr; }
    """

    def __init__(self, sandbox: Callable[[], SandboxPages]) -> None:
        super().__init__()
        self.sandbox = sandbox

    def heading(self) -> tuple[str, str]:
        """Plainly not the counter's own."""
        return self.say(N_("Sandbox: not a real payment page")), ""

    def body(self) -> ComposeResult:
        """The test cards."""
        with Vertical(classes="dialog"):
            words = N_("This stands for the payment service's page. No money moves and no card is real: choose one.")
            yield Static(content(f"! {self.say(words)}"), id="mark")
            with VerticalScroll(can_focus=False):
                choices = [Choice(c.name, c.name, self.say(c.about)) for c in self.sandbox().cards]
                yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Hand the card's name back."""
        self.dismiss(event.choice.id)
