"""The counter line by line over SSH, with the real client: without a terminal, by choice, and on a dumb one."""

from __future__ import annotations

import pytest

from tests.journeys.terminal import Terminal
from tests.ssh.conftest import IBERIA_DOOR, Counter
from tui.demo.stage import DEMO_PASSWORD


def at(counter: Counter, *command: str, user: str = "somebody", **about: str) -> Terminal:
    """Somebody's terminal, asked to be written to line by line."""
    line = counter.ssh("-t", "127.0.0.1", *command, user=user)
    return Terminal(line[1:], program=line[:1], env={"LANG": "en_US.UTF-8", **about})


def test_without_a_terminal_the_counter_is_read_line_by_line(counter: Counter) -> None:
    done = counter.run("127.0.0.1", typed=f"2\n1\niberia-facturacion\n{DEMO_PASSWORD}\n1\nq\n")
    assert done.returncode == 0, done.stderr
    assert "Corporación" in done.stdout
    assert "\x1b" not in done.stdout
    assert DEMO_PASSWORD not in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 80


@pytest.mark.parametrize(("command", "term"), [(("plain",), "xterm-256color"), ((), "dumb")])
def test_on_a_terminal_it_is_edited_and_echoed_but_for_secrets(
    counter: Counter, command: tuple[str, ...], term: str
) -> None:
    with at(counter, *command, TERM=term) as terminal:
        terminal.wait_for("Choose a counter", "Choice:")
        terminal.press("2x", "backspace", "enter")
        terminal.wait_for("Choice: 2", "Sign in")
        terminal.press("1", "enter")
        terminal.wait_for("User ID:")
        terminal.press("iberia-facturacio", "ñ", "backspace", "n", "enter")
        terminal.wait_for("Password:")
        terminal.press(DEMO_PASSWORD, "enter")
        terminal.wait_for("Corporación")
        assert DEMO_PASSWORD.encode() not in terminal.raw
        terminal.press("q", "enter")
        assert terminal.wait_until_closed() == 0


def test_whoever_is_proven_is_at_the_account_at_once_and_ends_with_ctrl_d(counter: Counter) -> None:
    with at(counter, "plain", user=IBERIA_DOOR, LANG="es_ES.UTF-8") as terminal:
        terminal.wait_for("Password:")
        terminal.press(DEMO_PASSWORD, "enter")
        terminal.wait_for("Corporación", "Facturas")
        terminal.press("\x04")
        assert terminal.wait_until_closed() == 0
