"""The tour plays from start to end: every scene shows what its caption says, and the person decides the pace."""

from __future__ import annotations

import asyncio
import json

import pyte
import pytest

from screens.front.door import Door
from tests.cast import cast, recorded
from tests.conftest import LARGE, Visit
from tests.journeys.terminal import Terminal, _without_private
from tui.demo.stage import demo_store
from tui.tour.player import Player, SceneMissing
from tui.tour.script import CENTER, TOUR, Act, Scene


@pytest.mark.parametrize(("lang", "size"), [("es", (80, 20)), ("en", (80, 20)), ("es", LARGE)])
async def test_every_scene_shows_what_it_says(visit: Visit, lang: str, size: tuple[int, int]) -> None:
    store = demo_store()
    said: list[str] = []
    async with visit(lang=lang, size=size, store=lambda: store) as visitor:
        player = Player(visitor.app, lambda words, keys, bold: said.append(words), pace=0)
        await player.play()
        assert player.seen == [scene for act in TOUR for scene in act.scenes]
        assert player.over
        assert len(said) > len(player.seen)
        assert isinstance(visitor.app.screen, Door), "the counter is the person's"
    store.close()


async def test_a_scene_that_does_not_come_is_a_fault_in_tests_and_told_kindly_to_people(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.tour.player.APPEARS_WITHIN", 0.2)
    wrong = (Act("A", (Scene("One", (), ("never there",)), Scene("Two"))), Act("B", (Scene("Three"),)))
    async with visit() as visitor:
        with pytest.raises(SceneMissing, match="never there"):
            await Player(visitor.app, lambda *_: None, pace=0, acts=wrong).play()
        said: list[str] = []
        player = Player(visitor.app, lambda words, *_: said.append(words), pace=0.001, acts=wrong)
        await player.play()
        assert any("cannot be shown" in words for words in said)
        assert [scene.caption for scene in player.seen] == ["Three"], "the act is left, the next is played"


async def test_it_waits_while_it_is_paused_and_goes_on_step_by_step(visit: Visit) -> None:
    async with visit() as visitor:
        player = Player(visitor.app, lambda *_: None, pace=1000, acts=(CENTER,))
        playing = asyncio.get_running_loop().create_task(player.play())

        async def until(scenes: int) -> None:
            async with asyncio.timeout(20):
                while len(player.seen) < scenes:
                    player.press("right")
                    await asyncio.sleep(0.05)

        await until(1)
        player.press("space")
        player.press("escape")
        await asyncio.wait_for(playing, 20)
        assert player.over
        assert len(player.seen) < len(CENTER.scenes)
        assert not player.press("f1"), "from now on keys are the counter's"


def test_the_recording_ends_on_the_screen_that_was_seen() -> None:
    events, last = recorded("en", 0.01)
    header, *lines = [json.loads(line) for line in cast(events).splitlines()]
    assert header["version"] == 2
    screen = pyte.Screen(header["width"], header["height"])
    stream = pyte.ByteStream(screen)
    for _, kind, text in lines:
        assert kind == "o"
        stream.feed(_without_private(text.encode()))
    assert "\n".join(row.rstrip() for row in screen.display) == last
    assert [when for when, *_ in lines] == sorted(when for when, *_ in lines)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_on_a_real_terminal_the_captions_stand_below_and_the_counter_is_left_to_the_person(lang: str) -> None:
    words = {"es": ("puerta principal", "dejar el recorrido", "es suya", "Salir"),
             "en": ("front door", "leave the tour", "is yours", "Leave")}[lang]  # fmt: skip
    with Terminal(["demo", "--tour", "--pace", "0.2", "--lang", lang]) as terminal:
        terminal.wait_for(words[0], words[1])
        terminal.press(" ")
        terminal.wait_for(words[3])
        terminal.press(" ", "escape")
        terminal.wait_for(words[2])
        terminal.press("f10", "down", "enter")
        assert terminal.wait_until_closed() == 0
