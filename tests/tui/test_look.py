"""The look follows the person's terminal, and a wish wins over it."""

from __future__ import annotations

import pytest

from tui.look import Borders, Look, Palette, fitting


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color"}, Look(Palette.DARK, Borders.ROUND)),
        ({"TERM": "xterm-ghostty", "COLORTERM": "truecolor"}, Look(Palette.DARK, Borders.ROUND)),
        ({"TERM": "tmux-256color"}, Look(Palette.DARK, Borders.ROUND)),
        ({"TERM": "xterm"}, Look(Palette.SIXTEEN, Borders.ROUND)),
        ({"TERM": "linux"}, Look(Palette.SIXTEEN, Borders.SOLID)),
        ({"TERM": "vt220"}, Look(Palette.NONE, Borders.ASCII)),
        ({"TERM": "dumb"}, Look(Palette.NONE, Borders.ASCII)),
        ({}, Look(Palette.SIXTEEN, Borders.ASCII)),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, Look(Palette.NONE, Borders.ROUND)),
        ({"TERM": "linux", "NO_COLOR": "1"}, Look(Palette.NONE, Borders.SOLID)),
    ],
)
def test_the_terminal_decides(environment: dict[str, str], expected: Look) -> None:
    assert fitting(environment) == expected


def test_a_wish_wins() -> None:
    assert fitting({"TERM": "dumb"}, "light", "round") == Look(Palette.LIGHT, Borders.ROUND)


@pytest.mark.parametrize("palette", Palette)
def test_every_palette_names_every_colour(palette: Palette) -> None:
    theme = Look(palette).theme()
    assert all(theme.variables.values())
    assert theme.ansi == (palette in (Palette.SIXTEEN, Palette.NONE))


@pytest.mark.parametrize("palette", [Palette.DARK, Palette.LIGHT, Palette.CONTRAST])
def test_text_stands_out_from_its_ground(palette: Palette) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    from textual.color import Color

    named = Look(palette).theme().variables
    pairs = [("v-ink", "v-ground"), ("v-ink", "v-surface"), ("v-muted", "v-ground"), ("v-muted", "v-surface")]
    pairs += [("v-accent", "v-surface"), ("v-good", "v-ground"), ("v-warn", "v-ground"), ("v-bad", "v-ground")]
    for ink, ground in [*pairs, ("v-cursor-ink", "v-cursor")]:
        first, second = (_luminance(Color.parse(named[name])) for name in (ink, ground))
        ratio = (max(first, second) + 0.05) / (min(first, second) + 0.05)
        assert ratio >= 4.5, f"{ink} on {ground}: {ratio:.2f}"


def _luminance(color: object) -> float:
    from textual.color import Color

    assert isinstance(color, Color)
    channels = [c / 255 for c in color.rgb]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
