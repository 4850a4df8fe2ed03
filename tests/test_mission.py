"""Every row of the mission names a screen that is there and a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "mission.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| M\d", line)]


def test_every_sentence_of_the_mission_has_a_row() -> None:
    assert [row[0] for row in rows()] == [f"M{number}" for number in range(1, 17)]


def test_every_test_that_is_named_is_there() -> None:
    for row in rows():
        path, _, name = row[4].strip("`").partition("::")
        assert re.search(rf"def {name}\b", (ROOT / path).read_text(encoding="utf-8")), row[4]


def test_every_screen_that_is_named_is_there() -> None:
    for row in rows():
        folder = ""
        for path in re.findall(r"`([\w/]+\.py)`", row[2]):
            folder = path.rpartition("/")[0] or folder
            assert (ROOT / folder / path.rpartition("/")[2]).is_file(), path
