"""A PDF being drawn: text at a place, lines and areas, on A4, with our fonts and a fixed date.

Built on fpdf2 by its public hooks: `Ink` is a font it draws with, `_Producer` the class it writes the file with
(`FPDF.output(output_producer_class=…)`). Everything is in points from the page's top left corner.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from fpdf import FPDF
from fpdf.enums import FontDescriptorFlags, ResourceAccessPolicy, TextEmphasis
from fpdf.fonts import PDFFontDescriptor, TTFFont
from fpdf.output import CIDSystemInfo, OutputProducer, PDFFont, PDFFontStream
from fpdf.syntax import Name, PDFArray, PDFContentStream, PDFString

from gateways.documents.letters import Face, Letters
from gateways.documents.typeface import Typeface

WIDTH, HEIGHT = 595.28, 841.89
"""A4 in points."""

Colour = tuple[int, int, int]


class Ink(TTFFont):
    """One document's use of a shipped typeface: characters are numbered as they are first drawn."""

    __slots__ = ("codes", "face")

    def __init__(self, face: Typeface, number: int, fontkey: str) -> None:
        # Not fpdf2's own: that one parses the file. These are the attributes its drawing asks for.
        self.i, self.type, self.fontkey, self.name = number, "TTF", fontkey, face.name
        self.emphasis = TextEmphasis.coerce("")
        self.color_font, self.is_symbol, self.biggest_size_pt = None, False, 0
        self.face = face
        self.codes = _Codes()

    def encode_text(self, text: str) -> str:
        """The operator that shows `text`."""
        return f"<{''.join(map(self.codes.__getitem__, text))}> Tj"

    def close(self) -> None:
        """Nothing is held open."""


class _Codes(dict[str, str]):
    """Character to four hexadecimal digits, numbered from 1 in the order of first use."""

    def __missing__(self, character: str) -> str:
        code = self[character] = f"{len(self) + 1:04X}"
        return code


class Sheet:
    """One document on paper. `letters` measures and chooses fonts; `finish` gives the file."""

    def __init__(self, *, title: str, author: str, language: str, day: date, letters: Letters) -> None:
        pdf = FPDF(unit="pt", format=(WIDTH, HEIGHT))
        pdf.resource_access_policy = ResourceAccessPolicy.NONE
        pdf.allow_images_transparency = False
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.set_line_width(0.5)
        pdf.set_title(title)
        pdf.set_author(author)
        pdf.set_lang(language)
        pdf.set_creator("Ventanilla")
        pdf.set_creation_date(datetime.combine(day, time(12), UTC))
        self._pdf, self._letters = pdf, letters
        self._families: dict[Face, str] = {}
        self._colour: Colour | None = None
        self._pen: tuple[Face, float] | None = None

    def page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def text(self, x: float, y: float, text: str, size: float, colour: Colour, *, bold: bool = False) -> None:
        """Write `text` from `x` on the baseline `y`."""
        pdf = self._pdf
        if colour != self._colour:
            pdf.set_text_color(*colour)
            self._colour = colour
        for face, run in self._letters.runs(text, bold):
            if (face, size) != self._pen:
                pdf.set_font(self._families.get(face) or self._family(face), size=size)
                self._pen = (face, size)
            pdf.text(x, y, run)
            x += sum(map(face.widths.__getitem__, run)) * size / 1000

    def rule(self, x: float, y: float, width: float, colour: Colour, thickness: float = 0.5) -> None:
        """A horizontal line: a filled strip, which every printer draws alike."""
        self.area(x, y - thickness / 2, width, thickness, colour)

    def area(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x, y, width, height, style="F")

    def finish(self) -> bytes:
        """The file. Nothing more can be drawn: what fpdf2 made holds itself, and is let go of here."""
        try:
            return bytes(self._pdf.output(output_producer_class=_Producer))
        finally:
            vars(self._pdf).clear()

    def _family(self, face: Face) -> str:
        family = f"f{len(self._families)}"
        if isinstance(face, Typeface):
            self._pdf.fonts[family] = Ink(face, len(self._pdf.fonts) + 1, family)
        else:
            self._pdf.add_font(family, "", face.path)
        self._families[face] = family
        return family


class _Producer(OutputProducer):
    """fpdf2's writer, which also writes our ready-made fonts."""

    def _add_fonts(self, *resources: Any) -> dict[int, Any]:
        fonts: dict[str, Any] = self.fpdf.fonts
        inks = {key: font for key, font in fonts.items() if isinstance(font, Ink)}
        written = {ink.i: self._add_ink(ink) for ink in inks.values()}
        for key in inks:  # fpdf2 writes the rest, which are of this machine
            del fonts[key]
        return written | super()._add_fonts(*resources)

    def _add_ink(self, ink: Ink) -> PDFFont:
        """A composite font whose character codes are the glyph numbers (ISO 32000-1, 9.7)."""
        face, characters = ink.face, list(ink.codes)
        name = f"{_tag(characters)}+{face.name}"
        font = PDFFont(subtype="Type0", base_font=name, encoding="Identity-H")
        widths = " ".join(str(face.widths[c]) for c in characters)
        glyphs = PDFFont(subtype="CIDFontType2", base_font=name, d_w=face.missing_width, w=f"[1 [{widths}]]")
        glyphs.c_i_d_to_g_i_d_map = Name("Identity")  # type: ignore[assignment]
        glyphs.c_i_d_system_info = CIDSystemInfo()
        glyphs.c_i_d_system_info.ordering = PDFString("Identity")
        glyphs.font_descriptor = PDFFontDescriptor(
            ascent=face.ascent, descent=face.descent, cap_height=face.cap_height,
            flags=FontDescriptorFlags.SYMBOLIC, font_b_box=f"[{' '.join(map(str, face.box))}]", italic_angle=0,
            stem_v=140 if face.bold else 90, missing_width=face.missing_width,
        )  # fmt: skip
        glyphs.font_descriptor.font_name = Name(name)
        glyphs.font_descriptor.font_file2 = PDFFontStream(face.cut(characters))  # type: ignore[attr-defined]
        font.to_unicode = PDFContentStream(_to_unicode(ink.codes.items()).encode(), compress=True)
        font.descendant_fonts = PDFArray([glyphs])
        descriptor: Any = glyphs.font_descriptor
        for part in (font, glyphs, font.to_unicode, glyphs.c_i_d_system_info, descriptor, descriptor.font_file2):
            self._add_pdf_obj(part, "fonts")
        return font


def _tag(characters: Iterable[str]) -> str:
    """Six letters that name this cut of the font (ISO 32000-1, 9.6.4): the same cut, the same letters."""
    import zlib

    number = zlib.crc32("".join(characters).encode())
    return "".join(chr(65 + number // 26**place % 26) for place in range(6))


def _to_unicode(codes: Iterable[tuple[str, str]]) -> str:
    """The map by which readers search and copy text (Adobe technical note 5411); 100 entries a block at most."""
    entries = [f"<{code}> <{character.encode('utf-16-be').hex().upper()}>" for character, code in codes]
    blocks = [entries[at : at + 100] for at in range(0, len(entries), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
