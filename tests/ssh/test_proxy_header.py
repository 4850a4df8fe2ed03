"""Behind a balancer: its PROXY header is believed, nobody else's is, and a connection without one is not taken."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.session import Services
from tests.ssh.test_connection import come
from tests.waiting import until
from tui.ssh.door import listening_socket
from tui.ssh.front import Front
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits
from tui.ssh.proxy_header import SIGNATURE, NoHeader, first, told_source

V4 = struct.pack("!4s4sHH", bytes((203, 0, 113, 7)), bytes((10, 0, 0, 1)), 5000, 22)
V6 = struct.pack("!16s16sHH", ipaddress.IPv6Address("2001:db8::7").packed, bytes(16), 5000, 22)


def second(rest: bytes, *, command: int = 0x21, family: int = 0x11) -> bytes:
    """A version 2 header."""
    return SIGNATURE + struct.pack("!BBH", command, family, len(rest)) + rest


HEADERS = {
    b"PROXY TCP4 203.0.113.7 10.0.0.1 5000 22\r\n": "203.0.113.7",
    b"PROXY TCP6 2001:db8::7 2001:db8::1 5000 22\r\n": "2001:db8::7",
    b"PROXY UNKNOWN\r\n": None,
    b"PROXY UNKNOWN ffff::1 ::1 1 2\r\n": None,
    second(V4): "203.0.113.7",
    second(V4 + b"\x04\0\3abc"): "203.0.113.7",
    second(V6, family=0x21): "2001:db8::7",
    second(b"", command=0x20, family=0): None,
    second(bytes(216), family=0x31): None,
}

NONE = (
    b"SSH-2.0-OpenSSH_9.2p1\r\n", b"PROXY TCP4 999.1.1.1 10.0.0.1 1 2\r\n", b"PROXY TCP4 ::1 ::1 1 2\r\n",
    b"PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", b"PROXY " + b"x" * 200, b"PROXY TCP4 1.2.3.4\r\n", b"",
    second(V4[:4]), second(V4, command=0x22), second(V4, command=0x31), second(bytes(5000)), SIGNATURE,
)  # fmt: skip


async def heard(sent: bytes, after: bytes = b"") -> tuple[str | None, bytes]:
    """What is read of bytes, and what is left of them."""
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.sendall(sent + after)
        there.shutdown(socket.SHUT_WR)
        return await told_source(here), here.recv(100)


@pytest.mark.parametrize(("sent", "source"), HEADERS.items())
async def test_a_header_is_read_and_nothing_after_it(sent: bytes, source: str | None) -> None:
    assert await heard(sent, b"SSH-2.0-x") == (source, b"SSH-2.0-x")


@pytest.mark.parametrize("sent", NONE)
async def test_what_is_no_header_is_refused(sent: bytes) -> None:
    with pytest.raises(NoHeader):
        await heard(sent)


@given(st.binary(max_size=150) | st.binary(max_size=100).map(lambda b: b"PROXY TCP4 " + b + b"\r\n"))
def test_whatever_a_line_says_it_is_an_address_or_no_header(line: bytes) -> None:
    with suppress(NoHeader):
        found = first(line)
        assert found is None or ipaddress.ip_address(found)


@pytest.fixture
async def front(provided: Services) -> AsyncIterator[Front]:
    """A server that trusts a balancer at 127.0.0.2."""
    house = House(replace(provided, exports=None, printer=None), Crowd(Limits(burst=3, waiting_from_one=3)))
    balancers = (ipaddress.ip_network("127.0.0.2"),)
    key = asyncssh.generate_private_key("ssh-ed25519")
    running = Front(house, listening_socket("127.0.0.1", 0), [key], balancers)
    await running.open()
    yield running
    await running.close()
    assert house.crowd.here == 0


def line(front: Front, source: str, header: bytes = b"") -> socket.socket:
    """A connection from a source that begins with some bytes."""
    sock = socket.create_connection(("127.0.0.1", front.port), source_address=(source, 0))
    sock.sendall(header)
    sock.setblocking(False)
    return sock


async def ended(sock: socket.socket) -> bool:
    """Whether the server hangs up without a word."""
    try:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 100), 20) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("header", [header for header, source in HEADERS.items() if source == "203.0.113.7"])
async def test_people_behind_the_balancer_are_counted_by_where_they_come_from(front: Front, header: bytes) -> None:
    connection = await come(front.port, sock=line(front, "127.0.0.2", header))
    (server,) = front._connections
    assert server.source == "203.0.113.7"
    connection.abort()


async def test_a_header_of_anybody_else_is_not_believed(front: Front) -> None:
    with line(front, "127.0.0.3", b"PROXY TCP4 203.0.113.7 10.0.0.1 5000 22\r\n") as sock:
        said = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 100), 20)
        assert said.startswith(b"SSH-2.0-Ventanilla"), "it is a client that does not speak SSH"
        assert all(connection.source == "127.0.0.3" for connection in front._connections)
        await until(lambda: not front._connections)


async def test_the_balancer_without_a_header_is_refused_and_others_come_in_meanwhile(front: Front) -> None:
    silent = [line(front, "127.0.0.2", b"PROXY TC") for _ in range(20)]
    connection = await come(front.port, sock=line(front, "127.0.0.2", second(V4)))
    connection.abort()
    with line(front, "127.0.0.2", b"SSH-2.0-OpenSSH_9.2p1\r\n") as sock:
        assert await ended(sock)
    for sock in silent:
        sock.close()


async def test_one_source_behind_the_balancer_uses_up_its_own_share_only(front: Front) -> None:
    first_source = [line(front, "127.0.0.2", second(V4)) for _ in range(6)]
    await until(lambda: front.house.crowd.here >= 3)
    assert await ended(first_source[-1])
    other = await come(front.port, sock=line(front, "127.0.0.2", second(V6, family=0x21)))
    other.abort()
    for sock in first_source:
        sock.close()
