"""The tour, again and again while nobody is at the kiosk: a page of the slide show, then the tour in a language.

Each round has a program and data of its own, and nothing of it stays. A fault ends the rounds until the counter is
started anew; the slide show remains.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tui.crash import log_folder, record_crash
from tui.tour.script import END, TOUR, Act

if TYPE_CHECKING:
    from textual.strip import Strip

    from billing.language import Language
    from tui.look import Look

SHOWN: tuple[Act, ...] = tuple(act for act in TOUR if act is not END)
"""Without the last, which offers the demonstration to who watched it."""

LONGEST = 3600.0
"""Seconds after which a round is at fault: it takes some five minutes. Slower where the pace is."""


class Place(Protocol):
    """Where the rounds are shown."""

    def turn_to(self, number: int) -> None:
        """Show a page of the slide show."""
        ...

    def open(self, language: Language) -> None:
        """A round begins."""
        ...

    def show(self, picture: list[Strip]) -> None:
        """What the program draws. Called from within that program."""
        ...

    def caption(self, words: str, bold: bool) -> None:
        """What is said of it. Called from within that program."""
        ...

    def close(self) -> None:
        """The round is over."""
        ...


@dataclass(frozen=True, slots=True)
class Showing:
    """How rounds are played."""

    page: float
    """Seconds of the page before each round."""
    pace: float = 1.0
    """Of the tour; 2 is twice as slow."""
    acts: Sequence[Act] = SHOWN


class Rounds:
    """The rounds of one kiosk. One program at a time: a new round waits for the end of the one before."""

    def __init__(self, showing: Showing) -> None:
        self._showing = showing
        self._one = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._place: Place | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._broken = False

    @property
    def running(self) -> bool:
        """Whether they go on; else the slide show is all there is."""
        return self._task is not None

    def start(self, place: Place, languages: Sequence[Language], look: Look, size: tuple[int, int]) -> None:
        """Begin anew, in a picture of so many columns and rows."""
        self.stop()
        if not self._broken:
            self._place = place
            self._task = asyncio.get_running_loop().create_task(self._run(place, languages, look, size))

    def stop(self) -> None:
        """Show no more. What is left of a round ends by itself, soon."""
        if self._place is not None:
            self._place.close()
        if self._task is not None:
            self._task.cancel()
            self._ending.add(self._task)
            self._task.add_done_callback(self._ending.discard)
        self._place = self._task = None

    async def ended(self) -> None:
        """Stop, and wait until nothing of them runs."""
        self.stop()
        if self._ending:
            await asyncio.wait(tuple(self._ending))

    async def _run(self, place: Place, languages: Sequence[Language], look: Look, size: tuple[int, int]) -> None:
        """Round after round, until one fails."""
        number, well = 0, True
        try:
            while well:
                place.turn_to(number)
                well = await self._round(place, languages[number % len(languages)], look, size)
                place.close()
                number += 1
        except Exception as fault:
            record_crash(fault, languages[0], log_folder())
        self._broken = True
        place.close()
        self._task = None

    async def _round(self, place: Place, language: Language, look: Look, size: tuple[int, int]) -> bool:
        from tui.kiosk.demonstration import invented, perform

        showing = self._showing
        services, _ = await asyncio.gather(asyncio.to_thread(invented), asyncio.sleep(showing.page))
        async with self._one:
            place.open(language)
            longest = LONGEST * max(showing.pace, 1.0)
            return await perform(
                services, language, look, size, showing.acts, showing.pace, longest, place.show, place.caption
            )
