"""What goes over the local socket: messages in MessagePack, each after its length in four bytes."""

from __future__ import annotations

import socket
import struct
from typing import TypeAlias

import msgspec

LARGEST = 256 * 1024 * 1024
"""Bytes of one message: a whole store's data file."""


class Given(msgspec.Struct, tag=True, frozen=True):
    """The command, as it was given."""

    argv: tuple[str, ...]
    environment: dict[str, str]
    interactive: bool


class Say(msgspec.Struct, tag=True, frozen=True):
    """Bytes for standard output, or standard error."""

    data: bytes
    error: bool


class WantInput(msgspec.Struct, tag=True, frozen=True):
    """Some of standard input is wanted: a line."""


class WantSecret(msgspec.Struct, tag=True, frozen=True):
    """A line typed unseen is wanted."""

    prompt: str


class ReadFile(msgspec.Struct, tag=True, frozen=True):
    """A file's content is wanted."""

    name: str


class WriteFile(msgspec.Struct, tag=True, frozen=True):
    """A file is to be written."""

    name: str
    data: bytes


class KeepFile(msgspec.Struct, tag=True, frozen=True):
    """A document is to be kept in a folder."""

    folder: str
    name: str
    data: bytes


class Answer(msgspec.Struct, tag=True, frozen=True):
    """What was wanted: content, a line, a path; or the refusal's name and values."""

    data: bytes = b""
    refusal: str = ""
    values: dict[str, str] = msgspec.field(default_factory=dict)


class End(msgspec.Struct, tag=True, frozen=True):
    """The command has ended."""

    code: int


Frame: TypeAlias = Given | Say | WantInput | WantSecret | ReadFile | WriteFile | KeepFile | Answer | End

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Frame)


class Talk:
    """Both ends' way of sending and hearing. Raises `ConnectionError` where the other has gone or talks nonsense."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def send(self, frame: Frame) -> None:
        """Send one message."""
        data = _ENCODER.encode(frame)
        self._sock.sendall(struct.pack(">I", len(data)) + data)

    def hear(self) -> Frame:
        """Wait for one message."""
        (length,) = struct.unpack(">I", self._exactly(4))
        if length > LARGEST:
            raise ConnectionResetError
        try:
            frame: Frame = _DECODER.decode(self._exactly(length))
        except msgspec.MsgspecError:
            raise ConnectionResetError from None
        return frame

    def _exactly(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            if not (more := self._sock.recv(min(length - len(data), 1 << 20))):
                raise ConnectionResetError
            data += more
        return bytes(data)
