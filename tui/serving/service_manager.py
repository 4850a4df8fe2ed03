"""What systemd and a service say to each other: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import MutableMapping
from contextlib import suppress

FIRST_HANDED = 3
"""The descriptor of the first socket that is handed over."""


def handed_socket(environment: MutableMapping[str, str] = os.environ) -> socket.socket | None:
    """The listening socket that the service manager opened for this process; None where there is none."""
    meant = environment.pop("LISTEN_PID", ""), environment.pop("LISTEN_FDS", "")
    environment.pop("LISTEN_FDNAMES", None)
    if meant[0] != str(os.getpid()) or not meant[1].isdigit() or int(meant[1]) < 1:
        return None
    handed = socket.socket(fileno=FIRST_HANDED)
    handed.set_inheritable(False)
    return handed


class ServiceManager:
    """Tells the service manager how the server is; nobody where there is none."""

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        place = environment.pop("NOTIFY_SOCKET", "")
        self._place = f"\0{place[1:]}" if place.startswith("@") else place
        within, pid = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        meant = within.isdigit() and pid in ("", str(os.getpid()))
        self._every = int(within) / 2_000_000 if meant else 0.0

    def tell(self, state: str) -> None:
        """Say something, such as `READY=1`."""
        if self._place:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                sock.sendto(state.encode(), self._place)

    async def reassure(self) -> None:
        """Say that the loop turns, for as long as it does, where that is wanted."""
        while self._every:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self._every)
