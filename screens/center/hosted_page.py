"""A page of the payment service that the customer opens elsewhere: its link, its QR code, and what to do."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Static

from tui.text import content, safe
from tui.widgets.qr import Qr


class HostedPage(Vertical):
    """The link has a line to itself, so that it can be copied whole; the code stands beside the words.

    Where there is no room for the code, or it may not be drawn, there is only the link.
    """

    DEFAULT_CSS = """
    HostedPage { height: 1fr; }
    HostedPage #link { height: 1; padding: 0 2; color: $v-accent; text-style: bold; }
    HostedPage Horizontal { height: 1fr; }
    HostedPage Qr { margin: 0 0 0 2; }
    HostedPage #words { width: 1fr; height: auto; padding: 1 2 0 2; }
    """

    def __init__(self, *, code: bool, id: str | None = None) -> None:  # noqa: A002
        """`code` says whether a QR code may be drawn: plain ASCII has no half blocks."""
        super().__init__(id=id)
        self.code = code

    def compose(self) -> ComposeResult:
        """Link, code, words."""
        yield Static("", id="link")
        with Horizontal():
            yield Qr()
            yield Static("", id="words")

    def show(self, url: str, words: str) -> None:
        """Show a link and what to do with it; without a link, only the words."""
        link = safe(url)
        self.query_one("#link", Static).update(content(link))
        self.query_one("#words", Static).update(content(words))
        self.query_one(Qr).show(url if self.code else "")
        self._make_room()

    @property
    def has_code(self) -> bool:
        """Whether the code shows."""
        return bool(self.query_one(Qr).display)

    def on_resize(self, event: Resize) -> None:
        """The code shows only where it fits whole: half a code is of no use."""
        del event
        self._make_room()

    def _make_room(self) -> None:
        code = self.query_one(Qr)
        code.display = bool(code.lines) and len(code.lines) < self.size.height
