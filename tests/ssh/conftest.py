"""A real server, and people who come to it with the real OpenSSH client."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.clients import client
from tests.journeys.terminal import Terminal
from tui.demo.stage import demo_data

IBERIA_DOOR = "enterprise+iberia-facturacion"


@dataclass
class Counter:
    """A running `ventanilla serve`, and how to come to it."""

    process: subprocess.Popen[str]
    port: int
    fingerprint: str
    known_hosts: Path
    options: list[str] = field(default_factory=list)

    def ssh(self, *arguments: str, user: str = "somebody", program: str = "ssh", key: object = "none") -> list[str]:
        """The client's command line, with nothing of the machine's own settings or keys."""
        settings = {
            "Port": str(self.port),
            "User": user,
            "UserKnownHostsFile": str(self.known_hosts),
            "StrictHostKeyChecking": "accept-new",
            "GlobalKnownHostsFile": "/dev/null",
            "IdentitiesOnly": "yes",
            "IdentityFile": str(key),
            "IdentityAgent": "none",
            "LogLevel": "ERROR",
            "SendEnv": "LANG",
        }
        given = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
        return [client(program), "-F", "/dev/null", *given, *self.options, *arguments]

    def terminal(
        self, *arguments: str, user: str = "somebody", key: object = "none", lang: str = "en_US.UTF-8", **more: str
    ) -> Terminal:
        """Somebody's terminal with the client in it."""
        command = self.ssh(*arguments, "127.0.0.1", user=user, key=key)
        return Terminal(command[1:], program=command[:1], env={"LANG": lang, **more})

    def run(
        self, *arguments: str, user: str = "somebody", key: object = "none", typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """The client without a terminal."""
        command = self.ssh(*arguments, user=user, key=key)
        about = {**os.environ, "LANG": "en_US.UTF-8"}
        return subprocess.run(command, input=typed, env=about, capture_output=True, text=True, timeout=60, check=False)


def serving(folder: Path, *arguments: str, store: str = "", program: str = "tui.cli") -> Counter:
    """Start a server on a free port, on the demonstration's data or a store, with its key in the folder."""
    place = ["--store", store] if store else ["--demo", "--as-of", demo_data().as_of.isoformat()]
    command = [sys.executable, "-m", program, "serve", *place, "--port", "0", "--lang", "en"]
    process = subprocess.Popen(
        [*command, "--host-key", str(folder / "host_key"), "--burst", "1000", *arguments],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr
    said = process.stderr.readline()
    found = re.search(r"port (\d+)\. Host key (\S+)\.", said)
    assert found, said + process.stderr.read()
    return Counter(process, int(found[1]), found[2], folder / "known_hosts")


def closed(counter: Counter) -> str:
    """Close the server as a service manager does; what it said."""
    counter.process.send_signal(signal.SIGTERM)
    out, err = counter.process.communicate(timeout=60)
    return out + err


@pytest.fixture(scope="session")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A server for tests that leave it as it was."""
    running = serving(tmp_path_factory.mktemp("serve"), "--notice", "0")
    yield running
    said = closed(running)
    assert running.process.returncode == 0, said
    assert "Traceback" not in said
