"""The owner's end: does commands of the same machine on the store that is open, each in a thread of its own."""

from __future__ import annotations

import io
import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from billing.documents import DiskFull, FolderForbidden, FolderReadOnly, NoFolder, NotAFolder, SaveFailed
from billing.errors import Refusal
from tui.cli import FOR_OTHERS, main
from tui.commands.streams import Streams, Unreadable, Unwritable
from tui.owner.frames import Answer, End, Frame, Given, KeepFile, ReadFile, Say, Talk, WantInput, WantSecret, WriteFile
from tui.owner.place import reached

if TYPE_CHECKING:
    from billing.desk import Clock
    from billing.payment_gateway import PaymentGateway
    from billing.store import Store

_LOG = logging.getLogger(__name__)

AT_ONCE = 8
"""Commands at a time; the next waits to be taken."""

GIVEN_WITHIN = 10.0
"""Seconds in which whoever has connected must say what they want."""

END_WITHIN = 20.0
"""Seconds that commands have to end when the owner closes. One that waits for its caller's answer ends at once."""

_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind
    for kind in (DiskFull, FolderForbidden, FolderReadOnly, NoFolder, NotAFolder, SaveFailed, Unreadable, Unwritable)
}
"""What can be wrong with files at the other end."""


class OwnerSocket:
    """Listens beside the store while it is open, for this user and the machine's root alone."""

    def __init__(
        self, file: Path, store: Callable[[], Store], clock: Clock, gateway: Callable[[], PaymentGateway]
    ) -> None:
        self._file, self._store, self._clock, self._gateway = file, store, clock, gateway
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._talks: set[socket.socket] = set()
        self._closing = False

    @contextmanager
    def open(self) -> Iterator[None]:
        """Answer from here on; at the end commands that run may end. Whoever calls owns the store already."""
        with suppress(FileNotFoundError):
            self._file.unlink()  # of an owner that ended without a word: the store's lock is ours now
        with reached(lambda sock: sock.bind, self._file) as listening:
            self._file.chmod(0o600)
            listening.listen(AT_ONCE)
            accepting = threading.Thread(target=self._accept, args=(listening,), name="owner", daemon=True)
            accepting.start()
            try:
                yield
            finally:
                self._closing = True
                with suppress(FileNotFoundError):
                    self._file.unlink()
                with suppress(OSError):
                    listening.shutdown(socket.SHUT_RDWR)
                self._hang_up(socket.SHUT_RD)  # nobody has to answer any more; what is being done is still said
                until = time.monotonic() + END_WITHIN
                accepting.join(END_WITHIN)
                for _ in range(AT_ONCE):
                    self._room.acquire(timeout=max(0.0, until - time.monotonic()))
                self._hang_up(socket.SHUT_RDWR)

    def _hang_up(self, how: int) -> None:
        with self._lock:
            for sock in self._talks:
                with suppress(OSError):
                    sock.shutdown(how)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            self._room.acquire()
            try:
                sock, _ = listening.accept()
            except OSError as fault:
                self._room.release()
                if self._closing:
                    return
                _LOG.warning("local socket: %s", fault.strerror)
                time.sleep(0.1)  # no descriptors left: others may give some back
                continue
            with self._lock:
                self._talks.add(sock)
            if self._closing:
                self._hang_up(socket.SHUT_RD)
            threading.Thread(target=self._serve, args=(sock,), name="owner's command", daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            with sock:
                if _peer(sock) in (0, os.geteuid()):
                    self._do(sock)
        except (ConnectionError, TimeoutError):
            pass
        except Exception:
            _LOG.exception("a command of the local socket failed")
        finally:
            with self._lock:
                self._talks.discard(sock)
            self._room.release()

    def _do(self, sock: socket.socket) -> None:
        talk = Talk(sock)
        sock.settimeout(GIVEN_WITHIN)
        given = talk.hear()
        sock.settimeout(None)
        if isinstance(given, Given) and given.argv:
            code = main(
                given.argv,
                clock=self._clock,
                gateway=self._gateway,
                store=self._store(),
                streams=_streams(talk, given),
                allowed=FOR_OTHERS,
            )
            talk.send(End(code))


def _peer(sock: socket.socket) -> int:
    """The user at the other end, as the system knows them (unix(7), SO_PEERCRED)."""
    _, user, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(user)


class _Said(io.RawIOBase):
    """What a command writes, sent on."""

    def __init__(self, talk: Talk, error: bool) -> None:
        self._talk, self._error = talk, error

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        sent = bytes(data)  # type: ignore[call-overload]  # any buffer
        self._talk.send(Say(sent, self._error))
        return len(sent)


class _Typed(io.RawIOBase):
    """What the other end types, asked for when it is read."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer)  # type: ignore[arg-type]  # any buffer
        data = self._left or _wanted(self._talk, WantInput())
        room[: len(data[: len(room)])] = data[: len(room)]
        self._left = data[len(room) :]
        return len(data[: len(room)])


class _TheirFiles:
    """The files of the other end."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def read(self, name: str) -> bytes:
        return _wanted(self._talk, ReadFile(name))

    def write(self, name: str, data: bytes) -> None:
        _wanted(self._talk, WriteFile(name, data))

    def keep(self, folder: str, name: str, data: bytes) -> str:
        return _wanted(self._talk, KeepFile(folder, name, data)).decode()


def _wanted(talk: Talk, frame: Frame) -> bytes:
    talk.send(frame)
    answer = talk.hear()
    if not isinstance(answer, Answer):
        raise ConnectionResetError
    if answer.refusal:
        raise _REFUSALS.get(answer.refusal, Refusal)(**answer.values)
    return answer.data


def _streams(talk: Talk, given: Given) -> Streams:
    def text(raw: io.RawIOBase) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BufferedWriter(raw, 64 * 1024), "utf-8", newline="\n")

    typed = io.TextIOWrapper(io.BufferedReader(_Typed(talk)), "utf-8", "replace")
    return Streams(
        typed,
        text(_Said(talk, error=False)),
        text(_Said(talk, error=True)),
        given.interactive,
        given.environment,
        _TheirFiles(talk),
        lambda prompt: _wanted(talk, WantSecret(prompt)).decode(),
    )
