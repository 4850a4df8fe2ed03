"""A terminal whose last rows are the tour's: captions stand there, and what is typed goes to the tour."""

from __future__ import annotations

import signal
import textwrap
from collections.abc import Callable
from types import FrameType
from typing import Any

from textual.events import Key, Paste, Resize
from textual.geometry import Size
from textual.message import Message

from tui.app import LEAST_ROWS
from tui.local_driver import LocalDriver

ROWS = 4
"""Rows of the caption: a line, two of words, one of keys. In a low window the counter comes first."""


class TourDriver(LocalDriver):
    """The counter above, a caption below. `pressed` is asked about each key; a True swallows it."""

    def __init__(self, *args: Any, pressed: Callable[[str], bool], **options: Any) -> None:
        super().__init__(*args, **options)
        self._pressed = pressed
        self._words: tuple[str, str, bool] = ("", "", False)
        self._most = ROWS
        self._height = 0

    def start_application_mode(self) -> None:
        """Take the terminal. Where a signal tells that its size changed, the caption moves too."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        resized = signal.getsignal(signal.SIGWINCH)

        def also_here(number: int, frame: FrameType | None) -> None:
            if callable(resized):
                resized(number, frame)
            self._loop.call_soon_threadsafe(self._moved)

        signal.signal(signal.SIGWINCH, also_here)

    def _get_terminal_size(self) -> tuple[int, int]:
        width, height = super()._get_terminal_size()
        self._height = height
        return width, height - self._rows(height)

    def _rows(self, height: int) -> int:
        """How many of a window's rows are the caption's."""
        return max(0, min(self._most, height - LEAST_ROWS))

    def send_message(self, message: Message) -> None:
        """Keys go by the tour; a new size, where the terminal tells it itself, leaves room for the caption."""
        match message:
            case Key(key=key) if self._pressed(key):
                return
            case Paste() if self._pressed(""):
                return
            case Resize(size=size):
                smaller = Size(size.width, size.height - self._rows(size.height))
                super().send_message(Resize(smaller, smaller))
                self._loop.call_soon_threadsafe(self._moved)
            case _:
                super().send_message(message)

    def _moved(self) -> None:
        """The window has another size: draw the caption when the counter has been drawn in it."""
        self._draw()
        self._app.call_after_refresh(self._draw)

    def caption(self, words: str, keys: str, bold: bool) -> None:
        """Write a caption below the counter."""
        self._words = (words, keys, bold)
        self._draw()

    def give_back(self) -> None:
        """Nothing more is told: the counter has the whole window."""
        self._most = 0
        whole = Size(*self._get_terminal_size())
        self._app.post_message(Resize(whole, whole))

    def _draw(self) -> None:
        """Draw the caption. The cursor goes back to where it was."""
        width, counter = self._get_terminal_size()
        lines = caption_lines(*self._words[:2], width, self._height - counter)
        weight = "\x1b[1m" if self._words[2] else ""
        drawn = "".join(
            f"\x1b[{counter + 1 + row};1H\x1b[0m\x1b[2K{weight if words else ''}{line}\x1b[0m"
            for row, (line, words) in enumerate(lines)
        )
        self.write(f"\x1b7{drawn}\x1b8")
        self.flush()


def caption_lines(words: str, keys: str, width: int, rows: int) -> list[tuple[str, bool]]:
    """A caption in so many rows, and which of its lines are words. Of what has no room, the keys are kept longest."""
    most = max(0, min(2, rows - 1))
    said = (
        textwrap.wrap(words, max(width - 2, 8), max_lines=most, placeholder=" ...", break_on_hyphens=False)
        if most
        else []
    )
    said += [""] * (most - len(said))
    lines = [("-" * width, False), *((f" {line}"[:width], True) for line in said), (f" {keys}"[:width], False)]
    return lines[len(lines) - rows :] if rows else []
