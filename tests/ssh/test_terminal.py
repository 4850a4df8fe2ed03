"""People in the full screen over SSH, with the real OpenSSH client in a pseudo-terminal."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from pathlib import Path

import pytest

from billing.drafts import FormDraft
from billing.kinds import KINDS
from storage.dataset import load_into
from storage.registry import open_store
from tests.journeys.terminal import PATIENCE
from tests.ssh.conftest import IBERIA_DOOR, Counter, closed, serving
from tui.demo.stage import DEMO_PASSWORD, demo_data


def test_anybody_reaches_the_front_door_in_their_language_and_leaves(counter: Counter) -> None:
    with counter.terminal(lang="es_ES.UTF-8") as terminal:
        terminal.wait_for("Elija una ventanilla")
        terminal.press("f10")
        terminal.wait_for("Cerrar Ventanilla")
        terminal.press("down", "enter")
        assert terminal.wait_until_closed() == 0
        assert b"\x1b[?1049l" in terminal.raw


def test_a_password_at_its_door_leads_straight_to_the_account(counter: Counter) -> None:
    with counter.terminal(user=IBERIA_DOOR) as terminal:
        terminal.wait_for("Password:")
        terminal.press(DEMO_PASSWORD, "enter")
        terminal.wait_for("To pay", "F-2026-000270")
        terminal.press("enter")
        terminal.wait_for("€17,968.50 is due", "more lines below")
        terminal.resize(120, 40)
        terminal.wait_for("F9 Mail", "Total con impuestos")
        assert max(map(len, terminal.text.splitlines())) > 80


def test_somebody_signs_in_at_the_counter_itself(counter: Counter) -> None:
    with counter.terminal() as terminal:
        terminal.wait_for("Choose a counter", "GoToAssist")
        terminal.press("enter")
        terminal.wait_for("User ID")
        terminal.press("marta@acme.example", "enter", DEMO_PASSWORD, "enter")
        terminal.wait_for("ACME", "To pay")


def test_a_wrong_password_and_an_unknown_person_are_answered_alike(counter: Counter) -> None:
    said = []
    for user in (IBERIA_DOOR, "enterprise+nobody-at-all"):
        with counter.terminal(
            "-o", "PreferredAuthentications=keyboard-interactive", "-o", "NumberOfPasswordPrompts=1", user=user
        ) as terminal:
            terminal.wait_for("Password:")
            terminal.press("not the password", "enter")
            assert terminal.wait_until_closed() == 255
            said.append("".join(terminal.text.replace("\n", "").split()).replace(user, "USER"))
    assert said[0] == said[1]
    assert "Permissiondenied" in said[0]


def test_the_bare_name_of_a_person_opens_nothing_of_theirs(counter: Counter) -> None:
    with counter.terminal(user="iberia-facturacion") as terminal:
        terminal.wait_for("Choose a counter")


@pytest.mark.parametrize(
    ("variables", "drawn", "not_drawn"),
    [
        ({}, rb"\x1b\[[0-9;]*38;5;", rb"[34]8;2;"),
        ({"COLORTERM": "truecolor"}, rb"\x1b\[[0-9;]*38;2;", rb"[34]8;5;"),
        ({"NO_COLOR": "1"}, rb"\x1b\[", rb"[34]8;[25];"),
    ],
)
def test_colours_are_the_terminals_of_the_person(
    counter: Counter, variables: dict[str, str], drawn: bytes, not_drawn: bytes
) -> None:
    sent = [part for name in variables for part in ("-o", f"SetEnv={name}={variables[name]}")]
    with counter.terminal(*sent) as terminal:
        terminal.wait_for("Choose a counter", "GoToAssist")
        assert re.search(drawn, terminal.raw)
        assert not re.search(not_drawn, terminal.raw)


def test_no_port_of_the_server_is_reached(counter: Counter) -> None:
    # -W asks for the same channel as -L and -D do once somebody connects to them.
    with socket.create_server(("127.0.0.1", 0)) as secret:
        answer = counter.run("-W", f"127.0.0.1:{secret.getsockname()[1]}", "127.0.0.1")
        assert answer.returncode == 255
        assert "forwarding failed" in answer.stderr
        secret.setblocking(False)
        with pytest.raises(BlockingIOError):
            secret.accept()


def test_no_port_is_opened_on_the_server(counter: Counter) -> None:
    answer = counter.run("-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9", "127.0.0.1")
    assert answer.returncode == 255
    assert "forwarding failed" in answer.stderr


@pytest.mark.parametrize("asked", [("id",), ("-tt", "sh"), ("scp -t /etc",), ("-s", "sftp"), ("-s", "netconf")])
def test_nobody_unproven_gets_more_than_the_front_door(counter: Counter, asked: tuple[str, ...]) -> None:
    flags, words = asked[:-1], asked[-1:]
    answer = counter.run(*flags, "127.0.0.1", *words)
    assert answer.returncode in (1, 255)
    assert "uid=" not in answer.stdout
    if answer.returncode == 1:
        assert "needs to know who you are" in answer.stderr + answer.stdout


def test_a_server_with_another_key_is_not_the_counter(counter: Counter, tmp_path: Path) -> None:
    host = f"[127.0.0.1]:{counter.port}"
    false = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzb5HEQOPvMHTAfbC+jJoeWhAeZ9Wg4jvJu6Cz0zYcA"
    known = tmp_path / "known_hosts"
    known.write_text(f"{host} {false}\n")
    stranger = Counter(counter.process, counter.port, counter.fingerprint, known)
    answer = stranger.run("127.0.0.1", "true")
    assert answer.returncode == 255
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in answer.stderr
    assert counter.fingerprint in answer.stderr


@pytest.mark.parametrize(
    "old",
    [
        "KexAlgorithms=diffie-hellman-group14-sha1",
        "KexAlgorithms=diffie-hellman-group-exchange-sha256",
        "Ciphers=aes128-cbc,3des-cbc",
        "HostKeyAlgorithms=ssh-rsa",
    ],
)
def test_what_is_not_on_the_list_is_not_spoken(counter: Counter, old: str) -> None:
    answer = counter.run("-v", "-o", old, "127.0.0.1", "true")
    assert answer.returncode == 255
    assert "no matching" in answer.stderr


def test_nothing_is_authenticated_by_sha1_nor_compressed(counter: Counter) -> None:
    answer = counter.run("-v", "-o", "Ciphers=aes128-ctr", "-o", "MACs=hmac-sha1", "127.0.0.1", "true")
    assert answer.returncode == 255
    assert "no matching MAC found" in answer.stderr
    assert "compression: none" in counter.run("-v", "-C", "127.0.0.1", "true").stderr


def test_closing_tells_people_and_gives_their_terminal_back(tmp_path: Path) -> None:
    own = serving(tmp_path, "--notice", "3")
    with own.terminal() as terminal:
        terminal.wait_for("Choose a counter", "GoToAssist")
        own.process.terminate()
        terminal.wait_for("The counter closes in 3 seconds")
        assert terminal.wait_until_closed() == 0
        assert b"\x1b[?1049l" in terminal.raw
        assert "Connect again in a minute" in terminal.text.replace("\n", " ")
    _, said = own.process.communicate(timeout=PATIENCE)
    assert own.process.returncode == 0
    assert "Closed." in said


def test_what_was_typed_into_a_form_is_kept_when_the_server_closes(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path}/store.db"
    with closing(open_store(url, KINDS, create=True)) as store:
        load_into(store, demo_data())
    own = serving(tmp_path, "--notice", "0", store=url)
    with own.terminal(user="center+marta@acme.example") as terminal:
        terminal.wait_for("assword")
        terminal.press(DEMO_PASSWORD, "enter")
        terminal.wait_for("ACME", "To pay")
        terminal.press("f4", "down", "enter")
        terminal.wait_for("Tax ID", "B27001411")
        terminal.press("half typed")
        terminal.wait_for("half typed")
        own.process.terminate()
        assert terminal.wait_until_closed() == 0
    assert "Traceback" not in closed(own)
    with closing(open_store(url, KINDS)) as store, store.read() as books:
        (kept,) = books.every(FormDraft)
    assert (kept.account_id, kept.person_id) == ("acme", "marta")
    assert [value for value in kept.values.values() if "half typed" in value]


def test_somebody_who_hangs_up_disturbs_nobody(counter: Counter) -> None:
    with counter.terminal() as first:
        first.wait_for("Choose a counter", "GoToAssist")
        with counter.terminal() as second:
            second.wait_for("Choose a counter", "GoToAssist")
        first.press("down", "enter")
        first.wait_for("User ID")
