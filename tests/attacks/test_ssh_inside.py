"""What somebody who was let in may try against the server and against the others in it."""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import suppress
from typing import Any

import asyncssh
import pytest
from asyncssh.constants import MSG_CHANNEL_DATA, MSG_CHANNEL_REQUEST, MSG_GLOBAL_REQUEST
from asyncssh.packet import Boolean, Byte, String, UInt32

from screens.session import Services
from tests.attacks.siege import Person, Siege, besieged, come, enter
from tests.journeys.terminal import PATIENCE
from tests.waiting import until
from tui.ssh.connection import MOST_OUTGOING, WINDOW
from tui.ssh.typing_gate import LONGEST_PASTE

ATTACKER = "127.66.6.6"

soak = pytest.mark.soak


def held_for(siege: Siege, person: Person) -> Any:
    """The server's own visit of somebody."""
    port = person.connection.get_extra_info("sockname")[1]
    (found,) = (v for v in siege.front.house.visits if v._connection.get_extra_info("peername")[1] == port)
    return found


ENDLESS = {
    "paste of 2 MB": b"\x1b[200~" + b"x" * 2_000_000 + b"\x1b[201~",
    "paste without an end": b"\x1b[200~" + b"y" * 300_000,
    "pastes in pastes": b"\x1b[200~" * 30_000,
    "title without an end": b"\x1b]0;" + b"t" * 100_000,
    "device string without an end": b"\x1bP" + b"1" * 100_000,
    "numbers without an end": b"\x1b[" + b"1;" * 50_000,
    "keys that are no characters": b"\x1b[99999999999u\x1b[1114112u\x1b[55296u\x1b[0;0;0u" * 20,
    "half of a character": b"\xf0\x9f" * 20_000,
    "mouse nobody asked for": b"\x1b[<0;1;1M\x1b[M   \x1b[<64;99999999999;1M" * 200,
    "replies nobody asked for": b"\x1b[?2026;2$y\x1b[1;1R\x1b[?1;2c\x1b]52;c;eHg=\x07" * 200,
    "escapes": b"\x1b" * 20_000,
    "every byte": bytes(set(range(256)) - {3, 17}) * 40,
}


PASTES = [
    pytest.param(ENDLESS[name], id=f"{name}, measured", marks=soak)
    for name in ("paste of 2 MB", "paste without an end")
]
"""Measured in soak runs too."""


@pytest.mark.parametrize("typed", [*(pytest.param(typed, id=name) for name, typed in ENDLESS.items()), *PASTES])
async def test_what_is_typed_without_an_end(provided: Services, typed: bytes) -> None:
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER)
        visit = held_for(siege, attacker)
        attacker.channel.write(typed)
        most = 0

        def read_up() -> bool:
            nonlocal most
            driver = visit._driver
            if driver is None:
                return True
            gate = driver._gate
            most = max(most, len(gate._text) + gate._pasted + driver._app.message_queue_size)
            return not attacker.channel.get_write_buffer_size() and not driver._gate.waiting

        async with asyncio.timeout(PATIENCE):  # typed keys are taken a hundred a second: not all of them are waited for
            with suppress(TimeoutError):
                async with asyncio.timeout(1.5):
                    while not read_up():
                        await asyncio.sleep(0.01)
        assert most <= LONGEST_PASTE + 2 * WINDOW + 2000
        assert visit in siege.front.house.visits
        attacker.connection.abort()


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=soak)])
async def test_an_environment_full_of_orders(provided: Services, count: int) -> None:
    orders = {
        "LD_PRELOAD": "/tmp/x.so",
        "PATH": "/tmp:.",
        "HOME": "../../root",
        "BASH_ENV": "/tmp/x.sh",
        "COLUMNS": "9" * 50,
        "LINES": "-1",
        "NO_COLOR": "\x1b[2J" * 5000,
        "LC_CTYPE": "C" * 30_000,
        "LC_TIME": "../../../etc/passwd\x00",
        "TEXTUAL_DRIVER": "os:system",
        "TEXTUAL_LOG": "/tmp/stolen",
        "TEXTUAL_DEVTOOLS_HOST": "evil.example",
        "PYTHONSTARTUP": "/tmp/x.py",
        "PYTHONPATH": "/tmp",
        "VENTANILLA_STORE": "tinydb:/tmp/x.json",
        "LC_ALL": "../" * 10_000 + "etc/passwd",
        "LC_MESSAGES": "es_ES.UTF-8\x1b]0;x\x07",
        "COLORTERM": "truecolor;rm",
        "TERM": "../../x",
    }
    names = {f"N{number}": "x" * (number % 3000) for number in range(count)}
    before = dict(os.environ)
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER, env={**names, **orders, "LANG": "../../x"}, term_type="\x1b[2J")
        (kept,) = (v._chan.get_environment_bytes() for v in siege.front.house.visits if v is held_for(siege, attacker))
        assert set(kept) <= {b"LC_ALL", b"LC_MESSAGES", b"COLORTERM", b"NO_COLOR", b"LANG", b"TERM"}
        assert b"Elija una ventanilla" in attacker.terminal.seen  # the house's own language: none of theirs was a word
        assert not [order for order in (b"\x1b]0;", b"passwd", b"\x1b[2J\x1b[2J") if order in attacker.terminal.seen]
        assert dict(os.environ) == before
        await attacker.is_answered()
        attacker.connection.abort()


