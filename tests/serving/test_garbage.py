"""The collector looks at what is new; what a visit drew is freed when it ends, wherever it was put away."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from screens.session import Services
from tests.ssh.test_driver import Person
from tui.serving import garbage
from tui.serving.garbage import collect_little, collect_when_quiet


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.callbacks.remove(garbage._put_away)
    gc.set_threshold(*before)
    gc.unfreeze()
    gc.collect()


async def test_what_was_put_away_is_freed_with_its_visit(provided: Services) -> None:
    collect_little()
    person = Person(provided)
    await person.sees("Choose a counter")
    before = gc.get_freeze_count()
    gc.collect(1)
    assert gc.get_freeze_count() > before + 1000
    drawn = weakref.ref(person.app.screen.styles.base)
    await person.leave()
    person.app.take_apart()
    assert drawn() is None


async def test_all_is_looked_at_when_people_have_been_here_and_nobody_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    class Knot:
        def __init__(self) -> None:
            self.itself = self

    collect_little()
    monkeypatch.setattr(garbage, "LOOK_EVERY", 0.01)
    house: Any = SimpleNamespace(visits={"somebody"})
    knot = weakref.ref(Knot())
    gc.freeze()
    looking = asyncio.get_running_loop().create_task(collect_when_quiet(cast("Any", house)))
    await asyncio.sleep(0.05)
    assert knot() is not None
    house.visits.clear()
    async with asyncio.timeout(10):
        while knot() is not None:
            await asyncio.sleep(0.01)
    looking.cancel()
