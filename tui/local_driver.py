"""Textual's driver for this machine's terminal, which also notices that the terminal is gone.

Textual 8.2 reads the end of a closed terminal again and again, at the cost of a whole core. The hang-up signal does not
help where somebody in between ignores it, as `make` does.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from typing import TYPE_CHECKING, Any, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from tui.app import Ventanilla

LOOK_EVERY = 1.0
"""Seconds between two looks at whether the program is ending; a hang-up itself wakes at once."""

END_WITHIN = 5.0
"""Seconds the program has to end by itself; what was confirmed is on disk already."""

HUNG_UP = 129
"""The exit code of a program that a hang-up ends (128 + SIGHUP)."""

BLANK = "\x1b[?1049h\x1b[2J\x1b[?25l"
"""The alternate screen, empty, without a cursor."""


class LocalDriver(LinuxDriver):
    """A terminal of this machine."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._closed = threading.Event()

    def stop_application_mode(self) -> None:
        """Give the terminal back; where the next showing follows, keep it quiet and hide what it showed before."""
        if follows := cast("Ventanilla", self._app).another_follows:
            self.attrs_before = None
        super().stop_application_mode()
        if follows:
            self.write(BLANK)
            for sign in (signal.SIGTSTP, signal.SIGCONT):  # Textual's handlers hold a program that is taken apart
                signal.signal(sign, signal.SIG_DFL)

    def close(self) -> None:
        """Nothing is written any more; nobody needs to listen."""
        super().close()
        self._closed.set()

    def run_input_thread(self) -> None:
        """Read keys, and listen for the hang-up beside it."""
        self.watch_for_hang_up()
        super().run_input_thread()

    def watch_for_hang_up(self) -> None:
        """End the program when the terminal is gone."""
        threading.Thread(target=self._listen, name="hang-up", daemon=True).start()

    def hung_up(self) -> None:
        """The terminal is gone: nobody is left to be asked anything."""
        self._app.exit()

    def _listen(self) -> None:
        line = select.poll()
        line.register(self.fileno, 0)  # a hang-up is reported unasked
        while not (self.exit_event.is_set() or self._closed.is_set()):
            if line.poll(LOOK_EVERY * 1000):
                self.exit_event.set()
                self._loop.call_soon_threadsafe(self.hung_up)
                # Nobody is there to be told anything: an end that hangs on the dead terminal is cut short.
                threading.Event().wait(END_WITHIN)
                os._exit(HUNG_UP)
