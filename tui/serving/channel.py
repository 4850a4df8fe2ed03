"""What a server and the processes it shares its people over say to each other: whole messages, with sockets in them."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable

import msgspec

from tui.ssh.limits import Limits
from tui.ssh.meters import Meters

LONGEST = 256 * 1024
"""Bytes of a message."""


class Orders(msgspec.Struct, frozen=True, tag=True):
    """The first message to a shard: what it serves, and how. Times are in seconds."""

    store_url: str
    host_key: str
    """The key's file."""
    limits: Limits
    banner: str
    desk: bool
    idle: float
    log: str


class Guest(msgspec.Struct, frozen=True, tag=True):
    """To a shard: a connection, which comes with the message, and its source."""

    source: str


class Close(msgspec.Struct, frozen=True, tag=True):
    """To a shard: end, with so many seconds of notice to people."""

    notice: float


class Ready(msgspec.Struct, frozen=True, tag=True):
    """From a shard: people can come."""


class Proven(msgspec.Struct, frozen=True, tag=True):
    """From a shard: a connection of the source is through the log-in."""

    source: str


class Left(msgspec.Struct, frozen=True, tag=True):
    """From a shard: a connection of the source is gone."""

    source: str


class Figures(msgspec.Struct, frozen=True, tag=True):
    """From a shard, once a second: that its loop turns, and what it has counted since it began."""

    connections: dict[str, int]
    logins: list[tuple[str, bool, int]]
    began: dict[str, int]
    ended: dict[str, int]
    crashes: int
    bytes_sent: int
    delays: list[int]
    delayed: float

    @classmethod
    def of(cls, meters: Meters) -> Figures:
        """What is counted there now."""
        return cls(
            dict(meters.connections),
            [(way, proven, count) for (way, proven), count in meters.logins.items()],
            dict(meters.began),
            dict(meters.ended),
            meters.crashes,
            meters.bytes_sent,
            list(meters.delays),
            meters.delayed,
        )

    def add_to(self, meters: Meters) -> None:
        """Count these there too."""
        meters.connections.update(self.connections)
        meters.logins.update({(way, proven): count for way, proven, count in self.logins})
        meters.began.update(self.began)
        meters.ended.update(self.ended)
        meters.crashes += self.crashes
        meters.bytes_sent += self.bytes_sent
        meters.delays[:] = map(sum, zip(meters.delays, self.delays, strict=True))
        meters.delayed += self.delayed


Message = Orders | Guest | Close | Ready | Proven | Left | Figures
_DECODER: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def hear(sock: socket.socket) -> tuple[Message, socket.socket | None] | None:
    """The next message, and the connection in it if any; None where the other end is gone."""
    data, descriptors, _, _ = socket.recv_fds(sock, LONGEST, 1)
    if not data:
        return None
    return _DECODER.decode(data), socket.socket(fileno=descriptors[0]) if descriptors else None


class Channel:
    """One end, on the loop. Nothing said is lost while the other end lives; what it cannot take yet waits here."""

    def __init__(
        self,
        sock: socket.socket,
        heard: Callable[[Message, socket.socket | None], None],
        ended: Callable[[], None],
    ) -> None:
        """`sock` is one of a pair that keeps messages whole (unix(7), SOCK_SEQPACKET). `ended`: the other is gone."""
        self._sock, self._heard, self._ended = sock, heard, ended
        self._unsaid: deque[tuple[bytes, socket.socket | None]] = deque()
        self._open = False

    def open(self) -> None:
        """Begin to hear."""
        self._sock.setblocking(False)
        asyncio.get_running_loop().add_reader(self._sock, self._read)
        self._open = True

    def say(self, message: Message, connection: socket.socket | None = None) -> None:
        """Say something; a connection goes over to the other end, and is closed here."""
        self._unsaid.append((msgspec.json.encode(message), connection))
        self._write()

    def close(self) -> None:
        """Say and hear no more."""
        if self._open:
            self._open = False
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._sock)
            loop.remove_writer(self._sock)
        for _, connection in self._unsaid:
            if connection is not None:
                connection.close()
        self._unsaid.clear()
        self._sock.close()

    def _read(self) -> None:
        try:
            said = hear(self._sock)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            said = None
        if said is None:
            self.close()
            self._ended()
        else:
            self._heard(*said)

    def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._unsaid and self._open:
            data, connection = self._unsaid[0]
            try:
                socket.send_fds(self._sock, [data], [connection.fileno()] if connection is not None else [])
            except (BlockingIOError, InterruptedError):
                loop.add_writer(self._sock, self._write)
                return
            except OSError:
                return  # the other end is gone: reading tells
            self._unsaid.popleft()
            if connection is not None:
                connection.close()
        if self._open:
            loop.remove_writer(self._sock)