@pytest.mark.parametrize("count", [60, pytest.param(3000, marks=soak)])
async def test_channels_without_an_end(provided: Services, count: int) -> None:
    async with besieged(provided) as siege:
        connection = await come(siege.port, ATTACKER)
        opened = 0
        for _ in range(count):
            with suppress(asyncssh.ChannelOpenError):
                await connection.create_session(asyncssh.SSHClientSession, term_type="xterm", encoding=None)
                opened += 1
            visits = siege.front.house.visits
            assert len(visits) <= siege.front.house.crowd.limits.strangers + 1
        assert opened == siege.front.house.crowd.limits.strangers
        connection.abort()
        await until(lambda: len(siege.front.house.visits) == 1)
        for _ in range(count // 10):  # and opened to be given up in the same breath
            connection = await come(siege.port, ATTACKER)
            channel, _ = await connection.create_session(asyncssh.SSHClientSession, term_type="xterm", encoding=None)
            channel.abort()
            connection.abort()


@pytest.mark.parametrize("count", [1000, pytest.param(20_000, marks=soak)])
async def test_a_storm_of_window_sizes(provided: Services, count: int) -> None:
    chance = random.Random(count)
    sizes = (0, 1, 24, 80, 132, 65_535, 2**31, 2**32 - 1)
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER)
        for number in range(count):
            attacker.channel.change_terminal_size(*(chance.choice(sizes) for _ in range(4)))
            if number % 20 == 0:
                await asyncio.sleep(0)
        attacker.channel.change_terminal_size(90, 30)
        visit = held_for(siege, attacker)
        await until(lambda: tuple(visit._app.size) == (90, 30))
        await attacker.is_answered()
        attacker.connection.abort()


