"""`ventanilla orders`: the same orders, the same rights and the same conflicts as on the screens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from billing.kinds import KINDS
from storage.dataset import load_into
from storage.registry import open_store
from tui.cli import main
from tui.demo.stage import demo_clock, demo_data

Said = pytest.CaptureFixture[str]
IBERIA = "PO-2026-0417"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of one's own with the demonstration's data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    address = f"tinydb:{tmp_path}/store.json"
    store = open_store(address, KINDS, create=True)
    load_into(store, demo_data())
    store.close()
    return address


@pytest.fixture
def said(capsys: Said) -> Said:
    """What was written."""
    return capsys


def run(url: str, *words: str, person: str = "iberia-facturacion", account: str = "iberia", code: int = 0) -> None:
    asked = [*words, "--store", url, "--lang", "en"]
    if words[0] == "orders":
        asked += ["--as", person, *(("--account", account) if account else ())]
    answered = main(asked, clock=demo_clock())
    assert answered == code, f"{words}: {answered}"


def answer(url: str, said: Said, *words: str, **who: str) -> Any:
    run(url, *words, "--json", **who)  # type: ignore[arg-type]
    return json.loads(said.readouterr().out)


def test_orders_are_listed_with_what_is_drawn_and_what_comes(url: str, said: Said) -> None:
    found = {o["number"]: o for o in answer(url, said, "orders", "list", person="desk.elena")["orders"]}
    assert found[IBERIA]["budget"]["minor"] - found[IBERIA]["drawn"]["minor"] == found[IBERIA]["remaining"]["minor"]
    run(url, "orders", "show", IBERIA)
    assert "too little for the renewal of" in said.readouterr().out
    order = answer(url, said, "orders", "show", IBERIA)["order"]
    assert sum(i["net"]["minor"] for i in order["ledger"]) == order["drawn"]["minor"]
    assert [r["number"] for r in order["revisions"]] == [1, 2]
    assert order["subscriptions"] == ["iberia.s1"]


def test_what_waits_goes_out_when_its_order_is_entered(url: str, said: Said) -> None:
    lumiere = {"person": "desk.elena", "account": "lumiere"}
    waits = answer(url, said, "orders", "list", **lumiere)["held"]
    assert [h["reason"] for h in waits] == ["order_not_valid"]
    terms = ("--budget", "9000.00", "--line", "2", "Licences", "100.50", "--file", "DOC-1", "--attach", "lumiere.s1")
    run(url, "orders", "create", "LUM-27", *terms, "--preview", **lumiere)  # type: ignore[arg-type]
    assert "2 x Licences" in said.readouterr().out
    assert answer(url, said, "orders", "list", **lumiere)["held"] == waits, "a preview changes nothing"
    order = answer(url, said, "orders", "create", "LUM-27", *terms, "--yes", **lumiere)["order"]
    assert order["budget"]["minor"] - order["remaining"]["minor"] == order["drawn"]["minor"] == 220000
    assert order["lines"] == [
        {"description": "Licences", "quantity": 2, "amount": {"minor": 10050, "currency": order["budget"]["currency"]}}
    ]
    assert answer(url, said, "orders", "list", **lumiere)["held"] == []
    run(url, "verify")


def test_an_order_lives_from_draft_to_closed_and_never_back(url: str, said: Said) -> None:
    run(url, "orders", "create", "PO-27", "--draft", "--budget", "100", "--yes", person="iberia-pagos")
    run(url, "orders", "activate", "PO-27", "--yes")
    run(url, "orders", "edit", "PO-27", "--no-budget", "--valid-until", "2027-12-31", "--note", "All year", "--yes")
    run(url, "orders", "attach", "PO-27", "iberia.s2", "--yes", person="desk.elena")
    said.readouterr()
    order = answer(url, said, "orders", "show", "PO-27")["order"]
    assert (order["revision"], order["budget"], order["note"], order["subscriptions"]) == (
        2,
        None,
        "All year",
        ["iberia.s2"],
    )
    run(url, "orders", "detach", "iberia.s2", "--yes")
    run(url, "orders", "close", "PO-27", "--yes")
    for words in (("activate", "PO-27"), ("edit", "PO-27", "--note", "x"), ("attach", "PO-27", "iberia.s2")):
        run(url, "orders", *words, "--yes", code=1)
    run(url, "verify")


def test_two_people_who_edit_one_order_are_both_shown(url: str, said: Said) -> None:
    run(url, "orders", "edit", IBERIA, "--budget", "70000.00", "--yes", person="iberia-pagos")
    run(url, "orders", "edit", IBERIA, "--based-on", "2", "--note", "By phone", "--yes", person="desk.elena")
    mine = ("orders", "edit", IBERIA, "--based-on", "2", "--budget", "80000.00", "--yes")
    run(url, *mine, code=5)
    assert "€70,000.00" in (told := said.readouterr().err)
    assert "€80,000.00" in told
    run(url, *mine, "--json", code=5)
    error = json.loads(said.readouterr().err)["error"]
    assert (error["type"], error["based_on"]) == ("OrderConflict", 4)
    assert error["fields"] == [{"field": "budget", "base": 6600000, "theirs": 7000000, "mine": 8000000}]
    assert error["proposal"]["note"] == "By phone"
    run(url, *(str(error["based_on"]) if word == "2" else word for word in mine))
    said.readouterr()
    order = answer(url, said, "orders", "show", IBERIA)["order"]
    assert (order["revision"], order["budget"]["minor"], order["note"]) == (5, 8000000, "By phone")


@pytest.mark.parametrize(
    ("words", "person", "code"),
    [
        (("create", "X", "--yes"), "iberia-compras", 4),
        (("edit", IBERIA, "--note", "x", "--preview"), "iberia-compras", 4),
        (("close", IBERIA, "--preview"), "iberia-compras", 4),
        (("show", "4500098765"), "iberia-facturacion", 3),
        (("attach", IBERIA, "rhein.s1", "--yes"), "iberia-facturacion", 3),
        (("edit", IBERIA, "--based-on", "9", "--note", "x", "--yes"), "iberia-facturacion", 3),
        (("create", IBERIA, "--yes"), "iberia-facturacion", 1),
        (("create", "X", "--valid-until", "2020-01-01", "--yes"), "iberia-facturacion", 1),
        (("create", "X", "--budget", "12,5o", "--yes"), "iberia-facturacion", 2),
        (("create", "X", "--line", "two", "Licences", "1", "--yes"), "iberia-facturacion", 2),
        (("close", IBERIA), "iberia-facturacion", 2),
    ],
    ids=lambda v: " ".join(v[:3]) if isinstance(v, tuple) else str(v),
)
def test_what_is_refused_has_its_code_and_changes_nothing(
    url: str, words: tuple[str, ...], person: str, code: int, said: Said
) -> None:
    before = answer(url, said, "orders", "list")
    run(url, "orders", *words, person=person, code=code)
    assert said.readouterr().err.strip()
    assert answer(url, said, "orders", "list") == before
