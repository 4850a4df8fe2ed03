"""Lines of this process's own standard input and output: a terminal, a pipe, or a file."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from tui.plain.speech import LONGEST


class LocalLine:
    """Reads only when asked, so that a terminal echoes or does not as it is told to at that moment."""

    def __init__(self, source: int = 0) -> None:
        """`source`: the file descriptor that is read."""
        self._source = source
        self._typed = bytearray()
        self._ended = False

    async def write(self, text: str) -> None:
        """Show text; what the output's encoding lacks is replaced."""
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()

    async def read(self, prompt: str, secret: bool = False) -> str:
        """See `tui.plain.talk.Line`."""
        terminal = os.isatty(self._source)
        # Whoever answers as soon as they are asked is not seen either.
        with self._unseen() if secret and terminal else nullcontext():
            await self.write(prompt)
            line = await self._line()
        if not terminal:
            await self.write("\n")  # nobody's terminal has echoed one
        return line.decode("utf-8", "replace")

    @contextmanager
    def _unseen(self) -> Iterator[None]:
        """Without echo. What was typed ahead is kept, unlike with `getpass`: a script does not wait."""
        import termios

        before = termios.tcgetattr(self._source)
        quiet = before.copy()
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(self._source, termios.TCSADRAIN, quiet)
        try:
            yield
        finally:
            termios.tcsetattr(self._source, termios.TCSADRAIN, before)
            sys.stdout.write("\n")
            sys.stdout.flush()

    async def _line(self) -> bytes:
        """The next line, at most `LONGEST` bytes of it."""
        line, ended = bytearray(), False
        while True:
            part, found, rest = self._typed.partition(b"\n")
            line += part[: LONGEST - len(line)]
            self._typed = rest
            if found or ended:
                if not found and not line:
                    raise EOFError
                return bytes(line.rstrip(b"\r"))
            more = await self._more()
            self._typed += more
            ended = not more

    async def _more(self) -> bytes:
        """Bytes as they come; none at the end. A thread waits for them, which does not keep the process from ending."""
        loop = asyncio.get_running_loop()
        came: asyncio.Future[bytes] = loop.create_future()

        def give(data: bytes) -> None:
            if not came.done():
                came.set_result(data)

        def wait() -> None:
            try:
                data = os.read(self._source, 4096)
            except OSError:  # a terminal that hung up
                data = b""
            try:
                loop.call_soon_threadsafe(give, data)
            except RuntimeError:  # the visit ended meanwhile
                return

        threading.Thread(target=wait, name="read a line", daemon=True).start()
        return await came
