"""A server under attack, and somebody who has nothing to do with it: they are answered meanwhile, and nothing stays."""

from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncssh

from screens.session import Services
from tests.journeys.terminal import PATIENCE
from tests.waiting import until
from tui.ssh.door import listening_socket
from tui.ssh.front import Front
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits

HONEST = "127.9.9.9"
"""Where the one comes from who does no harm."""

LIMITS = Limits(burst=100_000, per_second=100_000, waiting_from_one=100, from_one=1000)
"""Here the handshake is to be attacked, not stopped at the door; `tests/ssh/test_limits.py` has the door."""


ANSWERED: list[float] = []
"""How long the honest person's keys took during the test that runs, in seconds; `conftest.py` tells it."""


def addresses() -> itertools.cycle[str]:
    """Sources in turn. The whole of 127.0.0.0/8 is this machine."""
    return itertools.cycle(f"127.{a}.{b}.1" for a in range(1, 9) for b in range(1, 250))


class Seen(asyncssh.SSHClientSession[bytes]):
    """What one client's terminal was sent."""

    def __init__(self) -> None:
        self.seen = b""
        self.news = asyncio.Event()

    def data_received(self, data: bytes, datatype: Any) -> None:
        self.seen = (self.seen + data)[-100_000:]
        self.news.set()


async def come(port: int, source: str, user: str = "somebody", **more: Any) -> asyncssh.SSHClientConnection:
    """Connect as a client without keys; a bare name is let in unasked."""
    given: dict[str, Any] = {"preferred_auth": "keyboard-interactive", "password": "", "login_timeout": PATIENCE}
    own = {"known_hosts": None, "client_keys": None, "agent_path": None, "config": None}
    return await asyncssh.connect("127.0.0.1", port, username=user, local_addr=(source, 0), **{**own, **given, **more})


@dataclass
class Person:
    """Somebody in the full screen."""

    connection: asyncssh.SSHClientConnection
    channel: Any
    terminal: Seen
    keys: itertools.cycle[bytes] = field(default_factory=lambda: itertools.cycle((b"\x1b[B", b"\x1b[A")))

    async def is_answered(self) -> float:
        """A key has an effect on the screen; after how many seconds."""
        self.terminal.news.clear()
        began = perf_counter()
        self.channel.write(next(self.keys))
        async with asyncio.timeout(PATIENCE):
            await self.terminal.news.wait()
        return perf_counter() - began


async def enter(port: int, source: str, **more: Any) -> Person:
    """Come in, up to the painted front door."""
    connection = await come(port, source)
    given = {"term_type": "xterm-256color", "term_size": (80, 24), "encoding": None, "env": {"LANG": "en_US.UTF-8"}}
    terminal = Seen()
    channel, _ = await connection.create_session(lambda: terminal, **{**given, **more})
    person = Person(connection, channel, terminal)
    await until(lambda: b"GoToAssist" in terminal.seen)
    return person


@dataclass
class Siege:
    """The server, and the one who is answered meanwhile."""

    front: Front
    honest: Person

    @property
    def port(self) -> int:
        return self.front.port


@asynccontextmanager
async def besieged(provided: Services, limits: Limits = LIMITS) -> AsyncIterator[Siege]:
    """A server and its honest person, who presses keys all the while; at the end nothing is left of anybody."""
    house = House(replace(provided, exports=None, printer=None), Crowd(limits))
    front = Front(house, listening_socket("127.0.0.1", 0), [asyncssh.generate_private_key("ssh-ed25519")])
    await front.open()
    first = await enter(front.port, HONEST)  # what is opened once for all is open after this
    await _gone(front, first)
    before = _held()
    honest = await enter(front.port, HONEST)
    siege = Siege(front, honest)
    answered: list[float] = []

    async def presses() -> None:
        while True:
            answered.append(await honest.is_answered())
            await asyncio.sleep(0.02)

    presser = asyncio.get_running_loop().create_task(presses())
    try:
        yield siege
        assert not presser.done(), "the honest person was not answered"
        presser.cancel()
        with suppress(asyncio.CancelledError):
            await presser
        assert answered
        ANSWERED.extend(answered)
        await honest.is_answered()
        await _gone(front, honest)
        gc.collect()
        await until(lambda: _held() <= before)
    finally:
        presser.cancel()
        honest.connection.abort()
        await front.close()


def _held() -> tuple[int, int]:
    """Descriptors and tasks."""
    return len(list(Path("/proc/self/fd").iterdir())), len(asyncio.all_tasks())


async def _gone(front: Front, person: Person) -> None:
    person.connection.abort()
    await person.connection.wait_closed()
    crowd = front.house.crowd
    await until(lambda: not crowd.here and not crowd.waiting and not front.house.visits and not front._welcomes)
