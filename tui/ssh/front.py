"""The front: takes connections within the limits, and closes with notice.

Its own accept loop counts and refuses before a single byte of SSH is spent on anybody.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress

import asyncssh

from billing.errors import N_
from tui.ssh.connection import WINDOW, Connection, Gatekeeper
from tui.ssh.house import House
from tui.ssh.limits import source_of
from tui.ssh.proxy_header import NoHeader, told_source
from tui.ssh.together import live_together
from tui.ssh.visit import CLOSING, END_WITHIN

_LOG = logging.getLogger(__name__)

CLOSES_SOON = N_("The counter closes in {seconds} seconds for a moment. Finish what you are at; confirmed is saved.")

BACKLOG = 1024

MOST_INTRODUCED = 256
"""Connections of balancers that have not said yet for whom they speak."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

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
        keepalive_interval=30,
        keepalive_count_max=4,
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
    """A listening port and everybody who came through it."""

    def __init__(
        self,
        house: House,
        listening: socket.socket,
        host_keys: Sequence[asyncssh.SSHKey],
        balancers: Sequence[Network] = (),
    ) -> None:
        """`balancers`: networks whose connections begin with a PROXY header, and are refused without one."""
        self.house, self._balancers = house, balancers
        self._introduced: set[asyncio.Task[None]] = set()
        self._listening = listening
        self._keys = host_keys
        self._connections: set[Connection] = set()
        self._welcomes: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    async def open(self) -> None:
        """Begin to take connections."""
        live_together()
        self._options = await options(self.house, self._keys)
        self._listening.setblocking(False)
        self._listening.listen(BACKLOG)
        self._accepting = asyncio.get_running_loop().create_task(self._accept(), name="front")

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
                self.house.meters.connection("balancer_full")
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
            self.house.meters.connection("no_header")
            _LOG.warning("%s: no PROXY header: %s", balancer, type(fault).__name__)
            sock.close()
        except asyncio.CancelledError:
            sock.close()
            raise

    def _admit(self, sock: socket.socket, address: str) -> None:
        """Let somebody in within the limits."""
        source = source_of(address)
        if refused := self.house.crowd.refusal(source):
            self.house.meters.connection(refused)
            _LOG.info("%s was refused: %s", source, refused)
            sock.close()
            return
        self.house.meters.connection("taken")
        self.house.crowd.enter(source)
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

    def stop_taking(self) -> None:
        """Take no new connections; those that are here stay."""
        if self._accepting is not None:
            self._accepting.cancel()
            self._accepting = None
        self._listening.close()
        for task in self._introduced:
            task.cancel()

    async def close(self, notice: float = 0.0) -> None:
        """Close: say so, give people `notice` seconds to finish, then end what is left, kindly and then at all."""
        self.stop_taking()
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
