"""`forgot` and `set-password`: asked, really mailed over SMTP, and used; no code or password on the command line."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from billing.credentials import Counter
from billing.kinds import KINDS
from billing.sign_in import sign_in
from gateways.passwords import Argon2Passwords
from storage.dataset import load_into
from storage.registry import open_store
from tests.conftest import IBERIA, MARTA
from tests.gateways.mail.conftest import Letterbox, started
from tui.cli import main
from tui.demo.stage import demo_clock, demo_data

NEW = "el perro come tarde"
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command on a store of the demonstration's data; its code and everything it said."""
    address = f"tinydb:{tmp_path}/store.json"
    store = open_store(address, KINDS, create=True)
    load_into(store, demo_data())
    store.close()

    def run(*words: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main([*words, "--store", address, "--lang", "en"], clock=demo_clock())
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_code_really_goes_out_by_smtp_and_makes_a_password_once(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letterbox = Letterbox()
    server = started(letterbox, None)
    monkeypatch.setenv("VENTANILLA_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
    try:
        known = command("forgot", IBERIA, "--counter", "enterprise")
        unknown = command("forgot", "nobody.here", "--counter", "enterprise")
        assert known == unknown
        assert "If the user ID exists" in known[1]
        (mail,) = [m for m in letterbox.mails if re.search("code|código", str(m["Subject"]))]
        body = mail.get_body(("plain",))
        assert body is not None
        found = re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]{2}", body.get_content())
        assert found
        assert IBERIA in body.get_content()
        assert found.group() not in (tmp_path / "store.json").read_text()
        code = found.group()
        assert command("set-password", "--counter", "center", typed=f"{code}\n{NEW}\n")[0] == 1
        assert command("set-password", "--counter", "enterprise", typed=f"{code}\nshort\n")[0] == 1
        done = command("set-password", "--counter", "enterprise", "--json", typed=f"{code.lower()}\n{NEW}\n")
        assert (done[0], json.loads(done[1])) == (0, {"changed": True})
        again, said = command("set-password", "--counter", "enterprise", typed=f"{code}\n{NEW}!\n")
        assert again == 1
        assert "Ask for a new one" in " ".join(said.split())
        told = [str(m["Subject"]) for m in letterbox.mails if re.search("password was|contraseña se|cambi", str(m))]
        assert told
    finally:
        server.stop()
    store = open_store(f"tinydb:{tmp_path}/store.json", KINDS)
    assert sign_in(store, Argon2Passwords(), Counter.ENTERPRISE, IBERIA, NEW)
    store.close()


def test_what_is_missing_is_said_and_nothing_is_changed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VENTANILLA_MAIL_FOLDER", raising=False)
    assert command("set-password", "--counter", "center", typed="ABC\n")[0] == 2
    assert command("forgot", "no id", "--counter", "center")[0] == 3
    assert command("forgot", MARTA, "--counter", "center")[0] == 0, "without mail set up it waits"
    assert command("forgot", MARTA)[0] == 2
