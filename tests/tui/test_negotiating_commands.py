"""A whole negotiation, and an account's contacts, from the command line: by each side, with exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from billing.kinds import KINDS
from billing.verify import verify
from storage.dataset import load_into
from storage.registry import open_store
from tui.cli import main
from tui.commands.exits import NOT_UNDERSTOOD
from tui.demo.stage import demo_clock, demo_data

CONTACT, REP, LEAD, APPROVER = "iberia-facturacion", "desk.elena", "desk.teresa", "iberia-compras"


class Shell:
    """Commands on one store of the demonstration's data."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url, self.capsys = f"tinydb:{folder}/store.json", capsys
        store = open_store(self.url, KINDS, create=True)
        load_into(store, demo_data())
        store.close()

    def __call__(self, who: str, *words: str, code: int = 0) -> Any:
        """Run as somebody; the answer's JSON."""
        given = [*words, "--as", who, "--store", self.url, "--json", "--lang", "en"]
        if who.startswith("desk."):
            given += ["--counter", "desk", "--account", "iberia"]
        self.capsys.readouterr()
        assert main(given, clock=demo_clock()) == code, self.capsys.readouterr()
        said = self.capsys.readouterr()
        return json.loads(said.out if code == 0 else said.err) if code != NOT_UNDERSTOOD else said.err

    def faults(self) -> list[Any]:
        store = open_store(self.url, KINDS)
        try:
            return list(verify(store))
        finally:
            store.close()


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def test_a_quote_from_request_to_acceptance(shell: Shell) -> None:
    line = "--line=remote-support-5:150:40%:iberia.s1"
    seen = shell(CONTACT, "quotes", "request", "Next year", line, "--frequency", "quarterly", "--preview")
    assert seen["preview"]["net"] == {"minor": 1485000, "currency": "EUR"}
    asked = shell(CONTACT, "quotes", "request", "Next year", line, "--frequency", "quarterly", "--yes")
    number = asked["number"]
    assert (asked["state"], asked["revisions"][0]["side"]) == ("requested", "customer")
    shell(CONTACT, "quotes", "price", number, "--yes", code=4)
    offered = shell(REP, "quotes", "price", number, "--line=remote-support-5:150:35%", "--yes")
    assert offered["state"] == "awaiting_lead"
    assert len(shell(CONTACT, "quotes", "show", number)["revisions"]) == 1
    shell(LEAD, "quotes", "let-out", number, "--yes")
    shell(CONTACT, "quotes", "counter", number, "--line=remote-support-5:150:36%", "--based-on", "1", "--yes", code=5)
    shell(CONTACT, "quotes", "counter", number, "--line=remote-support-5:150:36%", "--yes")
    differences = shell(REP, "quotes", "compare", number)["differences"]
    assert {d["field"] for d in differences} == {"unit_price", "valid_until"}
    shell(REP, "quotes", "price", number, "--line=remote-support-5:150:25%", "--note", "The best I can do", "--yes")
    shell(CONTACT, "quotes", "accept", number, "--order", "PO-9", "--yes", code=1)
    shell(APPROVER, "quotes", "approve", number, "--yes")
    shell(CONTACT, "quotes", "accept", number, "--order", "PO-9", "--seal", "0000", "--yes", code=2)
    sealed = shell(CONTACT, "quotes", "show", number)["revisions"][-1]["seal"]
    done = shell(CONTACT, "quotes", "accept", number, "--order", "PO-9", "--seal", sealed[:12], "--yes")
    assert done["accepted"]["effective_on"] == "2027-02-15"
    assert shell(CONTACT, "orders", "show", "PO-9")["order"]["number"] == "PO-9"
    assert not shell.faults()


def test_saying_no_and_saying_something(shell: Shell) -> None:
    rows = shell(CONTACT, "quotes", "list")["quotes"]
    number = next(row["number"] for row in rows if row["state"] == "sent")
    shell(APPROVER, "quotes", "comment", number, "Still thinking", "--yes")
    said = shell(REP, "quotes", "show", number)["comments"]
    assert said[-1]["text"] == "Still thinking"
    assert shell(CONTACT, "quotes", "decline", number, "Too dear", "--yes")["state"] == "declined"
    shell(REP, "quotes", "withdraw", number, "Then not", "--yes", code=1)
    shell("rhein.billing", "quotes", "show", number, code=3)


@pytest.mark.parametrize("line", ["nonsense", "remote-support-5:x:1"])
def test_a_line_that_is_none_is_refused(shell: Shell, line: str) -> None:
    shell(CONTACT, "quotes", "request", "Odd", f"--line={line}", "--yes", code=2)


@pytest.mark.parametrize("price", ["abc", "1.234", "x%"])
def test_a_price_that_is_none_is_refused(shell: Shell, price: str) -> None:
    shell(CONTACT, "quotes", "request", "Odd", f"--line=remote-support-5:1:{price}", "--yes", code=2)


def test_contacts_are_invited_changed_removed_and_brought_back(shell: Shell) -> None:
    shell(CONTACT, "contacts", "invite", "Ana Gil", "ana@peninsular.example", "--role", "payer", "--yes")
    ana = shell(CONTACT, "contacts", "show", "ana@peninsular.example")
    assert (ana["role"], ana["invited"]) == ("payer", True)
    shell(CONTACT, "contacts", "resend", ana["id"], "--yes")
    shell(CONTACT, "contacts", "edit", ana["id"], "--role", "viewer", "--name", "Ana Gil Ruiz", "--yes")
    shell(CONTACT, "contacts", "remove", ana["id"], "--yes")
    shell(CONTACT, "contacts", "show", ana["id"], code=3)
    after = shell(CONTACT, "contacts", "undo", "--yes")
    assert "Ana Gil Ruiz" in {c["name"] for c in after["contacts"]}
    shell(CONTACT, "contacts", "remove", "carmen", "--yes", code=1)
    shell(APPROVER, "contacts", "remove", ana["id"], "--yes", code=4)
    shell("rhein.billing", "contacts", "show", "carmen", code=3)
    assert not shell.faults()


def test_an_account_is_handed_over_by_both(shell: Shell) -> None:
    shell(CONTACT, "contacts", "hand-over", "pago", "--stay-as", "approver", "--yes")
    shell(APPROVER, "contacts", "accept", "--yes", code=4)
    after = shell("iberia-pagos", "contacts", "accept", "--yes")
    roles = {c["id"]: c["role"] for c in after["contacts"]}
    assert (roles["pago"], roles["carmen"]) == ("owner", "approver")
