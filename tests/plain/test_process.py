"""The real `ventanilla plain`: through pipes, as an expect script has it, and in a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.cli import main
from tui.demo.stage import DEMO_PASSWORD

COMMAND = (sys.executable, "-m", "tui.cli", "plain", "--demo", "--as-of", "2026-11-23")
PATIENCE = 30.0


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A person's own, without what belongs to this machine."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_DATA_HOME": str(tmp_path / "data")}
    return {**kept, **state, "LANG": "en_GB.UTF-8", "PYTHONUTF8": "1"}


def typed(environment: dict[str, str], *lines: str, lang: str = "en") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, "--lang", lang], input="".join(f"{line}\n" for line in lines).encode(), env=environment,
        capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_script_pays_through_pipes(environment: dict[str, str], lang: str) -> None:
    yes = {"en": "yes", "es": "sí"}[lang]
    done = typed(environment, "1", "1", "marta@acme.example", DEMO_PASSWORD, "3", "1", yes, "q", lang=lang)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    assert "286" in done.stdout.decode()
    assert b"\x1b" not in done.stdout
    assert all(len(line) <= 79 for line in done.stdout.decode().splitlines())


def test_the_end_of_input_is_an_end_like_another(environment: dict[str, str]) -> None:
    for lines, code in (((), 0), (("1", "1", "marta@acme.example"), 1), (("1", "1", "x" * 9000, "\x00\x1b[2J"), 1)):
        done = typed(environment, *lines)
        assert done.returncode == code
        assert b"your visit ends" in done.stdout
        assert b"Traceback" not in done.stderr + done.stdout


def test_bytes_that_are_no_text_are_read_as_such(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "--lang", "en"], input=b"\xff\xfe\x00\n1\r\nq", env=environment, capture_output=True,
        timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Goodbye." in done.stdout


class Terminal:
    """A pseudo-terminal with the program in it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, "--lang", "en"], stdin=slave, stdout=slave, stderr=slave, env=environment, close_fds=True
        )
        os.close(slave)
        self.read = b""

    def expect(self, wanted: str) -> None:
        """Read until it is shown after what was expected before."""
        begun, at = time.monotonic(), len(self.read)
        while wanted.encode() not in self.read[at:]:
            left = begun + PATIENCE - time.monotonic()
            assert left > 0, f"{wanted!r} was not shown:\n{self.read.decode(errors='replace')}"
            if select.select([self._master], [], [], min(left, 1.0))[0]:
                try:
                    self.read += os.read(self._master, 4096)
                except OSError:  # the program has ended
                    break
        assert wanted.encode() in self.read[at:], self.read.decode(errors="replace")

    def type(self, text: str) -> None:
        """Type it."""
        os.write(self._master, text.encode())

    def close(self) -> None:
        """Take the terminal away."""
        os.close(self._master)
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture
def terminal(environment: dict[str, str]) -> Iterator[Terminal]:
    """The program in a terminal."""
    opened = Terminal(environment)
    yield opened
    opened.close()


def test_an_expect_script_in_a_terminal_sees_no_password_and_no_order(terminal: Terminal) -> None:
    for expected, answer in (
        ("Choice: ", "1"), ("Choice: ", "1"), ("User ID: ", "marta@acme.example"), ("Password: ", DEMO_PASSWORD),
        ("Choice: ", "3"), ("Choice: ", "1"), ("Do this?", "yes"), ("Choice: ", "q"),
    ):  # fmt: skip
        terminal.expect(expected)
        terminal.type(f"{answer}\n")
    terminal.expect("Goodbye.")
    assert terminal.process.wait(PATIENCE) == 0
    assert DEMO_PASSWORD.encode() not in terminal.read
    assert b"\x1b" not in terminal.read
    assert all(len(line) <= 79 for line in terminal.read.decode().splitlines())


def test_the_end_of_input_key_ends_it_kindly(terminal: Terminal) -> None:
    terminal.expect("Choice: ")
    terminal.type("\x04")
    terminal.expect("your visit ends")
    assert terminal.process.wait(PATIENCE) == 0


def test_an_interruption_ends_it_at_once(terminal: Terminal) -> None:
    terminal.expect("Choice: ")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(PATIENCE) == 130
    assert b"Traceback" not in terminal.read


def test_a_password_that_is_interrupted_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    import termios

    before = termios.tcgetattr(terminal._master)[3]
    for expected, answer in (("Choice: ", "1"), ("Choice: ", "1"), ("User ID: ", "marta@acme.example")):
        terminal.expect(expected)
        terminal.type(f"{answer}\n")
    terminal.expect("Password: ")
    begun = time.monotonic()
    while termios.tcgetattr(terminal._master)[3] & termios.ECHO:
        assert time.monotonic() - begun < PATIENCE
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(PATIENCE) == 130
    assert termios.tcgetattr(terminal._master)[3] == before


def test_a_store_that_is_missing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plain", "--store", f"tinydb:{tmp_path / 'none.json'}", "--lang", "en"]) == 1
    said = capsys.readouterr()
    assert said.out
    assert "Traceback" not in said.err
