"""Coming in by an enrolled key, with the real client: proven, not merely offered; and not once it is revoked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.kinds import KINDS
from storage.dataset import load_into
from storage.registry import open_store
from tests.clients import client
from tests.ssh.conftest import closed, serving
from tui.cli import main
from tui.demo.stage import demo_data

IBERIA = "iberia-facturacion"


def make_key(file: Path, *, kind: str = "ed25519", name: str = "") -> None:
    """A pair of keys, as people make it."""
    subprocess.run([client("ssh-keygen"), "-q", "-t", kind, "-N", "", "-C", name, "-f", file], check=True)


class Shop:
    """A server on a store of its own, and a key of Iberia's contact."""

    def __init__(self, folder: Path) -> None:
        self.url = f"tinydb:{folder}/store.json"
        store = open_store(self.url, KINDS, create=True)
        load_into(store, demo_data())
        store.close()
        self.key = folder / "key"
        make_key(self.key, name="office")
        self.counter = serving(folder, "--notice", "0", store=self.url)
        self.fingerprint = ""

    def keys(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the vendor's machine, which the server does."""
        command = [sys.executable, "-m", "tui.cli", "keys", *words, "--store", self.url, "--as", IBERIA, "--json"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def ask(self, *words: str, user: str = "anybody", key: Path | None = None) -> subprocess.CompletedProcess[str]:
        """A command over SSH with the key."""
        return self.counter.run("127.0.0.1", *words, user=user, key=key or self.key)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("keys"))
    said = made.keys("add", f"{made.key}.pub", "--yes")
    assert said.returncode == 0, said.stderr
    made.fingerprint = json.loads(said.stdout)["key"]["fingerprint"]
    yield made
    assert "Traceback" not in closed(made.counter)


def test_whoever_has_the_key_is_known_under_any_bare_name(shop: Shop) -> None:
    done = shop.ask("accounts", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert [account["id"] for account in json.loads(done.stdout)["accounts"]] == ["iberia"]
    with shop.counter.terminal(key=shop.key) as terminal:
        terminal.wait_for("To pay", "F-2026-000270")


@pytest.mark.parametrize("way", ["sftp", "scp -s", "scp -O"])
def test_the_key_opens_files_too(shop: Shop, tmp_path: Path, way: str) -> None:
    program, *flags = way.split()
    here = tmp_path / "got.txt"
    command = shop.counter.ssh(*flags, "127.0.0.1:README.txt", str(here), program=program, user="anybody", key=shop.key)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "invoices.csv" in here.read_text()


def test_the_user_name_may_say_the_door_but_not_another(shop: Shop) -> None:
    assert shop.ask("overview", user=f"enterprise+{IBERIA}").returncode == 0
    for other in (f"center+{IBERIA}", "enterprise+somebody", "desk+desk.elena"):
        denied = shop.counter.run("-o", "BatchMode=yes", "127.0.0.1", "overview", user=other, key=shop.key)
        assert denied.returncode == 255
        assert "Permission denied" in denied.stderr


def test_a_key_that_is_offered_but_cannot_sign_proves_nothing(shop: Shop, tmp_path: Path) -> None:
    shutil.copy(f"{shop.key}.pub", tmp_path / "stolen.pub")
    done = shop.ask("overview", key=tmp_path / "stolen.pub")
    assert done.returncode == 1
    assert "needs to know who you are" in done.stderr


def test_a_key_that_nobody_enrolled_leads_to_the_front_door(shop: Shop, tmp_path: Path) -> None:
    make_key(tmp_path / "other", kind="ecdsa")
    assert "needs to know who you are" in shop.ask("overview", key=tmp_path / "other").stderr
    with shop.counter.terminal(key=tmp_path / "other") as terminal:
        terminal.wait_for("Choose a counter")


def test_the_owner_sees_when_it_was_used_and_adds_another_over_ssh(shop: Shop, tmp_path: Path) -> None:
    shop.ask("overview")
    (seen,) = json.loads(shop.ask("keys", "list", "--json").stdout)["keys"]
    assert seen["used_on"]
    make_key(tmp_path / "two")
    line = (tmp_path / "two.pub").read_text()
    refused = shop.ask("keys", "add", f"{shop.key}.pub", "--yes")
    assert refused.returncode == 1
    assert "sees no files" in refused.stderr
    added = shop.counter.run("127.0.0.1", "keys", "add", "-", "--name", "two", "--yes", key=shop.key, typed=line)
    assert added.returncode == 0, added.stderr
    assert shop.ask("overview", key=tmp_path / "two").returncode == 0


def test_a_revoked_key_opens_nothing(shop: Shop, tmp_path: Path) -> None:
    make_key(tmp_path / "three")
    added = json.loads(shop.keys("add", f"{tmp_path / 'three'}.pub", "--yes").stdout)["key"]
    assert shop.ask("overview", key=tmp_path / "three").returncode == 0
    assert shop.keys("revoke", added["fingerprint"], "--yes").returncode == 0
    assert "needs to know who you are" in shop.ask("overview", key=tmp_path / "three").stderr


def test_a_key_that_is_revoked_ends_what_it_has_open(shop: Shop, tmp_path: Path) -> None:
    make_key(tmp_path / "lost")
    added = json.loads(shop.keys("add", f"{tmp_path / 'lost'}.pub", "--yes").stdout)["key"]
    line = ["-o", f"ControlPath={tmp_path}/line"]
    master = subprocess.Popen(shop.counter.ssh("-M", "-N", *line, "127.0.0.1", user="anybody", key=tmp_path / "lost"))
    try:
        with shop.counter.terminal(key=tmp_path / "lost") as terminal:
            terminal.wait_for("To pay", "F-2026-000270")
            assert shop.counter.run(*line, "127.0.0.1", "accounts", "list").returncode == 0
            assert shop.keys("revoke", added["fingerprint"], "--yes").returncode == 0
            terminal.wait_for("Choose a counter", "the key you came by was revoked")
        for words in (("overview",), ("accounts", "list"), ("keys", "list")):
            refused = shop.counter.run(*line, "127.0.0.1", *words)
            assert refused.returncode, words
            assert "the key you came by was revoked" in refused.stderr
    finally:
        master.kill()
        master.wait()


def test_the_vendors_machine_needs_somebody_to_enrol_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["keys", "list", "--store", f"tinydb:{tmp_path}/none.json", "--lang", "en"]) != 0
    assert "There is no data" in capsys.readouterr().err
