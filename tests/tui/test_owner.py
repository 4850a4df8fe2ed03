"""Commands while a server has the store open: it does them, with the caller's words, files and exit codes."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from billing.kinds import KINDS
from storage.dataset import load_into
from storage.registry import open_store
from tui.cli import main
from tui.commands.exits import IN_USE, NOT_UNDERSTOOD, UNDECIDED
from tui.commands.streams import OwnFiles, Streams
from tui.demo.stage import demo_clock, demo_data
from tui.owner.frames import Frame, Given, KeepFile, ReadFile, Talk, WantInput, WriteFile
from tui.owner.place import reached, socket_file
from tui.owner.server import AT_ONCE, OwnerSocket

IBERIA = ("--as", "iberia-facturacion")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store on disk with the demonstration's data."""
    address = f"tinydb:{tmp_path}/store.json"
    store = open_store(address, KINDS, create=True)
    load_into(store, demo_data())
    store.close()
    return address


@contextmanager
def owner(url: str) -> Iterator[Path]:
    """This process has the store open and answers for it; where."""
    from tui.commands.identity import gateway

    store, file = open_store(url, KINDS), socket_file(url)
    assert file
    with OwnerSocket(file, lambda: store, demo_clock(), gateway).open():
        yield file
    store.close()


def said(*words: str, typed: str | None = None, folder: Path = Path(), **about: str) -> tuple[int, str, str]:
    """What a command answers: its code, output and complaint. With `typed` somebody is there."""
    written = (io.BytesIO(), io.BytesIO())
    out, err = (io.TextIOWrapper(raw, "utf-8", write_through=True) for raw in written)
    answers = iter((typed or "").splitlines())
    streams = Streams(
        io.StringIO(typed or ""), out, err, typed is not None, {"LANG": "en", **about}, OwnFiles(folder),
        lambda prompt: next(answers),
    )  # fmt: skip
    code = main(words, clock=demo_clock(), streams=streams)
    return code, written[0].getvalue().decode(), written[1].getvalue().decode()


@pytest.mark.parametrize(
    "words",
    [
        ("invoices", "list", *IBERIA), ("overview", "--json", *IBERIA), ("accounts", "list", *IBERIA), ("verify",),
        ("outbox", "list"), ("renew", "--preview"), ("export", "-"), ("desk", "queue", "--as", "desk.elena"),
        ("invoices", "show", "F-1999-1", *IBERIA), ("overview",), ("orders", "nonsense"),
        ("orders", "list", "--lang", "es", "--as", "nobody.at.all"),
    ],
)  # fmt: skip
def test_an_owned_store_answers_as_one_that_nobody_has(url: str, words: tuple[str, ...]) -> None:
    alone = said(*words, "--store", url)
    with owner(url):
        assert said(*words, "--store", url) == alone


def test_who_asks_is_told_by_their_own_environment(url: str) -> None:
    with owner(url):
        code, out, _ = said("overview", "--store", url, LANG="es_ES", VENTANILLA_USER="iberia-facturacion")
    assert code == 0
    assert "Por pagar" in out or "A pagar" in out


def test_documents_and_data_are_kept_where_the_caller_is(url: str, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    with owner(url):
        assert said("invoices", "save", "F-2026-000270", "--folder", ".", "--store", url, *IBERIA, folder=here)[0] == 0
        assert said("export", "all.json", "--store", url, folder=here)[0] == 0
        assert said("audit", "export", "--store", url, *IBERIA, folder=here)[0] == 0
        code, _, err = said(
            "invoices", "save", "F-2026-000270", "--folder", "none", "--store", url, *IBERIA, folder=here
        )
    assert {file.name for file in here.iterdir()} > {"F-2026-000270.pdf", "all.json"}
    assert code == 1
    assert "folder" in err


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("no\n", 1), ("", 1)])
def test_a_change_is_agreed_to_at_the_callers_terminal(url: str, answer: str, code: int) -> None:
    change = ("billing-info", "set", "--name", "Iberia Nueva SA", "--store", url, *IBERIA)
    with owner(url):
        assert said(*change)[0] == NOT_UNDERSTOOD, "nobody there to ask"
        assert said(*change, typed=answer)[0] == code
        assert ("Iberia Nueva" in said("billing-info", "show", "--store", url, *IBERIA)[1]) == (code == 0)


