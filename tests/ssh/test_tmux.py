"""People who come from within tmux, with the real client: keys, colours, sizes, going away and coming back."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ssh.conftest import Counter, closed, serving
from tests.ssh.tmux import PROMPT, Tmux
from tests.waiting import wait_until
from tui.demo.stage import DEMO_PASSWORD

BEFORE = "what the shell had said before"

WORDS = {
    "en": ("Choose a counter", "User ID", "To pay", "more lines below", "Close Ventanilla"),
    "es": ("Elija una ventanilla", "ID de usuario", "Por pagar", "líneas más abajo", "Cerrar Ventanilla"),
}
"""What shows on the way to an invoice, and when somebody wants to leave."""


@pytest.fixture
def tmux() -> Iterator[Callable[..., Tmux]]:
    """`tmux("screen")`: a tmux whose programs are told that TERM."""
    with TemporaryDirectory(dir="/tmp") as folder, ExitStack() as opened:  # a socket's path must be short
        yield lambda *term: opened.enter_context(Tmux(Path(folder), *term))


def come(tmux: Tmux, counter: Counter, lang: str = "en") -> None:
    """From the shell to the front door."""
    tmux.press(f"echo {BEFORE}", "enter")
    tmux.run(counter.ssh("127.0.0.1"), LANG=f"{lang}_ES.UTF-8")
    tmux.wait_for(WORDS[lang][0], "GoToAssist")


def read_an_invoice(tmux: Tmux, lang: str = "en") -> None:
    """From the front door to the invoice that is to be paid."""
    tmux.press("enter")
    tmux.wait_for(WORDS[lang][1])
    tmux.press("marta@acme.example", "enter", DEMO_PASSWORD, "enter")
    tmux.wait_for("ACME", WORDS[lang][2])
    tmux.press("enter")
    tmux.wait_for("Emisor", WORDS[lang][3])


@pytest.mark.parametrize("lang", ["en", "es"])
def test_somebody_reads_an_invoice_and_gets_the_shells_screen_back(
    counter: Counter, tmux: Callable[..., Tmux], lang: str
) -> None:
    own = tmux()
    come(own, counter, lang)
    read_an_invoice(own, lang)
    assert own.full_screen()
    assert BEFORE not in own.text
    own.press("f10")
    own.wait_for(WORDS[lang][4])
    own.press("down", "down", "enter")
    wait_until(lambda: own.text.rstrip().endswith(f"come\n{PROMPT}"))
    assert BEFORE in own.text
    assert "Emisor" not in own.text
    assert not own.full_screen()
    own.press("echo $?", "enter")
    own.wait_for(f"{PROMPT} echo $?\n0\n{PROMPT}")


def test_the_window_may_be_resized_and_left_to_itself(counter: Counter, tmux: Callable[..., Tmux]) -> None:
    own = tmux()
    come(own, counter)
    read_an_invoice(own)
    own.resize(120, 40)
    wait_until(lambda: max(map(len, own.text.splitlines())) > 80)
    own.wait_for("Total con impuestos")
    own.resize(80, 24)
    wait_until(lambda: max(map(len, own.text.splitlines())) <= 80)
    own.wait_for("more lines below")
    for found, key, left in (("Emisor", "f1", "One document"), ("One document", "escape", "Emisor")):
        with own.attach() as terminal:
            terminal.wait_for(found)
            terminal.press(key)
            terminal.wait_for(left)
            own.detach()
            assert terminal.wait_until_closed() == 0
        own.wait_for(left)


@pytest.mark.parametrize(
    ("term", "drawn", "not_drawn"),
    [
        ("tmux-256color", r"\x1b\[[0-9;]*[34]8;5;", r"[34]8;2;"),
        ("screen", r"\x1b\[[0-9;]*(?:3|9|4|10)[0-7]m", r"[34]8;[25];"),
    ],
)
def test_colours_are_those_that_tmux_says_it_has(
    counter: Counter, tmux: Callable[..., Tmux], term: str, drawn: str, not_drawn: str
) -> None:
    own = tmux(term)
    come(own, counter)
    shown = own.coloured
    assert re.search(drawn, shown)
    assert not re.search(not_drawn, shown)


def test_a_tmux_that_is_killed_leaves_no_visit_behind(tmp_path: Path, tmux: Callable[..., Tmux]) -> None:
    server = serving(tmp_path, "--notice", "0", "--health", "0")
    assert server.process.stderr
    found = re.search(r":(\d+)/health", server.process.stderr.readline())
    assert found

    def inside() -> dict[str, float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/metrics") as answer:
            told = answer.read().decode()
        wanted = ("ventanilla_connections_here", 'ventanilla_visits_open{kind="terminal"}', "ventanilla_visits_crashed")
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in told.splitlines()
                if line.startswith(wanted)}  # fmt: skip

    own = tmux()
    come(own, server)
    read_an_invoice(own)
    assert sum(inside().values()) == 2
    own.kill()
    wait_until(lambda: not sum(inside().values()))
    assert "Traceback" not in closed(server)
