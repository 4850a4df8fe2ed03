"""The processes that people are shared over, where they die, linger, never begin, or have no descriptors left."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from typing import Any

import pytest

from tests.journeys.terminal import PATIENCE
from tests.waiting import until
from tui.serving import shards as processes
from tui.serving.channel import Guest, Left, Orders, Proven, hear
from tui.serving.shard import Shard
from tui.serving.shards import NotBegun, Shards
from tui.ssh.limits import Crowd, Limits

ORDERS = Orders("sqlite:/nowhere", "/nowhere", Limits(), "", desk=False, idle=1.0, log="warning")

READY = 'import socket, sys, time; line = socket.socket(fileno=int(sys.argv[1])); line.send(b\'{"type":"Ready"}\'); '
"""A process that people can come to; what it does then follows."""

LIVES, LINGERS, NEVER_BEGINS = (
    f"{READY}time.sleep(60)",
    f"{READY}time.sleep(1); line.close(); time.sleep(60)",
    "import time; time.sleep(60)",
)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str | OSError]:
    """What becomes of each process that is started, in turn; the last one of all that come after."""
    what: list[str | OSError] = []
    real = subprocess.Popen

    def start(command: list[str], **about: Any) -> subprocess.Popen[bytes]:
        now = what.pop(0) if len(what) > 1 else what[0]
        if isinstance(now, OSError):
            raise now
        return real([command[0], "-c", now, command[-1]], **about)

    monkeypatch.setattr("tui.serving.shards.subprocess.Popen", start)
    monkeypatch.setattr(processes, "AGAIN_AFTER", 0.02)
    monkeypatch.setattr(processes, "END_WITHIN", 0.2)
    return what


async def closed(shards: Shards) -> None:
    for pid in shards.processes:
        os.kill(pid, signal.SIGKILL)
    await shards.close(0.0)


async def test_one_that_cannot_be_replaced_at_once_is_replaced_when_it_can(begun: list[str | OSError]) -> None:
    begun += [LIVES, OSError(12, "Cannot allocate memory"), OSError(11, "again"), LIVES]
    shards = Shards(ORDERS, 1, Crowd(Limits()))
    await shards.open()
    (first,) = shards.processes
    os.kill(first, signal.SIGKILL)
    await until(lambda: not shards.ready)
    await until(lambda: shards.ready)
    assert first not in shards.processes
    await closed(shards)


async def test_one_that_says_no_more_but_does_not_end_is_replaced(begun: list[str | OSError]) -> None:
    begun += [LINGERS, LIVES]
    shards = Shards(ORDERS, 1, Crowd(Limits()))
    await shards.open()
    (first,) = shards.processes
    await until(lambda: first not in shards.processes and shards.ready)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    await closed(shards)


async def test_one_that_never_begins_is_not_waited_for(
    begun: list[str | OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SILENT", 0.1)
    monkeypatch.setattr(processes, "BEGUN_WITHIN", 0.3)
    begun += [NEVER_BEGINS]
    with pytest.raises(NotBegun):
        await asyncio.wait_for(Shards(ORDERS, 1, Crowd(Limits())).open(), PATIENCE)


async def test_a_connection_that_is_lost_on_its_way_is_not_counted_as_here() -> None:
    server, own = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    shard = Shard(ORDERS, own)
    shard._channel.open()
    shard._heard(Guest("203.0.113.5"), None)
    assert [said and said[0] for said in (hear(server), hear(server))] == [Proven("203.0.113.5"), Left("203.0.113.5")]
    shard._channel.close()
    server.close()
