"""F1: what this screen is for and which keys it knows, from a page written in the person's language."""

from __future__ import annotations

from importlib.resources import files

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown, Static

from billing.errors import N_
from screens.counter_screen import CounterScreen
from tui.text import content


class HelpScreen(CounterScreen[None]):
    """One page of help. Arrows and page keys scroll it."""

    CSS_PATH = "help_screen.tcss"
    TOPIC = "help"

    def __init__(self, topic: str, command: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.topic, self.script = topic, command

    def heading(self) -> tuple[str, str]:
        """Help, wherever it was asked for."""
        return self.say(N_("Help")), ""

    def body(self) -> ComposeResult:
        """The page, which takes the focus so that the arrows scroll it."""
        with VerticalScroll(id="page"):
            yield Markdown("", open_links=False)
            if self.script:
                yield Static(content(self._command_for_this()), id="command")

    def _command_for_this(self) -> str:
        from screens.commands import command_line

        identity, desk = self.session.identity, self.session.desk
        several = identity is not None and len(identity.standings) > 1
        line = command_line(self.script, desk.account.id if desk and several else "")
        return f"{self.say(N_('The command for this:'))}\n{line}"

    def fill(self) -> None:
        """Read the page."""
        self.query_one("#page").focus()
        self.run_worker(self._read())

    async def _read(self) -> None:
        await self.query_one(Markdown).update(await self.ask(help_page, self.topic, self.language.tag))


def help_page(topic: str, tag: str) -> str:
    """The Markdown source of a help page. Topics are file names under `screens/help/<language>/`."""
    return (files("screens") / "help" / tag / f"{topic}.md").read_text(encoding="utf-8")
