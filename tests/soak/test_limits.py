"""A disk that fills up in mid-write, at many places: `make soak`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from billing.store import DiskFull
from tests.storage.kills import check, prepared

ROOT = Path(__file__).parents[2]


@pytest.mark.soak
@pytest.mark.parametrize("limit", range(900, 12_900, 240))
def test_whatever_byte_the_disk_is_full_at_nothing_acknowledged_is_lost(tmp_path: Path, limit: int) -> None:
    path = prepared(tmp_path / "store.json")
    command = [sys.executable, "-m", "tests.storage.writer", str(path), "5000", "2500", str(limit)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert said.returncode == 1
    assert said.stderr.strip() == DiskFull.__name__
    acknowledged = [int(line) for line in said.stdout.split()]
    assert check(path, max(acknowledged, default=0)) == max(acknowledged, default=0)
