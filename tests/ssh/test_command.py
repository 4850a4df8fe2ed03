"""Commands over SSH, with the real client: whose they are, what they answer, and what they cannot reach."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ssh.conftest import IBERIA_DOOR, Counter
from tui.demo.stage import DEMO_PASSWORD

DESK_DOOR = "desk+desk.teresa"


class Caller:
    """People whose clients hold one connection each and are handed the password by a program, as scripts do."""

    def __init__(self, counter: Counter, folder: Path) -> None:
        self._counter = counter
        self._shared = ("-o", f"ControlPath={folder}/%C")
        self._lines: dict[str, subprocess.Popen[bytes]] = {}
        self._answer = folder / "answer"
        self._answer.write_text(f"#!/bin/sh\necho '{DEMO_PASSWORD}'\n")
        self._answer.chmod(stat.S_IRWXU)

    def __call__(
        self, *words: str, user: str = IBERIA_DOOR, typed: bytes = b"", lang: str = "en_US.UTF-8"
    ) -> subprocess.CompletedProcess[bytes]:
        """Give a command."""
        self._connect(user)
        return self._run(*words, user=user, typed=typed, LANG=lang)

    def _connect(self, user: str) -> None:
        if user not in self._lines:
            about = {**os.environ, "SSH_ASKPASS": str(self._answer), "SSH_ASKPASS_REQUIRE": "force"}
            command = self._counter.ssh(*self._shared, "-M", "-N", "127.0.0.1", user=user)
            self._lines[user] = subprocess.Popen(command, env=about, stdin=subprocess.DEVNULL)
            while self._run(user=user, control="check").returncode:
                assert self._lines[user].poll() is None, "the log-in failed"

    def _run(
        self, *words: str, user: str, control: str = "", typed: bytes = b"", **about: str
    ) -> subprocess.CompletedProcess[bytes]:
        asked = ("-O", control, "127.0.0.1") if control else ("127.0.0.1", *words)
        command = self._counter.ssh(*self._shared, *asked, user=user)
        return subprocess.run(
            command, input=typed, env={**os.environ, **about}, capture_output=True, timeout=60, check=False
        )

    def client(self, program: str, *words: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Another program of OpenSSH, over the same connection."""
        self._connect(IBERIA_DOOR)
        command = self._counter.ssh(*self._shared, *words, user=IBERIA_DOOR, program=program)
        about = {**os.environ, "LANG": "en_US.UTF-8"}
        return subprocess.run(command, input=typed, env=about, capture_output=True, timeout=120, check=False)

    def close(self) -> None:
        """Hang up."""
        for line in self._lines.values():
            line.terminate()
            line.wait()


@pytest.fixture(scope="module")
def ask(counter: Counter) -> Iterator[Caller]:
    with TemporaryDirectory(dir="/tmp") as folder:  # a socket's path must be short
        caller = Caller(counter, Path(folder))
        yield caller
        caller.close()


def test_a_command_answers_for_the_account_of_whoever_logged_in(ask: Caller) -> None:
    done = ask("invoices", "list", "--json", "--limit", "2")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["invoices"]
    assert [row["number"] for row in rows][:1] == ["F-2026-000270"]
    assert done.stderr == b""


def test_exit_codes_are_kept_and_sentences_are_in_the_language_of_the_client(ask: Caller) -> None:
    missing = ask("invoices", "show", "F-1999-000001", lang="es_ES.UTF-8")
    assert missing.returncode == 3
    assert "no se ha encontrado" in missing.stderr.decode().lower()
    assert ask("invoices", "nonsense").returncode == 2
    assert ask("subscriptions", "--help").stdout.startswith(b"usage: ventanilla subscriptions")


def test_a_document_is_the_output_byte_for_byte(ask: Caller) -> None:
    pdf = ask("invoices", "save", "F-2026-000270")
    assert pdf.returncode == 0
    assert pdf.stdout.startswith(b"%PDF-")
    assert pdf.stdout.rstrip().endswith(b"%%EOF")
    assert ask("audit", "export", "--as-file", "json").stdout.startswith(b"{")
    text = ask("invoices", "save", "F-2026-000270", "--format", "txt")
    assert "F-2026-000270" in text.stdout.decode()


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--demo"), ("export", "-"), ("renew",), ("outbox", "list"), ("init", "--store", "tinydb:/tmp/made"),
        ("demo",), ("forgot", "marta@acme.example", "--counter", "center"), ("verify",), ("sample",),
    ],
)  # fmt: skip
def test_what_is_the_vendors_or_the_machines_is_not_done(ask: Caller, words: tuple[str, ...]) -> None:
    done = ask(*words)
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"cannot be done from here" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("overview", "--as", "marta@acme.example"), ("overview", "--store", "memory:"),
        ("overview", "--counter", "center"),
        ("desk", "queue"), ("overview; id",), ("$(id)",), ("overview", "'"),
    ],
)  # fmt: skip
def test_nobody_is_somebody_else_by_an_option(ask: Caller, words: tuple[str, ...]) -> None:
    done = ask(*words)
    assert done.returncode == 2, done.stdout
    assert done.stdout == b""
    assert b"uid=" not in done.stderr


def test_the_desk_opens_only_on_a_screen(ask: Caller) -> None:
    done = ask("desk", user=DESK_DOOR)
    assert done.returncode == 1
    assert b"needs a terminal" in done.stderr


def test_a_change_is_asked_for_with_yes(ask: Caller) -> None:
    before = json.loads(ask("billing-info", "show", "--json").stdout)
    done = ask("billing-info", "set", "--name", "Otra")
    assert done.returncode == 2, done.stderr
    assert b"--yes" in done.stderr
    assert json.loads(ask("billing-info", "show", "--json").stdout) == before


@pytest.mark.parametrize("words", [("invoices", "save", "F-2026-000270"), ("audit", "export")])
def test_files_of_the_server_are_neither_read_nor_written(ask: Caller, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = ask(*words, "--folder", str(tmp_path))
    assert done.returncode == 1
    assert b"redirect it" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_command_without_knowing_who_asks_is_not_done(counter: Counter) -> None:
    done = counter.run("127.0.0.1", "invoices", "list")
    assert done.returncode == 1
    assert "needs to know who you are" in done.stderr
