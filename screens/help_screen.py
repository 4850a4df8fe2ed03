"""F1: what this screen is for and which keys it knows, from a page written in the person's language."""

from __future__ import annotations

from importlib.resources import files

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown

from billing.errors import N_
from screens.counter_screen import CounterScreen


class HelpScreen(CounterScreen[None]):
    """One page of help. Arrows and page keys scroll it."""

    CSS_PATH = "help_screen.tcss"
    TOPIC = "help"

    def __init__(self, topic: str) -> None:
        super().__init__()
        self.topic = topic

    def heading(self) -> tuple[str, str]:
        """Help, wherever it was asked for."""
        return self.say(N_("Help")), ""

    def body(self) -> ComposeResult:
        """The page, which takes the focus so that the arrows scroll it."""
        with VerticalScroll(id="page"):
            yield Markdown("", open_links=False)

    def fill(self) -> None:
        """Read the page."""
        self.query_one("#page").focus()
        self.run_worker(self._read())

    async def _read(self) -> None:
        await self.query_one(Markdown).update(await self.ask(help_page, self.topic, self.language.tag))


def help_page(topic: str, tag: str) -> str:
    """The Markdown source of a help page. Topics are file names under `screens/help/<language>/`."""
    return (files("screens") / "help" / tag / f"{topic}.md").read_text(encoding="utf-8")
