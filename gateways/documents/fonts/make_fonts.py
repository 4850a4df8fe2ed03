"""Makes the fonts in this folder from Debian's packages. Needed only to change them; see README.md.

    apt-get install fonts-inter-variable fonts-noto-core
    python gateways/documents/fonts/make_fonts.py

Each font is cut to the characters a document needs, loses its hints (paper and zoomable readers do not use them), and
has its composite letters drawn out, so that a document can embed single letters by copying their outlines.
"""

from __future__ import annotations

from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent
SYSTEM = Path("/usr/share/fonts/truetype")

EUROPEAN = [
    *range(0x20, 0x7F), *range(0xA1, 0x180), 0x18F, 0x192, 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1CD, 0x1DD),
    0x1E6, 0x1E7, *range(0x1FA, 0x21C), 0x237, 0x259, 0x2BB, 0x2BC, 0x2C6, 0x2C7, *range(0x2D8, 0x2DE),
    *range(0x300, 0x30D), 0x31B, 0x323, *range(0x326, 0x329),
    *range(0x370, 0x400), *range(0x400, 0x500), *range(0x1E80, 0x1E86), 0x1E9E, *range(0x1EA0, 0x1EFA),
    0x2010, *range(0x2012, 0x2016), *range(0x2018, 0x2023), 0x2026, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044,
    0x2070, *range(0x2074, 0x207A), *range(0x2080, 0x208A), *range(0x20A0, 0x20C0), 0x2113, 0x2116, 0x2117, 0x2122,
    0x2126, *range(0x2190, 0x2194), 0x2202, 0x2206, 0x220F, 0x2211, 0x2212, 0x2215, 0x221A, 0x221E, 0x222B, 0x2248,
    0x2260, 0x2264, 0x2265, 0x25A0, 0x25A1, 0x25B2, 0x25BC, 0x25CA, 0x25CB, 0x25CF, 0x2713, 0xFFFD,
]  # fmt: skip
HEBREW = [*range(0x591, 0x5F5), *range(0xFB1D, 0xFB50)]
ARABIC = [*range(0x600, 0x700), *range(0xFB50, 0xFBB2), *range(0xFE70, 0xFF00)]
"""Letters and their presentation forms: a document joins letters by choosing among the forms."""


def main() -> None:
    """Write the fonts."""
    inter = SYSTEM / "inter-vf" / "Inter-roman.var.ttf"
    make("Regular.ttf", instantiateVariableFont(TTFont(inter), {"wght": 400}), EUROPEAN)
    make("Bold.ttf", instantiateVariableFont(TTFont(inter), {"wght": 620}), EUROPEAN)
    for style in ("Regular", "Bold"):
        make(f"Hebrew-{style}.ttf", TTFont(SYSTEM / "noto" / f"NotoSansHebrew-{style}.ttf"), HEBREW)
        make(f"Arabic-{style}.ttf", TTFont(SYSTEM / "noto" / f"NotoNaskhArabic-{style}.ttf"), ARABIC)


def make(name: str, font: TTFont, wanted: list[int]) -> None:
    """Cut, decompose and write one font."""
    tabular_figures(font)
    cmap = font.getBestCmap()
    if 0xFFFD in wanted and 0xFFFD not in cmap:
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[0xFFFD] = cmap[0x25A1]
    options = subset.Options(
        hinting=False, layout_features=[], glyph_names=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14]
    )
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "STAT", "meta", "DSIG", "gasp", "MVAR", "HVAR", "avar"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    decompose(font)
    font.save(HERE / name)
    print(f"{name}: {len(font.getBestCmap())} characters, {(HERE / name).stat().st_size} bytes")  # noqa: T201


def tabular_figures(font: TTFont) -> None:
    """Where the font has them, put figures of one width in the place of the ordinary ones: columns must align."""
    if "GSUB" not in font:
        return
    gsub = font["GSUB"].table
    swap: dict[str, str] = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[index].SubTable:
                    swap |= getattr(table, "ExtSubTable", table).mapping
    for table in font["cmap"].tables:
        for code in map(ord, "0123456789"):
            if code in table.cmap:
                table.cmap[code] = swap.get(table.cmap[code], table.cmap[code])
    if swap:  # between two weights, widths round apart by a unit
        figures = [font.getBestCmap()[code] for code in map(ord, "0123456789")]
        for figure in figures:
            font["hmtx"][figure] = (font["hmtx"][figures[0]][0], font["hmtx"][figure][1])


def decompose(font: TTFont) -> None:
    """Draw composite letters out, so that each stands by itself."""
    glyphs, drawn = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        if font["glyf"][name].isComposite():
            recording, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
            glyphs[name].draw(recording)
            recording.replay(pen)
            drawn[name] = pen.glyph()
    for name, glyph in drawn.items():
        font["glyf"][name] = glyph


if __name__ == "__main__":
    main()
