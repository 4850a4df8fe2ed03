"""A Textual driver on an SSH channel: no threads, no signals, no terminal and no environment of this machine.

Written against Textual 8.2 (`tests/ssh/test_driver.py` holds what it relies on). All writes of one turn of the loop are
one packet. A person whose line is full gets no frames until it is free again, and then the whole screen anew: what is
kept for them is bounded.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.color import Color
from textual import events
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from tui.ssh.typing_gate import TypingGate

if TYPE_CHECKING:
    from textual.app import App


def leave_streams_alone() -> None:
    """Keep Textual from putting its own in the place of the process's standard output and error.

    Each app does so while it runs, and gives back what it found: with many at once, another's.
    """
    import textual.app

    class Untouched:
        def __init__(self, stream: object) -> None:
            del stream

        def __enter__(self) -> None:
            return None

        def __exit__(self, *exception: object) -> None:
            return None

    for name in ("redirect_stdout", "redirect_stderr"):
        setattr(textual.app, name, Untouched)


LEAST, MOST = (20, 5), (500, 200)
"""Columns and rows that are drawn, whatever a client says: a frame for 2^32 columns would be all our memory."""

QUIET = 0.1
"""Seconds after which half of a key's sequence is taken for what it is (Textual's own ESCDELAY)."""

PASTE_WITHIN = 2.0
"""Seconds in which a paste must end."""

RESIZE_EVERY = 0.1
"""Seconds between two sizes that are drawn."""

KEYS_PER_SECOND, KEYS_AT_ONCE = 100, 400
"""Events of one person: twice a held-down key's. More waits at their end of the line: others have their turn."""

ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l\x1b[?2026$p"
"""Alternate screen, cursor off, marked pastes, no wrapping; and may frames be synchronized?"""

LEAVE = "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
"""All of it taken back."""

_TRUE_COLOUR = re.compile(r"([34]8);2;(\d+);(\d+);(\d+)")


class ChannelDriver(Driver):
    """Textual's idea of a terminal, at the other end of a channel."""

    def __init__(
        self,
        app: App[Any],
        *,
        send: Callable[[bytes], None],
        hold: Callable[[bool], None],
        true_colour: bool,
        size: tuple[int, int] | None = None,
        **options: Any,
    ) -> None:
        """`send` writes to the channel; `hold` stops (True) or lets on (False) what the person types."""
        super().__init__(app, size=clamped(*(size or (80, 24))), **options)
        self._send, self._hold = send, hold
        self._true_colour = true_colour
        self._gate = TypingGate()
        self._frame: list[str] = []
        self._full = self._missed = self._held = self._open = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._keys, self._counted = float(KEYS_AT_ONCE), time.monotonic()

    def write(self, data: str) -> None:
        """Keep it for the packet that leaves at the end of this turn of the loop."""
        if self._full:
            self._missed = True
            return
        if not self._frame:
            self._loop.call_soon(self._leave)
        self._frame.append(data)

    def _leave(self) -> None:
        if self._frame:
            frame = "".join(self._frame)
            self._frame.clear()
            if not self._true_colour:
                frame = _TRUE_COLOUR.sub(_nearest, frame)
            self._send(frame.encode("utf-8", "replace"))

    def flush(self) -> None:
        """Nothing: the turn's end does."""

    def line_full(self, full: bool) -> None:
        """The line takes no more, or takes again: then whoever missed a frame gets the whole screen."""
        self._full = full
        if not full and self._missed:
            self._missed = False
            if self._open:
                # A new size of the same figures has Textual draw the whole screen; a refresh only what changed.
                self._tell_size()

    def feed(self, data: bytes) -> None:
        """What the person typed."""
        self._gate.take(data)
        self._pump()

    def _pump(self) -> None:
        """Parse what waits, as fast as the program takes it."""
        self._stop("pump")
        while self._gate.waiting and self._open:
            if wait := self._pace():
                self._hold_line(True)
                self._later("pump", wait, self._pump)
                return
            self._tell(self._gate.slice())
        if not self._gate.waiting:
            self._hold_line(False)
        self._later("quiet", QUIET, self._quiet)
        if self._gate.pasting and "paste" not in self._timers:
            self._later("paste", PASTE_WITHIN, self._end_paste)

    def _pace(self) -> float:
        """Seconds to wait before the next slice."""
        now = time.monotonic()
        self._keys = min(KEYS_AT_ONCE, self._keys + (now - self._counted) * KEYS_PER_SECOND)
        self._counted = now
        if self._keys < 1:
            return 0.1
        return 0.01 if self._app.message_queue_size > KEYS_AT_ONCE else 0.0

    def _tell(self, told: Iterable[Message]) -> None:
        for event in told:
            self._keys -= 1
            if isinstance(event, events.MouseEvent):
                continue  # none was asked for
            self.process_message(event)

    def _quiet(self) -> None:
        self._tell(self._gate.quiet())

    def _end_paste(self) -> None:
        if self._gate.pasting:
            self._tell(self._gate.end_paste())
            self._pump()

    def _hold_line(self, held: bool) -> None:
        if held is not self._held:
            self._held = held
            self._hold(held)

    def _later(self, name: str, seconds: float, doing: Callable[[], None]) -> None:
        def do() -> None:
            self._timers.pop(name, None)
            if self._open:
                doing()

        self._stop(name)
        self._timers[name] = self._loop.call_later(seconds, do)

    def _stop(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()

    def send_message(self, message: Message) -> None:
        """Give the program a message. We are on its loop already."""
        self._app.post_message(message)

    def resize(self, columns: int, rows: int) -> None:
        """The person's window has another size; of a storm of sizes some are drawn, and the last."""
        self._size = clamped(columns, rows)
        if "resize" not in self._timers:
            self._later("resize", RESIZE_EVERY, self._tell_size)

    def _tell_size(self) -> None:
        size = Size(*(self._size or LEAST))
        self._app.post_message(events.Resize(size, size))

    def start_application_mode(self) -> None:
        """Take the person's screen."""
        self._open = True
        self.write(ENTER)
        self._tell_size()

    def disable_input(self) -> None:
        """Take no more keys."""
        self._open = False
        for name in tuple(self._timers):
            self._stop(name)

    def stop_application_mode(self) -> None:
        """Give the person's screen back as it was."""
        self.disable_input()
        self._full = False
        self.write(LEAVE)
        self._leave()


def clamped(columns: int, rows: int) -> tuple[int, int]:
    """A size that can be drawn; 0 is what a client says that does not know."""
    wide, high = columns or 80, rows or 24
    return min(max(wide, LEAST[0]), MOST[0]), min(max(high, LEAST[1]), MOST[1])


def _nearest(colour: re.Match[str]) -> str:
    ground, red, green, blue = colour.groups()
    return f"{ground};5;{_eight_bit(int(red), int(green), int(blue))}"


@lru_cache(4096)
def _eight_bit(red: int, green: int, blue: int) -> int:
    """The nearest of xterm's 256 colours. At the end of the line: Rich keeps a style's first depth for everybody."""
    from rich.color import ColorSystem

    return Color.from_rgb(red, green, blue).downgrade(ColorSystem.EIGHT_BIT).number or 0
