"""One channel of a connection: the full screen; or a stream, for a command, files, or the counter line by line."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import asyncssh

from billing.errors import N_
from tui.app import Ventanilla
from tui.look import fitting, true_colour
from tui.ssh.driver import ChannelDriver
from tui.ssh.line import AWAY
from tui.ssh.stream import PLAIN, Stream, recorded
from tui.ssh.visitor import Visitor, language_of, taken

if TYPE_CHECKING:
    from tui.ssh.connection import Connection
    from tui.ssh.house import House

NOBODY = N_(
    "This needs to know who you are. Connect with a key that you enrolled at the counter, or as center+USER_ID, "
    "enterprise+USER_ID or desk+USER_ID with your password. Nothing was done."
)
CLOSING = N_(
    "The counter closes for a moment. What you had confirmed is saved; what you had typed into a form is offered to "
    "you there for a week. Connect again in a minute."
)

END_WITHIN = 10.0
"""Seconds a full screen has to end after its line went down."""


class Visit(asyncssh.SSHServerSession[bytes]):
    """A channel."""

    def __init__(self, house: House, connection: Connection) -> None:
        self.house, self._connection = house, connection
        self._kind = ""
        self._size = (0, 0)
        self._app: Ventanilla | None = None
        self._stream: Stream | None = None
        self.task: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None
        self._window_full = self._line_full = False

    def connection_made(self, chan: Any) -> None:
        """The channel is open."""
        self._chan = chan
        self._connection.began(self)
        self._active()

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:
        """A terminal is at the other end."""
        del term_type, term_modes
        self._size = term_size[:2]
        return True

    def shell_requested(self) -> bool:
        """The counter. There is no shell."""
        return True

    def exec_requested(self, command: str) -> bool:
        """A word of ours, looked at when it is run."""
        del command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """One's files, and no other."""
        return subsystem == "sftp"

    def break_received(self, msec: int) -> bool:
        """Nothing."""
        del msec
        return False

    def session_started(self) -> None:
        """Find out what is wanted."""
        chan, connection = self._chan, self._connection
        command, term = chan.get_command(), chan.get_terminal_type()
        environment = taken(_text(chan.get_environment_bytes()), term)
        services = replace(self.house.services, source=connection.source)
        visitor = Visitor(services, language_of(environment), connection.identity, environment)
        files = chan.get_subsystem() is not None or (command or "").startswith("scp ")
        if not files and command is None and term is not None and term != "dumb":
            self._begin("terminal")
            self._open(visitor)
        elif connection.identity is None and (files or command not in (None, PLAIN)):
            chan.write_stderr(f"{visitor.language.say(NOBODY)}\n".encode())
            chan.exit(1)
        else:
            self._begin("files" if files else "plain" if command in (None, PLAIN) else "command")
            self._stream = Stream(visitor, self.house.idle, self.house.meters.crashed, self.house.sizes)
            self._stream.connection_made(chan)
            self._stream.session_started()
            self.house.visits.add(self)
            self.task = asyncio.get_running_loop().create_task(chan.wait_closed())
            self.task.add_done_callback(lambda _: self.house.visits.discard(self))

    def _begin(self, kind: str) -> None:
        self._kind = kind
        self._active()
        self.house.meters.opened(kind)

    def _open(self, visitor: Visitor) -> None:
        """Open the full screen. What is typed meanwhile waits at the other end."""
        self._chan.pause_reading()
        colours = true_colour(visitor.environment)
        driver = partial(ChannelDriver, send=self._send, hold=self._hold, true_colour=colours)
        self._app = Ventanilla(
            visitor.services,
            visitor.language,
            fitting(visitor.environment),
            arrived=visitor.identity,
            away=True,
            driver_class=cast("Any", driver),
        )
        self.house.visits.add(self)
        self.task = asyncio.get_running_loop().create_task(self._run(self._app))

    async def _run(self, app: Ventanilla) -> None:
        """The full screen from its first frame to its last; a fault of it is this visit's alone."""
        code = 1
        app.ready = lambda: self._hold(False)
        try:
            await app.run_async(size=self._size, mouse=False)
            code = app.return_code or 0
            if code:
                self.house.meters.crashed()
        except Exception as fault:
            self.house.meters.crashed()
            app.farewell = recorded(fault, app.session.language)
        finally:
            self.house.visits.discard(self)
            self._app = self.task = None
            for timer in (self._idle, self._end):
                if timer is not None:
                    timer.cancel()
            with suppress(OSError, asyncssh.Error):
                if app.farewell:
                    self._chan.write("".join(f"{line}\r\n" for line in app.farewell.splitlines()).encode())
                self._chan.exit(code)
            if await app.is_down(END_WITHIN):  # else what still closes finds its pieces, and the collector frees them
                app.take_apart()

    def _send(self, frame: bytes) -> None:
        if not self._chan.is_closing():
            self.house.meters.sent(len(frame))
            with suppress(OSError):  # the line went down in this very turn
                self._chan.write(frame)

    def _hold(self, held: bool) -> None:
        if held:
            self._chan.pause_reading()
        else:
            self._chan.resume_reading()

    @property
    def _driver(self) -> ChannelDriver | None:
        driver = self._app._driver if self._app is not None else None  # noqa: SLF001 - Textual has no other way to it
        return driver if isinstance(driver, ChannelDriver) else None

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """What was typed."""
        self._active()
        if self._stream is not None:
            self._stream.data_received(data, datatype)
        elif (driver := self._driver) is not None:
            driver.feed(data)

    def _active(self) -> None:
        """Somebody is there: count their silence anew. A command is left to end, a conversation counts by its lines."""
        if self._idle is not None:
            self._idle.cancel()
        if self._kind in ("command", "plain"):
            return
        self._idle = asyncio.get_running_loop().call_later(self.house.idle, self.leave, AWAY)

    def leave(self, why: str) -> None:
        """End the visit and say why; what was confirmed is saved already."""
        if self._stream is not None:
            self._stream.leave(why)
        if self._app is not None:
            self._app.farewell = self._app.session.language.say(why)
            self._app.exit()
        if not self._kind:
            self._chan.close()

    def tell(self, message: str, **values: Any) -> None:
        """Say something on the screen that is open."""
        if self._app is not None:
            self._app.call_later(self._app.tell, message, values)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """The window has another size."""
        del pixwidth, pixheight
        self._size = (width, height)
        if (driver := self._driver) is not None:
            driver.resize(width, height)

    def pause_writing(self) -> None:
        """The client's window is full."""
        self._window_full = True
        self._tell_full()

    def resume_writing(self) -> None:
        """There is room in the window."""
        self._window_full = False
        self._tell_full()

    def line_full(self, full: bool) -> None:
        """The connection's line is full, or free again."""
        self._line_full = full
        self._tell_full()

    def _tell_full(self) -> None:
        full = self._window_full or self._line_full
        if (driver := self._driver) is not None:
            driver.line_full(full)
        elif self._stream is not None and full:
            self._stream.pause_writing()
        elif self._stream is not None:
            self._stream.resume_writing()

    def eof_received(self) -> bool:
        """Nothing more will be typed."""
        if self._stream is not None:
            return bool(self._stream.eof_received())
        if self._app is not None:
            self._app.exit()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone, and with it the visit."""
        if self._kind:
            self.house.meters.closed(self._kind)
        self._connection.ended(self)
        if self._idle is not None:
            self._idle.cancel()
        if self._stream is not None:
            self._stream.connection_lost(exc)
        if self._app is not None:
            self._app.exit()
        if self.task is not None and self._stream is None:
            self._end = asyncio.get_running_loop().call_later(END_WITHIN, self.task.cancel)


def _text(environment: Any) -> dict[str, str]:
    return {name.decode("ascii", "replace"): value.decode("ascii", "replace") for name, value in environment.items()}
