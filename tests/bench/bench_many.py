"""Many people at one server over SSH, beside a process for each of them.

`python -m tests.bench.bench_many [people] [seconds] [idle people]`. The server has one core for itself, the clients the
other. The storm is to the painted front door. Then everybody signs in by password, a few at a time as the gate wants it
for one account, and opens the history of invoices; each presses an arrow about once a second. The peer is the same
program on the same store with a process a person, in a pseudo-terminal. People who only stand at their history, and
people who come and go, have a server of their own each.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from billing.kinds import KINDS
from storage.dataset import load_into
from storage.registry import open_store
from tests.journeys.terminal import Terminal
from tests.ssh.conftest import Counter, closed, serving
from tui.demo.stage import DEMO_PASSWORD, demo_data

DOOR = "center+pagos@talleres.example"
AT_A_TIME = 20
AT_THE_GATE = 3
ADDRESSES = itertools.cycle(f"127.0.{net}.{host}" for net in range(1, 9) for host in range(1, 250))
"""Everybody comes from an address of their own: the gate counts tries by source."""
PEERS, PEER_KEYS = 5, 40
WAVES, IN_A_WAVE = 40, 25


@dataclass
class Person(asyncssh.SSHClientSession[bytes]):
    """One client: what it waits for, and how long each key took."""

    seen: bytes = b""
    sought: bytes = b""
    found: asyncio.Event = field(default_factory=asyncio.Event)
    pressed: float = 0.0
    delays: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    count: int = 0

    def data_received(self, data: bytes, datatype: object) -> None:
        """A frame."""
        del datatype
        self.count += len(data)
        if self.pressed:
            self.delays.append(time.perf_counter() - self.pressed)
            self.pressed = 0.0
        if self.sought:
            self.seen = (self.seen + data)[-20_000:]
            if self.sought in self.seen:
                self.sought = b""
                self.found.set()

    def seek(self, words: bytes) -> None:
        """Look out for words in what comes from now on."""
        self.seen, self.sought = b"", words
        self.found.clear()


Entered = tuple[asyncssh.SSHClientConnection, asyncssh.SSHClientChannel[bytes], Person]


async def enter(port: int, user: str = DOOR, words: bytes = b"F3") -> Entered:
    """Come in, up to the painted words."""
    connection = await asyncssh.connect(
        "127.0.0.1", port, known_hosts=None, username=user, password=DEMO_PASSWORD, client_keys=None, agent_path=None,
        config=None, local_addr=(next(ADDRESSES), 0), login_timeout=300, connect_timeout=300,
        preferred_auth="password" if "+" in user else "keyboard-interactive",
    )  # fmt: skip
    person = Person()
    person.seek(words)
    channel, _ = await connection.create_session(
        lambda: person, term_type="xterm-256color", term_size=(120, 40), encoding=None, env={"LANG": "en_GB.UTF-8"}
    )
    await asyncio.wait_for(person.found.wait(), 300)
    return connection, channel, person


async def history(channel: asyncssh.SSHClientChannel[bytes], person: Person) -> None:
    """Open the history of invoices."""
    person.seek(b"documents")
    channel.write(b"\x1bOR")
    await asyncio.wait_for(person.found.wait(), 300)


def resident(pid: int) -> float:
    """MiB of a process that are its own share (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no PSS")


def used(pid: int) -> float:
    """Seconds of processor a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def at_the_history(port: int, number: int) -> list[Entered]:
    """So many people, signed in, each with the history open."""
    here: list[Entered] = []
    for at in range(0, number, AT_THE_GATE):
        here += await asyncio.gather(*(enter(port) for _ in range(min(AT_THE_GATE, number - at))))
    for at in range(0, number, AT_A_TIME):
        await asyncio.gather(*(history(channel, person) for _, channel, person in here[at : at + AT_A_TIME]))
    return here


async def people(counter: Counter, number: int, seconds: float, peer: float) -> None:
    """The figures of `number` people at once, beside the MiB of a process for one."""
    pid = counter.process.pid
    first = await enter(counter.port)
    await history(*first[1:])
    base = resident(pid)  # before the storm: what its people left is used again by those that follow
    began, strangers = time.perf_counter(), []
    for at in range(0, number, AT_A_TIME):
        size = min(AT_A_TIME, number - at)
        strangers += await asyncio.gather(*(enter(counter.port, "somebody", b"Choose a counter") for _ in range(size)))
    storm = time.perf_counter() - began
    for connection, _, _ in strangers:
        connection.abort()
    await asyncio.sleep(2)
    here = await at_the_history(counter.port, number)
    each = (resident(pid) - base) / number
    print(f"MANY      {number} people: {number / storm:.1f} a second through the handshake to a painted door")
    print(
        f"MANY      {each:.2f} MiB a person at the history (aim 2.0), {peer:.0f} in a process each: x{peer / each:.0f}"
    )
    await typing(here, pid, seconds)
    for connection, _, _ in (first, *here):
        connection.abort()


async def idle(counter: Counter, number: int) -> None:
    """What people cost who only stand there."""
    pid = counter.process.pid
    here = await at_the_history(counter.port, number)
    await asyncio.sleep(2)
    cpu, began = used(pid), time.perf_counter()
    await asyncio.sleep(30)
    share = (used(pid) - cpu) / (time.perf_counter() - began) * 100
    print(f"MANY      {number} people idle: {share:.2f} % of a core (aim 1); {resident(pid):.0f} MiB in all")
    for connection, _, _ in here:
        connection.abort()


async def typing(here: Sequence[Entered], pid: int, seconds: float) -> None:
    """Everybody presses an arrow about once a second."""
    cpu, end = used(pid), time.perf_counter() + seconds

    async def types(channel: asyncssh.SSHClientChannel[bytes], person: Person) -> None:
        await asyncio.sleep(random.random())
        while time.perf_counter() < end:
            person.count, person.pressed = 0, time.perf_counter()
            channel.write(b"\x1b[B")
            await asyncio.sleep(random.uniform(0.7, 1.3))
            person.sizes.append(person.count)

    await asyncio.gather(*(types(channel, person) for _, channel, person in here))
    delays = [delay for _, _, person in here for delay in person.delays]
    sizes = [size for _, _, person in here for size in person.sizes]
    cpu = (used(pid) - cpu) / len(sizes) * 1000
    print(f"MANY      an arrow to its first byte: {cut(delays)} of {len(delays)} of {len(sizes)} (aim p99 40)")
    print(f"MANY      an arrow: {statistics.median(sizes):.0f} bytes; {cpu:.1f} ms of processor")


def cut(delays: Sequence[float]) -> str:
    """Percentiles of seconds, in ms."""
    ordered = sorted(delays)
    cuts = [ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000 for part in (0.5, 0.95, 0.99)]
    return f"p50 {cuts[0]:.1f}, p95 {cuts[1]:.1f}, p99 {cuts[2]:.1f} ms"


async def waves(counter: Counter) -> None:
    """People who come and go: what stays of them."""
    pid, after = counter.process.pid, []
    for _ in range(WAVES):
        words = b"Choose a counter"
        here = await asyncio.gather(*(enter(counter.port, "somebody", words) for _ in range(IN_A_WAVE)))
        for connection, _, _ in here:
            connection.abort()
        await asyncio.sleep(2)
        after.append(resident(pid))
    sizes = [round(each) for each in after]
    slope = statistics.linear_regression(range(WAVES // 2), after[WAVES // 2 :]).slope
    print(f"MANY      {WAVES} waves of {IN_A_WAVE}: {slope:+.2f} MiB a wave at the end (aim 0): {sizes}")


def process_each(store: str) -> float:
    """MiB of a process for one person at the history, of `PEERS` at once; how soon one that is typed at answers."""
    shares, delays = [], []
    here = [Terminal(["--store", store, "--lang", "en"], size=(120, 40)) for _ in range(PEERS)]
    try:
        for terminal in here:
            terminal.wait_for("Choose a counter")
            terminal.press("enter")
            terminal.wait_for("User ID")
            terminal.press(DOOR.partition("+")[2], "enter", DEMO_PASSWORD, "enter")
            terminal.wait_for("F3")
            terminal.press("f3")
            terminal.wait_for("documents")
        shares = [resident(terminal.pid) for terminal in here]
        for terminal in here:
            terminal.read_for(0.5)
            for _ in range(PEER_KEYS):
                pressed = time.perf_counter()
                terminal.press("down")
                select.select([terminal._handle], [], [], 10)
                delays.append(time.perf_counter() - pressed)
                terminal.read_for(0.05)
    finally:
        for terminal in here:
            terminal.__exit__(None, None, None)
    print(f"MANY      a process each, {PEERS} of them, one typing at a time: {cut(delays)}")
    return statistics.median(shares)


def main() -> None:
    """Measure and print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 200
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    standing = int(sys.argv[3]) if len(sys.argv) > 3 else 500
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:{folder}/store.db"
        with closing(open_store(url, KINDS, create=True)) as store:
            load_into(store, demo_data())
        peer = process_each(url)
        cores = sorted(os.sched_getaffinity(0))
        for measure in (
            lambda counter: people(counter, number, seconds, peer),
            lambda counter: idle(counter, standing),
            waves,
        ):
            counter = serving(Path(folder), "--notice", "0", "--from-one", "1000", store=url)
            os.sched_setaffinity(counter.process.pid, cores[:1])
            os.sched_setaffinity(0, cores[-1:])
            try:
                asyncio.run(measure(counter))
            finally:
                os.sched_setaffinity(0, cores)
                closed(counter)


if __name__ == "__main__":
    main()
