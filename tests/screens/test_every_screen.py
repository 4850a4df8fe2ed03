"""Every screen, in both languages, at 80x24 and 120x40: painted, named, explained, and with keys that fit."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from billing.language import NAMES
from screens.counter_screen import CounterScreen
from screens.help_screen import help_page
from tests.conftest import IBERIA, LARGE, LUIS, MARTA, SMALL, Visit
from tui.look import Borders, Look, Palette
from tui.widgets.key_bar import KeyBar

Route = tuple[str, tuple[str, ...]]

ROUTES: dict[str, Route] = {
    "door": ("", ()),
    "sign in": ("", ("enter",)),
    "enterprise sign in": ("", ("down", "enter")),
    "demo people": ("", ("enter", "f4")),
    "settings": ("", ("f2",)),
    "leave": ("", ("f10",)),
    "help": ("", ("f1",)),
    "overview": (MARTA, ()),
    "history": (MARTA, ("f3",)),
    "filters": (MARTA, ("f3", "f4", "right")),
    "go to number": (MARTA, ("f3", "f6")),
    "invoice": (MARTA, ("enter",)),
    "save": (MARTA, ("enter", "f7")),
    "print": (MARTA, ("enter", "f8")),
    "leave signed in": (MARTA, ("f10",)),
    "not the contact": (LUIS, ()),
    "enterprise overview": (IBERIA, ()),
    "enterprise invoice": (IBERIA, ("enter",)),
}
"""How to reach each screen: whom to sign in, and which keys."""


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("route", ROUTES)
async def test_is_painted_whole_and_says_what_can_be_done(
    visit: Visit, route: str, lang: str, size: tuple[int, int]
) -> None:
    person, keys = ROUTES[route]
    async with visit(lang=lang, size=size, signed_in=person) as visitor:
        await visitor.press(*keys)
        screen = visitor.app.screen
        assert isinstance(screen, CounterScreen)
        lines = visitor.screen_text.split("\n")
        assert len(lines) == size[1]
        assert all(cell_len(line) <= size[0] for line in lines)
        for key, word in screen.shown_keys():
            assert key in lines[-1], f"{key} {word} does not fit: {lines[-1]}"
            assert word in lines[-1], f"{key} {word} does not fit: {lines[-1]}"
        assert screen.query_one(KeyBar).keys == tuple(screen.shown_keys())


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("route", [r for r in ROUTES if r != "help"])
async def test_f1_explains_it(visit: Visit, route: str, lang: str) -> None:
    person, keys = ROUTES[route]
    async with visit(lang=lang, signed_in=person) as visitor:
        await visitor.press(*keys)
        screen = visitor.app.screen
        assert isinstance(screen, CounterScreen)
        title = help_page(screen.TOPIC, lang).split("\n")[0].removeprefix("# ")
        await visitor.press("f1")
        assert title in visitor.screen_text
        await visitor.press("escape")
        assert visitor.app.screen is screen


@pytest.mark.parametrize("route", ROUTES)
async def test_can_be_drawn_in_plain_ascii_without_colour(visit: Visit, route: str) -> None:
    """Only data may hold other characters: the signs and lines are ours, and ASCII."""
    person, keys = ROUTES[route]
    async with visit(signed_in=person, look=Look(Palette.NONE, Borders.ASCII)) as visitor:
        await visitor.press(*keys)
        drawn = {c for c in visitor.screen_text if not c.isascii() and not c.isalnum()}
        assert drawn <= set("€£¥…’“”«»¿¡·–•\u00a0\ufffd"), drawn


@pytest.mark.parametrize("route", ["door", "sign in", "overview", "history", "invoice"])
async def test_changes_language_where_it_stands(visit: Visit, route: str) -> None:
    person, keys = ROUTES[route]
    async with visit(lang="en", signed_in=person) as visitor:
        await visitor.press(*keys)
        before = visitor.screen_text
        visitor.app.session.language = type(visitor.app.session.language)("es")
        await visitor.app.retell()
        await visitor.settle()
        after = visitor.screen_text
        assert after != before
        assert "Ayuda" in after.split("\n")[-1]
