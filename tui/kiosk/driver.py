"""Textual's driver for a kiosk's terminal: it takes keys and nothing else, and draws only what the console's font has.

Written against Textual 8.2. Whatever a keyboard, or a terminal that answers, can send besides keys and pastes is let
go: mouse and focus reports, sizes, answers to questions that were not asked. A paste that does not end is ended.
"""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message

from tui.kiosk.console_font import drawable
from tui.kiosk.supervisor import HUNG_UP, IGNORED
from tui.local_driver import LocalDriver
from tui.ssh.typing_gate import TypingGate

if TYPE_CHECKING:
    from tui.kiosk.app import Kiosk

QUIET = 0.1
"""Seconds after which half of a key's sequence is taken for what it is (Textual's own ESCDELAY)."""

PASTE_WITHIN = 2.0
"""Seconds in which a paste must end."""

MOST_WAITING = 200
"""Messages the program is behind by when more keys are let go: nobody types ahead so far."""

AT_ONCE = 4096
"""Bytes that are read at a time."""


_POINTER = re.compile("\x1b]22;[^\x07]*\x07")
"""Textual's wish for the shape of a mouse pointer, which older consoles would print."""


class KioskDriver(LocalDriver):
    """A terminal of this machine that anybody types at."""

    def __init__(self, app: Kiosk, *, console: bool, **options: Any) -> None:
        """`console`: whether this is the Linux console, which has one font and answers no questions."""
        super().__init__(app, **options)
        self._kiosk = app
        self._console = console
        self._let_signals_be()

    @property
    def can_suspend(self) -> bool:
        """No."""
        return False

    def hung_up(self) -> None:
        """The terminal is gone: here a wish to leave would be none."""
        self._kiosk.end(HUNG_UP)

    def _let_signals_be(self) -> None:
        """Textual's handlers would stop the process."""
        for sign in IGNORED:
            signal.signal(sign, signal.SIG_IGN)
        signal.signal(signal.SIGCONT, signal.SIG_DFL)

    def start_application_mode(self) -> None:
        """Take the terminal."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._let_signals_be()

    def write(self, data: str) -> None:
        """Draw; what the font lacks is replaced."""
        super().write(drawable(_POINTER.sub("", data)) if self._console else data)

    def _request_terminal_sync_mode_support(self) -> None:
        """Ask nothing: an answer would be typed."""

    def _query_in_band_window_resize(self) -> None:
        """Ask nothing."""

    def run_input_thread(self) -> None:
        """Read keys until the program ends."""
        self.watch_for_hang_up()
        gate, pasting_since = TypingGate(), 0.0
        while not self.exit_event.is_set():
            came = select.select([self.fileno], [], [], QUIET)[0]
            if came:
                if not (data := os.read(self.fileno, AT_ONCE)):
                    return  # gone; the watch for it ends the program
                gate.take(data)
                while gate.waiting and not self.exit_event.is_set():
                    self._give(gate.slice())
            else:
                self._give(gate.quiet())
            now = time.monotonic()
            pasting_since = (pasting_since or now) if gate.pasting else 0.0
            if gate.pasting and now - pasting_since > PASTE_WITHIN:
                self._give(gate.end_paste())

    def _give(self, told: Iterable[Message]) -> None:
        for event in told:
            if isinstance(event, (events.Key, events.Paste)) and self._app.message_queue_size < MOST_WAITING:
                self.process_message(event)
