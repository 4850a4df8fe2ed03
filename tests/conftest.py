"""What the tests of more than one room share: the demonstration's store and a counter driven by keys."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from billing.credentials import Counter, Credential
from billing.language import Language
from billing.sign_in import Standing, open_desk, standings
from billing.store import Span, Store
from gateways.passwords import Argon2Passwords
from screens.session import Services
from tui.app import Ventanilla
from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store
from tui.look import Look
from tui.wiring import services

MARTA, LUIS, IBERIA = (person.user_id for person in DEMO_PEOPLE[:3])
"""The demonstration's billing contact, member without rights, and corporate contact."""

SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture(scope="session")
def store() -> Iterator[Store]:
    """The demonstration's data, in memory. Tests that write use their own."""
    opened = demo_store()
    yield opened
    opened.close()


@pytest.fixture
def provided(store: Store, tmp_path: Path) -> Iterator[Services]:
    """The services of the demonstration, saving into a folder of the test's."""
    wired = services(lambda: store, clock=demo_clock(), demo_people=DEMO_PEOPLE)
    folder = tmp_path / "saved"
    folder.mkdir()
    yield replace(wired, exports=folder)
    wired.end_threads(wait=True)


@pytest.fixture
def hashed_by(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The pools of threads in which passwords were tried or made: it is slow, and nobody's screen is to wait for it."""
    pools: set[str] = set()

    def noted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            pools.add(threading.current_thread().name.partition("_")[0])
            return real(*given)

        return call

    for name in ("verify", "hash"):
        monkeypatch.setattr(Argon2Passwords, name, noted(getattr(Argon2Passwords, name)))
    return pools


@dataclass(slots=True)
class Visitor:
    """Somebody at the keys, and what they see."""

    app: Ventanilla
    pilot: Pilot[None]

    @property
    def screen_text(self) -> str:
        """What the screen shows, line by line."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    async def press(self, *keys: str) -> None:
        """Press keys and wait until their effects are painted."""
        for key in keys:
            await self.pilot.press(key)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type text, character by character."""
        for character in text:
            await self.pilot.press(_KEYS.get(character, character))
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is under way: no worker, no message, no repaint."""
        for _ in range(3):
            await self.pilot.pause()
            await self.app.workers.wait_for_complete()
        await self.pilot.pause()


_KEYS = {"@": "at", ".": "full_stop", "-": "minus", "/": "slash", " ": "space", "_": "underscore", ",": "comma"}

Visit = Callable[..., AbstractAsyncContextManager[Visitor]]


@pytest.fixture
def visit(provided: Services) -> Visit:
    """Open the counter: `async with visit(lang="es", size=(80, 24), signed_in=MARTA) as visitor`."""

    @asynccontextmanager
    async def opened(
        lang: str = "en",
        size: tuple[int, int] = SMALL,
        look: Look | None = None,
        signed_in: str = "",
        **changes: Any,
    ) -> AsyncIterator[Visitor]:
        wired = replace(provided, **changes)
        app = Ventanilla(wired, Language(lang), look or Look())
        async with app.run_test(size=size) as pilot:
            visitor = Visitor(app, pilot)
            await visitor.settle()
            if signed_in:
                await enter(visitor, signed_in)
            yield visitor

    return opened


def standing_of(store: Store, user_id: str) -> tuple[Credential, Standing]:
    """A demo person's credential and their first account at its counter."""
    for counter in Counter:
        with store.read() as books:
            found = books.find(Credential, Span("user_id", (counter.value, user_id))).rows
        if found:
            identity = standings(store, found[0])
            return found[0], identity.standings[0]
    raise AssertionError(f"no demo person {user_id}")


async def enter(visitor: Visitor, user_id: str) -> None:
    """Go to a person's first account without the (slow) password check."""
    from billing.credentials import Counter
    from screens.desk.queue import QueueScreen
    from screens.front.sign_in import enter_account

    session = visitor.app.session
    store = session.services.store()
    credential, standing = standing_of(store, user_id)
    session.identity = standings(store, credential)
    assert open_desk(store, session.services.clock, session.identity, standing)
    if credential.counter is Counter.DESK:
        visitor.app.push_screen(QueueScreen())
    else:
        enter_account(visitor.app.screen, standing)  # type: ignore[arg-type]
    await visitor.settle()
