"""How much one source, and all together, may ask of the door and those behind it. asyncssh itself limits nothing."""

from __future__ import annotations

import ipaddress
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures; defaults suit one machine with two cores."""

    people: int = 1000
    """Connections at a time."""
    from_one: int = 200
    """Connections of one source at a time: an office behind one address."""
    waiting: int = 100
    """Connections that have proven nothing yet."""
    waiting_from_one: int = 20
    burst: int = 60
    """New connections of one source at once…"""
    per_second: float = 2.0
    """…and from then on."""
    prove_within: float = 30.0
    """Seconds for the handshake and the log-in (OpenSSH's LoginGraceTime is 120)."""
    tries: int = 6
    """Failed log-ins of one connection, as OpenSSH's MaxAuthTries."""
    channels: int = 8
    """Visits of one connection at a time (OpenSSH's MaxSessions is 10)…"""
    strangers: int = 1
    """…and where it has proven nobody: what strangers have open is as many screens as they have connections."""


def source_of(address: str) -> str:
    """What is counted as one source: an IPv4 address, or the /64 that an IPv6 customer is given."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Crowd:
    """Who is here and who waits, by source. One event loop's; not for threads."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._now = now
        self._here: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._buckets: dict[str, tuple[float, float]] = {}

    @property
    def here(self) -> int:
        """Connections at this moment."""
        return self._here.total()

    @property
    def waiting(self) -> int:
        """Those of them that have proven nothing yet."""
        return self._waiting.total()

    def refusal(self, source: str) -> str:
        """Why one more connection of the source is not taken, in a word for the meters; empty where it is."""
        limits = self.limits
        if self._here.total() >= limits.people:
            return "full"
        if self._here[source] >= limits.from_one:
            return "source_full"
        if self._waiting.total() >= limits.waiting or self._waiting[source] >= limits.waiting_from_one:
            return "unproven"
        return "" if self._drop(source) else "rate"

    def _drop(self, source: str) -> bool:
        """Take one from the source's bucket."""
        now = self._now()
        left, since = self._buckets.get(source, (float(self.limits.burst), now))
        left = min(self.limits.burst, left + (now - since) * self.limits.per_second)
        if left < 1:
            self._buckets[source] = (left, now)
            return False
        self._buckets[source] = (left - 1, now)
        if len(self._buckets) > 10 * self.limits.people:
            self._forget()
        return True

    def _forget(self) -> None:
        """Forget the half that came longest ago: most of them have full buckets again."""
        by_time = sorted(self._buckets.items(), key=lambda item: item[1][1])
        self._buckets = dict(by_time[len(by_time) // 2 :])

    def enter(self, source: str) -> None:
        """A connection was taken; it has proven nothing."""
        self._here[source] += 1
        self._waiting[source] += 1

    def proven(self, source: str) -> None:
        """It is through the log-in, or gone before that."""
        self._less(self._waiting, source)

    def leave(self, source: str) -> None:
        """It is gone."""
        self._less(self._here, source)

    @staticmethod
    def _less(counter: Counter[str], source: str) -> None:
        counter[source] -= 1
        if counter[source] <= 0:
            del counter[source]
