"""A terminal whose last rows are the tour's: captions stand there, and what is typed goes to the tour."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from textual.events import Key, Paste, Resize
from textual.geometry import Size
from textual.message import Message

from tui.local_driver import LocalDriver

ROWS = 4
"""Rows of the caption: a line, two of words, one of keys."""


class TourDriver(LocalDriver):
    """The counter above, a caption below. `pressed` is asked about each key; a True swallows it."""

    def __init__(self, *args: Any, pressed: Callable[[str], bool], **options: Any) -> None:
        super().__init__(*args, **options)
        self._pressed = pressed
        self._words: tuple[str, str, bool] = ("", "", False)

    def _get_terminal_size(self) -> tuple[int, int]:
        width, height = super()._get_terminal_size()
        return width, max(height - ROWS, 1)

    def send_message(self, message: Message) -> None:
        """Keys go by the tour; a new size, where the terminal tells it itself, leaves room for the caption."""
        match message:
            case Key(key=key) if self._pressed(key):
                return
            case Paste() if self._pressed(""):
                return
            case Resize(size=size):
                smaller = Size(size.width, max(size.height - ROWS, 1))
                super().send_message(Resize(smaller, smaller))
                self.caption(*self._words)
            case _:
                super().send_message(message)

    def caption(self, words: str, keys: str, bold: bool) -> None:
        """Write a caption below the counter. The cursor goes back to where it was."""
        self._words = (words, keys, bold)
        width, height = self._get_terminal_size()
        rows = [*textwrap.wrap(words, width - 2)[:2], ""][:2]
        rule = "-" * width
        lines = [rule, *(f" {row}" for row in rows), f" {keys}"[:width]]
        styled = [f"\x1b[1m{line}\x1b[0m" if bold and 0 < number < 3 else line for number, line in enumerate(lines)]
        drawn = "".join(f"\x1b[{height + 1 + number};1H\x1b[0m\x1b[2K{line}" for number, line in enumerate(styled))
        self.write(f"\x1b7{drawn}\x1b8")
        self.flush()
