"""The shipped systemd units agree with the program, and with systemd."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tui.kiosk.supervisor import OPERATOR_LEFT

DEPLOY = Path(__file__).parents[2] / "deploy" / "kiosk"
SERVICE, GETTY = DEPLOY / "ventanilla-kiosk.service", DEPLOY / "getty@tty1.service.d" / "ventanilla.conf"
TEMPLATE = Path("/usr/lib/systemd/system/getty@.service")


@pytest.mark.parametrize("unit", [SERVICE, GETTY], ids=["service", "getty"])
def test_it_is_started_again_always_but_after_the_operator_left(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    for line in ("Restart=always", f"RestartPreventExitStatus={OPERATOR_LEFT}", f"SuccessExitStatus={OPERATOR_LEFT}"):
        assert line in lines
    assert "StartLimitIntervalSec=0" in lines
    assert "User=ventanilla-kiosk" in lines


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_them(tmp_path: Path) -> None:
    made = [tmp_path / SERVICE.name]
    made[0].write_text(_runnable(SERVICE))
    if TEMPLATE.exists():
        made.append(tmp_path / "getty@tty1.service")
        made[1].write_text(TEMPLATE.read_text())
        folder = tmp_path / "getty@tty1.service.d"
        folder.mkdir()
        (folder / GETTY.name).write_text(_runnable(GETTY))
    for unit in made:
        command = ["systemd-analyze", "verify", "--man=no", str(unit)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert said.returncode == 0, said.stderr
        assert str(tmp_path) not in said.stderr


def _runnable(unit: Path) -> str:
    """The unit with a program that every machine has."""
    return unit.read_text().replace("/opt/ventanilla/.venv/bin/ventanilla", "/bin/true")
