"""Where a store's owner is asked: a socket beside the store's file."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def socket_file(url: str) -> Path | None:
    """The socket of a store that one process owns; None for stores that several can open."""
    scheme, _, path = url.partition(":")
    if scheme != "tinydb":
        return None
    file = Path(path).expanduser()
    return file.with_name(f"{file.name}.socket")


@contextmanager
def reached(act: Callable[[socket.socket], Callable[[str], None]], file: Path) -> Iterator[socket.socket]:
    """A local socket on which `bind` or `connect` was done, also where the path is too long for one."""
    folder = os.open(file.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        act(sock)(f"/proc/self/fd/{folder}/{file.name}")
        yield sock
    finally:
        sock.close()
        os.close(folder)
