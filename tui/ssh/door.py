"""The door: takes connections within the limits, before a single byte of SSH is spent on anybody."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.ssh.limits import Crowd, source_of
from tui.ssh.proxy_header import NoHeader, told_source

if TYPE_CHECKING:
    from tui.ssh.meters import Meters

_LOG = logging.getLogger(__name__)

BACKLOG = 1024

MOST_INTRODUCED = 256
"""Connections of balancers that have not said yet for whom they speak."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Door:
    """A listening port. Whoever is let in is counted as here until somebody says otherwise to the crowd."""

    def __init__(
        self,
        listening: socket.socket,
        crowd: Crowd,
        meters: Meters,
        balancers: Sequence[Network],
        let_in: Callable[[socket.socket, str], None],
    ) -> None:
        """`balancers`: networks whose connections begin with a PROXY header, and are refused without one.

        `let_in` is handed each connection with its source, and must not fail.
        """
        self._listening, self._crowd, self._meters, self._balancers = listening, crowd, meters, balancers
        self._let_in = let_in
        self._introduced: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    def open(self) -> None:
        """Begin to take connections."""
        self._listening.setblocking(False)
        self._listening.listen(BACKLOG)
        self._accepting = asyncio.get_running_loop().create_task(self._accept(), name="door")

    def close(self) -> None:
        """Take no new connections."""
        if self._accepting is not None:
            self._accepting.cancel()
            self._accepting = None
        self._listening.close()
        for task in self._introduced:
            task.cancel()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, address = await loop.sock_accept(self._listening)
            except OSError as fault:  # no descriptors left, or gone before it was taken: others may do better
                _LOG.warning("accept: %s", fault.strerror)
                await asyncio.sleep(0.1)
                continue
            if not self._trusted(address[0]):
                self._admit(sock, address[0])
            elif len(self._introduced) < MOST_INTRODUCED:
                task = loop.create_task(self._introduce(sock, address[0]))
                self._introduced.add(task)
                task.add_done_callback(self._introduced.discard)
            else:
                self._meters.connection("balancer_full")
                sock.close()

    def _trusted(self, address: str) -> bool:
        """Whether it is a balancer's, which says for whom it speaks."""
        if not self._balancers:
            return False
        parsed = ipaddress.ip_address(address.partition("%")[0])
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(parsed in network for network in self._balancers)

    async def _introduce(self, sock: socket.socket, balancer: str) -> None:
        """Hear from a balancer for whom it speaks; without a word of that its connection is not taken."""
        try:
            self._admit(sock, await told_source(sock) or balancer)
        except (NoHeader, TimeoutError, OSError) as fault:
            self._meters.connection("no_header")
            _LOG.warning("%s: no PROXY header: %s", balancer, type(fault).__name__)
            sock.close()
        except asyncio.CancelledError:
            sock.close()
            raise

    def _admit(self, sock: socket.socket, address: str) -> None:
        """Let somebody in within the limits."""
        source = source_of(address)
        if refused := self._crowd.refusal(source):
            self._meters.connection(refused)
            _LOG.info("%s was refused: %s", source, refused)
            sock.close()
            return
        self._meters.connection("taken")
        self._crowd.enter(source)
        self._let_in(sock, source)


def listening_socket(address: str, port: int) -> socket.socket:
    """A socket bound to the address; an IPv6 one takes IPv4 too where the address is `::`."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and address == "::":
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock
