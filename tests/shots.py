"""Pictures of every screen, for looking at: `make shots` writes SVG files under `shots/`.

Every screen in both languages at 80x24 and 120x40, and once in each look. `--docs` renews the README's pictures.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from billing.language import NAMES, Language
from billing.store import Store
from tests.conftest import LARGE, MARTA, SMALL, Visitor, enter
from tests.screens.test_every_screen import ROUTES, WRITES
from tui.app import Ventanilla
from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store
from tui.look import Borders, Look, Palette
from tui.tour.player import Player
from tui.tour.script import Scene
from tui.wiring import services

ROOT = Path(__file__).parent.parent

DARK = Look()
WRITTEN = tuple(name.replace(" ", "-") for name in WRITES)
LOOKS = (
    Look(Palette.LIGHT),
    Look(Palette.CONTRAST),
    Look(Palette.SIXTEEN, Borders.SOLID),
    Look(Palette.NONE, Borders.ASCII),
)

HOSTILE = {"hostile overview": ("mallory@evil.example", ()), "hostile invoice": ("mallory@evil.example", ("enter",))}
WRONG = {"wrong password": ("", ("enter", *"marta", "at", *"acme", "full_stop", *"example", "enter", "x", "enter"))}


def shots() -> Iterator[tuple[str, str, tuple[str, ...], str, tuple[int, int], Look]]:
    """File name, person, keys, language, size, look."""
    for name, (person, keys) in {**ROUTES, **HOSTILE, **WRONG}.items():
        stem = name.replace(" ", "-")
        for lang in NAMES:
            for size in (SMALL, LARGE):
                yield f"{stem}-{lang}-{size[0]}x{size[1]}", person, keys, lang, size, DARK
        for look in LOOKS:
            yield f"{stem}-{look.palette.value}", person, keys, "es", SMALL, look
    for size in ((20, 5), (500, 200)):
        yield f"overview-{size[0]}x{size[1]}", MARTA, (), "en", size, DARK


async def draw(folder: Path, wanted: str = "") -> int:
    """Draw the shots whose name holds `wanted`; how many."""
    unwritten = demo_store()
    folder.mkdir(parents=True, exist_ok=True)
    drawn = 0
    for name, person, keys, lang, size, look in shots():
        if wanted not in name:
            continue
        # A screen on the way to which something is written gets a store of its own.
        store = demo_store() if name.startswith(WRITTEN) else unwritten
        provided = replace(
            services(partial(_given, store), clock=demo_clock(), demo_people=DEMO_PEOPLE), exports=Path("~/Downloads")
        )
        app = Ventanilla(provided, Language(lang), look)
        async with app.run_test(size=size) as pilot:
            visitor = Visitor(app, pilot)
            await visitor.settle()
            if person:
                await enter(visitor, person)
            await visitor.press(*keys)
            (folder / f"{name}.svg").write_text(_own_fonts(app.export_screenshot(title="Ventanilla")), encoding="utf-8")
        drawn += 1
    return drawn


def _given(store: Store) -> Store:
    return store


def _own_fonts(picture: str) -> str:
    """The picture without the fonts it would fetch from elsewhere: whoever looks at it has a fixed-width font."""
    return re.sub(r"@font-face \{[^}]*\}", "", picture).replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")


async def tell(folder: Path) -> None:
    """Draw the README's pictures: scenes of the tour, each in the language that its name ends in."""
    for lang in NAMES:
        store = demo_store()
        app = Ventanilla(
            services(partial(_given, store), clock=demo_clock(), demo_people=DEMO_PEOPLE), Language(lang), DARK
        )
        async with app.run_test(size=SMALL) as pilot:
            await Visitor(app, pilot).settle()
            player = Player(app, lambda *_: None, pace=0)
            player.shown = partial(_keep, app, folder, lang)
            await player.play()
        store.close()


def _keep(app: Ventanilla, folder: Path, lang: str, scene: Scene) -> None:
    if scene.picture.endswith(f"-{lang}"):
        picture = _own_fonts(app.export_screenshot(title="Ventanilla"))
        (folder / f"{scene.picture}.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    """Draw everything, or what is asked for."""
    if "--docs" in sys.argv:
        asyncio.run(tell(ROOT / "docs" / "pictures"))
        return
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    print(asyncio.run(draw(ROOT / "shots", wanted)), "pictures in shots/")


if __name__ == "__main__":
    main()
