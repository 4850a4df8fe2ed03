"""Which font draws which letters, in the order in which they stand on paper.

Latin, Greek, Cyrillic, Hebrew and Arabic letters are shipped. For other scripts a font of the machine is used, by
name (`SYSTEM_FONTS`); where there is none, the letter becomes a visible box and `Letters.wanted` names the font to
install.

Right-to-left text is ordered by the Unicode bidirectional algorithm, line by line, and Arabic letters are joined by
their presentation forms (Unicode, chapter 9.2). That covers names in Hebrew, Arabic and Persian. It is not a shaping
engine: vowel points keep the font's default place, ligatures other than lam-alef are not made, and scripts that
reorder letters (Devanagari, Thai tone marks on tall letters) come out letter by letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path

from billing.document_content import NO_BREAK, REPLACEMENT
from gateways.documents.typeface import Typeface, shipped

FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
"""Where systems keep fonts."""

SYSTEM_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKjp-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansGeorgian-Regular.ttf",
    "NotoSansArmenian-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "Arial Unicode.ttf",
    "arialuni.ttf",
)
"""Fonts that are looked for, the best first."""

_SCRIPTS = ("Hebrew", "Arabic")
_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))


@dataclass(frozen=True, slots=True, eq=False)
class SystemFont:
    """A font file of this machine and what it can draw. Widths in 1/1000 of the size."""

    path: Path
    widths: dict[str, int]


Face = Typeface | SystemFont


@dataclass(slots=True)
class Letters:
    """The fonts of one document. `wanted` collects the fonts that were missed."""

    folders: Sequence[Path] = FONT_FOLDERS
    wanted: set[str] = field(default_factory=set)
    _main: tuple[Typeface, Typeface] = field(init=False)

    def __post_init__(self) -> None:
        self._main = (shipped("Regular"), shipped("Bold"))

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """How wide `text` comes out, in the unit of `size`."""
        widths = self._main[bold].widths
        try:
            return sum(map(widths.__getitem__, text)) * size / 1000
        except KeyError:
            runs = self.runs(text, bold)
            return sum(sum(face.widths[c] for c in run) for face, run in runs) * size / 1000

    def runs(self, text: str, bold: bool = False) -> list[tuple[Face, str]]:
        """`text` cut into what one font draws, in visual order, from left to right."""
        main, text = self._main[bold], text.replace(NO_BREAK, " ")
        if main.characters.issuperset(text):
            return [(main, text)]
        if any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text):
            text = visual(text)
        drawn = [self._drawn(c, bold) for c in text]
        return [(face, "".join(c for _, c in run)) for face, run in groupby(drawn, key=lambda pair: pair[0])]

    def _drawn(self, character: str, bold: bool) -> tuple[Face, str]:
        main = self._main[bold]
        if character in main.characters:
            return main, character
        for script in _SCRIPTS:
            face = shipped(f"{script}-Bold" if bold else f"{script}-Regular")
            if character in face.characters:
                return face, character
        for font in system_fonts(tuple(self.folders)):
            if character in font.widths:
                return font, character
        self.wanted.add(font_for(character))
        return main, REPLACEMENT


@cache
def system_fonts(folders: tuple[Path, ...]) -> tuple[SystemFont, ...]:
    """The named fonts that this machine has, in the order of `SYSTEM_FONTS`."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.expanduser().rglob("*")) if folder.expanduser().is_dir() else ():
            if path.name in SYSTEM_FONTS:
                found.setdefault(path.name, path)
    return tuple(_system_font(found[name]) for name in SYSTEM_FONTS if name in found)


def _system_font(path: Path) -> SystemFont:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=0, lazy=True) as font:
        scale, metrics = 1000 / font["head"].unitsPerEm, font["hmtx"].metrics
        return SystemFont(path, {chr(c): round(metrics[g][0] * scale) for c, g in (font.getBestCmap() or {}).items()})


def font_for(character: str) -> str:
    """The name of a font that has `character`, from its script."""
    script = unicodedata.name(character, "SYMBOL").split(" ")[0].split("-")[0]
    if script in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC", "BOPOMOFO"):
        return "Noto Sans CJK"
    if unicodedata.category(character)[0] == "L":
        return f"Noto Sans {script.capitalize()}"
    return "Noto Sans Symbols 2"


_MIRROR = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def visual(text: str) -> str:
    """`text` in the order in which its letters stand on paper: Arabic letters joined, brackets turned."""
    from fpdf.bidi import BidiParagraph

    return "".join(
        c.character.translate(_MIRROR) if c.get_direction_from_level() == "R" else c.character
        for c in BidiParagraph(text=joined(text)).get_reordered_characters()
    )


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Each joining letter's presentation forms: isolated, final, initial, medial; lam-alef by both letters."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFE80, 0xFEFD)):
        shape, *letters = unicodedata.decomposition(chr(code)).split(" ")
        if shape and 1 <= len(letters) <= 2:
            base = "".join(chr(int(letter, 16)) for letter in letters)
            forms.setdefault(base, {})[shape.strip("<>")] = chr(code)
    return forms


def joined(text: str) -> str:
    """Arabic letters in the forms their neighbours ask for; everything else unchanged."""
    forms = _forms()
    letters = list(_ligatures(text))
    shaped = []
    for at, letter in enumerate(letters):
        own = forms.get(letter)
        if own is None:
            shaped.append(letter)
            continue
        before = "initial" in forms.get(_neighbour(letters, at, -1), {}) and "final" in own
        after = "final" in forms.get(_neighbour(letters, at, 1), {}) and "initial" in own
        shape = ("medial" if after else "final") if before else ("initial" if after else "isolated")
        shaped.append(own.get(shape, letter))
    return "".join(shaped)


def _ligatures(text: str) -> Iterator[str]:
    """The letters, with lam and a following alef as one: they are never written apart."""
    at = 0
    while at < len(text):
        size = 2 if text[at] == "\u0644" and text[at : at + 2] in _forms() and at + 1 < len(text) else 1
        yield text[at : at + size]
        at += size


def _neighbour(letters: list[str], at: int, step: int) -> str:
    """The next letter on one side, past vowel points; empty at the end."""
    at += step
    while 0 <= at < len(letters):
        if unicodedata.category(letters[at][0]) != "Mn":
            return letters[at]
        at += step
    return ""
