"""One of the processes that a server shares its people over. It lives as long as its server does."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tui.serving.channel import Channel, Close, Figures, Guest, Left, Message, Orders, Proven, Ready, hear
from tui.serving.garbage import collect_in_turns, collect_little, collect_when_quiet
from tui.serving.health import measure_delays
from tui.serving.log import logged
from tui.ssh.front import Front
from tui.ssh.host_key import host_key
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits
from tui.ssh.warm import load_screens, warm_up
from tui.wiring import OpenOnce, own_store, sandbox_journal, services

TELL_EVERY = 1.0
"""Seconds between two words of how it goes."""


class _ToldCrowd(Crowd):
    """Those of the crowd who are here; the server hears of each change."""

    def __init__(self, limits: Limits, say: Callable[[Message], None]) -> None:
        super().__init__(limits)
        self._say = say

    def proven(self, source: str) -> None:
        super().proven(source)
        self._say(Proven(source))

    def leave(self, source: str) -> None:
        super().leave(source)
        self._say(Left(source))


class Shard:
    """One process."""

    def __init__(self, orders: Orders, sock: socket.socket) -> None:
        self._orders = orders
        self._channel = Channel(sock, self._heard, self._orphaned)
        self._close: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._front: Front | None = None

    async def run(self) -> None:
        """Serve until the server says otherwise, or is gone."""
        loop, orders = asyncio.get_running_loop(), self._orders
        store = OpenOnce(own_store(orders.store_url))
        provided = services(store, sandbox_journal=sandbox_journal(), desk_door=orders.desk)
        provided = replace(provided, exports=None, printer=None, desk_door=orders.desk)
        self._channel.open()
        try:
            await loop.run_in_executor(provided.executor, store)
            await loop.run_in_executor(provided.executor, load_screens)
            await warm_up(provided)
            await loop.run_in_executor(provided.executor, collect_little)
            crowd = _ToldCrowd(orders.limits, self._channel.say)
            house = House(provided, crowd, banner=orders.banner, idle=orders.idle)
            self._front = Front(house, None, [host_key(Path(orders.host_key))])
            await self._front.open()
            self._channel.say(Ready())
            tasks = (collect_in_turns(), collect_when_quiet(house), measure_delays(house.meters), self._tell(house))
            beside = [loop.create_task(task) for task in tasks]
            notice = await self._close
            await self._front.close(notice)
            self._channel.say(Figures.of(house.meters))
            for task in beside:
                task.cancel()
        finally:
            self._channel.close()
            await loop.run_in_executor(None, store.close)
            provided.end_threads()

    def _heard(self, message: Message, connection: socket.socket | None) -> None:
        match message:
            case Guest(source) if connection is not None and self._front is not None:
                connection.setblocking(False)
                self._front.house.crowd.enter(source)
                self._front.let_in(connection, source)
            case Guest(source):  # no descriptor was left for the connection, which is gone: nor is anybody here
                self._channel.say(Proven(source))
                self._channel.say(Left(source))
            case Close(notice) if not self._close.done():
                self._close.set_result(notice)

    def _orphaned(self) -> None:
        if not self._close.done():
            self._close.set_result(0.0)

    async def _tell(self, house: House) -> None:
        while True:
            self._channel.say(Figures.of(house.meters))
            await asyncio.sleep(TELL_EVERY)


async def _serve(orders: Orders, sock: socket.socket) -> None:
    await Shard(orders, sock).run()


def main() -> None:
    """Serve what the server at the other end of the descriptor in the first argument orders."""
    for sign in (signal.SIGINT, signal.SIGTERM):  # meant for the server, which tells its shards
        signal.signal(sign, signal.SIG_IGN)
    os.environ.pop("NO_COLOR", None)
    sock = socket.socket(fileno=int(sys.argv[1]))
    said = hear(sock)
    if said is not None and isinstance(said[0], Orders):
        with logged(said[0].log), suppress(KeyboardInterrupt):
            asyncio.run(_serve(said[0], sock))


if __name__ == "__main__":
    main()