def test_many_commands_at_a_time_are_all_done(url: str) -> None:
    answers: list[tuple[int, str, str]] = []
    with owner(url):
        ask = lambda: answers.append(said("overview", "--json", "--store", url, *IBERIA))  # noqa: E731
        callers = [threading.Thread(target=ask) for _ in range(20)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    assert len(answers) == 20
    assert len(set(answers)) == 1
    assert answers[0][0] == 0


def test_nobody_else_of_the_machine_is_answered(url: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    with owner(url) as file:
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o666)  # even so
        ask = (
            "import os, sys; from pathlib import Path; from tui.owner.place import reached\n"
            "folder = Path(sys.argv[1]); held = os.open(folder.parent, os.O_PATH)\n"
            "os.chdir(held)\n"
            "os.setuid(65534)\n"
            "import socket; sock = socket.socket(socket.AF_UNIX); sock.connect(folder.name)\n"
            "sys.exit(sock.recv(1) != b'')"
        )
        file.parent.chmod(0o711)
        assert subprocess.run([sys.executable, "-c", ask, str(file)], check=False).returncode == 0


@pytest.mark.parametrize("nonsense", [b"", b"\0", b"\xff" * 4, b"\0\0\0\1\xc1", b"\0\0\0\4null", b"GET / HTTP/1.1\r\n"])
def test_nonsense_on_the_socket_disturbs_nobody(url: str, nonsense: bytes) -> None:
    with owner(url) as file:
        with reached(lambda sock: sock.connect, file) as sock:
            sock.sendall(nonsense)
        assert said("overview", "--store", url, *IBERIA)[0] == 0


def test_an_owner_that_goes_away_in_the_middle_leaves_it_undecided(url: str) -> None:
    file = socket_file(url)
    assert file

    def give_up(listening: socket.socket) -> None:
        sock, _ = listening.accept()
        with sock:
            assert isinstance(Talk(sock).hear(), Given)
            Talk(sock).send(WantInput())

    with reached(lambda sock: sock.bind, file) as listening:
        listening.listen()
        owner_thread = threading.Thread(target=give_up, args=(listening,))
        owner_thread.start()
        code, _, err = said("renew", "--store", url)
        owner_thread.join()
    assert code == UNDECIDED
    assert "not known" in err


@pytest.mark.parametrize(
    "wanted",
    [ReadFile("/etc/shadow"), WriteFile("planted", b"x"), KeepFile("elsewhere", "planted", b"x"), ReadFile("all.jso")],
)
def test_an_owner_gets_at_no_file_that_the_command_does_not_name(url: str, tmp_path: Path, wanted: Frame) -> None:
    file = socket_file(url)
    assert file
    answers: list[Frame] = []

    def ask(listening: socket.socket) -> None:
        sock, _ = listening.accept()
        with sock, suppress(ConnectionError):
            talk = Talk(sock)
            talk.hear()
            talk.send(wanted)
            answers.append(talk.hear())

    (tmp_path / "elsewhere").mkdir()
    with reached(lambda sock: sock.bind, file) as listening:
        listening.listen()
        owner_thread = threading.Thread(target=ask, args=(listening,))
        owner_thread.start()
        assert said("export", "all.json", "--store", url, folder=tmp_path)[0] == UNDECIDED
        owner_thread.join()
    assert not answers
    assert not list(tmp_path.rglob("planted"))


def test_callers_that_hang_keep_no_owner_from_closing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.owner.server.END_WITHIN", 5.0)
    change = Given(("billing-info", "set", "--name", "X", "--store", url, *IBERIA), {}, True)
    with ExitStack() as hanging:
        with owner(url) as file:
            for _ in range(AT_ONCE):
                sock = hanging.enter_context(reached(lambda sock: sock.connect, file))
                Talk(sock).send(change)
                while not isinstance(Talk(sock).hear(), WantInput):
                    pass
            began = time.monotonic()
        assert time.monotonic() - began < 4


def test_a_caller_that_goes_away_in_the_middle_disturbs_nobody(url: str) -> None:
    with owner(url) as file:
        with reached(lambda sock: sock.connect, file) as sock:
            Talk(sock).send(Given(("billing-info", "set", "--name", "X", "--store", url, *IBERIA), {}, True))
            Talk(sock).hear()
        assert said("overview", "--store", url, *IBERIA)[0] == 0


def test_a_real_server_answers_and_a_killed_one_leaves_the_store_to_others(url: str, tmp_path: Path) -> None:
    serve = [sys.executable, "-m", "tui.cli", "serve", "--port", "0", "--lang", "en", "--notice", "0"]
    process = subprocess.Popen(
        [*serve, "--store", url, "--host-key", str(tmp_path / "key")], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    try:
        assert "Open at" in process.stderr.readline()
        file = socket_file(url)
        assert file
        wait_for(file.is_socket)
        assert said("verify", "--store", url)[0] == 0
        assert said("invoices", "list", "--store", url, *IBERIA)[0] == 0
        assert said("serve", "--port", "0", "--store", url, "--host-key", str(tmp_path / "key"))[0] == IN_USE
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert file.is_socket(), "nobody took it away"
    assert said("verify", "--store", url)[0] == 0


def wait_for(true: Callable[[], bool]) -> None:
    """Until the server is at its socket: it has said `Open` a moment before."""
    deadline = threading.Event()
    for _ in range(600):
        if true():
            return
        deadline.wait(0.05)
    raise AssertionError
