"""What all visits over SSH share: the services, the limits, who is here, and what is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screens.session import Services
from tui.ssh.limits import Crowd

if TYPE_CHECKING:
    from tui.ssh.visit import Visit


class Meters:
    """What is counted for whoever runs the server; this one counts nothing. See `tui.serving.health`."""

    def connection(self, answer: str) -> None:
        """A connection was `taken`, or refused for a reason of `Crowd.refusal`."""

    def login(self, way: str, proven: bool) -> None:
        """Somebody tried to prove who they are by `password`; `door` is the counter's own sign-in."""

    def opened(self, kind: str) -> None:
        """A visit began; a `terminal` is one in the full screen."""

    def closed(self, kind: str) -> None:
        """A visit ended."""

    def sent(self, count: int) -> None:
        """So many bytes of frames left."""

    def dropped(self) -> None:
        """Somebody's line was full; frames are let go until it is free."""

    def crashed(self) -> None:
        """A visit ended by a fault of the program."""


@dataclass(slots=True)
class House:
    """One server's shared things."""

    services: Services
    crowd: Crowd
    meters: Meters = field(default_factory=Meters)
    banner: str = ""
    """Said before anybody proves who they are; the operator's own words."""
    idle: float = 1800.0
    """Seconds without a key after which a visit in the full screen ends (ASVS 7.3.1)."""
    visits: set[Visit] = field(default_factory=set)
    """The full screens that are open."""
