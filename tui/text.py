"""The one place that makes data safe to show.

Whatever was stored or typed is hostile until it has passed here: control characters (C0, C1, ESC), bidi overrides,
zero-width and unassigned characters become U+FFFD, runs of combining marks are cut, odd spaces become spaces. The
result holds nothing a terminal would obey, and is never parsed as markup: widgets take it as `Content`, or draw it
into cells by `fit`.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from rich.cells import cell_len, set_cell_size
from textual.content import Content

REPLACEMENT = "\ufffd"

_MOST_MARKS = 2


def safe(value: str) -> str:
    """One line of text that is safe to show. Line breaks and tabs become spaces."""
    if value.isascii() and value.isprintable():
        return value
    return "".join(_safe_characters(unicodedata.normalize("NFC", value)))


def safe_lines(value: str) -> list[str]:
    """Several lines of text, each safe to show."""
    return [safe(line) for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _safe_characters(value: str) -> list[str]:
    shown: list[str] = []
    marks = 0
    for character in value:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > _MOST_MARKS:
            continue
        if category == "Zs" or character in "\t\n\r":
            shown.append(" ")
        elif category[0] == "C" or category in ("Zl", "Zp"):
            shown.append(REPLACEMENT)
        else:
            shown.append(character)
    return shown


def content(value: str) -> Content:
    """Text for a widget, shown literally: no markup, no actions, no control characters."""
    return Content("\n".join(safe_lines(value)))


def fit(value: str, width: int, align: Literal["left", "right"] = "left", ellipsis: str = "…") -> str:
    """Safe text in exactly `width` terminal cells: padded, or cut with an ellipsis."""
    text = safe(value)
    size = cell_len(text)
    if size > width:
        return set_cell_size(set_cell_size(text, max(width - cell_len(ellipsis), 0)) + ellipsis, width)
    return " " * (width - size) + text if align == "right" else text + " " * (width - size)


def wrap(value: str, width: int) -> list[str]:
    """Safe text broken into lines of at most `width` cells, at spaces where there are any."""
    lines = []
    for paragraph in safe_lines(value):
        line = ""
        for word in paragraph.split(" "):
            while cell_len(word) > width:
                head = set_cell_size(word, width).rstrip(" ") if not line else ""
                lines.append(line or head)
                word, line = word[len(head) :], ""
            if line and cell_len(line) + 1 + cell_len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return lines
