"""Stored text that tries to be obeyed, on every screen, judged by the raw bytes that reach the terminal.

The demonstration's hostile customer carries markup, links, clipboard and title sequences, C1 controls and bidi
overrides in every field. Whatever the program writes must be made of the few sequences a full-screen program means.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal
from tui.demo.cast import HOSTILE
from tui.demo.stage import DEMO_PASSWORD

MEANT = re.compile(
    rb"\x1b\[[0-9;]*m"  # colours and weights
    rb"|\x1b\[[0-9]+;[0-9]+H|\x1b\[H"  # the cursor's place
    rb"|\x1b\[\?(?:25|7|1004|1049|2004|2026|2048)[hl]"  # cursor, wrapping, focus, alternate screen, paste, sync, resize
    rb"|\x1b\[\?(?:2026|2048)\$p"  # may the screen be drawn in one go?
    rb"|\x1b\[>[0-9]+u|\x1b\[<u"  # the keyboard protocol
    rb"|\x1b\]22;default\x07"  # Textual sets the pointer's shape back
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What may be left of the output once the meant sequences are taken out: no control, no invisible character."""

WALK = (
    ("enter", "Issued by"),
    ("end", "[@click=app.bell]note"),
    ("f7", "Folder"),
    ("escape", "[@click=app.bell]note"),
    ("f8", "Printer"),
    ("escape", "[@click=app.bell]note"),
    ("escape", "History"),
    ("f3", "documents"),
    ("[/]\x1b[200~\x1b]52;c;AA\x07[@click=app.quit]\x1b[201~", "Nothing fits"),
    ("f4", "Nothing fits"),
    ("f6", "Invoice number"),
    ("[/nope]", "[/nope]"),
    ("enter", "was not found"),
    ("escape", "Nothing fits"),
    ("escape", "History"),
    ("f10", "Sign out"),
    ("f1", "confirmed"),
)
"""Keys pressed one after another on the hostile account, and what must show after each."""


@pytest.mark.parametrize("look", [(), ("--colours", "none", "--lines", "ascii"), ("--colours", "16")])
def test_not_one_sequence_reaches_the_terminal_that_the_program_did_not_mean(
    tmp_path: Path, look: tuple[str, ...]
) -> None:
    env = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    with Terminal(["demo", "--as-of", "2026-11-23", "--lang", "en", *look], env=env) as terminal:
        terminal.wait_for("GoToAssist")
        terminal.press("enter")
        terminal.wait_for("User ID")
        terminal.press("mallory@evil.example", "enter", DEMO_PASSWORD, "enter")
        terminal.wait_for("[/] [@click=app.quit]pay[/]")
        for keys, shown in WALK:
            terminal.press(keys)
            terminal.wait_for(shown)
        terminal.read_for(0.3)
        raw = bytes(terminal.raw)
    rest = MEANT.sub(b"", raw).decode()
    left = Counter(repr(rest[max(found.start() - 10, 0) : found.end() + 20]) for found in CONTROL.finditer(rest))
    assert not left, left.most_common(5)
    assert "\ufffd]52;c;cHduZWQ=" in rest, "the hostile name was never shown"
    assert not list(tmp_path.glob("**/crash.log"))


def test_the_hostile_name_is_as_hostile_as_it_looks() -> None:
    assert CONTROL.search(HOSTILE)
    assert {"\x1b", "\x9b", "\u202e", "\u200b", "[/]"} <= {*HOSTILE, HOSTILE[:3]}


def test_no_colour_means_not_one_colour(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "NO_COLOR": "1"}
    with Terminal(["demo", "--as-of", "2026-11-23", "--lang", "en"], env=env) as terminal:
        terminal.wait_for("GoToAssist")
        terminal.press("enter")
        terminal.wait_for("User ID")
        terminal.press("f10")
        terminal.wait_for("Stay here")
        codes = {code for sgr in re.findall(rb"\x1b\[([0-9;]*)m", bytes(terminal.raw)) for code in sgr.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"22", b"24", b"27", b"39", b"49"}, codes
