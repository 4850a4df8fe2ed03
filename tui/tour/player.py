"""Plays a script into the real program: its keys are pressed, and each scene waits for what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.events import Key
from textual.keys import _character_to_key

from billing.errors import N_
from tui.tour.script import TOUR, Act, Scene

if TYPE_CHECKING:
    from tui.app import Ventanilla

APPEARS_WITHIN = 20.0
"""Seconds for a scene's screen to come: signing in is slow on purpose."""
LOOK_EVERY = 0.05
"""Seconds between two looks at the screen."""
READS = 14.0
"""Characters of a caption that people read in a second, slowly."""
LEAST, TYPES = 2.5, 0.06
"""Seconds a caption stays at least, and between two keys."""
NAMED = ("enter", "escape", "up", "down", "left", "right", "home")
PACES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)

PLAYING = N_("Space pause  Right next  + faster  - slower  Esc leave the tour")
PAUSED = N_("Paused.  Space go on  Right next  Esc leave the tour")
YOURS = N_("The tour is over: the counter is yours. F10 leaves.")
YOURS_FOR = 8.0
"""Seconds that is said, unless a key is pressed before."""
LOST = N_("This part cannot be shown at the moment. The tour goes on with the next.")


class SceneMissing(Exception):
    """What a scene shows did not come: the product changed and the script did not."""


class Player:
    """One showing. `tell` writes a caption and its keys; `pace` 0 plays without pauses and raises `SceneMissing`."""

    def __init__(
        self, app: Ventanilla, tell: Callable[[str, str, bool], None], pace: float = 1.0, acts: Sequence[Act] = TOUR
    ) -> None:
        self._app, self._tell, self._pace, self._acts = app, tell, pace, acts
        self._on = asyncio.Event()
        self._next = asyncio.Event()
        self._on.set()
        self.over = False
        self._leaving = False
        self.seen: list[Scene] = []
        """Scenes that were shown."""
        self.shown: Callable[[Scene], None] = lambda _: None
        """Called when a scene stands."""
        self._caption = ""

    def press(self, key: str) -> bool:
        """A key of the person, from whichever thread: whether it is the tour's."""
        if self.over:
            self._app.call_later(self._next.set)
            return False
        self._app.call_later(self._pressed, key)
        return True

    @property
    def paused(self) -> bool:
        """Whether it waits until the person lets it go on."""
        return not self._on.is_set()

    def go_on(self) -> None:
        """Play on where it was paused."""
        self._on.set()
        self._say(self._caption)

    def _pressed(self, key: str) -> None:
        if self.over:
            return
        match key:
            case "space":
                self._on.clear() if self._on.is_set() else self._on.set()
            case "right" | "enter":
                self._next.set()
            case "plus" | "minus":
                nearest = min(PACES, key=lambda pace: abs(pace - self._pace))
                place = PACES.index(nearest) + (-1 if key == "plus" else 1)
                self._pace = PACES[max(0, min(place, len(PACES) - 1))]
            case "escape" | "q" | "f10" | "ctrl+c" | "ctrl+q":
                self.over, self._leaving = True, key not in ("escape", "q")
                self._on.set()
                self._next.set()
                return
        self._say(self._caption)

    async def play(self) -> None:
        """Play to the end, or until the person leaves the tour."""
        for act in self._acts:
            await self._app.sign_out()
            if self.over:
                break
            await self._key("home")  # the door keeps in mind which counter was chosen last
            await self._pause(self._app.session.language.say(act.title), bold=True)
            for scene in act.scenes:
                if self.over or not await self._scene(scene):
                    break
        if self.over:
            await self._app.sign_out()
        self.over = True

    async def hand_over(self) -> None:
        """Say that the counter is the person's now, or ask whether they want to leave that too."""
        self._next.clear()
        self._say(self._app.session.language.say(YOURS), keys="")
        if self._leaving:
            self._app.action_leave()
        elif self._pace:
            await self._read(YOURS_FOR)

    async def _scene(self, scene: Scene) -> bool:
        """Press, wait for what is to be seen, let the person read."""
        say = self._app.session.language.say
        for keys in scene.keys:
            await self._key(keys)
        if not await self._comes(tuple(map(say, scene.see))):
            if not self._pace:
                raise SceneMissing(f"{scene.caption}: {scene.see} not in\n{self._screen()}")
            await self._pause(say(LOST))
            return False
        if not self.over:
            self.shown(scene)
            await self._pause(say(scene.caption))
            self.seen.append(scene)
        return True

    async def _comes(self, texts: Sequence[str]) -> bool:
        """Wait until all of `texts` show, or the person leaves; False where they do not come though there is room."""
        waited = 0.0
        while not all(text in self._screen() for text in texts) and not self.over:
            if waited >= APPEARS_WITHIN:
                return False
            await asyncio.sleep(LOOK_EVERY)
            waited += 0 if self._covered else LOOK_EVERY
        return True

    @property
    def _covered(self) -> bool:
        """Whether the window is too small to show anything."""
        from screens.front.too_small import TooSmall

        return any(isinstance(screen, TooSmall) for screen in self._app.screen_stack)

    async def _key(self, keys: str) -> None:
        """A named key, or text typed letter by letter."""
        named = keys in NAMED or (keys[0] == "f" and keys[1:].isdigit())
        for key in (keys,) if named else keys:
            await self._on.wait()
            while self._covered and not self.over:
                await asyncio.sleep(LOOK_EVERY)
            if self.over:
                return
            character = None if named else key
            self._app.post_message(Key(key if named else _character_to_key(key), character))
            await asyncio.sleep(TYPES * min(self._pace, 3.0))
        await self._settled()

    async def _settled(self) -> None:
        """Until what the key did is drawn: two looks at the screen see the same."""
        before = ""
        while (now := self._screen()) != before:
            before = now
            await asyncio.sleep(LOOK_EVERY)

    async def _pause(self, words: str, *, bold: bool = False) -> None:
        """Let the person read, look and decide."""
        self._say(words, bold=bold)
        self._next.clear()
        if self._pace and not self.over:
            await self._read(max(LEAST, len(words) / READS) * self._pace)

    async def _read(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._next.wait()
        except TimeoutError:
            while not (self._on.is_set() or self._next.is_set()):
                waits = [asyncio.ensure_future(event.wait()) for event in (self._on, self._next)]
                _, left = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in left:
                    wait.cancel()

    def _say(self, words: str, *, bold: bool = False, keys: str | None = None) -> None:
        self._caption = words
        if keys is None:
            keys = self._app.session.language.say(PLAYING if self._on.is_set() else PAUSED)
            keys += f"  x{1 / self._pace:.2g}" if self._pace not in (0, 1) else ""
        self._tell(words, keys, bold)

    def _screen(self) -> str:
        strips = self._app.screen._compositor.render_strips()  # noqa: SLF001 - Textual has no other text of a screen
        return "\n".join(strip.text for strip in strips)
