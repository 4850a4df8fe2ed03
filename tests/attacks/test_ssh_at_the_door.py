"""What reaches the server before anybody is let in: no SSH, half of it, slow, wrong, and guesses."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import asyncssh
import pytest

from screens.session import Services
from tests.attacks.siege import HONEST, LIMITS, addresses, besieged, come, enter
from tests.journeys.terminal import PATIENCE
from tests.ssh.conftest import IBERIA_DOOR
from tests.waiting import until
from tui.demo.stage import DEMO_PASSWORD, demo_store
from tui.ssh.front import CIPHERS, KEX, MACS

VERSION = b"SSH-2.0-attack\r\n"
AT_A_TIME = 20
HASTY = replace(LIMITS, prove_within=2)
"""Where whoever says nothing is to be let go before the test is over."""


def packet(payload: bytes, claimed: int | None = None, padding: int = 8) -> bytes:
    """An SSH packet before there are keys; `claimed` lies about its length."""
    length = 1 + len(payload) + padding if claimed is None else claimed
    return struct.pack(">IB", length, padding & 0xFF) + payload + b"\0" * padding


def key_exchange(lists: list[bytes], tail: bytes = b"\0" * 5) -> bytes:
    """A KEXINIT (RFC 4253, 7.1) of these ten lists."""
    return b"\x14" + bytes(16) + b"".join(struct.pack(">I", len(each)) + each for each in lists) + tail


RIGHT = [
    ",".join(names).encode()
    for names in (KEX, ("ssh-ed25519",), CIPHERS, CIPHERS, MACS, MACS, ("none",), ("none",), (), ())
]


def malformed(chance: random.Random) -> Iterator[Callable[[], bytes]]:
    """What is sent instead of a handshake."""

    def wrong(most: int) -> bytes:
        return chance.randbytes(chance.randrange(most))

    while True:
        yield lambda: b""
        yield lambda: wrong(4000)
        yield lambda: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        yield lambda: b"SSH-1.5-old\r\n"
        yield lambda: b"SSH-2.0-" + b"x" * chance.randrange(20_000)
        yield lambda: b"\r\n" * 3000 + VERSION
        yield lambda: b"SSH-2.0-\0\xff\x1b[2J\r\n" + wrong(200)
        yield lambda: VERSION + packet(b"", claimed=chance.choice((0, 1, 2**31, 2**32 - 1, 35_001, 262_145)))
        yield lambda: VERSION + packet(wrong(500), padding=chance.choice((0, 1, 255)))
        yield lambda: VERSION + packet(key_exchange([wrong(60) for _ in range(10)]))
        yield lambda: VERSION + packet(key_exchange(RIGHT))[: chance.randrange(300)]
        yield lambda: VERSION + packet(key_exchange(RIGHT, tail=b""))
        yield lambda: VERSION + packet(key_exchange([b"," * 5000, *RIGHT[1:]]))
        yield lambda: VERSION + packet(b"\x14" + bytes(16) + struct.pack(">I", 2**32 - 1))
        yield lambda: VERSION + packet(key_exchange(RIGHT)) + packet(b"\x1e" + struct.pack(">I", 5) + b"point")
        yield lambda: VERSION + packet(key_exchange(RIGHT)) + packet(b"\x1e" + struct.pack(">I", 32) + bytes(32))
        yield lambda: VERSION + packet(key_exchange(RIGHT)) + packet(b"\x15")
        yield lambda: VERSION + packet(key_exchange(RIGHT)) + packet(b"\x32" + wrong(300))
        yield lambda: VERSION + packet(bytes([chance.randrange(256)]) + wrong(1000)) * 3


async def knock(port: int, source: str, sent: bytes, end: str) -> None:
    """One connection: send, then wait for the other side, hang up, or reset the line."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        try:
            writer.write(sent)
            if end == "reset":
                held = writer.get_extra_info("socket")
                held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif end == "wait":
                async with asyncio.timeout(PATIENCE):
                    await reader.read()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


@pytest.mark.parametrize("count", [160, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_malformed_connections(provided: Services, count: int) -> None:
    sources, chance = addresses(), random.Random(count)
    what = malformed(chance)
    # Whoever sends too little is let go when the time to prove oneself is over: few of those, or it takes an hour.
    ends = ("leave", "reset") * 20 + ("wait",)
    async with besieged(provided, HASTY) as siege:
        for _ in range(0, count, AT_A_TIME):
            await asyncio.gather(
                *(knock(siege.port, next(sources), next(what)(), chance.choice(ends)) for _ in range(AT_A_TIME))
            )
        newcomer = await enter(siege.port, HONEST)
        await newcomer.is_answered()
        newcomer.connection.abort()


@pytest.mark.parametrize("count", [80, pytest.param(800, marks=pytest.mark.soak)])
async def test_whoever_drips_bytes_is_let_go_and_others_get_in(provided: Services, count: int) -> None:
    sources = addresses()
    ended = 0

    async def drips(port: int) -> None:
        nonlocal ended
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(next(sources), 0))
            closed = asyncio.ensure_future(reader.read())
            while not closed.done():
                writer.write(b"S")
                await asyncio.wait([closed], timeout=0.1)
            with suppress(OSError):
                await closed
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        ended += 1

    async with besieged(provided, HASTY) as siege:
        dripping = [asyncio.ensure_future(drips(siege.port)) for _ in range(count)]
        await until(lambda: siege.front.house.crowd.waiting >= 50)
        async with asyncio.timeout(PATIENCE):
            while True:  # a place at the door comes free when somebody's time is over
                with suppress(OSError, asyncssh.Error):
                    newcomer = await enter(siege.port, HONEST)
                    break
                await asyncio.sleep(0.1)
        await newcomer.is_answered()
        newcomer.connection.abort()
        await until(lambda: ended == count)
        await asyncio.gather(*dripping)


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.soak)])
async def test_guesses_are_slowed_and_the_owner_gets_in_from_where_they_were(provided: Services, count: int) -> None:
    store = demo_store()
    sources = addresses()
    services = replace(provided, store=lambda: store)
    checked: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> object:
            return getattr(provided.passwords, name)

        def verify(self, kept: str, given: str) -> bool:
            checked.append(given)
            return provided.passwords.verify(kept, given) if count >= 1000 else given == DEMO_PASSWORD

    services = replace(services, passwords=Counted())  # type: ignore[arg-type]

    async def guess(port: int, number: int) -> None:
        door = (IBERIA_DOOR, "center+pagos@talleres.example", f"desk+nobody-{number}")[number % 3]
        with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
            await come(port, next(sources), door, password=f"wrong-{number}", preferred_auth="password")

    async with besieged(services) as siege:
        owner = await come(siege.port, HONEST, IBERIA_DOOR, password=DEMO_PASSWORD, preferred_auth="password")
        owner.abort()
        checked.clear()
        for at in range(0, count, AT_A_TIME):
            await asyncio.gather(*(guess(siege.port, number) for number in range(at, at + AT_A_TIME)))
        # Two people whom everybody tries to be, a handful of guesses each; the rest guess at nobody.
        assert len(checked) <= count // 3 + 1 + 2 * 10
        owner = await come(siege.port, HONEST, IBERIA_DOOR, password=DEMO_PASSWORD, preferred_auth="password")
        owner.abort()
    store.close()
