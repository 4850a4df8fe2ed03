"""The command-line twin: every topic answers, as text and as JSON; roles and exit codes are those of the counter."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from billing.desk import Desk
from billing.history import Question, list_invoices
from billing.plan_changes import preview, running
from billing.sign_in import open_desk, standings
from storage.dataset import load_into
from tests.conftest import LUIS, MARTA, standing_of
from tui.cli import main
from tui.commands.completion import subcommands, whole
from tui.demo.stage import demo_clock, demo_data, demo_store

INES = "ines@acme.example"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of one's own with the demonstration's data."""
    from billing.kinds import KINDS
    from storage.registry import open_store

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("VENTANILLA_MAIL_FOLDER", str(tmp_path / "mail"))
    address = f"tinydb:{tmp_path}/store.json"
    store = open_store(address, KINDS, create=True)
    load_into(store, demo_data())
    store.close()
    return address


def run(url: str, *words: str, person: str = MARTA, code: int = 0) -> int:
    asked = [*words, "--store", url, "--lang", "en"]
    if person and words[0] not in OPERATOR:
        asked += ["--as", person]
    answered = main(asked, clock=demo_clock())
    assert answered == code, f"{words}: {answered}"
    return answered


OPERATOR = ("renew", "collect", "dun", "daily", "outbox", "verify")

