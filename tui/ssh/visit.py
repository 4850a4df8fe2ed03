"""One channel of a connection: the full screen, a command, one's files, or line by line. Nothing else is opened."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import asyncssh

from billing.errors import N_
from screens.session import Session
from tui.app import Ventanilla
from tui.look import fitting
from tui.ssh.driver import ChannelDriver
from tui.ssh.visitor import Visitor, language_of, taken

if TYPE_CHECKING:
    from tui.ssh.connection import Connection
    from tui.ssh.house import House

_LOG = logging.getLogger(__name__)

NOBODY = N_(
    "This needs to know who you are. Connect with a key that you enrolled at the counter, or as center+USER_ID, "
    "enterprise+USER_ID or desk+USER_ID with your password. Nothing was done."
)
AWAY = N_("You were away for a while, so your visit ended. What you had confirmed is saved.")
CLOSING = N_("The counter closes for a moment. What you had confirmed is saved. Connect again in a minute.")

END_WITHIN = 10.0
"""Seconds a full screen has to end after its line went down."""

_TRUE = ("truecolor", "24bit")
_TRUE_TERMS = ("direct", "kitty", "alacritty", "foot", "wezterm", "ghostty", "iterm")


class Visit(asyncssh.SSHServerProcess[bytes]):
    """A channel. What is not the full screen is left to asyncssh's streams."""

    def __init__(self, house: House, connection: Connection) -> None:
        super().__init__(self._stream, self._files, 3, allow_scp=True)
        self.house, self._connection = house, connection
        self.kind = ""
        self._size = (0, 0)
        self._app: Ventanilla | None = None
        self._task: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._window_full = self._line_full = False

    def connection_made(self, chan: Any) -> None:
        """The channel is open."""
        super().connection_made(chan)
        self._connection.visits.add(self)

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

    def signal_received(self, signal: str) -> None:
        """Ends a command; the full screen knows none."""
        if self.kind == "command":
            super().signal_received(signal)

    def session_started(self) -> None:
        """Find out what is wanted."""
        chan = self._chan
        command, term = chan.get_command(), chan.get_terminal_type()
        environment = taken(_text(chan.get_environment_bytes()), term)
        connection = self._connection
        self.visitor = Visitor(
            replace(self.house.services, source=connection.source),
            language_of(environment),
            connection.identity,
            environment,
        )
        files = chan.get_subsystem() == "sftp" or (command or "").startswith("scp ")
        if files and connection.identity is None:
            chan.write_stderr(f"{self.visitor.language.say(NOBODY)}\n".encode())
            chan.exit(1)
        elif command is None and not files and term is not None and term != "dumb":
            self._begin("terminal")
            self._open(self.visitor)
        else:
            self._begin("files" if files else "plain" if command in (None, "plain") else "command")
            super().session_started()

    def _begin(self, kind: str) -> None:
        self.kind = kind
        self.house.meters.opened(kind)

    def _files(self, chan: Any) -> Any:
        from tui.ssh.files import InvoiceFiles

        return InvoiceFiles(chan, self.visitor)

    async def _stream(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """A command, or the counter line by line; its end is the channel's."""
        code = 1
        try:
            if self.kind == "command":
                from tui.ssh.command import run_command

                code = await run_command(process, self.visitor, cast("str", process.command))
            else:
                from tui.ssh.lines import ChannelLine

                code = await self._converse(ChannelLine(process))
        except (asyncssh.Error, asyncssh.BreakReceived, asyncssh.SignalReceived, ConnectionError):
            code = 130
        except Exception as fault:
            self.house.meters.crashed()
            said = self._recorded(fault)
            with suppress(OSError, asyncssh.Error):
                process.stderr.write(f"{said}\n".encode())
        with suppress(OSError, asyncssh.Error):
            process.exit(code)

    async def _converse(self, line: Any) -> int:
        from tui.plain.talk import converse

        visitor = self.visitor
        session = Session(
            visitor.services, visitor.language, fitting(visitor.environment, "none", "ascii"), arrived=visitor.identity
        )
        return await converse(line, session)

    def _recorded(self, fault: Exception) -> str:
        from tui.crash import log_folder, record_crash

        return record_crash(fault, self.visitor.language, log_folder(), away=True)

    def _open(self, visitor: Visitor) -> None:
        """Open the full screen. What is typed meanwhile waits at the other end."""
        self._chan.pause_reading()
        environment = visitor.environment
        term = environment["TERM"]
        true_colour = environment.get("COLORTERM") in _TRUE or any(name in term for name in _TRUE_TERMS)
        driver = partial(
            ChannelDriver, send=self._send, hold=self._hold, dropped=self.house.meters.dropped, true_colour=true_colour
        )
        self._app = Ventanilla(
            visitor.services,
            visitor.language,
            fitting(environment),
            arrived=visitor.identity,
            away=True,
            driver_class=cast("Any", driver),
        )
        self.house.visits.add(self)
        self._task = asyncio.get_running_loop().create_task(self._run(self._app))
        self._active()

    async def _run(self, app: Ventanilla) -> None:
        """The full screen from its first frame to its last; a fault of it is this visit's alone."""
        code = 1
        app.ready = lambda: self._hold(False)
        try:
            await app.run_async(size=self._size, mouse=False)
            code = app.return_code or 0
            if app.return_code:
                self.house.meters.crashed()
        except Exception as fault:
            self.house.meters.crashed()
            app.farewell = self._recorded(fault)
        finally:
            self.house.visits.discard(self)
            self._app = self._task = None
            if self._idle is not None:
                self._idle.cancel()
            with suppress(OSError, asyncssh.Error):
                if app.farewell:
                    self._chan.write("".join(f"{line}\r\n" for line in app.farewell.splitlines()).encode())
                self._chan.exit(code)

    def _send(self, frame: bytes) -> None:
        if not self._chan.is_closing():
            self.house.meters.sent(len(frame))
            with suppress(OSError):
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
        if self.kind != "terminal":
            super().data_received(data, datatype)
        elif (driver := self._driver) is not None:
            self._active()
            driver.feed(data)

    def _active(self) -> None:
        """Somebody is there: count their silence anew."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self.house.idle, self.leave, AWAY)

    def leave(self, why: str) -> None:
        """End the full screen and say why; what was confirmed is saved already."""
        if self._app is not None:
            self._app.farewell = self._app.session.language.say(why)
            self._app.exit()

    def tell(self, message: str, **values: Any) -> None:
        """Say something on the screen that is open."""
        if self._app is not None:
            self._app.call_later(self._app.tell, message, values)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """The window has another size."""
        self._size = (width, height)
        if self.kind == "command":
            super().terminal_size_changed(width, height, pixwidth, pixheight)
        elif (driver := self._driver) is not None:
            driver.resize(width, height)

    def pause_writing(self) -> None:
        """The client's window is full."""
        self._window_full = True
        self._tell_full()
        super().pause_writing()

    def resume_writing(self) -> None:
        """There is room in the window."""
        self._window_full = False
        self._tell_full()
        if not self._line_full:
            super().resume_writing()

    def line_full(self, full: bool) -> None:
        """The connection's line is full, or free again."""
        self._line_full = full
        self._tell_full()
        if full:
            super().pause_writing()
        elif not self._window_full:
            super().resume_writing()

    def _tell_full(self) -> None:
        if (driver := self._driver) is not None:
            driver.line_full(self._window_full or self._line_full)

    def eof_received(self) -> bool:
        """Nothing more will be typed."""
        if self.kind != "terminal":
            return bool(super().eof_received())
        if self._app is not None:
            self._app.exit()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone, and with it the visit."""
        self._connection.visits.discard(self)
        if self.kind:
            self.house.meters.closed(self.kind)
        if self._app is not None:
            self._app.exit()
        if self._task is not None:
            asyncio.get_running_loop().call_later(END_WITHIN, self._task.cancel)
        super().connection_lost(exc)


def _text(environment: Any) -> dict[str, str]:
    return {name.decode("ascii", "replace"): value.decode("ascii", "replace") for name, value in environment.items()}