async def test_forwarding_of_every_kind_is_refused(provided: Services, tmp_path: Any) -> None:
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER)
        line = attacker.connection
        opening: tuple[Any, ...] = (
            lambda: line.open_connection("127.0.0.1", siege.port),
            lambda: line.open_connection("localhost", 22, "127.0.0.1", 9),
            lambda: line.open_unix_connection("/var/run/docker.sock"),
            lambda: line.open_tun(),
            lambda: line.open_tap(),
        )
        for open_it in opening:
            with pytest.raises(asyncssh.ChannelOpenError):
                await open_it()
        listening: tuple[Any, ...] = (
            lambda: line.start_server(lambda *_: True, "", 0),
            lambda: line.start_server(lambda *_: True, "0.0.0.0", 8022),
            lambda: line.start_unix_server(lambda *_: True, str(tmp_path / "socket")),
        )
        for listen in listening:
            with pytest.raises(asyncssh.ChannelListenError):
                await listen()
        assert not await attacker.channel._make_request(b"auth-agent-req@openssh.com")
        cookie = (Boolean(False), String("MIT-MAGIC-COOKIE-1"), String("00" * 16), UInt32(0))
        assert not await attacker.channel._make_request(b"x11-req", *cookie)
        assert not (tmp_path / "socket").exists()
        await attacker.is_answered()
        attacker.connection.abort()


@pytest.mark.parametrize("count", [100, pytest.param(5000, marks=soak)])
async def test_requests_that_nobody_knows(provided: Services, count: int) -> None:
    chance = random.Random(count)
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER)
        line: Any = attacker.connection
        for name in ("KILL", "TERM", "STOP", "HUP", "INT", "9", "../../x"):
            attacker.channel.send_signal(name)
        attacker.channel.send_break(2**32 - 1)
        known = (b"shell", b"exec", b"subsystem", b"pty-req", b"env", b"xon-xoff", b"exit-status", b"eow@openssh.com")
        for number in range(count):
            noise = chance.randbytes(chance.randrange(200))
            asked = known[number % len(known)] if number % 3 == 0 else b"x%d@attack" % number
            # Broken inside: the line may be ended for it, and nobody else's.
            channel = line._channels.get(attacker.channel._recv_chan)
            if channel is None:
                break
            channel.send_packet(MSG_CHANNEL_REQUEST, String(asked), Boolean(number % 2 == 0), noise)
            line.send_packet(MSG_GLOBAL_REQUEST, String(asked), Boolean(False), noise)
            if number % 20 == 0:
                await asyncio.sleep(0.01)
        attacker.connection.abort()


async def test_more_data_than_the_window_has_room_for(provided: Services) -> None:
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER, window=2**32 - 1, max_pktsize=2**32 - 1)
        for _ in range(100):
            with suppress(Exception):  # the line is ended when the window is overrun
                attacker.channel.send_packet(MSG_CHANNEL_DATA, String(b"z" * 30_000))
        await until(lambda: len(siege.front.house.visits) == 1)
        attacker.connection.abort()


@pytest.mark.parametrize("count", [5000, pytest.param(1_000_000, marks=soak)])
async def test_questions_whose_answers_nobody_reads(provided: Services, count: int) -> None:
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER)
        visit = held_for(siege, attacker)
        line: Any = attacker.connection
        line._transport.pause_reading()
        held = visit._connection._transport
        most = 0
        for number in range(count):
            if line._transport is None or line._transport.get_write_buffer_size() > 8_000_000:
                break  # the server hears no more from it
            line.send_packet(MSG_GLOBAL_REQUEST, String(b"keepalive@openssh.com"), Boolean(True))
            if number % 20 == 0:
                await asyncio.sleep(0)
                most = max(most, held.get_write_buffer_size())
        assert most <= MOST_OUTGOING + WINDOW * 4
        attacker.connection.abort()


@pytest.mark.parametrize("count", [20, pytest.param(500, marks=soak)])
async def test_a_storm_of_new_keys(provided: Services, count: int) -> None:
    async with besieged(provided) as siege:
        attacker = await enter(siege.port, ATTACKER)
        line: Any = attacker.connection
        for _ in range(count):
            exchanged = line._kexinit_sent
            if not exchanged:
                line._send_kexinit()
                line._kexinit_sent = True
            await until(lambda: line._kex is None and not line._kexinit_sent)
        await attacker.is_answered()
        line.send_packet(Byte(20)[0], os.urandom(40))  # and one that is none
        await until(lambda: len(siege.front.house.visits) == 1)
        attacker.connection.abort()
