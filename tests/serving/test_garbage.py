"""The collector has turns of its own; what a visit drew is freed when it ends, without it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.widgets._markdown import MarkdownTable

from screens.session import Services
from tests.ssh.test_driver import Person
from tui.serving import garbage
from tui.serving.garbage import MOST_ENDED, NEW, collect_in_turns, collect_little, collect_when_quiet
from tui.ssh.meters import Meters


class Knot:
    """What only the collector frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()
    gc.collect()


@asynccontextmanager
async def beside(task: Coroutine[Any, Any, None]) -> Any:
    running = asyncio.get_running_loop().create_task(task)
    yield
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def freed(knot: weakref.ref[Knot]) -> None:
    async with asyncio.timeout(10):
        while knot() is not None:
            await asyncio.sleep(0.01)


async def test_what_a_visit_drew_is_freed_with_it(provided: Services) -> None:
    collect_little()
    person = Person(provided)
    await person.sees("Choose a counter")
    drawn = [weakref.ref(person.app.screen.styles.base)]
    person.driver.feed(b"\x1bOP")
    await person.sees("Help")
    await person.draws_nothing_more()
    (table, *_) = person.app.screen.query(MarkdownTable)
    drawn += [weakref.ref(block.styles.base) for block in (table, *table._blocks)]
    assert len(drawn) > 2
    del table
    await person.leave()
    person.app.take_apart()
    assert [each() for each in drawn] == [None] * len(drawn)


async def test_the_collector_begins_in_nobodys_turn_and_has_its_own() -> None:
    collect_little()
    begun: list[str] = []

    def seen(phase: str, about: dict[str, Any]) -> None:
        begun.append(phase)

    gc.callbacks.append(seen)
    try:
        async with beside(collect_in_turns()):
            await asyncio.sleep(0)
            made = [[Knot()] for _ in range(4 * NEW)]
            assert not begun
            knot = weakref.ref(made[0][0])
            del made
            await freed(knot)
            assert begun
    finally:
        gc.callbacks.remove(seen)


@pytest.mark.parametrize("many", [False, True])
async def test_all_is_looked_at_when_nobody_is_left_or_after_many_visits(
    monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    collect_little()
    monkeypatch.setattr(garbage, "LOOK_EVERY", 0.01)
    house: Any = SimpleNamespace(visits={"somebody"}, meters=Meters())
    made = Knot()
    knot = weakref.ref(made)
    gc.collect()  # it is old now
    del made
    async with beside(collect_when_quiet(cast("Any", house))):
        house.meters.ended["terminal"] = MOST_ENDED - 1
        await asyncio.sleep(0.05)
        assert knot() is not None
        if many:
            house.meters.closed("files")
        else:
            house.visits.clear()
        await freed(knot)
