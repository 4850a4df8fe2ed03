"""Apps of one process share the rules of their style sheets, and only where they are the same."""

from __future__ import annotations

import gc
import inspect
from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet, StylesheetParseError

from tests.conftest import MARTA, Visit
from tui.look import Look, Palette
from tui.sheet import SharedSheet, _Parsed
from tui.widgets.window_list import WindowList

READ: dict[Callable[..., Any], str] = {
    Stylesheet._parse_rules: "2f1c2d220b672d1b",
    Stylesheet.parse: "21678f7a02b1178c",
    Stylesheet.read: "5a77e42edd01e13d",
    Stylesheet.reparse: "dd193eb05f8baeb5",
    Stylesheet.set_variables: "f8c97f5d9d755f56",
    Stylesheet._process_component_classes: "852b5e4b93c6fc25",
}
"""What `SharedSheet` was written against. Where one differs, read it anew before the digest is changed."""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is parsed from here on, by a process that has parsed nothing yet."""
    counted: list[str] = []
    parse = Stylesheet._parse_rules

    def counting(self: Stylesheet, css: str, *others: Any) -> Any:
        counted.append(css)
        return parse(self, css, *others)

    monkeypatch.setattr(SharedSheet, "_all", defaultdict(_Parsed))
    monkeypatch.setattr(Stylesheet, "_parse_rules", counting)
    return counted


async def test_the_second_person_s_rules_are_the_first_s(visit: Visit, parsed: list[str]) -> None:
    async with visit() as first:
        await first.press("enter")
        of_first = list(parsed)
        assert of_first
        parsed.clear()
        async with visit() as second:
            await second.press("enter")
            assert second.screen_text == first.screen_text
            assert not parsed
            assert any(mine is theirs for mine in second.app.stylesheet.rules for theirs in first.app.stylesheet.rules)


async def test_another_look_has_rules_of_its_own(visit: Visit, parsed: list[str]) -> None:
    async with visit() as dark, visit(look=Look(palette=Palette.LIGHT)) as light:
        assert light.app.screen.styles.background != dark.app.screen.styles.background
        dark.app.wear(Look(palette=Palette.LIGHT))
        await dark.settle()
        assert light.app.screen.styles.background == dark.app.screen.styles.background


async def test_the_parts_of_a_widget_are_styled_anew_without_new_nodes(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        await visitor.press("f3")
        widget = visitor.app.screen.query_one(WindowList)

        def parts() -> dict[str, Any]:
            return {name: styles.node for name, styles in widget._component_styles.items()}

        def colours() -> list[Any]:
            return [styles.color for styles in widget._component_styles.values()]

        before, dark = parts(), colours()
        gc.collect()
        visitor.app.wear(Look(palette=Palette.LIGHT))
        await visitor.settle()
        assert before
        assert colours() != dark
        assert {name: id(node) for name, node in parts().items()} == {name: id(node) for name, node in before.items()}
        visitor.app.wear(Look())
        await visitor.settle()
        assert colours() == dark


def test_a_wrong_rule_leaves_those_at_hand() -> None:
    sheet = SharedSheet()
    sheet.add_source("Screen { color: red; }", ("a", ""))
    before = sheet.rules
    assert before
    sheet.add_source("Screen { color: nothing-of-the-kind; }", ("b", ""))
    with pytest.raises(StylesheetParseError):
        sheet.reparse()
    assert sheet._rules == before


def test_textual_is_the_one_that_was_read() -> None:
    for function, digest in READ.items():
        source = inspect.getsource(function)
        assert sha256(source.encode()).hexdigest()[:16] == digest, function.__qualname__
