"""The collector of a process that many people share: its pauses are everybody's, so it takes little at a time.

Python's own begins in the middle of whatever is done when enough objects are new, and makes the longest turns of the
loop longer. Here the loop gives it turns of its own, in which it looks at what is new. What has stayed is looked at
again when nobody is here: one pass over two hundred people's screens takes half a second. Almost nothing waits for
that, since what a visit drew is taken apart when it ends (`Ventanilla.take_apart`).
"""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.ssh.house import House

TURN_EVERY, AT_REST = 0.05, 0.25
"""Seconds between two looks whether enough is new for a turn, and after one that found too little."""

NEW, PASSES = 2_000, 2
"""New objects that are worth a turn, and turns before those that stayed are looked at once more: 1 and 3 ms."""

AT_ALL_EVENTS = 100_000
"""New objects at which Python's own begins all the same: the loop has not turned for long."""

LOOK_EVERY = 5.0
"""Seconds between two looks whether anybody is here."""

MOST_ENDED = 1000
"""Visits that have ended since all was looked at, when it is looked at again whoever is here: some 90 KiB each."""


def collect_little() -> None:
    """What is there now stays; what comes is for `collect_in_turns`."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(AT_ALL_EVENTS, 1_000_000, 1_000_000)


async def collect_in_turns() -> None:
    """Look at what is new, in turns of the loop's own."""
    passes, pause = 0, AT_REST
    while True:
        await asyncio.sleep(pause)
        if gc.get_count()[0] < NEW:
            pause = AT_REST
            continue
        pause = TURN_EVERY
        passes += 1
        if passes < PASSES:
            gc.collect(0)
        else:
            passes = 0
            gc.collect(1)


async def collect_when_quiet(house: House) -> None:
    """Look at everything once people have been here and nobody is left, and after many visits in any case."""
    looked = 0
    while True:
        await asyncio.sleep(LOOK_EVERY)
        ended = house.meters.ended.total()
        if (ended > looked and not house.visits) or ended - looked >= MOST_ENDED:
            looked = ended
            gc.collect()
