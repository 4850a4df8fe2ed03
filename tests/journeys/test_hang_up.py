"""A terminal that is closed under the program ends it, whoever in between ignores the hang-up."""

from __future__ import annotations

import os
import sys
import time

import pytest

from tests.journeys.terminal import PATIENCE, Terminal

DEAF = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.executable, sys.argv[1:])"


@pytest.mark.parametrize("deaf", [False, True])
def test_a_closed_terminal_ends_the_program(deaf: bool) -> None:
    program = [sys.executable, "-m", "tui.cli"]
    if deaf:
        program = [sys.executable, "-c", DEAF, *program]
    with Terminal(["demo", "--lang", "en"], program=program) as terminal:
        terminal.wait_for("Choose a counter", "GoToAssist")
        os.close(terminal._handle)
        terminal._handle = os.open(os.devnull, os.O_RDWR)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            pid, _ = os.waitpid(terminal.pid, os.WNOHANG)
            if pid:
                terminal.pid = 0
                return
            time.sleep(0.05)
        raise AssertionError("still running without a terminal")
