"""The full-screen program of a kiosk: whatever would end it ends the visit instead."""

from __future__ import annotations

import asyncio
import math
import signal
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from billing.language import NAMES, Language
from screens.session import Session
from tui.kiosk.attract import Attract
from tui.kiosk.dialogs import Finish, Operator
from tui.kiosk.supervisor import OPERATOR_LEFT
from tui.silence import TICK, Attended, StillThere, now

if TYPE_CHECKING:
    from screens.session import Services
    from tui.kiosk.operator import OperatorCode
    from tui.kiosk.rounds import Rounds
    from tui.look import Look

OPERATOR_KEY, OPERATOR_TIMES, OPERATOR_WITHIN = "f12", 3, 3.0
"""The operator presses F12 three times within so many seconds while nobody is signed in. Every terminal and the Linux
console send it as `CSI 24 ~`; no screen uses it (CONTRIBUTING, keys)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    idle: float = 120.0
    """Without a key, after which it is asked whether somebody is there (ASVS 5.0, 7.3.1)."""
    notice: float = 30.0
    """From that question to the end of the visit."""
    longest: float = 1800.0
    """A signed-in visit as a whole (ASVS 5.0, 7.3.2)."""
    page: float = 8.0
    """Each page of the slide show; one stands before each round of the tour."""


class Kiosk(Attended):
    """One terminal, one person after the other."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../app.tcss", "../../screens/front/door.tcss"]

    def __init__(
        self,
        services: Services,
        language: Language,
        look: Look,
        code: OperatorCode,
        timing: Timing,
        rounds: Rounds | None = None,
        **options: Any,
    ) -> None:
        """`rounds` of the tour are played while nobody is there; without them there is the slide show only."""
        super().__init__(services, language, look, **options)
        self._code, self._timing, self._rounds = code, timing, rounds
        self._first_language, self._first_look = language, look
        self.last_key = self._showing_since = self._signed_in_since = now()
        self._operator_keys: list[float] = []
        self._ending = False

    def get_default_screen(self) -> Screen[Any]:
        """The attract screen: each visit begins and ends at it."""
        return Attract(self._rounds)

    def on_mount(self) -> None:
        """Look at the clock, and listen for the supervisor."""
        self.set_interval(TICK, self._look_at_the_clock)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.end)

    async def on_unmount(self) -> None:
        """Leave nothing of the tour running."""
        if self._rounds is not None:
            await self._rounds.ended()

    async def takes(self, event: events.Key | events.Paste) -> bool:
        """Whether the key was the kiosk's own."""
        key = event.key if isinstance(event, events.Key) else ""
        if key == OPERATOR_KEY:
            self.last_key = now()
            self._ask_operator()
            return True
        if await super().takes(event):
            return True
        if isinstance(self.screen, Attract):
            if key:
                self._begin(key)
            return True
        return False

    def _ask_operator(self) -> None:
        """Count the operator's keys; nothing shows before they are enough."""
        since = self.last_key - OPERATOR_WITHIN
        self._operator_keys = [*(at for at in self._operator_keys if at >= since), self.last_key]
        if len(self._operator_keys) >= OPERATOR_TIMES and self.session.identity is None:
            self._operator_keys = []
            if not isinstance(self.screen, Operator):
                self.push_screen(Operator(self._code.check, self._operator_leaves))

    def _operator_leaves(self) -> None:
        self.end(OPERATOR_LEFT)

    def _begin(self, key: str) -> None:
        """Somebody is there: open the counter, in the language they chose by its number."""
        from screens.front.door import Door

        if key.isdigit() and 1 <= int(key) <= len(NAMES):
            self.session.language = Language(list(NAMES)[int(key) - 1])
        self.push_screen(Door())

    def _look_at_the_clock(self) -> None:
        at, timing = now(), self._timing
        if len(self.screen_stack) <= 1:
            self._attract(at)
            return
        self._signed_in_since = self._signed_in_since if self.session.identity else at
        silent = at - self.last_key
        left = min(timing.idle + timing.notice - silent, timing.longest - (at - self._signed_in_since))
        if left <= 0:
            self.run_worker(self.sign_out(), group="finish", exclusive=True)
        elif isinstance(self.screen, StillThere):
            self.screen.count(math.ceil(left))
        elif silent >= timing.idle:
            self.push_screen(StillThere(math.ceil(left)))

    def _attract(self, at: float) -> None:
        if isinstance(self.screen, Attract):
            self.screen.look_at_the_clock(int((at - self._showing_since) / self._timing.page))

    async def sign_out(self) -> None:
        """End the visit: nothing of it stays, neither in this program nor on the terminal."""
        await self.on_exit_app()  # what was typed into forms is kept for the person, in their own account
        session = self.session
        self.session = Session(session.services, self._first_language, self._first_look)
        session.sign_out()
        for screen in self.screen_stack[1:]:
            self.workers.cancel_node(screen)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self._operator_keys, self._showing_since = [], now()
        self.wear(self._first_look)
        await self.retell()
        self.call_after_refresh(self._wipe)

    def _wipe(self) -> None:
        """Clear the terminal and what had scrolled off it (ED 3), then draw all of it anew."""
        if self._driver is not None and not self.is_headless:
            self._driver.write("\x1b[2J\x1b[3J")
            self.post_message(events.Resize(self.size, self.size))  # a refresh would draw only what changed

    def pop_screen(self) -> AwaitComplete:
        """The attract screen stays: a second Enter may answer a question that was taken away meanwhile."""
        from screens.front.sign_in import SignIn

        if len(self.screen_stack) > 1:
            if isinstance(self.screen, SignIn):
                self.workers.cancel_node(self.screen)  # an answer to a sign-in that was left has nowhere to show
            return super().pop_screen()
        return cast("AwaitComplete", AwaitComplete.nothing())  # type: ignore[no-untyped-call]

    def end(self, code: int = 0) -> None:
        """End this program: for the operator, and for the supervisor."""
        self._ending = True
        super().exit(return_code=code)

    def exit(self, *wish: Any, **how: Any) -> None:
        """A wish to close the program ends the visit."""
        del wish, how
        if not self._ending:
            self.call_later(self.sign_out)

    def action_leave(self) -> None:
        """Ask whether the visit is to end."""
        if len(self.screen_stack) > 1 and not isinstance(self.screen, (Finish, Operator)):
            self.push_screen(Finish())

    async def action_quit(self) -> None:
        """See `exit`."""
        self.exit()

    def action_suspend_process(self) -> None:
        """Never."""

    def suspend(self) -> NoReturn:
        """Never."""
        raise NotImplementedError

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Write no file."""
        del filename, path

    def _fatal_error(self) -> None:
        """A fault of the program: the facts go to the log, nothing of it on a screen that anybody reads."""
        super()._fatal_error()
        self._exit_renderables.clear()
