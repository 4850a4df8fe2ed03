"""What all visits over SSH share: the services, the limits, who is here, and what is counted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screens.session import Services
from tui.ssh.limits import Crowd
from tui.ssh.meters import Meters
from tui.ssh.sizes import Sizes

if TYPE_CHECKING:
    from tui.ssh.visit import Visit


@dataclass(slots=True)
class House:
    """One server's shared things."""

    services: Services
    crowd: Crowd
    meters: Meters = field(default_factory=Meters)
    banner: str = ""
    """Said before anybody proves who they are; the operator's own words."""
    idle: float = 1800.0
    """Seconds of silence after which a visit ends (ASVS 7.3.1), and a connection with nothing open."""
    sizes: Sizes = field(default_factory=Sizes)
    """Of the files that were fetched or listed."""
    visits: set[Visit] = field(default_factory=set)
    """Those that are open, whatever they are for."""

    async def emptied(self, seconds: float) -> None:
        """Wait until the visits that are open now have ended, at most so long."""
        if tasks := [visit.task for visit in self.visits if visit.task is not None]:
            await asyncio.wait(tasks, timeout=seconds)
