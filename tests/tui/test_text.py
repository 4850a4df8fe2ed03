"""Whatever goes in, what comes out is safe to show and as wide as it says."""

from __future__ import annotations

import unicodedata

import hypothesis.strategies as st
import pytest
from hypothesis import example, given
from rich.cells import cell_len

from tui.text import content, fit, safe, safe_lines, wrap

HOSTILE = (
    "\x1b]52;c;cHduZWQ=\x07", "\x1b[2J", "\x9b31m", "\u202egnp.exe", "a\u200bb", "\x00", "\x7f", "\ud800", "\ue000",
    "z" + "\u0301" * 50, "[/]", "[@click=app.quit]x[/]", "[b", "\u2028", "\U000e0041",
)  # fmt: skip


@given(st.text())
@example("".join(HOSTILE))
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    shown = safe(text)
    for character in shown:
        category = unicodedata.category(character)
        assert character == " " or category[0] not in "CZ", (character, category)
    marks = "".join("m" if unicodedata.category(c)[0] == "M" else "-" for c in shown)
    assert "mmm" not in marks


@pytest.mark.parametrize("text", ["Ñandú 3,5 €", "株式会社さくら", "شركة النور", "Όλυμπος", "plain", "“quotes” – …"])
def test_ordinary_words_of_any_script_are_left_alone(text: str) -> None:
    assert safe(text) == text


def test_hostile_characters_are_seen_not_dropped() -> None:
    assert safe("a\x1b[2Jb") == "a\ufffd[2Jb"
    assert safe("one\ttwo\nthree") == "one two three"
    assert safe_lines("one\r\ntwo\rthree\n") == ["one", "two", "three", ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_data_is_shown_not_obeyed(text: str) -> None:
    shown = content(text)
    assert shown.plain == "\n".join(safe_lines(text))
    assert not shown.spans


@given(st.text(), st.integers(1, 40), st.sampled_from(["left", "right"]))
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, align)) == width  # type: ignore[arg-type]


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert fit("GoToAssist Remote", 8) == "GoToAss…"
    assert fit("株式会社", 5) == "株式…"
    assert fit("12", 5, "right") == "   12"


@given(st.text(), st.integers(2, 40))
def test_no_line_is_wider_than_the_paper_and_no_word_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(" ".join(safe_lines(text)).split())
