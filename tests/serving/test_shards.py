"""People shared over several processes, through the real OpenSSH client: one door, one store, and news between them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.kinds import KINDS
from storage.dataset import load_into
from storage.registry import open_store
from tests.journeys.terminal import Terminal
from tests.ssh.conftest import IBERIA_DOOR, Counter, closed, serving
from tests.waiting import wait_until
from tui.demo.stage import DEMO_PASSWORD, demo_data

IBERIA = "iberia-facturacion"


class Server:
    """A server of two processes, on a store of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.url = f"sqlite:{folder}/store.db"
        store = open_store(self.url, KINDS, create=True)
        load_into(store, demo_data())
        store.close()
        self.counter: Counter = serving(
            folder, "--workers", "2", "--health", "0", "--notice", "1", *arguments, store=self.url
        )
        assert self.counter.process.stderr
        found = re.search(r":(\d+)/health", self.counter.process.stderr.readline())
        assert found
        self._health = int(found[1])

    @property
    def processes(self) -> set[int]:
        pid = self.counter.process.pid
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def figure(self, name: str) -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._health}/metrics") as answer:
            found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def enter(self) -> Terminal:
        terminal = self.counter.terminal()
        terminal.wait_for("Choose a counter")
        return terminal


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path, "--people", "3")
    yield running
    assert "Traceback" not in closed(running.counter)


def test_a_process_that_dies_takes_only_its_own_people_and_is_replaced(server: Server) -> None:
    before = server.processes
    assert len(before) == 2
    with server.enter() as one, server.enter() as other:
        assert server.figure("ventanilla_connections_here") == 2
        os.kill(min(before), signal.SIGKILL)
        wait_until(lambda: server.figure("ventanilla_connections_here") == 1)
        lost, kept = (one, other) if not_answering(one) else (other, one)
        assert lost.wait_until_closed() == 255
        kept.press("f1")
        kept.wait_for("Help")
        wait_until(lambda: len(server.processes) == 2)
        assert server.processes != before
        with server.enter():
            assert server.figure("ventanilla_connections_here") == 2
    wait_until(lambda: server.figure("ventanilla_connections_here") == 0)
    wait_until(lambda: server.figure('ventanilla_visits_open{kind="terminal"}') == 0)
    assert server.figure('ventanilla_connections_total{answer="taken"}') == 3


def not_answering(terminal: Terminal) -> bool:
    terminal.read_for(0.5)
    return "losed" in terminal.text or not terminal._alive()


def test_the_limits_are_those_of_one_door(server: Server) -> None:
    with server.enter(), server.enter(), server.enter():
        refused = server.counter.run("127.0.0.1", "accounts", "list")
        assert refused.returncode == 255
        assert server.figure('ventanilla_connections_total{answer="full"}') == 1
    wait_until(lambda: server.figure("ventanilla_connections_here") == 0)
    server.enter().__exit__()


def test_everybody_is_told_when_it_closes_and_no_process_stays(server: Server) -> None:
    processes = server.processes
    with server.enter() as one, server.enter() as other:
        server.counter.process.send_signal(signal.SIGTERM)
        for person in (one, other):
            person.wait_for("closes")
            assert person.wait_until_closed() == 0
    assert server.counter.process.wait(60) == 0
    assert not [pid for pid in processes if Path(f"/proc/{pid}").exists()]


def test_processes_end_with_a_server_that_is_killed(server: Server) -> None:
    processes = server.processes
    server.counter.process.kill()
    server.counter.process.wait()
    wait_until(lambda: not [pid for pid in processes if Path(f"/proc/{pid}").exists()])


def test_what_is_done_in_another_process_appears_by_itself(server: Server) -> None:
    def elsewhere(*words: str, who: str) -> str:
        command = [sys.executable, "-m", "tui.cli", *words, "--store", server.url, "--as", who, "--json"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    quote = json.loads(elsewhere("quotes", "list", who=IBERIA))["quotes"][0]["number"]
    with server.enter(), server.counter.terminal(user=IBERIA_DOOR) as contact:  # one in each process
        contact.wait_for("Password:")
        contact.press(DEMO_PASSWORD, "enter")
        contact.wait_for("To pay")
        contact.press("f6")
        contact.wait_for(quote)
        contact.press("enter")
        contact.wait_for("What was said")
        elsewhere("quotes", "comment", quote, "Heard over there.", "--yes", who=IBERIA)
        contact.wait_for("Heard over there.")
