"""Many apps in one process: nothing of a visit stays when it has ended."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections import Counter
from hashlib import sha256
from typing import Any

from rich.segment import Segment
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.cache import FIFOCache
from textual.css.styles import RenderStyles
from textual.filter import ANSIToTruecolor
from textual.strip import Strip

from screens.session import Services
from tests.ssh.test_driver import Person
from tui.app import Ventanilla
from tui.ssh import together
from tui.ssh.together import live_together

READ: dict[Any, str] = {
    Strip: "456b4d7abd33e332",
    StylesCache: "d4cd25645aa07b66",
    ANSIToTruecolor: "ab66139315f26198",
    Compositor._get_renders: "8ac93299aa5d3bef",
    Compositor._render_chops: "ca8c3359d7afd017",
    XTermParser: "fc1e32fb7a4ae5a0",
}
"""What `together` and the gate were written against. Where one differs, read it anew before the digest is changed."""


async def test_nothing_of_a_visit_stays_when_it_has_ended(provided: Services) -> None:
    live_together()

    async def come_and_go() -> Counter[type]:
        people = [Person(provided, lang) for lang in ("en", "es", "en")]
        for person in people:
            await person.sees("GoToAssist")
            person.driver.feed(b"\r")
            await person.sees("ID")
        for person in people:
            await person.leave()
        people.clear()
        del person
        await asyncio.sleep(0)
        gc.collect()
        return Counter(type(kept) for kept in gc.get_objects())

    await come_and_go()
    first = await come_and_go()
    second = await come_and_go()
    assert not second[Ventanilla]
    for kind in (Strip, StylesCache, Segment, FIFOCache):
        assert second[kind] <= first[kind], kind


async def test_what_was_drawn_is_freed_at_once_and_not_when_the_collector_comes(provided: Services) -> None:
    live_together()
    drawn = (Strip, Segment, StylesCache, RenderStyles)

    async def come_and_go() -> int:
        person = Person(provided)
        await person.sees("GoToAssist")
        person.driver.feed(b"\r")
        await person.sees("ID")
        here = sum(isinstance(kept, drawn) for kept in gc.get_objects())
        await person.leave()
        person.app.take_apart()
        return here

    await come_and_go()
    gc.collect()
    before = sum(isinstance(kept, drawn) for kept in gc.get_objects())
    gc.disable()
    try:
        here = await come_and_go()
        after = sum(isinstance(kept, drawn) for kept in gc.get_objects())
    finally:
        gc.enable()
    assert here - before > 10
    assert after <= before


async def test_what_is_drawn_for_each_key_adds_up_to_the_screen(provided: Services) -> None:
    live_together()
    person = Person(provided)
    await person.sees("GoToAssist")
    for key in (
        b"\x1b[B",
        b"\x1b[A",
        b"\x1bOP",
        b"\x1b[6~",
        b"\x1b",
        b"\x1bOQ",
        b"\x1b[B\x1b[C",
        b"\x1b",
        b"\r",
        b"ana",
    ):
        person.driver.feed(key)
        await person.draws_nothing_more()
        shown = [strip.text.rstrip() for strip in person.app.screen._compositor.render_strips()]
        assert person.text.rstrip().splitlines() == "\n".join(shown).rstrip().splitlines()
    await person.leave()


def test_a_drawn_line_makes_its_caches_as_they_are_used() -> None:
    live_together()
    line = Strip([Segment("invoice"), Segment(" 2026")])
    assert not [name for name in together._CACHES if isinstance(_held(line, name), FIFOCache)]
    assert line.crop(0, 4) is line.crop(0, 4)
    assert line.divide([3, 12]) == line.divide([3, 12])
    assert [name for name in together._CACHES if _held(line, name)] == ["_divide_cache", "_crop_cache"]
    assert line.text == "invoice 2026"


def _held(line: Strip, name: str) -> Any:
    try:
        return vars(Strip)[name]._slot.__get__(line, Strip)
    except AttributeError:
        return None


def test_textual_is_the_one_that_was_read() -> None:
    for owner, digest in READ.items():
        source = inspect.getsource(owner)
        assert sha256(source.encode()).hexdigest()[:16] == digest, owner.__qualname__
