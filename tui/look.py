"""How the counter looks: palettes, borders and glyphs, chosen by what the person's terminal can do.

Colour never carries a meaning alone: every state has a word and a sign, and focus shows without colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from textual.theme import Theme

from billing.errors import N_


class Palette(Enum):
    """The colours. `SIXTEEN` uses the terminal's own; `NONE` uses no colour at all."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    SIXTEEN = "16"
    NONE = "none"


class Borders(Enum):
    """The lines around things. `SOLID` is in every console font; `ASCII` needs no font at all."""

    ROUND = "round"
    SOLID = "solid"
    ASCII = "ascii"


PALETTE_NAMES = {
    Palette.DARK: N_("Dark"),
    Palette.LIGHT: N_("Light"),
    Palette.CONTRAST: N_("High contrast"),
    Palette.SIXTEEN: N_("16 colours"),
    Palette.NONE: N_("No colour"),
}

BORDER_NAMES = {Borders.ROUND: N_("Round"), Borders.SOLID: N_("Straight"), Borders.ASCII: N_("ASCII")}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs drawn by our own widgets."""

    pointer: str
    bar: str
    """From empty to full, for charts."""
    less: str
    more: str
    ellipsis: str
    rule: str
    dot: str


_UNICODE = Glyphs(pointer="›", bar=" ▁▂▃▄▅▆▇█", less="‹", more="›", ellipsis="…", rule="─", dot="·")
_ASCII = Glyphs(pointer=">", bar=" .:#", less="<", more=">", ellipsis="~", rule="-", dot="-")


@dataclass(frozen=True, slots=True)
class Look:
    """One way to draw everything."""

    palette: Palette = Palette.DARK
    borders: Borders = Borders.ROUND

    @property
    def name(self) -> str:
        """The name of the Textual theme."""
        return f"ventanilla-{self.palette.value}-{self.borders.value}"

    @property
    def glyphs(self) -> Glyphs:
        """The signs that go with the borders."""
        return _ASCII if self.borders is Borders.ASCII else _UNICODE

    def theme(self) -> Theme:
        """The Textual theme. Its `v-…` variables are the only colours our style sheets name."""
        ink, ground, surface, muted, line, accent, good, warn, bad, cursor, cursor_ink = _COLOURS[self.palette]
        ansi = self.palette in (Palette.SIXTEEN, Palette.NONE)
        plain = self.palette is Palette.NONE
        return Theme(
            name=self.name,
            primary=accent,
            secondary=accent,
            accent=accent,
            foreground=ink,
            background=ground,
            surface=surface,
            panel=surface,
            boost=surface,
            success=good,
            warning=warn,
            error=bad,
            dark=self.palette is not Palette.LIGHT,
            ansi=ansi,
            variables={
                "v-ink": ink,
                "v-ground": ground,
                "v-surface": surface,
                "v-muted": muted,
                "v-line": line,
                "v-accent": accent,
                "v-good": good,
                "v-warn": warn,
                "v-bad": bad,
                "v-cursor": cursor,
                "v-cursor-ink": cursor_ink,
                "v-cursor-style": "reverse" if plain else "bold",
                "v-border": self.borders.value,
                "input-cursor-background": ink if not ansi else "ansi_default",
                "input-cursor-foreground": ground if not ansi else "ansi_default",
                "input-cursor-text-style": "none" if not ansi else "reverse",
                **dict.fromkeys(("scrollbar", "scrollbar-hover", "scrollbar-active"), muted),
                **dict.fromkeys(_SCROLL_GROUNDS, surface),
                "ansi-background": ground,
                "ansi-foreground": ink,
                "border-blurred": line,
                "block-cursor-background": cursor,
                "block-cursor-foreground": cursor_ink,
                "screen-selection-background": cursor,
                "screen-selection-foreground": cursor_ink,
                "input-selection-background": cursor,
                "input-selection-foreground": cursor_ink,
            },
        )


_SCROLL_GROUNDS = (
    "scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active", "scrollbar-corner-color",
)  # fmt: skip

_DEFAULT = "ansi_default"

_COLOURS: dict[Palette, tuple[str, ...]] = {
    # ink, ground, surface, muted, line, accent, good, warn, bad, cursor, cursor ink
    Palette.DARK: (
        *("#e7e9ee", "#12161d", "#1b212b", "#a3adba", "#465264", "#7cc0ff"),
        *("#84d492", "#f1c878", "#ff9a94", "#274b73", "#ffffff"),
    ),
    Palette.LIGHT: (
        *("#1b2027", "#fcfbf8", "#f0ede6", "#56606b", "#b9b3a6", "#0a58a6"),
        *("#1c7031", "#835400", "#ae211a", "#0a58a6", "#ffffff"),
    ),
    Palette.CONTRAST: (
        *("#ffffff", "#000000", "#000000", "#ffffff", "#ffffff", "#ffff00"),
        *("#5dff8f", "#ffd33d", "#ff9d9d", "#ffff00", "#000000"),
    ),
    Palette.SIXTEEN: (
        *(_DEFAULT, _DEFAULT, _DEFAULT, _DEFAULT, "ansi_cyan", "ansi_cyan"),
        *("ansi_green", "ansi_yellow", "ansi_bright_red", "ansi_cyan", "ansi_black"),
    ),
    Palette.NONE: (_DEFAULT,) * 11,
}


_TRUE_TERMS = ("direct", "kitty", "alacritty", "foot", "wezterm", "ghostty", "iterm")


def true_colour(environment: Mapping[str, str]) -> bool:
    """Whether a person's terminal draws 24-bit colours, from its COLORTERM and TERM; others are given xterm's 256."""
    if environment.get("COLORTERM") in ("truecolor", "24bit"):
        return True
    return any(name in environment.get("TERM", "") for name in _TRUE_TERMS)


def fitting(environment: Mapping[str, str], palette: str = "", borders: str = "") -> Look:
    """The look for a person's terminal, from its TERM, COLORTERM, NO_COLOR and LANG; a wish given by name wins."""
    term = environment.get("TERM", "")
    simple = term in ("linux", "vt100", "vt102", "vt220", "ansi", "dumb", "")
    if palette:
        colours = Palette(palette)
    elif environment.get("NO_COLOR") or term in ("dumb", "vt100", "vt102", "vt220"):
        colours = Palette.NONE
    elif simple or ("256" not in term and not environment.get("COLORTERM") and term in ("xterm", "screen", "tmux")):
        colours = Palette.SIXTEEN
    else:
        colours = Palette.DARK
    if borders:
        lines = Borders(borders)
    elif term in ("dumb", "vt100", "vt102", "vt220", "ansi", ""):
        lines = Borders.ASCII
    else:
        lines = Borders.SOLID if simple else Borders.ROUND
    return Look(colours, lines)
