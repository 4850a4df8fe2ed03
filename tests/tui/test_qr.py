"""The QR code on a screen: every module where the standard has it, in cells."""

from __future__ import annotations

import pytest
import segno

from tui.widgets.qr import MARGIN, half_blocks


@pytest.mark.parametrize("text", ["https://pay.example/c/1", "x" * 53, "x" * 60])
def test_the_half_blocks_are_the_code_module_by_module(text: str) -> None:
    rows = []
    for line in half_blocks(text):
        rows += [[c in "▀█" for c in line], [c in "▄█" for c in line]]
    code = segno.make_qr(text, error="l", boost_error=False)
    expected = [[bool(module) for module in row] for row in code.matrix_iter(border=MARGIN)]
    assert rows[: len(expected)] == expected
    assert not any(any(row) for row in rows[len(expected) :])


def test_a_link_of_sixty_characters_fits_a_small_terminal() -> None:
    lines = half_blocks("x" * 60)
    assert (len(lines[0]), len(lines)) == (37, 19)
