"""Open a document by its number, with or without series and zeros."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from billing.errors import N_
from billing.history import find_number
from billing.invoices import Invoice
from screens.dialog import Dialog
from tui.text import content


class GoTo(Dialog[Invoice | None]):
    """One field; Enter opens. What was typed stays while nothing is found."""

    TITLE_MESSAGE = N_("Go to number")
    TOPIC = "history"
    BINDINGS = [Binding("enter", "none", N_("Open"))]

    def body(self) -> ComposeResult:
        """The number."""
        field = Input(id="number", max_length=40)
        field.border_title = content(self.say(N_("Invoice number")))
        field.placeholder = "F-2026-000123"
        field.cursor_blink = False
        yield field

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look it up."""
        if event.value.strip():
            self.attempt(partial(self._find, event.value))

    async def _find(self, typed: str) -> None:
        if (desk := self.session.desk) is not None:
            self.dismiss(await self.ask(find_number, desk, typed))
