"""The front: what is spoken with whoever was let in, and closing with notice."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress

import asyncssh

from billing.errors import N_
from tui.ssh.connection import WINDOW, Connection, Gatekeeper
from tui.ssh.door import Door, Network
from tui.ssh.house import House
from tui.ssh.together import live_together
from tui.ssh.visit import CLOSING, END_WITHIN

_LOG = logging.getLogger(__name__)

CLOSES_SOON = N_("The counter closes in {seconds} seconds for a moment. Finish what you are at; confirmed is saved.")

GO_WITHIN = 2.0
"""Seconds a client has to hang up by itself once its visit has ended."""

KEX = (
    "mlkem768x25519-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
)  # fmt: skip
CIPHERS = (
    "chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes128-ctr",
)  # fmt: skip
MACS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
SIGNATURES = (
    "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-ed25519", "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256",
)  # fmt: skip
"""What is spoken: OpenSSH 9's own defaults less SHA-1 and what only older clients need."""


async def options(house: House, keys: Sequence[asyncssh.SSHKey]) -> asyncssh.SSHServerConnectionOptions:
    """What the front speaks and does not."""
    spoken: asyncssh.SSHServerConnectionOptions = await asyncssh.SSHServerConnectionOptions.construct(
        server_factory=lambda: Gatekeeper(house),
        server_host_keys=list(keys),
        kex_algs=list(KEX),
        encryption_algs=list(CIPHERS),
        mac_algs=list(MACS),
        signature_algs=list(SIGNATURES),
        compression_algs=None,
        encoding=None,
        line_editor=False,
        window=WINDOW,
        max_pktsize=32 * 1024,
        login_timeout=house.crowd.limits.prove_within,
        keepalive_interval=60,
        keepalive_count_max=3,
        server_version="Ventanilla",
        public_key_auth=True,
        agent_forwarding=False,
        x11_forwarding=False,
        gss_host=None,
        host_based_auth=False,
        config=[],
    )
    return spoken


class Front:
    """Everybody who was let in."""

    def __init__(
        self,
        house: House,
        listening: socket.socket | None,
        host_keys: Sequence[asyncssh.SSHKey],
        balancers: Sequence[Network] = (),
    ) -> None:
        """`listening` is its own door; without one somebody else's door calls `let_in`."""
        self.house = house
        self._door = Door(listening, house.crowd, house.meters, balancers, self.let_in) if listening else None
        self._keys = host_keys
        self._connections: set[Connection] = set()
        self._welcomes: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where its own door is."""
        return self._door.port if self._door else 0

    async def open(self) -> None:
        """Begin to take connections."""
        live_together()
        self._options = await options(self.house, self._keys)
        if self._door:
            self._door.open()

    def let_in(self, sock: socket.socket, source: str) -> None:
        """Take a connection that the crowd counts already."""
        task = asyncio.get_running_loop().create_task(self._welcome(sock, source))
        self._welcomes.add(task)
        task.add_done_callback(self._welcomes.discard)

    async def _welcome(self, sock: socket.socket, source: str) -> None:
        """Hand the socket to asyncssh, and count its end, however it ends."""
        loop = asyncio.get_running_loop()
        connection = Connection(loop, self._options, self.house, source)
        try:
            with suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.connect_accepted_socket(lambda: connection, sock)
            self._connections.add(connection)
            await connection.wait_closed()
        except OSError as fault:  # gone before it began
            _LOG.info("%s: %s", source, fault.strerror)
        finally:
            self._connections.discard(connection)
            connection.through()
            self.house.crowd.leave(source)
            connection._recv_handler = bool  # noqa: SLF001 - its own method: it would wait for the collector

    async def close(self, notice: float = 0.0) -> None:
        """Close: say so, give people `notice` seconds to finish, then end what is left, kindly and then at all."""
        if self._door:
            self._door.close()
        if notice and self.house.visits:
            for visit in tuple(self.house.visits):
                visit.tell(CLOSES_SOON, seconds=int(notice))
            await self.house.emptied(notice)
        for visit in tuple(self.house.visits):
            visit.leave(CLOSING)
        await self.house.emptied(END_WITHIN)
        if self._welcomes:  # a client told to go before it has heard that its visit ended well reports a fault
            await asyncio.wait(self._welcomes, timeout=GO_WITHIN)
        for connection in tuple(self._connections):
            connection.disconnect(asyncssh.DISC_BY_APPLICATION, "The counter closes.")
        if self._welcomes:
            await asyncio.wait(self._welcomes, timeout=END_WITHIN)
