"""Where somebody behind a balancer comes from: the PROXY protocol, 1 and 2 (haproxy's proxy-protocol.txt)."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import struct

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
LONGEST_LINE = 107
"""Bytes of a version 1 header, its end included (section 2.1)."""
LONGEST = 1024
"""Bytes of a version 2 header after its first sixteen: addresses, and more extensions than balancers send."""
WITHIN = 5.0
"""Seconds in which a balancer must have said it; it says it at once (section 2)."""

_LINE = re.compile(rb"PROXY (?:UNKNOWN(?: .*)?|(TCP[46]) (\S+) (\S+) \d{1,5} \d{1,5})\r\n", re.ASCII)


class NoHeader(ValueError):
    """A connection of a balancer that does not begin with a header."""


async def told_source(sock: socket.socket) -> str | None:
    """Read the header from a socket and nothing after it; the address, or None where the balancer speaks for itself.

    Raises `NoHeader`, `TimeoutError`, or `OSError` where the connection is gone.
    """
    async with asyncio.timeout(WITHIN):
        begun = await _exactly(sock, len(SIGNATURE))
        if begun == SIGNATURE:
            return await _second(sock)
        while not begun.endswith(b"\r\n"):
            if len(begun) >= LONGEST_LINE or not begun.startswith(b"PROXY "):
                raise NoHeader
            begun += await _exactly(sock, 1)
    return first(begun)


def first(line: bytes) -> str | None:
    """The address of a version 1 header. Raises `NoHeader`."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise NoHeader
    if found[1] is None:
        return None
    try:
        address = ipaddress.ip_address(found[2].decode("ascii", "replace"))
    except ValueError:
        raise NoHeader from None
    if address.version != int(found[1][-1:]):
        raise NoHeader
    return str(address)


async def _second(sock: socket.socket) -> str | None:
    """The address of a version 2 header, whose signature was read."""
    command, family, length = struct.unpack("!BBH", await _exactly(sock, 4))
    if length > LONGEST or command >> 4 != 2 or command & 15 > 1:
        raise NoHeader
    rest = await _exactly(sock, length)
    if command & 15 == 0:
        return None
    match family:
        case 0x11 if length >= 12:
            return str(ipaddress.IPv4Address(rest[:4]))
        case 0x21 if length >= 36:
            return str(ipaddress.IPv6Address(rest[:16]))
        case 0x11 | 0x21:
            raise NoHeader
    return None


async def _exactly(sock: socket.socket, length: int) -> bytes:
    loop, data = asyncio.get_running_loop(), b""
    while len(data) < length:
        if not (more := await loop.sock_recv(sock, length - len(data))):
            raise NoHeader
        data += more
    return data
