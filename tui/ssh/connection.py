"""One SSH connection: who comes, proven how, and how much it may hold of ours.

The parts of asyncssh 2.24 that are overridden here are held by `tests/ssh/test_connection.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import asyncssh
from asyncssh.constants import MSG_USERAUTH_REQUEST
from asyncssh.public_key import decode_ssh_public_key

from billing.access_keys import key_used, sign_in_by_key
from billing.credentials import Counter
from billing.errors import Refusal
from billing.sign_in import SignedIn, canonical_user_id
from billing.throttle import authenticate
from tui.ssh.house import House
from tui.ssh.visit import Visit
from tui.ssh.visitor import door_of, wanted

_LOG = logging.getLogger(__name__)

WINDOW = 64 * 1024
"""Bytes a client may send ahead of what is read."""

MOST_OUTGOING = 256 * 1024
"""Bytes that wait for one connection before its visits are told that the line is full."""

SLICE = 2 * 1024
"""Bytes of one connection that are looked at in one turn of the loop: whoever sends more waits, and nobody else."""

MOST_KEYS = 20
"""Keys that one connection may offer."""

LONGEST_PACKET = 35_000
"""Bytes of a packet, as RFC 4253 §6.1 asks at least."""

LONGEST_ASKED = 8 * 1024
"""Bytes of one request to be let in: the longest password in UTF-8, and twice the largest key. asyncssh prepares a
password (RFC 4013) on the loop, character by character."""

MOST_ASKED = 64
"""Requests to be let in of one connection: each key may be offered and then signed, and there are passwords beside."""


class Connection(asyncssh.SSHServerConnection):
    """A connection of the front."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        options: asyncssh.SSHServerConnectionOptions,
        house: House,
        source: str,
    ) -> None:
        super().__init__(loop, options)
        self._max_recv_pktlen = LONGEST_PACKET
        self.house, self.source = house, source
        self._asked = 0
        self.identity: SignedIn | None = None
        self.proven_key: bytes | None = None
        self.visits: set[Visit] = set()
        self.waiting = True
        self._unread = bytearray()
        self._look_on: asyncio.Handle | None = None
        self._full = False
        self._empty: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The line is up."""
        transport.set_write_buffer_limits(high=MOST_OUTGOING)
        super().connection_made(transport)

    def data_received(self, data: bytes, datatype: asyncssh.DataType = None) -> None:
        """Take what came, in slices; asyncssh alone would look at a quarter of a MiB before others' turn."""
        del datatype
        self._unread += data
        if self._look_on is None:
            self._look()

    def _look(self) -> None:
        """Look at a slice. Nothing more is heard from the line while something is left or it takes no answers."""
        self._look_on = None
        slice_ = bytes(self._unread[:SLICE])
        del self._unread[:SLICE]
        if slice_:
            super().data_received(slice_)
        if self._transport is None:
            self._unread.clear()
        elif self._full or self._unread:
            self._transport.pause_reading()
            if not self._full:
                self._look_on = asyncio.get_running_loop().call_soon(self._look)
        else:
            self._transport.resume_reading()

    def process_packet(self, pkttype: int, pktid: int, packet: Any) -> Any:
        """Hear a packet; whoever asks to be let in without end, or at great length, is let go."""
        if pkttype == MSG_USERAUTH_REQUEST:
            self._asked += 1
            if self._asked > MOST_ASKED or len(packet.get_full_payload()) > LONGEST_ASKED:
                raise asyncssh.ProtocolError("Too much asked before the log-in")
        return super().process_packet(pkttype, pktid, packet)

    async def validate_public_key(self, username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        """Whether the key may come in; only with a signature that holds is it proven (RFC 4252 §7).

        The server is asked once for a key that is merely offered, and once with the signature.
        """
        valid = await super().validate_public_key(username, key_data, msg, signature)
        if valid and msg:
            self.proven_key = decode_ssh_public_key(key_data).public_data  # numbers may come with needless zeros
        return valid

    def create_server_channel(self, *args: Any, **options: Any) -> asyncssh.SSHServerChannel[Any]:
        """A channel that keeps no more of the client's environment than is looked at."""
        channel = super().create_server_channel(*args, **options)
        channel._env = _LookedAt()  # noqa: SLF001 - asyncssh keeps whatever is sent, as much as is sent
        return channel

    def pause_writing(self) -> None:
        """The line itself takes no more, whatever window the client has announced: hear nothing more from it either."""
        self._full = True
        for visit in self.visits:
            visit.line_full(True)
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The line takes more."""
        self._full = False
        if self._look_on is None:
            self._look_on = asyncio.get_running_loop().call_soon(self._look)
        for visit in tuple(self.visits):
            visit.line_full(False)

    def began(self, visit: Visit) -> None:
        """A visit came."""
        self.visits.add(visit)
        self.rest()

    def ended(self, visit: Visit) -> None:
        """A visit is gone."""
        self.visits.discard(visit)
        self.rest()

    def rest(self) -> None:
        """Whoever is let in and has nothing open is let go after a while: their place is somebody else's."""
        if self._empty is not None:
            self._empty.cancel()
            self._empty = None
        if not self.visits and self._transport is not None:
            self._empty = self._loop.call_later(
                self.house.idle, self.disconnect, asyncssh.DISC_BY_APPLICATION, "Nothing was open for long."
            )

    def connection_lost(self, exc: Exception | None = None) -> None:
        """The line is down, and nobody waits for an answer to what is left."""
        self._unread.clear()
        super().connection_lost(exc)
        if self._empty is not None:
            self._empty.cancel()

    def through(self) -> None:
        """It is not waiting any more: proven, at the counter's own door, or gone."""
        if self.waiting:
            self.waiting = False
            self.house.crowd.proven(self.source)


class _LookedAt(dict[bytes, bytes]):
    """A client's environment, as far as it is looked at."""

    def __setitem__(self, name: bytes, value: bytes) -> None:
        if len(value) <= 256 and wanted(name.decode("ascii", "replace")):
            super().__setitem__(name, value)


class Gatekeeper(asyncssh.SSHServer):
    """Asks who comes. A bare user name leads to the counter's own sign-in; a door's name asks for its password."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._door = door_of("")
        self._by_password: SignedIn | None = None
        self._by_key: dict[bytes, tuple[str, SignedIn]] = {}
        self._failed = self._offered = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """The connection this is for."""
        assert isinstance(conn, Connection)  # noqa: S101 - made only by the front
        self._conn = conn

    def begin_auth(self, username: str) -> bool:
        """Every name is asked the same; only its form tells which questions."""
        self._door = door_of(username)
        if self._house.banner:
            self._conn.send_auth_banner(self._house.banner)
        return True

    def public_key_auth_supported(self) -> bool:
        """Keys that people enrolled."""
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether somebody enrolled the key, and at the door that the user name says where it says one."""
        del username
        self._offered += 1
        if self._offered > MOST_KEYS:
            return False
        services, fingerprint = self._house.services, key.get_fingerprint()
        identity = await self._ask(services.executor, lambda: sign_in_by_key(services.store(), fingerprint))
        if identity is None or not self._meant(identity):
            return False
        self._by_key[key.public_data] = fingerprint, identity
        return True

    def _open(self, counter: Counter) -> bool:
        """Whether the operator lets people in at this counter."""
        return counter is not Counter.DESK or self._house.services.desk_door

    def _meant(self, identity: SignedIn) -> bool:
        if not self._open(identity.counter):
            return False
        if self._door is None:
            return True
        counter, typed = self._door
        held = identity.credential
        try:
            return held is not None and (identity.counter, held.user_id) == (counter, canonical_user_id(typed))
        except Refusal:
            return False

    def password_auth_supported(self) -> bool:
        """Only where the user name says at which door."""
        return self._door is not None

    async def validate_password(self, username: str, password: str) -> bool:
        """Prove a person by the password of their door."""
        del username
        if self._door is None or self._failed >= self._house.crowd.limits.tries:
            return False
        counter, user_id = self._door
        if not self._open(counter):
            return False
        self._failed += 1  # until it is answered: whoever asks again without waiting for the answer tried all the same
        s, source = self._house.services, self._conn.source
        self._by_password = await self._ask(
            s.proving, lambda: authenticate(s.store(), s.passwords, s.clock, counter, user_id, password, source)
        )
        if self._by_password is None:
            self._house.meters.login("password", False)
        return self._by_password is not None

    def kbdint_auth_supported(self) -> bool:
        """What OpenSSH tries before a plain password."""
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        """A bare name goes on to the counter's own sign-in, unasked; a door's name is asked for the password."""
        del username, lang, submethods
        return True if self._door is None else ("", "", "", [("Password: ", False)])

    async def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        """The answer is a password."""
        return len(responses) == 1 and await self.validate_password(username, responses[0])

    def auth_completed(self) -> None:
        """Only now is anything proven, and only by what was signed or answered."""
        key = self._conn.proven_key
        self._conn.identity = self._by_password if key is None else self._by_key[key][1]
        way = "key" if key is not None else "password" if self._by_password else "door"
        self._house.meters.login(way, True)
        if key is not None:
            services, fingerprint = self._house.services, self._by_key[key][0]
            services.executor.submit(key_used, services.store(), services.clock, fingerprint)
        self._conn.through()
        self._conn.rest()

    async def _ask(self, pool: Executor, prove: Callable[[], SignedIn | None]) -> SignedIn | None:
        """Off the loop; whatever goes wrong proves nothing."""
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, prove)
        except Refusal as refusal:
            _LOG.info("log-in from %s refused: %s", self._conn.source, type(refusal).__name__)
            return None

    def session_requested(self) -> Any:
        """A channel of the connection."""
        limits = self._house.crowd.limits
        if len(self._conn.visits) >= (limits.channels if self._conn.identity else limits.strangers):
            return False
        return Visit(self._house, self._conn)
