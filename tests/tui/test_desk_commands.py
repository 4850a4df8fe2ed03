"""`ventanilla desk`: the representative's acts for scripts, with the same rights as on the screens."""

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
ELENAS = {"faros", "iberia", "lumiere", "atlantico", "vacia"}
OVERDUE = "F-2026-000230"
"""An invoice of lumiere's that is due."""


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of one's own with the demonstration's data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    address = f"tinydb:{tmp_path}/store.json"
    store = open_store(address, KINDS, create=True)
    load_into(store, demo_data())
    store.close()
    return address


def run(url: str, *words: str, person: str = "desk.elena", account: str = "", code: int = 0) -> None:
    asked = ["desk", *words, "--store", url, "--lang", "en", "--as", person]
    answered = main([*asked, *(("--account", account) if account else ())], clock=demo_clock())
    assert answered == code, f"{words}: {answered}"


def answer(url: str, said: Said, *words: str, **who: str) -> Any:
    run(url, *words, "--json", **who)  # type: ignore[arg-type]
    return json.loads(said.readouterr().out)


def test_the_day_and_the_accounts_are_ones_own_and_a_leads_the_teams(url: str, capsys: Said) -> None:
    found = answer(url, capsys, "queue")["queue"]
    assert {w["account"] for w in found} <= ELENAS
    order = ("now", "soon", "when_convenient")
    assert [w["pressing"] for w in found] == sorted((w["pressing"] for w in found), key=order.index)
    for person in ("desk.elena", "desk.teresa"):
        assert {a["id"] for a in answer(url, capsys, "accounts", person=person)["accounts"]} == ELENAS
    assert {a["id"] for a in answer(url, capsys, "accounts", person="desk.bruno")["accounts"]} == {"rhein", "olimpo"}
    assert answer(url, capsys, "accounts", "--of", "teresa", person="desk.teresa")["accounts"] == []
    assert answer(url, capsys, "queue", account="rhein")["queue"] == []
    run(url, "queue", account="lumiere")
    assert f"Invoice {OVERDUE} is overdue" in capsys.readouterr().out


def test_a_credit_note_is_previewed_and_issued_once_by_key(url: str, capsys: Said) -> None:
    words = ("credit", OVERDUE, "--percent", "50", "--reason", "Half not used")
    preview = answer(url, capsys, *words, "--preview", account="lumiere")["preview"]
    assert (preview["amount"]["minor"], preview["left"]["minor"]) == (110_000, 110_000)
    first = answer(url, capsys, *words, "--yes", "--key", "june", account="lumiere")
    assert answer(url, capsys, *words, "--yes", "--key", "june", account="lumiere") == first
    assert first["credit_note"]["corrects"] == OVERDUE
    assert first["credit_note"]["gross"]["minor"] == -110_000
    run(url, "credit", OVERDUE, "--percent", "51", "--reason", "More", "--yes", account="lumiere", code=1)
    capsys.readouterr()
    assert main(["verify", "--store", url]) == 0


def test_terms_are_changed_one_by_one(url: str, capsys: Said) -> None:
    before = answer(url, capsys, "account", account="iberia")["account"]["terms"]
    assert before == {"order_required": True, "consolidated": False, "contract": "CM-2023/115"}
    run(url, "terms", "--consolidated", "yes", "--preview", account="iberia")
    capsys.readouterr()
    assert answer(url, capsys, "account", account="iberia")["account"]["terms"] == before
    after = answer(url, capsys, "terms", "--consolidated", "yes", "--yes", account="iberia")["terms"]
    assert after == before | {"consolidated": True}


def test_what_a_lead_gives_away_its_representative_no_longer_finds(url: str, capsys: Said) -> None:
    lead = {"person": "desk.teresa", "account": "iberia"}
    team = {c["id"]: c["looks_after_it"] for c in answer(url, capsys, "team", **lead)["team"]}
    assert team["elena"]
    run(url, "reassign", "--to", "teresa", "--yes", person="desk.teresa", account="iberia")
    run(url, "account", account="iberia", code=3)
    capsys.readouterr()
    assert {a["id"] for a in answer(url, capsys, "accounts")["accounts"]} == ELENAS - {"iberia"}
    assert "iberia" in {
        a["id"] for a in answer(url, capsys, "accounts", "--of", "teresa", person="desk.teresa")["accounts"]
    }


@pytest.mark.parametrize(
    ("words", "person", "account", "code"),
    [
        (("reassign", "--to", "teresa", "--yes"), "desk.elena", "iberia", 4),
        (("reassign", "--to", "bruno", "--yes"), "desk.teresa", "iberia", 3),
        (("team",), "desk.elena", "iberia", 4),
        (("account",), "desk.elena", "rhein", 3),
        (("terms", "--order-required", "no", "--yes"), "desk.bruno", "iberia", 3),
        (("credit", OVERDUE, "--percent", "1", "--reason", "x", "--yes"), "desk.elena", "iberia", 3),
        (("credit", OVERDUE, "--percent", "1", "--reason", " ", "--yes"), "desk.elena", "lumiere", 1),
        (("credit", OVERDUE, "--percent", "1", "--reason", "x"), "desk.elena", "lumiere", 2),
        (("queue",), "iberia-facturacion", "", 3),
    ],
    ids=lambda v: " ".join(v[:2]) if isinstance(v, tuple) else str(v),
)
def test_what_is_refused_has_its_code_and_changes_nothing(
    url: str, words: tuple[str, ...], person: str, account: str, code: int, capsys: Said
) -> None:
    before = Path(url.removeprefix("tinydb:")).read_bytes()
    run(url, *words, person=person, account=account, code=code)
    assert capsys.readouterr().err.strip()
    assert Path(url.removeprefix("tinydb:")).read_bytes() == before


def test_alone_it_opens_the_desk_which_needs_a_terminal(url: str, capsys: Said) -> None:
    assert main(["desk", "--store", url, "--lang", "en"]) == 1
    assert "needs a terminal" in capsys.readouterr().err
