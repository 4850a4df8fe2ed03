"""What a command reads from and writes to: this process's own, or those of somebody elsewhere.

A command reaches files and terminals through here alone, so that it never touches the machine it runs on for somebody
who is at another.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from getpass import getpass
from pathlib import Path
from typing import Protocol, TextIO

from billing.errors import N_, Refusal

STANDARD = "-"
"""The name of standard input and output."""

LARGEST_READ = 64 * 1024
"""Bytes of a text that a command reads whole."""


class Unreadable(Refusal):
    """A file that a command should read."""

    message = N_("{file} cannot be read: {reason}. Nothing was changed.")


class Unwritable(Refusal):
    """An output file cannot be written."""

    message = N_("{file} cannot be written: {reason}. Nothing was changed.")


class Files(Protocol):
    """The files of whoever gave the command."""

    def read(self, name: str) -> bytes:
        """A file, at most `LARGEST_READ` of it. Raises `Unreadable`."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole. Raises `Unwritable`."""
        ...

    def keep(self, folder: str, name: str, data: bytes) -> str:
        """Put a document into a folder, theirs for downloads where it is empty; nothing is overwritten. Its path."""
        ...


class OwnFiles:
    """The files of this process; relative names begin at `folder`."""

    def __init__(self, folder: Path = Path()) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        """See `Files`."""
        try:
            with self._path(name).open("rb") as file:
                return file.read(LARGEST_READ)
        except (OSError, ValueError) as fault:
            raise Unreadable(file=name, reason=getattr(fault, "strerror", None) or fault) from fault

    def write(self, name: str, data: bytes) -> None:
        """See `Files`."""
        try:
            self._path(name).write_bytes(data)
        except (OSError, ValueError) as fault:
            raise Unwritable(file=name, reason=getattr(fault, "strerror", None) or fault) from fault

    def keep(self, folder: str, name: str, data: bytes) -> str:
        """See `Files`."""
        from gateways.documents.local import LocalDocuments
        from tui.wiring import exports_folder

        return LocalDocuments().save(str(self._path(folder) if folder else exports_folder()), name, data)

    def _path(self, name: str) -> Path:
        return self._folder / Path(name).expanduser()


class Ask(Protocol):
    """Asks for a line that is typed unseen."""

    def __call__(self, prompt: str, /) -> str:
        """The line."""
        ...


@dataclass(frozen=True, slots=True)
class Streams:
    """Where a command's words come from and go to."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    interactive: bool
    """Whether somebody is there to be asked."""
    environment: Mapping[str, str]
    files: Files = field(default_factory=OwnFiles)
    secret: Ask = getpass
    own: bool = False
    """Whether they are this process's own, and its terminal and settings the command's to use."""

    def read(self, name: str) -> str:
        """A text by its file's name; `-` is standard input. Raises `Unreadable`."""
        if name != STANDARD:
            return self.files.read(name).decode("utf-8", "replace")
        return self.stdin.read(LARGEST_READ)

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole; `-` is standard output, unchanged. Raises `Unwritable`."""
        if name != STANDARD:
            self.files.write(name, data)
        else:
            self.stdout.flush()
            self.stdout.buffer.write(data)
            self.stdout.flush()


def own_streams() -> Streams:
    """The process's own."""
    import os

    asked = sys.stdin.isatty() and sys.stderr.isatty()
    return Streams(sys.stdin, sys.stdout, sys.stderr, asked, os.environ, own=True)
