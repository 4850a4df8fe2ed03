"""A channel without a screen: a command, one's files by SFTP or SCP, or the counter line by line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncssh

from screens.session import Session
from tui.look import fitting

if TYPE_CHECKING:
    from billing.language import Language
    from tui.ssh.sizes import Sizes
    from tui.ssh.visitor import Visitor

PLAIN = "plain"
"""The command that asks for the counter line by line; without a terminal nothing need be asked."""

SFTP_VERSION = 3
"""What OpenSSH speaks."""


def recorded(fault: Exception, language: Language) -> str:
    """Keep a fault for the operator; what to tell the person about it, with its reference."""
    from tui.crash import log_folder, record_crash

    return record_crash(fault, language, log_folder(), away=True)


class Stream(asyncssh.SSHServerProcess[bytes]):
    """What asyncssh's streams carry. Its fault is this channel's alone."""

    def __init__(self, visitor: Visitor, idle: float, crashed: Callable[[], None], sizes: Sizes) -> None:
        """`idle`: seconds without a line after which a conversation ends. `crashed` is told of a fault."""
        super().__init__(self._run, self._files, SFTP_VERSION, allow_scp=True)
        self._visitor, self._idle, self._crashed, self._sizes = visitor, idle, crashed, sizes

    def _files(self, chan: Any) -> asyncssh.SFTPServer:
        from tui.ssh.files import InvoiceFiles

        return InvoiceFiles(chan, self._visitor, self._sizes)

    async def _run(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """A command, or the counter line by line; its end is the channel's."""
        code = 1
        try:
            code = await self._converse() if process.command in (None, PLAIN) else await self._command()
        except (ConnectionError, asyncssh.Error):
            return
        except Exception as fault:
            self._crashed()
            with suppress(OSError, asyncssh.Error):
                process.stderr.write(f"{recorded(fault, self._visitor.language)}\n".encode())
        with suppress(OSError, asyncssh.Error):
            process.exit(code)

    async def _command(self) -> int:
        from tui.ssh.command import run_command

        return await run_command(self, self._visitor)

    async def _converse(self) -> int:
        from tui.plain.talk import converse
        from tui.ssh.line import AWAY, ChannelLine

        visitor = self._visitor
        look = fitting(visitor.environment, "none", "ascii")
        session = Session(visitor.services, visitor.language, look, arrived=visitor.identity)
        return await converse(ChannelLine(self, self._idle, visitor.language.say(AWAY)), session)

    def leave(self, why: str) -> None:
        """End a conversation or a visit to the files and say why; a command that runs is left to end by itself."""
        if self.command in (None, PLAIN) or self.subsystem is not None:
            with suppress(OSError, asyncssh.Error):
                self.channel.write_stderr(f"{self._visitor.language.say(why)}\n".encode())
                self.exit(0)
