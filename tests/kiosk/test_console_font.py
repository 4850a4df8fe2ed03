"""What the Linux console can draw, and that the counter draws nothing else there."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import MARTA, Visit
from tui.kiosk.console_font import DRAWN, drawable
from tui.look import fitting

FONTS = Path("/usr/share/consolefonts")

BARS = set("▁▂▃▄▅▆▇█ ")
"""What the console draws as shades."""


@pytest.mark.parametrize("name", ["Lat15-Terminus16", "Lat15-Fixed16"])
def test_the_characters_are_those_of_the_font(name: str) -> None:
    file = FONTS / f"{name}.psf.gz"
    if not file.exists():
        pytest.skip("needs Debian's console-setup-linux")
    assert _characters(gzip.decompress(file.read_bytes())) == DRAWN


@pytest.mark.parametrize("lang", ["en", "es"])
async def test_what_people_see_needs_no_other_characters(visit: Visit, lang: str) -> None:
    async with visit(lang=lang, look=fitting({"TERM": "linux"}), exports=None) as visitor:
        seen = visitor.screen_text
        await visitor.press("f2")
        seen += visitor.screen_text
    async with visit(lang=lang, look=fitting({"TERM": "linux"}), exports=None, signed_in=MARTA) as visitor:
        for keys in ((), ("enter",), ("f1",), ("escape", "escape", "f3"), ("escape", "f6"), ("escape", "f4"), ("f10",)):
            await visitor.press(*keys)
            seen += visitor.screen_text
    assert set(seen) - {"\n"} - BARS <= DRAWN


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Peña 1.234,50 € ─│┌ ‹›", "Peña 1.234,50 € ─│┌ ‹›"),
        ("ąčł", "ac?"),
        ("日本", "????"),
        ("▁▅█", "░▒█"),
        ("a\u0301x", "ax"),
        ("\x1b[3;1H\r\n", "\x1b[3;1H\r\n"),
        ("\u009b2J", "2J"),
    ],
)
def test_what_the_font_lacks_is_replaced_in_as_many_cells(text: str, shown: str) -> None:
    assert drawable(text) == shown
    assert cell_len(drawable(text)) == cell_len(text) or "\x1b" in text


def _characters(font: bytes) -> set[str]:
    """The characters of a PSF 1 font, from the table behind its glyphs (psf(5))."""
    magic, mode, height = struct.unpack_from("<HBB", font)
    assert magic == 0x0436
    drawn, sequence = set(), False
    for (code,) in struct.iter_unpack("<H", font[4 + (512 if mode & 1 else 256) * height :]):
        if code == 0xFFFF:
            sequence = False
        elif code == 0xFFFE:
            sequence = True
        elif not sequence:
            drawn.add(chr(code))
    return drawn
