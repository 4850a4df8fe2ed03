"""Rounds of the tour follow one another, each in a program of its own, and nothing of them stays or fails others."""

from __future__ import annotations

import asyncio
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size
from textual.strip import Strip

from billing.language import NAMES, Language
from gateways.payments.sandbox import Sandbox
from tests.kiosk.conftest import demonstrations
from tui.app import LEAST_COLUMNS
from tui.kiosk import demonstration
from tui.kiosk.rounds import SHOWN, Rounds, Showing
from tui.kiosk.stage import room_for
from tui.look import Look
from tui.tour.player import LOST, Player
from tui.tour.script import DOOR, Act, Scene

SHORT = (Act("Short", (DOOR,)),)
PATIENCE = 20.0
"""Seconds to wait for something before the test fails."""


class Wall:
    """A place where rounds are shown, and what was shown there."""

    def __init__(self) -> None:
        self.pages: list[int] = []
        self.languages: list[str] = []
        self.said: list[str] = []
        self.lines: set[int] = set()
        self.is_open = False
        self.opened = asyncio.Semaphore(0)

    def turn_to(self, number: int) -> None:
        """A page."""
        assert not self.is_open
        self.pages.append(number)

    def open(self, language: Language) -> None:
        """A round."""
        self.is_open = True
        self.languages.append(language.tag)
        self.opened.release()

    def show(self, picture: list[Strip]) -> None:
        """A picture."""
        self.lines.add(len(picture))

    def caption(self, words: str, bold: bool) -> None:
        """Words."""
        del bold
        self.said.append(words)

    def close(self) -> None:
        """No round."""
        self.is_open = False

    async def sees(self, rounds: int) -> None:
        """Wait until so many rounds have begun."""
        async with asyncio.timeout(PATIENCE):
            for _ in range(rounds):
                await self.opened.acquire()


BOTH = (Language("en"), Language("es"))


def played(acts: tuple[Act, ...] = SHORT) -> Rounds:
    """Rounds that hurry."""
    return Rounds(Showing(page=0.0, pace=0.001, acts=acts))


async def test_rounds_take_turns_between_languages_each_after_a_page_and_leave_nothing() -> None:
    wall, rounds = Wall(), played()
    rounds.start(wall, BOTH, Look(), (80, 20))
    await wall.sees(4)
    await rounds.ended()
    assert wall.languages == ["en", "es", "en", "es"]
    assert wall.pages == [0, 1, 2, 3]
    assert wall.lines == {20}
    assert not wall.is_open
    assert set(wall.said) <= {language.say(words) for language in BOTH for words in ("Short", DOOR.caption)}
    assert not demonstrations()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("show")]


async def test_what_is_started_anew_begins_with_the_first_language_again() -> None:
    wall, rounds = Wall(), played()
    for _ in range(3):
        rounds.start(wall, BOTH, Look(), (80, 20))
        await wall.sees(1)
        rounds.stop()
        assert not wall.is_open
        assert not rounds.running
    await rounds.ended()
    assert wall.languages == ["en"] * 3


async def test_a_scene_that_does_not_come_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.tour.player.APPEARS_WITHIN", 0.2)
    wall, rounds = Wall(), played((Act("A", (Scene("One", (), ("never there",)),)), Act("B", (Scene("Two"),))))
    rounds.start(wall, BOTH[:1], Look(), (80, 20))
    await wall.sees(2)
    await rounds.ended()
    assert wall.said[:4] == ["A", LOST, "B", "Two"]


@pytest.mark.parametrize("fault", ["data", "program", "never ends"])
async def test_a_fault_of_it_is_kept_for_the_operator_and_ends_the_rounds(
    fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    if fault == "data":
        monkeypatch.setattr(demonstration, "invented", fails)
    elif fault == "program":
        monkeypatch.setattr(Player, "play", fails)
    else:
        monkeypatch.setattr("tui.kiosk.rounds.LONGEST", 0.3)
    wall, rounds = Wall(), played((Act("Long", (Scene("Long " * 100_000),)),))
    rounds.start(wall, BOTH, Look(), (80, 20))
    async with asyncio.timeout(PATIENCE):
        while rounds.running:
            await asyncio.sleep(0.01)
    rounds.start(wall, BOTH, Look(), (80, 20))
    assert not rounds.running, "what failed is not tried again and again"
    assert not wall.is_open
    log = (tmp_path / "ventanilla" / "crash.log").read_text()
    assert log.count("Traceback (most recent call last):") >= 1
    assert ("did not end" if fault == "never ends" else "nothing to show") in log


def fails(*_: object) -> Any:
    raise LookupError("nothing to show")


def test_its_program_reaches_nothing_outside_whatever_the_machine_is_set_up_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VENTANILLA_STRIPE_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("VENTANILLA_MAIL_FOLDER", str(tmp_path))
    services = demonstration.invented()
    before = threading.active_count()
    services.deliver()
    assert threading.active_count() == before, "nobody was woken to send mail"
    assert [services.printer, services.exports, services.mailbox] == [None] * 3
    assert isinstance(services.payments(), Sandbox)
    assert services.store() is not demonstration.invented().store()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("lang", NAMES)
def test_every_caption_is_read_whole(lang: str) -> None:
    say = Language(lang).say
    for act in SHOWN:
        for words in (act.title, *(scene.caption for scene in act.scenes)):
            assert len(textwrap.wrap(say(words), LEAST_COLUMNS - 2)) <= 2, words


def test_there_is_room_from_80_by_24_on() -> None:
    assert room_for(Size(80, 24)) == (80, 20)
    assert room_for(Size(120, 40)) == (120, 36)
    assert room_for(Size(80, 23)) is None
    assert room_for(Size(75, 24)) is None
    assert room_for(Size(80, 24), "x" * 79) is None
