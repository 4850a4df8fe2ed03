"""A command that another process does, with this one's terminal and files."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from billing.errors import N_, Refusal
from tui.commands.streams import Streams
from tui.owner.frames import Answer, End, Given, KeepFile, ReadFile, Say, Talk, WantInput, WantSecret, WriteFile
from tui.owner.place import reached, socket_file

PASSED_ON = ("LC_ALL", "LC_MESSAGES", "LANG", "VENTANILLA_USER")
"""What of the environment concerns a command; the rest is the owner's own."""


class OwnerGone(Refusal):
    """The owner went away in the middle."""

    message = N_("The server that has the data went away before it answered. Whether the command was done is not "
                 "known. Look before you repeat it.")  # fmt: skip


def ask_owner(url: str, argv: Sequence[str], streams: Streams) -> int | None:
    """Let the store's owner do a command; its exit code, or None where nobody owns the store. Raises `OwnerGone`."""
    file = socket_file(url)
    if file is None or not file.is_socket():
        return None
    try:
        with reached(lambda sock: sock.connect, file) as sock:
            return _converse(sock, argv, streams)
    except (FileNotFoundError, ConnectionRefusedError, PermissionError):
        return None


def _converse(sock: socket.socket, argv: Sequence[str], streams: Streams) -> int:
    talk = Talk(sock)
    environment = {name: value for name in PASSED_ON if (value := streams.environment.get(name))}
    try:
        talk.send(Given(tuple(argv), environment, streams.interactive))
        while True:
            frame = talk.hear()
            match frame:
                case Say(data, error):
                    _say(streams, data, error)
                case End(code):
                    return code
                case ReadFile(name) | WriteFile(name) | KeepFile(name) if not _named(argv, name):
                    raise ConnectionResetError
                case _:
                    talk.send(_answer(frame, streams))
    except (ConnectionResetError, BrokenPipeError) as fault:
        raise OwnerGone from fault


def _named(argv: Sequence[str], name: str) -> bool:
    """Whether a file or folder is one that the command names, or a folder that it means where it names none.

    The owner may be somebody else, and the caller root.
    """
    return name in ("", ".") or any(name in (word, word.partition("=")[2]) for word in argv)


def _say(streams: Streams, data: bytes, error: bool) -> None:
    stream = streams.stderr if error else streams.stdout
    stream.flush()
    stream.buffer.write(data)
    stream.flush()


def _secret(streams: Streams, prompt: str) -> bytes:
    try:
        return streams.secret(prompt).encode()
    except EOFError:
        return b""


def _answer(frame: object, streams: Streams) -> Answer:
    try:
        match frame:
            case WantInput():
                return Answer(streams.stdin.readline().encode())
            case WantSecret(prompt):
                return Answer(_secret(streams, prompt))
            case ReadFile(name):
                return Answer(streams.files.read(name))
            case WriteFile(name, data):
                streams.files.write(name, data)
                return Answer()
            case KeepFile(folder, name, data):
                return Answer(streams.files.keep(folder, name, data).encode())
            case _:
                raise ConnectionResetError
    except Refusal as refusal:
        return Answer(
            refusal=type(refusal).__name__, values={name: str(value) for name, value in refusal.values.items()}
        )
