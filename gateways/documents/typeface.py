"""The fonts we ship, read once per process, and the small fonts cut from them, one per document.

fpdf2 parses a font with fontTools for every document and cuts the parsed font in place, so a parsed font cannot be
shared, and both cost several times what drawing costs. Here the font as read is immutable, and a document's own font
is made by copying the outlines of the characters it uses. Composite letters were drawn out when the fonts were made
(see `fonts/README.md`), so each character is one run of bytes that needs no other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Letter:
    """A character's outline and its horizontal metrics, as the font stores them."""

    outline: bytes
    metrics: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """A font as it was read: never changed, shared by every document and thread. Measures in 1/1000 of the size."""

    name: str
    bold: bool
    letters: dict[str, Letter]
    widths: dict[str, int]
    characters: frozenset[str]
    missing: Letter
    missing_width: int
    tables: dict[str, bytes]
    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]

    def cut(self, characters: Iterable[str]) -> bytes:
        """A TrueType font file of just these characters: glyph 1 is the first, glyph 0 the replacement box."""
        letters = [self.missing, *(self.letters[c] for c in characters)]
        places = [0]
        for letter in letters:
            places.append(places[-1] + len(letter.outline))
        head, hhea, maxp = (bytearray(self.tables[tag]) for tag in ("head", "hhea", "maxp"))
        struct.pack_into(">L", head, 8, 0)  # checkSumAdjustment: over the whole file, set last
        struct.pack_into(">h", head, 50, 1)  # indexToLocFormat: places as 32 bits
        struct.pack_into(">H", hhea, 34, len(letters))  # numberOfHMetrics
        struct.pack_into(">H", maxp, 4, len(letters))  # numGlyphs
        return _font_file(
            {
                b"glyf": b"".join(letter.outline for letter in letters),
                b"head": bytes(head),
                b"hhea": bytes(hhea),
                b"hmtx": b"".join(letter.metrics for letter in letters),
                b"loca": struct.pack(f">{len(places)}L", *places),
                b"maxp": bytes(maxp),
            }
        )


@cache
def shipped(name: str) -> Typeface:
    """The font `fonts/NAME.ttf`."""
    from fontTools.ttLib import TTFont

    with TTFont(FOLDER / f"{name}.ttf", lazy=True) as font:
        scale = 1000 / font["head"].unitsPerEm
        glyphs, places, metrics = font.reader["glyf"], font["loca"].locations, font["hmtx"].metrics

        def letter(glyph: str) -> Letter:
            number = font.getGlyphID(glyph)
            advance, side = metrics[glyph]
            return Letter(glyphs[places[number] : places[number + 1]], struct.pack(">Hh", advance, side))

        letters = {chr(code): letter(glyph) for code, glyph in font.getBestCmap().items()}
        widths = {chr(code): round(metrics[glyph][0] * scale) for code, glyph in font.getBestCmap().items()}
        widths["\u00a0"] = widths.get(" ", 0)  # measured like the space it is drawn as
        head = font["head"]
        return Typeface(
            name=(font["name"].getDebugName(6) or name).split("-")[0]
            + ("-Bold" if name.endswith("Bold") else "-Regular"),
            bold=name.endswith("Bold"),
            letters=letters,
            widths=widths,
            characters=frozenset(letters),
            missing=letter(".notdef"),
            missing_width=round(metrics[".notdef"][0] * scale),
            tables={tag: font.reader[tag] for tag in ("head", "hhea", "maxp")},
            ascent=round(font["hhea"].ascent * scale),
            descent=round(font["hhea"].descent * scale),
            cap_height=round((getattr(font["OS/2"], "sCapHeight", 0) or font["hhea"].ascent) * scale),
            box=(
                round(head.xMin * scale),
                round(head.yMin * scale),
                round(head.xMax * scale),
                round(head.yMax * scale),
            ),
        )


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    """An sfnt of these tables, with its checksums (OpenType 1.9, "Organization of an OpenType Font")."""
    power = len(tables).bit_length() - 1
    search = 16 << power
    header = struct.pack(">LHHHH", 0x00010000, len(tables), search, power, 16 * len(tables) - search)
    directory, body, offset = b"", b"", len(header) + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sLLL", tag, _checksum(data), offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    file = bytearray(header + directory + body)
    at = offset + body.index(tables[b"head"])
    struct.pack_into(">L", file, at + 8, (0xB1B0AFBA - _checksum(bytes(file))) & 0xFFFFFFFF)
    return bytes(file)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF
