"""The tour plays from start to end: every scene shows what its caption says, and the person decides the pace."""

from __future__ import annotations

import asyncio
import json

import pyte
import pytest

from billing.language import Language
from screens.front.door import Door
from tests.cast import cast, recorded
from tests.conftest import LARGE, Visit
from tests.journeys.terminal import Terminal, _without_private
from tui.app import LEAST_COLUMNS
from tui.cli import main
from tui.commands.exits import NOT_UNDERSTOOD
from tui.demo.stage import demo_store
from tui.tour.driver import caption_lines
from tui.tour.player import PAUSED, PLAYING, YOURS, Player, SceneMissing
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
    words = {"es": ("puerta principal", "deja el recorrido", "es suya", "Salir"),
             "en": ("front door", "leave the tour", "is yours", "Leave")}[lang]  # fmt: skip
    with Terminal(["demo", "--tour", "--pace", "0.2", "--lang", lang]) as terminal:
        terminal.wait_for(words[0], words[1])
        terminal.press(" ")
        terminal.wait_for(words[3])
        terminal.press(" ", "escape")
        terminal.wait_for(words[2])
        terminal.press("f10", "down", "enter")
        assert terminal.wait_until_closed() == 0


def rule_of(terminal: Terminal) -> int:
    """The row of the line above the caption."""
    (row,) = (row for row, line in enumerate(terminal.text.split("\n")) if line and not line.strip("-"))
    return row


def test_after_the_tour_the_whole_window_is_the_counters() -> None:
    with Terminal(["demo", "--tour", "--lang", "en"], size=(80, 26)) as terminal:
        terminal.wait_for("leave the tour")
        assert rule_of(terminal) == 22
        terminal.press("escape")
        terminal.wait_for("The tour is over")
        terminal.press("down")
        terminal.wait_for("› Enterprise Billing Portal", "How to sign in")
        terminal.wait_until(lambda text: "F10 Leave" in text.rstrip().split("\n")[-1])
        assert "tour" not in terminal.text
        assert "----" not in terminal.text


def test_the_caption_follows_the_window_and_makes_room_in_a_low_one() -> None:
    with Terminal(["demo", "--tour", "--lang", "es"]) as terminal:
        terminal.wait_for("puerta principal", "deja el recorrido")
        terminal.press(" ")
        terminal.wait_for("En pausa")
        terminal.resize(120, 40)
        terminal.wait_until(lambda text: "En pausa" in text.split("\n")[39] and "F1 Ayuda" in text.split("\n")[35])
        assert rule_of(terminal) == 36
        terminal.resize(76, 21)
        terminal.wait_until(lambda text: "En pausa" in text.split("\n")[20] and "F1 Ayuda" in text.split("\n")[19])
        assert "puerta principal" not in terminal.text
        terminal.resize(60, 15)
        terminal.wait_for("60x15", "76x20")
        assert "En pausa" not in terminal.text
        terminal.resize(80, 24)
        terminal.wait_for("puerta principal", "En pausa", "F1 Ayuda")


@pytest.mark.parametrize("size", [(60, 15), (75, 40), (10, 3)])
def test_in_a_window_that_is_too_small_it_waits_until_there_is_room(size: tuple[int, int]) -> None:
    with Terminal(["demo", "--tour", "--lang", "en", "--pace", "0.1"], size=size) as terminal:
        terminal.wait_until(lambda text: f"{size[0]}x{size[1]}" in text.replace("\n", ""))
        terminal.resize(80, 24)
        terminal.wait_for("To pay", "ACME")


@pytest.mark.parametrize("key", ["\x03", "\x11", "f10"])
def test_who_wants_to_leave_during_the_tour_is_asked_as_everywhere(key: str) -> None:
    with Terminal(["demo", "--tour", "--lang", "en"]) as terminal:
        terminal.wait_for("leave the tour")
        terminal.press(key)
        terminal.wait_for("Leave?", "Stay here")
        terminal.press("down", "enter")
        assert terminal.wait_until_closed() == 0


def test_faster_and_slower_say_how_much() -> None:
    with Terminal(["demo", "--tour", "--lang", "es"]) as terminal:
        terminal.wait_for("deja el recorrido")
        terminal.press("+")
        terminal.wait_for("deja el recorrido  x2")
        terminal.press("-", "-")
        terminal.wait_for("deja el recorrido  x0.67")


@pytest.mark.parametrize("pace", ["0", "-1", "nan", "inf", "slow"])
def test_a_pace_that_is_none_is_refused_in_words(pace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--tour", f"--pace={pace}"]) == NOT_UNDERSTOOD
    assert "must be a number above 0 and at most 10" in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["es", "en"])
def test_captions_and_keys_fit_the_smallest_window(lang: str) -> None:
    say = Language(lang).say
    for scene in (scene for act in TOUR for scene in act.scenes):
        (_, first, second, keys) = caption_lines(say(scene.caption), f"{say(PLAYING)}  x0.67", LEAST_COLUMNS, 4)
        assert first[0].split() + second[0].split() == say(scene.caption).split()
        assert keys[0].endswith("  x0.67")
    for act in TOUR:
        assert caption_lines(say(act.title), "", LEAST_COLUMNS, 2)[0][0].split() == say(act.title).split()
    assert caption_lines(say(YOURS), say(PAUSED), LEAST_COLUMNS, 1) == [(f" {say(PAUSED)}", False)]
    assert caption_lines("words", "keys", 1, 4)
    assert not caption_lines("words", "keys", 80, 0)
