"""What the Linux console can draw: a font there has 256 glyphs, and everything else becomes the same little box.

The characters are those of Lat15-Terminus16 of Debian's console-setup 1.221, the font that its installer chooses for
Spanish and English; Lat15-Fixed16 has the same. `tests/kiosk/test_console_font.py` reads them from the font itself.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len

_RANGES = """
20-7E A0-FF 110 11E-11F 130-131 152-153 15E-161 178 17D-17E 192 2C6 2C9 2DC 391-392 395-397 399-39A 39C-39D 39F 3A1
3A4 3A7 3BC 3C0 401 405-408 410 412 415 41A 41C-41E 420-422 425 430 435 43E 440-441 443 445 451 455-458 4AE 2000-200A
2010-2015 2018-201A 201C-201E 2020-2022 2026 202F-2030 2039-203A 203C 207F 20A7 20AC 20AE 2116 2122 212A-212B
2190-2193 2205 2208 2212 221E 2229 2248 2260-2261 2264-2265 226A-226B 2295-2296 2298-2299 229B-229C 2460-2468
24B6-24EA 2500-257F 2588 2591-2592 25A0 25AE 25B2 25B4 25B6 25B8 25BC 25BE 25C0 25C2 25C8 25CF 2610-2612 2666
2717-2718 2BBD FFFD
"""


def _characters() -> frozenset[str]:
    drawn: set[str] = set()
    for part in _RANGES.split():
        first, _, last = part.partition("-")
        drawn.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(drawn)


DRAWN = _characters()
"""The characters of the font."""

_INSTEAD = {**dict.fromkeys("▁▂▃", "░"), **dict.fromkeys("▄▅▀▌▐", "▒"), **dict.fromkeys("▆▇", "█")}
"""Heights of a bar as shades: low, half, full."""


@lru_cache(4096)
def _drawable(character: str) -> str:
    if character in DRAWN or character < " " or character == "\x7f":
        return character  # controls are the driver's own: data holds none (`tui.text`)
    if character in _INSTEAD:
        return _INSTEAD[character]
    width = cell_len(character)
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if part in DRAWN)
    return plain if cell_len(plain) == width else "?" * width


def drawable(text: str) -> str:
    """The text in as many cells, with what the font lacks replaced: by its plain letter, a shade, or `?`."""
    return text if text.isascii() else "".join(map(_drawable, text))
