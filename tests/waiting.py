"""Waiting in tests until something is so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tests.journeys.terminal import PATIENCE


async def until(true: Callable[[], bool]) -> None:
    """Wait while the loop turns."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait where there is no loop, for other processes too."""
    deadline = time.monotonic() + 2 * PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
