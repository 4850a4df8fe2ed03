"""Python's garbage in a process where a pause is everybody's: a little at a time, the rest when nobody is here.

What a visit draws is taken apart when it ends (`Ventanilla.take_apart`), so almost nothing waits for the collector. It
looks at what is new, and what has stayed is put where it never looks again: one pass over two hundred people's screens
takes half a second.
"""

from __future__ import annotations

import asyncio
import gc
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.ssh.house import House

NEW, PASSES = 10_000, 2
"""Objects made between two looks at the newest, and looks before what stayed is put away: 5 and 20 ms."""

LOOK_EVERY = 60.0
"""Seconds between two looks whether anybody is here."""

AT_LEAST_EVERY = 6 * 3600.0
"""Seconds after which all is looked at, whoever is here."""


def collect_little() -> None:
    """Put away what is there now, and from now on what stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW, PASSES, PASSES)
    if _put_away not in gc.callbacks:
        gc.callbacks.append(_put_away)


def _put_away(phase: str, about: dict[str, Any]) -> None:
    if phase == "stop" and about["generation"]:
        gc.freeze()


async def collect_when_quiet(house: House) -> None:
    """Look at everything once people have been here and nobody is left, and now and then in any case."""
    looked, came = time.monotonic(), False
    while True:
        await asyncio.sleep(LOOK_EVERY)
        came = came or bool(house.visits)
        if (came and not house.visits) or time.monotonic() - looked > AT_LEAST_EVERY:
            looked, came = time.monotonic(), False
            gc.unfreeze()
            gc.collect()