QUESTIONS = (
    ("accounts", "list"), ("overview",), ("invoices", "list"), ("plans", "list"), ("subscriptions", "list"),
    ("payment-methods", "list"), ("billing-info", "show"), ("statement",), ("timeline",), ("notices", "list"),
    ("mail-choices", "show"), ("keys", "list"), ("pay", "--all", "--preview"), ("renew", "--preview"),
    ("outbox", "list"), ("verify",),
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_every_topic_answers_people_and_programs(
    url: str, question: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    run(url, *question)
    said = capsys.readouterr().out
    assert said.strip()
    assert "\x1b" not in said
    run(url, *question, "--json")
    assert json.loads(capsys.readouterr().out)


def test_the_list_of_invoices_is_the_screens(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(url, "invoices", "list", "--state", "paid", "--json")
    numbers = [i["number"] for i in json.loads(capsys.readouterr().out)["invoices"]]
    store = demo_store()
    credential, standing = standing_of(store, MARTA)
    desk = open_desk(store, demo_clock(), standings(store, credential), standing)
    from billing.history import StateFilter

    assert numbers == [i.number for i in list_invoices(desk, Question(state=StateFilter.PAID)).rows]


def change(url: str, *words: str, capsys: pytest.CaptureFixture[str]) -> Any:
    run(url, "subscriptions", *words, "--yes", "--json")
    return json.loads(capsys.readouterr().out)


def test_a_change_is_previewed_then_made_and_the_books_agree(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(url, "subscriptions", "licences", "acme.s1", "8", "--preview")
    assert "To pay today" in capsys.readouterr().out
    run(url, "subscriptions", "list", "--json")
    before = {s["id"]: s for s in json.loads(capsys.readouterr().out)["subscriptions"]}
    assert before["acme.s1"]["licences"] == 6, "a preview changes nothing"
    change(url, "licences", "acme.s1", "8", capsys=capsys)
    change(url, "licences", "acme.s1", "2", capsys=capsys)
    change(url, "undo", "acme.s1", capsys=capsys)
    change(url, "frequency", "acme.s1", "yearly", capsys=capsys)
    change(url, "cancel", "acme.s1", capsys=capsys)
    change(url, "keep", "acme.s1", capsys=capsys)
    change(url, "add", "service-desk", "--licences", "3", "--frequency", "monthly", capsys=capsys)
    run(url, "subscriptions", "list", "--json")
    after = {s["id"]: s for s in json.loads(capsys.readouterr().out)["subscriptions"]}
    assert after["acme.s1"]["licences"] == 8
    assert after["acme.s1"]["frequency"] == "yearly"
    assert len(after) == len(before) + 1
    run(url, "verify")


def test_what_is_open_is_paid_and_the_mail_about_it_goes_out(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(url, "pay", "--all", "--yes", "--json")
    assert json.loads(capsys.readouterr().out)
    run(url, "overview", "--json")
    assert json.loads(capsys.readouterr().out)["due"]["minor"] == 0
    run(url, "daily", "--json")
    run(url, "verify")
    assert list((tmp_path / "mail").glob("*.eml"))


def test_billing_information_is_changed_and_the_next_invoice_taxed_otherwise(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(url, "billing-info", "set", "--country", "FR", "--tax-id", "FR83404833048", "--postcode", "75001", "--preview")
    assert "taxed otherwise" in capsys.readouterr().out
    run(url, "billing-info", "set", "--name", "ACME Nueva, S.L.", "--yes", "--json")
    assert json.loads(capsys.readouterr().out)["billing_information"]["name"] == "ACME Nueva, S.L."


@pytest.mark.parametrize(
    ("words", "person", "code"),
    [
        (("subscriptions", "licences", "acme.s1", "8", "--yes"), INES, 4),
        (("pay", "--all", "--yes"), INES, 4),
        (("invoices", "list"), LUIS, 4),
        (("statement",), LUIS, 4),
        (("subscriptions", "cancel", "talleres.s1", "--yes"), MARTA, 3),
        (("invoices", "show", "F-1999-000001"), MARTA, 3),
        (("payment-methods", "remove", "talleres.m1", "--yes"), MARTA, 3),
        (("overview",), "nobody@acme.example", 3),
        (("subscriptions", "licences", "acme.s1", "6", "--yes"), MARTA, 1),
        (("subscriptions", "licences", "acme.s1", "8"), MARTA, 2),
    ],
    ids=lambda v: " ".join(v[:3]) if isinstance(v, tuple) else str(v),
)
def test_what_is_refused_has_its_code_and_a_sentence(
    url: str, words: tuple[str, ...], person: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    run(url, *words, person=person, code=code)
    said = capsys.readouterr()
    assert said.err.strip()
    assert "Traceback" not in said.err
    run(url, *words, "--json", person=person, code=code)
    assert json.loads(capsys.readouterr().err)["error"]["type"]


def test_renewals_run_for_a_later_day_once(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    later = (demo_clock()() + timedelta(days=20)).date().isoformat()
    run(url, "renew", "--as-of", later, "--preview", "--json")
    wanted = json.loads(capsys.readouterr().out)["issued"]
    run(url, "renew", "--as-of", later, "--json")
    issued = json.loads(capsys.readouterr().out)["issued"]
    assert len(issued) == len(wanted) > 5
    run(url, "renew", "--as-of", later, "--json")
    assert json.loads(capsys.readouterr().out)["issued"] == []
    run(url, "verify")


def test_verify_names_what_was_changed_behind_its_back(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    from billing.journal import JournalEntry
    from billing.kinds import KINDS
    from storage.registry import open_store

    store = open_store(url, KINDS)
    with store.write() as books:
        entry = books.every(JournalEntry, limit=1)[0]
        books.remove(entry)
    store.close()
    run(url, "verify", code=1)
    assert entry.document_id in capsys.readouterr().out


def test_every_word_is_completed_in_three_shells(capsys: pytest.CaptureFixture[str]) -> None:
    from tui.cli import parser

    topics = subcommands(whole(parser()))
    for shell in ("bash", "zsh", "fish"):
        assert main(["completion", shell]) == 0
        script = capsys.readouterr().out
        assert all(topic in script for topic in topics), shell


def test_a_preview_of_the_command_line_is_the_screens(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    from billing.changes import ChangeLicences

    run(url, "subscriptions", "licences", "acme.s1", "9", "--preview", "--json")
    shown = json.loads(capsys.readouterr().out)["preview"]
    store = demo_store()
    credential, standing = standing_of(store, MARTA)
    desk: Desk = open_desk(store, demo_clock(), standings(store, credential), standing)
    seen = preview(desk, ChangeLicences(subscription_id=running(desk)[0].id, quantity=9))
    assert json.dumps(shown).count(str(seen.totals.gross)) >= 1
