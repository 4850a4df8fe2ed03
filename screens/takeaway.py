"""Taking away what a screen shows: saved or printed where this machine is the person's, else told how instead."""

from __future__ import annotations

from typing import ClassVar

from textual.events import Key

from billing.errors import N_
from screens.counter_screen import CounterScreen
from tui.widgets.notice import Notice

DOCUMENTS = N_("Nothing is saved or printed here. F9 has the document sent to you by mail.")
LISTS = N_("Nothing is saved here. Copy what you need from your terminal's screen.")
"""What to do instead."""

FETCHED = {
    DOCUMENTS: N_("Nothing is saved or printed here. F9 mails you the document; sftp fetches it as a file."),
    LISTS: N_("Nothing is saved here. sftp fetches it as a file: each year has its own folder."),
}
"""The same for whoever came over SSH."""


class Takeaway(CounterScreen[None]):
    """A screen with something to take away. Saving (F7) and printing (F8) are offered only where they can be done."""

    INSTEAD: ClassVar[str] = DOCUMENTS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this machine allows."""
        del parameters
        match action:
            case "export" | "save":
                return self.session.services.exports is not None
            case "print":
                return self.session.services.printer is not None
            case _:
                return True

    def on_key(self, event: Key) -> None:
        """Where a key is not offered, say how it is done here: people know it from elsewhere."""
        services = self.session.services
        printing = event.key == "f8" and services.printer is None and self.INSTEAD is DOCUMENTS
        if printing or (event.key == "f7" and services.exports is None):
            self.query_one(Notice).tell(self.say(FETCHED[self.INSTEAD] if self.house.away else self.INSTEAD))
