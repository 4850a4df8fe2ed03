"""Long fault runs: `make soak`. `VENTANILLA_KILLS` says how many writers are killed (default 1,000)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.storage.kills import survive

KILLS = int(os.environ.get("VENTANILLA_KILLS", "1000"))
PER_STORE = 50


@pytest.mark.soak
@pytest.mark.parametrize("round_number", range(max(KILLS // PER_STORE, 1)))
def test_killed_writers_lose_nothing_acknowledged(tmp_path: Path, round_number: int) -> None:
    """Fifty kills of writers of one store, its journal rolled often in some of them."""
    assert survive(tmp_path / "store.json", kills=min(PER_STORE, KILLS), seed=round_number) > 0
