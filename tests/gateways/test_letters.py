"""Letters of other scripts: drawn where there is a font, visibly missed where there is none."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from msgspec.structs import replace

from billing.record import changed
from gateways.documents.invoice_pdf import invoice_pdf
from gateways.documents.letters import Letters, font_for, joined, visual
from gateways.documents.typeface import FOLDER, shipped
from tests.gateways import samples
from tests.gateways.reading import read
from tests.gateways.samples import VENDOR


def named(name: str) -> str:
    """What the PDF says of a customer of this name, without fonts of the machine."""
    invoice = changed(samples.monthly().invoice, customer=replace(samples.STUDIO, name=name))
    return read(invoice_pdf(samples.filed(invoice), VENDOR, folders=()))


@pytest.mark.parametrize(
    "name", ["Łódź Šiška Őrség Ğün", "Nguyễn Thị Ánh", "Ωμέγα Α.Ε.", "Щёлково Україна", "€ £ ¥ ₹ • … – — →"]
)
def test_european_and_vietnamese_names_are_drawn_as_written(name: str) -> None:
    assert name in named(name)


def test_a_decomposed_accent_is_drawn_as_its_letter() -> None:
    assert "Café Ñu" in named("Cafe\u0301 N\u0303u")


def test_a_hebrew_name_stands_from_right_to_left() -> None:
    assert "מפות" in named("מפות")  # the reader turns what stands right to left back into spoken order
    assert visual("מפות 2026 Ltd") == "Ltd 2026 " + "מפות"[::-1]


def test_brackets_turn_with_the_text_around_them() -> None:
    assert visual("מפות (א)") == "(א) " + "מפות"[::-1]
    assert visual("Maps (מפות)") == "Maps (" + "מפות"[::-1] + ")"


def test_arabic_letters_are_joined_and_stand_from_right_to_left() -> None:
    assert joined("بيت") == "\ufe91\ufef4\ufe96"
    assert joined("سلام") == "\ufeb3\ufefc\ufee1"
    assert visual("بيت") == "\ufe96\ufef4\ufe91"
    assert "بيت" in unicodedata.normalize("NFKC", named("بيت"))


def test_a_script_without_a_font_shows_boxes_and_names_the_font_to_install() -> None:
    text = read(invoice_pdf(samples.yen(), VENDOR, folders=()))
    assert "\ufffd\ufffd\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd" in text
    assert "Noto Sans CJK" in text
    assert "25.410 JPY" in text


def test_a_font_of_the_machine_draws_what_ours_cannot(tmp_path: Path) -> None:
    system_font(tmp_path / "truetype" / "NotoSansCJKjp-Regular.otf", "株式会社地図工房東京都千代田区丸の内")
    data = invoice_pdf(samples.yen(), VENDOR, folders=(tmp_path,))
    text = read(data)
    assert "株式会社 地図工房" in text
    assert "東京都千代田区丸の内 1-9-1" in text
    assert "Noto Sans CJK" not in text
    assert data == invoice_pdf(samples.yen(), VENDOR, folders=(tmp_path,))


@pytest.mark.parametrize(
    ("character", "font"),
    [("図", "Noto Sans CJK"), ("한", "Noto Sans CJK"), ("ไ", "Noto Sans Thai"), ("😀", "Noto Sans Symbols 2")],
)
def test_the_font_to_install_is_named_after_the_script(character: str, font: str) -> None:
    assert font_for(character) == font


def test_figures_have_one_width_so_that_columns_align() -> None:
    for name in ("Regular", "Bold"):
        assert len({shipped(name).widths[figure] for figure in "0123456789"}) == 1


def test_a_cut_font_is_a_font(tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    (tmp_path / "cut.ttf").write_bytes(shipped("Regular").cut("Ñandú"))
    with TTFont(tmp_path / "cut.ttf", checkChecksums=2) as font:
        assert font["maxp"].numGlyphs == 6
        assert font["glyf"][font.getGlyphName(1)].numberOfContours == 2


def test_shipped_letters_stand_alone_so_that_they_can_be_copied() -> None:
    for path in FOLDER.glob("*.ttf"):
        letters = shipped(path.stem).letters.values()
        assert not [letter for letter in letters if letter.outline[:2] == b"\xff\xff"], path.name


def test_widths_follow_the_font_whatever_it_is() -> None:
    letters = Letters(())
    assert letters.width("0\u00a00", 10) == letters.width("0 0", 10)
    assert letters.width("מ", 10) > 0
    assert letters.wanted == set()
    assert letters.width("図", 10) > 0
    assert letters.wanted == {"Noto Sans CJK"}


def system_font(path: Path, characters: str) -> None:
    """A font file with a square for each of these characters."""
    pen = TTGlyphPen(None)
    for number, point in enumerate([(100, 0), (900, 0), (900, 800), (100, 800)]):
        (pen.lineTo if number else pen.moveTo)(point)
    pen.closePath()
    square = pen.glyph()
    names = {ord(c): f"g{n}" for n, c in enumerate(dict.fromkeys(characters))}
    order = [".notdef", "space", *names.values()]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({32: "space", **names})
    builder.setupGlyf(dict.fromkeys(order, square))
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Square", "styleName": "Regular", "fullName": "Square", "psName": "Square"})
    builder.setupOS2()
    builder.setupPost()
    path.parent.mkdir(parents=True)
    builder.save(path)
