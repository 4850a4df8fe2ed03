"""A full line keeps nothing back but the screen as it then is; many apps in one process share nothing."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Any, cast

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.language import Language
from screens.session import Services
from tests.journeys.terminal import PATIENCE, _without_private
from tui.app import Ventanilla
from tui.look import Look
from tui.ssh.driver import LEAST, MOST, ChannelDriver, clamped, leave_streams_alone


class Person:
    """An app of one's own, and a terminal that reads what it sends."""

    def __init__(self, services: Services, lang: str = "en") -> None:
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self.sent = 0
        self.held: list[bool] = []
        driver = partial(ChannelDriver, send=self._take, hold=self.held.append, true_colour=True)
        self.app = Ventanilla(
            services, Language(lang), Look(), away=True, driver_class=cast("Any", driver)
        )  # fmt: skip
        self.task = asyncio.get_running_loop().create_task(self.app.run_async(size=(80, 24), mouse=False))

    @property
    def driver(self) -> ChannelDriver:
        return cast("ChannelDriver", self.app._driver)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def _take(self, data: bytes) -> None:
        self.sent += len(data)
        self._stream.feed(_without_private(data))

    async def sees(self, text: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while text not in self.text:
                await asyncio.sleep(0.01)

    async def draws_nothing_more(self) -> None:
        """Wait until all that was under way has been drawn: nothing for a third of a second."""
        drawn: list[str] = []
        write = self.driver.write

        def heard(data: str) -> None:
            drawn.append(data)
            write(data)

        self.driver.write = heard  # type: ignore[method-assign]
        async with asyncio.timeout(PATIENCE):
            before = -1
            while before != len(drawn):
                before = len(drawn)
                await asyncio.sleep(0.3)
        self.driver.write = write  # type: ignore[method-assign]

    async def leave(self) -> None:
        self.app.exit()
        await self.task


async def test_a_full_line_gets_no_frames_and_then_the_screen_as_it_is(provided: Services) -> None:
    person = Person(provided)
    await person.sees("Choose a counter")
    person.driver.line_full(True)
    before = person.sent
    person.driver.feed(b"\r")
    async with asyncio.timeout(PATIENCE):
        while type(person.app.screen).__name__ != "SignIn":
            await asyncio.sleep(0.01)
        while not person.driver._missed:
            await asyncio.sleep(0.01)
    await person.draws_nothing_more()
    assert person.sent == before
    person.driver.line_full(False)
    await person.sees("User ID")
    async with asyncio.timeout(PATIENCE):
        while "Choose a counter" in person.text:
            await asyncio.sleep(0.01)
    shown = [strip.text.rstrip() for strip in person.app.screen._compositor.render_strips()]
    assert person.text.splitlines() == "\n".join(shown).splitlines()
    await person.leave()


async def test_two_people_in_one_process_each_read_their_own_language(provided: Services) -> None:
    leave_streams_alone()
    out, err = sys.stdout, sys.stderr
    first, second = Person(provided, "en"), Person(provided, "es")
    await first.sees("Choose a counter")
    await second.sees("Elija una ventanilla")
    assert (sys.stdout, sys.stderr) == (out, err)
    await first.leave()
    second.driver.feed(b"\r")
    await second.sees("ID de usuario")
    assert (sys.stdout, sys.stderr) == (out, err)
    await second.leave()


async def test_a_fault_of_one_visit_is_told_there_and_nowhere_else(
    provided: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    unlucky, other = Person(provided), Person(provided)
    await unlucky.sees("Choose a counter")
    await other.sees("Choose a counter")

    def faulty() -> None:
        raise RuntimeError("CANARY")

    unlucky.app.call_later(faulty)
    async with asyncio.timeout(PATIENCE):
        await unlucky.task
    assert "E-" in unlucky.app.farewell
    assert str(tmp_path) not in unlucky.app.farewell
    assert "CANARY" in (tmp_path / "ventanilla" / "crash.log").read_text()
    other.driver.feed(b"\r")
    await other.sees("User ID")
    await other.leave()
    assert capfd.readouterr() == ("", "")


async def test_a_flood_of_keys_is_held_at_the_other_end(provided: Services) -> None:
    person = Person(provided)
    await person.sees("Choose a counter")
    person.driver.feed(b"x" * 20_000)
    assert person.held[-1:] == [True]
    assert person.app.message_queue_size < 2000
    await person.leave()


async def test_a_storm_of_sizes_ends_with_the_last(provided: Services) -> None:
    person = Person(provided)
    await person.sees("Choose a counter")
    for columns in range(60, 200):
        person.driver.resize(columns, 30)
    person.driver.resize(2**32 - 1, 2**32 - 1)
    async with asyncio.timeout(PATIENCE):
        while tuple(person.app.size) != MOST:
            await asyncio.sleep(0.01)
    await person.leave()


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_every_size_that_a_client_says_can_be_drawn(columns: int, rows: int) -> None:
    wide, high = clamped(columns, rows)
    assert LEAST[0] <= wide <= MOST[0]
    assert LEAST[1] <= high <= MOST[1]
