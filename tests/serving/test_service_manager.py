"""Under a service manager: its socket is taken, and it is told when the server is ready, alive and stopping."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tui.serving.service_manager import ServiceManager, handed_socket

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"

STARTER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, "-m", "tui.cli", *sys.argv[2:]])
"""


@pytest.mark.parametrize("abstract", [False, True])
def test_a_server_takes_the_socket_it_is_handed_and_says_how_it_is(tmp_path: Path, abstract: bool) -> None:
    place = f"\0ventanilla-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard, socket.create_server(("127.0.0.1", 0)) as handed:
        heard.bind(place)
        heard.settimeout(60)
        about = {**os.environ, "NOTIFY_SOCKET": place.replace("\0", "@"), "WATCHDOG_USEC": "200000"}
        serve = ["serve", "--demo", "--notice", "0", "--port", "1", "--host-key", str(tmp_path / "key"), "--lang", "en"]
        process = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(handed.fileno()), *serve],
            env=about, pass_fds=[handed.fileno()], stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert heard.recv(100) == b"READY=1"
            with socket.create_connection(handed.getsockname(), timeout=60) as client:
                assert client.recv(20).startswith(b"SSH-2.0-Ventanilla")
            assert heard.recv(100) == heard.recv(100) == b"WATCHDOG=1"
        finally:
            process.send_signal(signal.SIGTERM)
        said = [heard.recv(100)]
        while said[-1] == b"WATCHDOG=1":
            said.append(heard.recv(100))
        assert said[-1] == b"STOPPING=1"
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert f"port {handed.getsockname()[1]}" in err


@pytest.mark.parametrize(
    "environment",
    [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}, {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "0"},
     {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "x"}],
)  # fmt: skip
def test_what_is_meant_for_another_process_is_left_alone_and_not_passed_on(environment: dict[str, str]) -> None:
    assert handed_socket(environment) is None
    assert environment == {}


def test_without_a_service_manager_nobody_is_told() -> None:
    ServiceManager({}).tell("READY=1")
    ServiceManager({"NOTIFY_SOCKET": "/nowhere/at/all"}).tell("READY=1")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", ["ventanilla.service", "ventanilla.socket"])
def test_the_units_are_understood(unit: str, tmp_path: Path) -> None:
    for file in UNITS.iterdir():
        text = file.read_text().replace("/opt/ventanilla/.venv/bin/ventanilla", sys.executable)
        (tmp_path / file.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
