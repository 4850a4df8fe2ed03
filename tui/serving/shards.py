"""People shared over several processes behind one door, for a machine with more than one core.

The door and its limits stay in the server. Each connection goes to the process with the fewest; one that ends or hangs
is replaced, and only its own people are lost. The store must be one that several processes can have open.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from billing.errors import N_, Refusal
from tui.serving.channel import Channel, Close, Figures, Guest, Left, Message, Orders, Proven, Ready
from tui.ssh.meters import Meters
from tui.ssh.visit import END_WITHIN

if TYPE_CHECKING:
    from tui.ssh.limits import Crowd

_LOG = logging.getLogger(__name__)

SILENT = 30.0
"""Seconds without a word after which a shard is taken for hanging."""

BEGUN_WITHIN = 180.0
"""Seconds in which a shard must have begun: many of them begin at once, on a machine that has other work."""

AGAIN_AFTER = 1.0
"""Seconds before a shard that ended is replaced."""


class NotBegun(Refusal):
    """A process ended before anybody could come to it."""

    message = N_("The server could not be started: one of its processes ended as it began. Its log says why.")


@dataclass(eq=False)
class _Shard:
    process: subprocess.Popen[bytes]
    channel: Channel
    heard: float
    ready: bool = False
    here: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    figures: Figures | None = None


class Shards:
    """The server's side of its processes."""

    def __init__(self, orders: Orders, count: int, crowd: Crowd) -> None:
        self._orders, self._count, self._crowd = orders, count, crowd
        self._shards: set[_Shard] = set()
        self._replacing: set[asyncio.Task[None]] = set()
        self._gone = Meters()
        """What those that are gone had counted."""
        self._changed = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._open = self._closing = False

    async def open(self) -> None:
        """Start them; people can come when this returns."""
        for _ in range(self._count):
            self._start()
        self._watch = asyncio.get_running_loop().create_task(self._replace_silent(), name="shards")
        while not all(shard.ready for shard in self._shards):
            await self._change()
            if len(self._shards) < self._count:
                await self.close(0.0)
                raise NotBegun
        self._open = True

    @property
    def ready(self) -> bool:
        """Whether people can come: at least one of them takes people."""
        return any(shard.ready for shard in self._shards)

    @property
    def processes(self) -> frozenset[int]:
        """Those that are there now."""
        return frozenset(shard.process.pid for shard in self._shards)

    def counted(self) -> Meters:
        """What all of them have counted, those that are gone included."""
        meters = deepcopy(self._gone)
        for shard in self._shards:
            if shard.figures is not None:
                shard.figures.add_to(meters)
        return meters

    def let_in(self, sock: socket.socket, source: str) -> None:
        """Hand a connection that the crowd counts to the shard with the fewest."""
        ready = [shard for shard in self._shards if shard.ready]
        if not ready:
            sock.close()
            self._crowd.proven(source)
            self._crowd.leave(source)
            return
        shard = min(ready, key=lambda each: each.here.total())
        shard.here[source] += 1
        shard.waiting[source] += 1
        shard.channel.say(Guest(source), sock)

    async def close(self, notice: float) -> None:
        """End them with notice, as one server does, and at all events."""
        self._closing = True
        if self._watch is not None:
            self._watch.cancel()
        for shard in self._shards:
            shard.channel.say(Close(notice))
        try:
            async with asyncio.timeout(notice + 4 * END_WITHIN):
                while self._shards:
                    await self._change()
        except TimeoutError:
            for shard in tuple(self._shards):
                _LOG.warning("a shard did not end: process %d", shard.process.pid)
                shard.process.kill()
                self._end(shard)
        if self._replacing:  # whoever lingers is killed within a while: no process outlives its server
            await asyncio.wait(self._replacing)

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tui.serving.shard", str(theirs.fileno())]
        try:
            process = subprocess.Popen(  # noqa: S603 - this program
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        now = asyncio.get_running_loop().time()
        shard = _Shard(process, Channel(ours, lambda *said: self._heard(shard, *said), lambda: self._end(shard)), now)
        self._shards.add(shard)
        shard.channel.open()
        shard.channel.say(self._orders)

    def _heard(self, shard: _Shard, message: Message, connection: socket.socket | None) -> None:
        del connection  # a shard gives none back
        shard.heard = asyncio.get_running_loop().time()
        match message:
            case Ready():
                shard.ready = True
                self._changed.set()
            case Proven(source):
                _less(shard.waiting, source)
                self._crowd.proven(source)
            case Left(source):
                _less(shard.here, source)
                self._crowd.leave(source)
            case Figures():
                shard.figures = message

    def _end(self, shard: _Shard) -> None:
        """It is gone, and its people with it."""
        self._shards.discard(shard)
        shard.channel.close()
        for source in shard.waiting.elements():
            self._crowd.proven(source)
        for source in shard.here.elements():
            self._crowd.leave(source)
        if shard.figures is not None:
            shard.figures.add_to(self._gone)
            self._gone.ended.update(self._gone.began - self._gone.ended)  # whatever was open there is not any more
        self._changed.set()
        task = asyncio.get_running_loop().create_task(self._bury(shard))
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _bury(self, shard: _Shard) -> None:
        code = await asyncio.get_running_loop().run_in_executor(None, _code, shard.process)
        if self._open and not self._closing:
            _LOG.error("a shard ended with %d: process %d; another is started", code, shard.process.pid)
        while self._open and not self._closing:
            await asyncio.sleep(AGAIN_AFTER)
            try:
                if not self._closing:
                    self._start()
                return
            except OSError as fault:  # no memory or descriptors for it now: what took them may give them back
                _LOG.error("a shard cannot be started: %s", fault.strerror)

    async def _replace_silent(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SILENT / 10)
            for shard in tuple(self._shards):
                if loop.time() - shard.heard > (SILENT if shard.ready else BEGUN_WITHIN):
                    _LOG.error("a shard is silent: process %d", shard.process.pid)
                    shard.process.kill()


def _code(process: subprocess.Popen[bytes]) -> int:
    """How a process ended that has said its last word; one that lingers is killed."""
    try:
        return process.wait(END_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _less(counter: Counter[str], source: str) -> None:
    counter[source] -= 1
    if counter[source] <= 0:
        del counter[source]
