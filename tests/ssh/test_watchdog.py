"""Nothing that takes long happens on the loop that everybody shares."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from screens.session import Services
from tests.conftest import MARTA, Visit
from tests.screens.test_center import Tray
from tests.screens.test_every_screen import ROUTES
from tests.watch import ROOT, Blocked, watched
from tui.demo.stage import DEMO_PASSWORD, demo_store

TALLERES = "pagos@talleres.example"
"""Whose account has the most invoices."""

SLOW = {
    "history and search": (TALLERES, ("f3", "end", "2", "0", "2", "6")),
    "save an invoice": (MARTA, ("enter", "f7", "enter", "enter")),
    "print an invoice": (MARTA, ("enter", "f8", "enter")),
    "pay": (MARTA, ("f9", "enter")),
    "another language": (MARTA, ("f2", "right", "enter")),
}


@pytest.mark.parametrize("name", [*SLOW, *(pytest.param(name, marks=pytest.mark.soak) for name in ROUTES)])
async def test_nothing_slow_is_done_on_the_loop(visit: Visit, name: str) -> None:
    person, keys = {**ROUTES, **SLOW}[name]
    tray, own = Tray(), demo_store()
    for turn in range(2):  # the first loads what is loaded once for all
        async with visit(signed_in=person, printer=lambda: tray, store=lambda: own) as visitor:
            if not turn:
                await visitor.press(*keys)
                continue
            with watched() as watch:
                await visitor.press(*keys)
            assert not watch.found
    own.close()


async def test_signing_in_hashes_elsewhere(visit: Visit) -> None:
    async with visit() as visitor:
        await visitor.press("enter")
        with watched() as watch:
            await visitor.type(TALLERES)
            await visitor.press("enter")
            await visitor.type(DEMO_PASSWORD)
            await visitor.press("enter")
        assert type(visitor.app.screen).__name__ == "OverviewScreen"
        assert not watch.found


FIRST = """
import asyncio
from textual.drivers.headless_driver import HeadlessDriver
from tests.watch import watched
from tui.app import Ventanilla
from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store
from tui.look import fitting
from tui.ssh.warm import load_screens, warm_up
from tui.wiring import services
from billing.language import Language

async def first():
    store = demo_store()
    provided = services(lambda: store, clock=demo_clock(), demo_people=DEMO_PEOPLE)
    load_screens()
    await warm_up(provided)
    with watched() as watch:
        look = fitting({"TERM": "xterm-256color", "COLORTERM": "truecolor"})
        app = Ventanilla(provided, Language("es"), look, driver_class=HeadlessDriver)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("enter")
            await pilot.pause()
            print(type(app.screen).__name__, watch.found)

asyncio.run(first())
"""


def test_the_first_person_waits_for_nothing_to_be_loaded() -> None:
    ran = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert ran.stdout.strip() == "SignIn {}", ran.stdout + ran.stderr


async def test_the_watchdog_sees_what_is_slow(provided: Services) -> None:
    with watched() as watch, provided.store().read():
        pass
    assert any("read" in found for found in watch.found)
    blocked = Blocked()
    with blocked.counted():
        loop = asyncio.get_running_loop()
        loop.call_soon(sum, range(6_000_000))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert [used for used, _ in blocked.found if used > blocked.longer_than]
