"""A day of mixed traffic at one server, compressed: people come, read, type, fall off the line, and nobody is lost.

`VENTANILLA_DAY` says how many seconds the day has (default 600; 30 for a look), `VENTANILLA_PLACES` how many come at a
time. The server runs as everywhere, with a watch on its loop.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.attacks.siege import addresses
from tests.bench.bench_many import DOOR, resident
from tests.ssh.conftest import closed, serving
from tui.demo.stage import DEMO_PASSWORD

DAY = float(os.environ.get("VENTANILLA_DAY", "600"))
PLACES = int(os.environ.get("VENTANILLA_PLACES", "40"))
WAIT = 60.0
"""Seconds after which somebody who is not answered is lost."""


class Terminal(asyncssh.SSHClientSession[bytes]):
    """What one person sees, and whether they were sent away."""

    def __init__(self) -> None:
        self.seen = b""
        self.gone = asyncio.Event()
        self.news = asyncio.Event()

    def data_received(self, data: bytes, datatype: Any) -> None:
        self.seen = (self.seen + data)[-50_000:]
        self.news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        self.news.set()


class Person:
    """One who comes in to the full screen."""

    def __init__(self, connection: asyncssh.SSHClientConnection, channel: Any, terminal: Terminal) -> None:
        self.connection, self.channel, self.terminal = connection, channel, terminal

    async def sees(self, words: bytes) -> None:
        async with asyncio.timeout(WAIT):
            while words not in self.terminal.seen:
                assert not self.terminal.gone.is_set(), "sent away"
                self.terminal.news.clear()
                await self.terminal.news.wait()

    async def press(self, *keys: bytes) -> None:
        """Press keys; each is answered before the next."""
        for key in keys:
            self.terminal.seen = b""
            self.channel.write(key)
            async with asyncio.timeout(WAIT):
                while not self.terminal.seen:
                    assert not self.terminal.gone.is_set(), "sent away"
                    self.terminal.news.clear()
                    await self.terminal.news.wait()
            await asyncio.sleep(random.uniform(0.05, 0.4))

    async def type(self, *keys: bytes) -> None:
        """Press keys that may find nothing to do, as the arrow at the end of a list; then one that always does."""
        for key in keys:
            self.channel.write(key)
            await asyncio.sleep(random.uniform(0.05, 0.6))
        await self.press(b"\x1bOP")

    async def leave(self) -> None:
        """Close the program, as one does."""
        for _ in range(4):
            if self.terminal.gone.is_set():
                break
            with suppress(BrokenPipeError):
                self.channel.write(b"\x11")
                await asyncio.sleep(0.3)
                self.channel.write(b"\x1b[F\r")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.terminal.gone.wait(), 1)
        self.connection.close()
        await self.connection.wait_closed()


class Day:
    """The traffic of one day."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.done: Counter[str] = Counter()
        self.lost: list[str] = []
        self._sources = addresses()
        self._lines: dict[asyncio.Task[Any] | None, list[asyncssh.SSHClientConnection]] = {}
        self._gate = asyncio.Semaphore(3)
        """People signing in to the same account at once: the gate slows more."""

    async def connect(self, user: str = "somebody") -> asyncssh.SSHClientConnection:
        own: dict[str, Any] = {"known_hosts": None, "client_keys": None, "agent_path": None, "config": None}
        async with self._gate:
            connection = await asyncssh.connect(
                "127.0.0.1", self.port, username=user, password=DEMO_PASSWORD, local_addr=(next(self._sources), 0),
                preferred_auth="password" if "+" in user else "keyboard-interactive", login_timeout=WAIT, **own,
            )  # fmt: skip
        self._lines.setdefault(asyncio.current_task(), []).append(connection)
        return connection

    async def enter(self, user: str = "somebody", words: bytes = b"GoToAssist") -> Person:
        connection, terminal = await self.connect(user), Terminal()
        size = random.choice(((80, 24), (120, 40), (200, 60)))
        channel, _ = await connection.create_session(
            lambda: terminal, term_type="xterm-256color", term_size=size, encoding=None, env={"LANG": "en_GB.UTF-8"}
        )
        person = Person(connection, channel, terminal)
        await person.sees(words)
        return person

    async def reads(self) -> None:
        person = await self.enter(DOOR, b"F3")
        await person.type(b"\x1bOR", *(b"\x1b[B",) * random.randrange(8), b"\r", b"\x1b", b"\x1b[6~", b"2", b"0")
        await person.leave()

    async def looks_around(self) -> None:
        person = await self.enter()
        await person.press(b"\x1bOP", b"\x1b", b"\x1b[B", b"\r", *(bytes([letter]) for letter in b"nobody"), b"\x1b")
        await person.leave()

    async def falls_off_the_line(self) -> None:
        connection = await self.connect(random.choice((DOOR, "somebody")))
        channel, _ = await connection.create_session(Terminal, term_type="linux", encoding=None)
        await asyncio.sleep(random.uniform(0, 0.5))
        channel.write(b"\x1bOR\x1b[B\r\x1bOP")
        connection.abort()

    async def idles(self) -> None:
        person = await self.enter()
        await asyncio.sleep(min(DAY / 4, random.uniform(5, 30)))
        await person.press(b"\x1b[B", b"\x1b[A")
        await person.leave()

    async def pastes(self) -> None:
        person = await self.enter(DOOR, b"F3")
        await person.press(b"\x1bOR")
        await person.press(b"\x1b[200~" + b"Seguros " * random.randrange(1, 8000) + b"\x1b[201~")
        await person.press(b"\x1b")
        await person.leave()

    async def resizes(self) -> None:
        person = await self.enter()
        for _ in range(30):
            person.channel.change_terminal_size(random.randrange(20, 250), random.randrange(5, 80))
            await asyncio.sleep(0.01)
        person.channel.change_terminal_size(100, 30)
        await asyncio.sleep(0.5)
        await person.press(b"\x1b[B", b"\x1b[A")
        await person.leave()

    async def gives_a_command(self) -> None:
        async with await self.connect(DOOR) as connection:
            answer = await connection.run("invoices list --json", timeout=WAIT)
            assert answer.exit_status == 0, answer.stderr
            assert json.loads(str(answer.stdout))

    async def fetches_files(self) -> None:
        async with await self.connect(DOOR) as connection:
            try:
                files = await connection.start_sftp_client()
            except asyncssh.ChannelOpenError:
                self.done["no files offered"] += 1
                return
            async with files:
                names = [str(name) for name in await files.listdir(".") if not str(name).startswith(".")]
                for name in random.sample(names, min(2, len(names))):
                    with suppress(asyncssh.SFTPFailure, asyncssh.SFTPNoSuchFile):
                        await files.listdir(name)

    async def place(self, until: float) -> None:
        """Somebody comes, and when they have left, somebody else."""
        doings: tuple[Callable[[], Awaitable[None]], ...] = (
            *(self.reads, self.reads, self.looks_around, self.falls_off_the_line, self.idles),
            *(self.pastes, self.resizes, self.gives_a_command, self.fetches_files),
        )
        await asyncio.sleep(random.uniform(0, min(10, DAY / 5)))
        while time.monotonic() < until:
            doing = random.choice(doings)
            name = getattr(doing, "__name__", "")
            try:
                await doing()
                self.done[name] += 1
            except Exception as fault:
                self.lost.append(f"{name}: {type(fault).__name__} {fault}")
            finally:
                for connection in self._lines.pop(asyncio.current_task(), ()):
                    connection.abort()
                    await connection.wait_closed()

    async def live(self) -> None:
        until = time.monotonic() + DAY
        await asyncio.gather(*(self.place(until) for _ in range(PLACES)))


@pytest.mark.soak
def test_a_day_of_many_people_loses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    server = serving(tmp_path, "--notice", "0", program="tests.soak.watched_server")
    day = Day(server.port)
    sizes = []
    try:
        asyncio.run(day.live())
        time.sleep(3)
        sizes.append(resident(server.process.pid))
    finally:
        said = closed(server)
    blocked = re.findall(r"^BLOCKED (.*)$", said, re.MULTILINE)
    with capsys.disabled():
        print(f"\nDAY       {DAY:.0f} s, {PLACES} at a time: {sum(day.done.values())} visits {dict(day.done)}")
        print(f"DAY       {len(day.lost)} lost; {len(blocked)} turns over 50 ms (aim 0); {sizes[0]:.0f} MiB at the end")
        print("\n".join(itertools.chain(day.lost[:10], sorted(blocked, reverse=True)[:10])))
        print(*re.findall(r"^COLLECTED.*$", said, re.MULTILINE))
    assert not day.lost
    assert server.process.returncode == 0
    assert not re.search(r" (ERROR|CRITICAL) |Traceback", said), said[-3000:]
    assert not list((tmp_path / "state").rglob("crash.log"))
