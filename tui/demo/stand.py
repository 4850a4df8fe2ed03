"""The demonstration at a stand: when its visitor has gone it begins anew, as if nobody had been there."""

from __future__ import annotations

import gc
import math
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual._styles_cache import StylesCache
from textual.filter import ANSIToTruecolor

from billing.errors import N_
from tui.silence import TICK, Attended, StillThere, now

if TYPE_CHECKING:
    from billing.language import Language
    from screens.session import Services
    from tui.look import Look
    from tui.tour.show import Tour

ANEW = 87
"""The exit code of a showing that the next one follows. It never leaves the process."""

NOTICE = 20.0
"""Seconds, at most, from the question to the end of the showing."""

BEGINS_ANEW = N_("Press any key to go on. In {seconds} s the demonstration begins anew, and nothing of this is kept.")

GIVEN_BACK = "\x1b[?1049l\x1b[?25h"


class Stand(Attended):
    """One showing, which ends after `after` seconds without a key. While a tour plays none is needed."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../app.tcss", "../../screens/front/door.tcss"]

    def __init__(
        self,
        services: Services,
        language: Language,
        look: Look,
        *,
        after: float,
        tour: Tour | None = None,
        **options: Any,
    ) -> None:
        super().__init__(services, language, look, **options)
        self._after, self._notice, self._tour = after, min(NOTICE, after), tour
        self.last_key, self._touched = now(), False
        if tour is not None:
            tour.typed = self.typed

    @property
    def another_follows(self) -> bool:
        """Whether it ended because its visitor had gone."""
        return self.return_code == ANEW

    def on_mount(self) -> None:
        """Look at the clock."""
        self.set_interval(TICK, self._look_at_the_clock)

    def typed(self) -> None:
        """Somebody pressed a key."""
        self.last_key, self._touched = now(), True

    async def takes(self, event: events.Key | events.Paste) -> bool:
        """A key that comes while the tour plays is the tour's own."""
        if self._playing:
            return False
        self._touched = True
        return await super().takes(event)

    @property
    def _playing(self) -> bool:
        return self._tour is not None and not self._tour.over

    def _look_at_the_clock(self) -> None:
        if self._tour is not None and not self._tour.over:
            self._mind_the_tour(self._tour)
            return
        left = self._after - (now() - self.last_key)
        if self._touched:  # else there is nobody to be asked
            left += self._notice
        if left <= 0:
            self.exit(return_code=ANEW)
        elif isinstance(self.screen, StillThere):
            self.screen.count(math.ceil(left))
        elif self._touched and left <= self._notice:
            self.push_screen(StillThere(math.ceil(left), BEGINS_ANEW))

    def _mind_the_tour(self, tour: Tour) -> None:
        """The clock begins when the tour has ended. One that somebody paused, and left, goes on."""
        if not tour.paused:
            self.last_key = now()
        elif now() - self.last_key >= self._after:
            tour.go_on()


def again_and_again(show: Callable[[], int]) -> int:
    """Show until a visitor closes it; the last exit code.

    Between two showings the terminal stays as it was taken: no key is echoed or sends a signal.
    """
    before = termios.tcgetattr(sys.stdin.fileno())
    try:
        while (code := show()) == ANEW:
            _forget()
    except BaseException:
        _write(GIVEN_BACK)  # it may have come between two showings
        raise
    finally:
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)
    return code


def _forget() -> None:
    """Let go of all that was drawn. Textual 8.2 remembers colours together with the widgets that asked for them."""
    StylesCache.get_inner_outer.cache_clear()
    ANSIToTruecolor.truecolor_style.cache_clear()
    gc.unfreeze()
    gc.collect()


def _write(data: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(data)
        sys.stderr.flush()
