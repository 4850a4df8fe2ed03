"""The gate for catalogues sees every message, wherever it is said, and collecting loses nothing."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from tests import catalogues


@pytest.mark.parametrize(
    "line",
    ["say('Found')", "f\"<b>{self.say(N_('Found'))}</b>\"", "say(WORDS.get(code, N_('Found')))", "N_('Fo' 'und')"],
)
def test_a_message_is_found_wherever_it_is_said(line: str) -> None:
    said = [said for *_, said, _ in catalogues.extract(io.BytesIO(line.encode()), catalogues.KEYWORDS, (), {})]
    assert ("Found",) in said


def test_collecting_changes_nothing_where_nothing_is_new(tmp_path: Path) -> None:
    kept = catalogues.ROOT / "billing/locale/es/LC_MESSAGES/ventanilla.po"
    copy = tmp_path / "es" / "LC_MESSAGES" / "ventanilla.po"
    copy.parent.mkdir(parents=True)
    shutil.copy(kept, copy)
    catalogues.collect(copy)
    assert copy.read_text() == kept.read_text()
