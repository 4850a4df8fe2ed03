"""The server's log never holds anybody up, whoever reads it."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from tui.serving.log import MOST_WAITING, logged


def test_lines_are_written_from_the_level_on_and_asyncssh_stays_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    with logged("info"):
        logging.getLogger("tui.ssh.door").info("192.0.2.1 was refused: rate")
        logging.getLogger("tui.ssh.door").debug("detail")
        logging.getLogger("asyncssh").info("chatter")
    said = capfd.readouterr().err
    assert "INFO tui.ssh.door: 192.0.2.1 was refused: rate" in said
    assert "detail" not in said
    assert "chatter" not in said


CHATTY = f"""
import logging
from tui.serving.log import logged
with logged("info"):
    for number in range({2 * MOST_WAITING}):
        logging.getLogger("tui").info("x" * 80)
    print("done", flush=True)
"""


def test_a_reader_that_stalls_stalls_nobody() -> None:
    with subprocess.Popen([sys.executable, "-c", CHATTY], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as chatty:
        assert chatty.stdout
        assert chatty.stdout.readline() == b"done\n", "and nobody reads what it logs"
        assert chatty.wait(30) == 0
