"""The tour as a recording to play back (asciicast v2): `python -m tests.cast` renews `docs/tour.cast.gz`."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.journeys.terminal import Terminal

ROOT = Path(__file__).parent.parent
LAST = {"en": "is yours", "es": "es suya"}
"""What is said at the end of the tour."""


class Recording(Terminal):
    """A terminal that keeps what was drawn in it, and when."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(arguments, env={"LANG": "C.UTF-8"})
        self._began = time.monotonic()
        self.events: list[tuple[float, str, str]] = []
        self._left = b""

    def _read(self, seconds: float) -> bool:
        before = len(self.raw)
        more = super()._read(seconds)
        if drawn := self._left + bytes(self.raw[before:]):
            text = drawn.decode("utf-8", "ignore")
            self._left = drawn[len(text.encode()) :]  # half a character
            self.events.append((round(time.monotonic() - self._began, 3), "o", text))
        return more

    def wait_for_end(self, words: str, seconds: float) -> None:
        """Watch until something shows, for as long as it takes."""
        deadline = time.monotonic() + seconds
        while words not in self.text and time.monotonic() < deadline:
            self._read(1)
        assert words in self.text


def recorded(lang: str, pace: float) -> tuple[list[tuple[float, str, str]], str]:
    """The tour's events, and the last screen."""
    place = ["--lang", lang, "--as-of", "2026-11-23", "--colours", "16"]
    with Recording(["demo", "--tour", "--pace", str(pace), *place]) as terminal:
        terminal.wait_for_end(LAST[lang], 600)
        return terminal.events, terminal.text


def cast(events: list[tuple[float, str, str]]) -> str:
    """As a file: a header, then an event a line."""
    header = {"version": 2, "width": 80, "height": 24, "title": "Ventanilla", "env": {"TERM": "xterm-256color"}}
    return "".join(json.dumps(line) + "\n" for line in (header, *events))


if __name__ == "__main__":
    events, _ = recorded(sys.argv[1] if len(sys.argv) > 1 else "en", 0.6)
    (ROOT / "docs" / "tour.cast.gz").write_bytes(gzip.compress(cast(events).encode(), mtime=0))
