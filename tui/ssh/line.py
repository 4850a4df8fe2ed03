"""Lines over a channel: as they come without a terminal, else echoed and edited here, since the client does neither."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from billing.errors import N_

if TYPE_CHECKING:
    import asyncssh

LONGEST = 4096
"""Bytes of a line that are kept; what is typed beyond them is dropped, as a terminal's own line discipline does."""

AWAY = N_(
    "You were away for a while, so your visit ended. What you had confirmed is saved; what you had typed into a form "
    "is offered to you there for a week."
)

_ERASE, _KILL, _INTERRUPT, _END = (8, 127), 21, 3, 4


class ChannelLine:
    """One person's lines. `say_away` is said when nobody has typed for `idle` seconds."""

    def __init__(self, process: asyncssh.SSHServerProcess[bytes], idle: float, say_away: str) -> None:
        self._process, self._idle, self._away = process, idle, say_away
        self._terminal = process.term_type is not None
        self._typed = bytearray()
        self._after_return = False

    async def write(self, text: str) -> None:
        """Show text; waits while the client takes no more."""
        data = text.encode("utf-8", "replace")
        self._process.stdout.write(data.replace(b"\n", b"\r\n") if self._terminal else data)
        await self._process.stdout.drain()

    async def read(self, prompt: str, secret: bool = False) -> str:
        """Ask for a line. Raises `EOFError` when no more will come, or nobody has typed for too long."""
        await self.write(prompt)
        try:
            async with asyncio.timeout(self._idle):
                line = await self._line(secret)
        except TimeoutError:
            await self.write(f"\n{self._away}\n")
            raise EOFError from None
        return line.decode("utf-8", "replace")

    async def _line(self, secret: bool) -> bytes:
        line = bytearray()
        while True:
            while self._typed:
                byte = self._typed.pop(0)
                if byte in b"\r\n":
                    if byte == 10 and self._after_return:
                        self._after_return = False
                        continue
                    self._after_return = byte == 13
                    await self._echo("\n")
                    return bytes(line)
                self._after_return = False
                if self._terminal and byte in (_INTERRUPT, _END):
                    raise EOFError
                if self._terminal and (byte in _ERASE or byte == _KILL):
                    await self._rub_out(line, len(_text(line)) if byte == _KILL else 1, secret)
                elif len(line) < LONGEST and (byte >= 32 or not self._terminal):
                    line.append(byte)
                    if not secret and self._terminal:
                        self._process.stdout.write(bytes((byte,)))
            if not (more := await self._process.stdin.read(1024)):
                if line:
                    return bytes(line)
                raise EOFError
            self._typed += more

    async def _rub_out(self, line: bytearray, characters: int, secret: bool) -> None:
        """Take characters from the end of the line, and off the screen."""
        kept = _text(line)
        for character in reversed(kept[len(kept) - min(characters, len(kept)) :]):
            del line[-len(character.encode("utf-8", "surrogateescape")) :]
            if not secret:
                await self._echo("\b \b")

    async def _echo(self, text: str) -> None:
        if self._terminal:
            await self.write(text)


def _text(line: bytearray) -> str:
    return line.decode("utf-8", "surrogateescape")
