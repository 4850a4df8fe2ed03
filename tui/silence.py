"""Nobody has typed for a while: how long, and the question whether somebody is still there.

For terminals where one person follows the other. What is to happen when nobody answers is the program's own.
"""

from __future__ import annotations

import time

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from billing.errors import N_
from screens.dialog import Dialog
from tui.app import Ventanilla
from tui.text import content

TICK = 0.25
"""Seconds between two looks at the clock."""

VISIT_ENDS = N_("Press any key to go on. In {seconds} s your visit ends and this screen is cleared.")


def now() -> float:
    """Seconds, those of a sleeping machine among them; setting the clock changes nothing."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class StillThere(Dialog[None]):
    """Nobody has typed for a while. Any key goes on: the program sees to that."""

    TITLE_MESSAGE = N_("Are you still there?")
    DEFAULT_CSS = "StillThere Static { height: auto; }"

    def __init__(self, seconds: int, sentence: str = VISIT_ENDS) -> None:
        """`sentence` is a catalogue message that says what happens in so many `{seconds}`."""
        super().__init__()
        self._seconds, self._message = seconds, sentence

    def body(self) -> ComposeResult:
        """How long is left."""
        yield Static(self._sentence(), id="left")

    def count(self, seconds: int) -> None:
        """So many seconds are left."""
        if seconds != self._seconds:
            self._seconds = seconds
            if left := self.query("#left"):
                left.first(Static).update(self._sentence())

    def _sentence(self) -> Content:
        return content(self.say(self._message, seconds=self._seconds))

    def shown_keys(self) -> list[tuple[str, str]]:
        """Any."""
        return []


class Attended(Ventanilla):
    """A counter that knows when a key was last pressed. A key that answers the question is taken for nothing else."""

    last_key: float = 0.0

    async def on_event(self, event: events.Event) -> None:
        """Keys pass here before anybody else sees them."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded and await self.takes(event):
            return
        await super().on_event(event)

    async def takes(self, event: events.Key | events.Paste) -> bool:
        """Whether the key was for the program itself, and no screen sees it."""
        del event
        self.last_key = now()
        if isinstance(self.screen, StillThere):
            self.screen.dismiss()
            return True
        return False
