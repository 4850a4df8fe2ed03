"""`ssh HOST invoices list --json`: a customer's command, given by whoever is proven at the other end.

It runs to its end off the loop, and what it says is sent after it: nobody's slow line holds a thread of the house.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import shlex
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from billing.errors import N_
from billing.sign_in import SignedIn, as_now
from billing.store import Store
from tui.cli import main
from tui.commands.exits import NOT_UNDERSTOOD, NotUnderstood
from tui.commands.streams import LARGEST_READ, STANDARD, Streams, Unreadable, Unwritable
from tui.commands.words import CUSTOMER

if TYPE_CHECKING:
    import asyncssh

    from tui.ssh.visitor import Visitor

ALLOWED = frozenset(topic.name for topic in CUSTOMER if topic.module != "access")
"""Everything a person does for their own accounts; a lost password is mended at the counter."""

LONGEST = 16 * 1024
"""Bytes of a command line."""

INPUT_WITHIN = 60.0
"""Seconds in which standard input must have come, for a command that reads it."""


class Proven(NotUnderstood):
    """An option that says what the log-in has said already."""

    message = N_("Who you are, and where the data is, is settled by the log-in: leave out --as, --counter and --store. "
                 "Nothing was done.")  # fmt: skip


class OtherCounter(NotUnderstood):
    """A representative's command from somebody who came by another counter."""

    message = N_("This belongs to another counter than the one you came by. Nothing was done.")


class Unsplittable(NotUnderstood):
    """A command line that is none."""

    message = N_("The command cannot be read: a quotation mark is left open, or it is too long. Nothing was done.")


class NoRsync(NotUnderstood):
    """rsync would start itself at this end."""

    message = N_("rsync has to be at this end too, and it is not. Nothing was done. Mount the files with sshfs "
                 "and let rsync copy from there, or take lftp or rclone.")  # fmt: skip


class NothingCame(NotUnderstood):
    """Standard input that a command reads does not end."""

    message = N_("Standard input did not end within {seconds} seconds. Nothing was done.")


class NoFilesHere(Unreadable):
    """A file named to a command over SSH, which sees nobody's disk."""

    message = N_("{file} is on your machine or nowhere: a command over SSH sees no files. Nothing was changed. "
                 "Give - for standard input.")  # fmt: skip


class NotWrittenHere(Unwritable):
    """A file to be written by a command over SSH."""

    message = N_("{file} is not written here. Nothing was changed. Give - for standard output, and redirect it.")


async def run_command(process: asyncssh.SSHServerProcess[bytes], visitor: Visitor) -> int:
    """Run the command of a channel and send what it says; its exit code."""
    line = process.command or ""
    try:
        words = shlex.split(line) if len(line) <= LONGEST else None
    except ValueError:
        words = None
    if words is None or words[:1] == ["rsync"]:
        refusal = Unsplittable() if words is None else NoRsync()
        process.stderr.write(f"{visitor.language.refusal(refusal)}\n".encode())
        return NOT_UNDERSTOOD
    try:
        typed = await _input(process) if STANDARD in words else b""
    except TimeoutError:
        process.stderr.write(f"{visitor.language.refusal(NothingCame(seconds=int(INPUT_WITHIN)))}\n".encode())
        return NOT_UNDERSTOOD
    out, err = _Kept(), _Kept()
    services = visitor.services
    run = partial(
        main,
        words,
        clock=services.clock,
        identity=partial(_whoever_came, visitor),
        gateway=services.payments,
        streams=Streams(
            io.TextIOWrapper(io.BytesIO(typed), "utf-8", "replace"),
            out,
            err,
            interactive=False,
            environment=visitor.environment,
            files=_OverSSH(out),
            secret=_nobody,
        ),
        allowed=ALLOWED,
    )
    loop = asyncio.get_running_loop()
    code = await loop.run_in_executor(services.executor, lambda: run(store=services.store()))
    process.stderr.write(err.kept())
    process.stdout.write(out.kept())
    await process.stdout.drain()
    return code


async def _input(process: asyncssh.SSHServerProcess[bytes]) -> bytes:
    """Standard input to its end, as far as a command reads it."""
    typed = b""
    async with asyncio.timeout(INPUT_WITHIN):
        while len(typed) < LARGEST_READ and (more := await process.stdin.read(LARGEST_READ)):
            typed += more
    return typed


def _whoever_came(
    visitor: Visitor, store: Store, options: argparse.Namespace, environment: Mapping[str, str]
) -> SignedIn:
    """Who the log-in has proven, whatever the options say."""
    del environment
    identity = visitor.identity
    assert identity is not None  # noqa: S101 - nobody unproven is let as far as a command
    desk_only = options.command == "desk"
    if options.person or options.store or (options.counter and not desk_only):
        raise Proven
    if desk_only and options.counter != identity.counter.value:
        raise OtherCounter
    return as_now(store, identity)  # a connection may stay open for long


class _Kept(io.TextIOWrapper):
    """What a command wrote."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, "utf-8", newline="\n", write_through=True)

    def kept(self) -> bytes:
        self.flush()
        return self._bytes.getvalue()


class _OverSSH:
    """No files; a document is the command's output."""

    def __init__(self, out: _Kept) -> None:
        self._out = out

    def read(self, name: str) -> bytes:
        raise NoFilesHere(file=name)

    def write(self, name: str, data: bytes) -> None:
        del data
        raise NotWrittenHere(file=name)

    def keep(self, folder: str, name: str, data: bytes) -> str:
        if folder not in ("", ".", STANDARD):
            raise NotWrittenHere(file=folder)
        del name
        self._out.buffer.write(data)
        return STANDARD


def _nobody(prompt: str, /) -> str:
    """Nobody is there to be asked."""
    raise EOFError(prompt)
