"""What is counted of a server, in plain numbers; `tui.serving.health` writes them for Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

DELAYS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the classes that delays of the loop are counted in, in seconds; whatever is more is a last class."""


@dataclass(slots=True)
class Meters:
    """One server's counts since it began. One event loop's; not for threads."""

    connections: Counter[str] = field(default_factory=Counter)
    """By answer: `taken`, or the word of a refusal."""
    logins: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """By way (`key`, `password`, or `door`: the counter's own sign-in), and whether it proved somebody."""
    began: Counter[str] = field(default_factory=Counter)
    """Visits by kind: `terminal`, `command`, `files`, `plain`."""
    ended: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    bytes_sent: int = 0
    delays: list[int] = field(default_factory=lambda: [0] * (len(DELAYS) + 1))
    delayed: float = 0.0
    """Seconds of all delays together."""

    def connection(self, answer: str) -> None:
        """A connection was `taken`, or refused for a reason of `Crowd.refusal`, or for its PROXY `header`."""
        self.connections[answer] += 1

    def login(self, way: str, proven: bool) -> None:
        """Somebody tried to prove who they are."""
        self.logins[way, proven] += 1

    def opened(self, kind: str) -> None:
        """A visit began."""
        self.began[kind] += 1

    def closed(self, kind: str) -> None:
        """A visit ended."""
        self.ended[kind] += 1

    def crashed(self) -> None:
        """A visit ended by a fault of the program."""
        self.crashes += 1

    def sent(self, count: int) -> None:
        """So many bytes of a screen left."""
        self.bytes_sent += count

    def late(self, seconds: float) -> None:
        """The loop came so much later to something than it was due."""
        self.delays[bisect_left(DELAYS, seconds)] += 1
        self.delayed += seconds
