"""`ventanilla outbox`: what waits, sending it, and saying so to people and programs."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from billing.accounts import Account
from billing.delivering import NotFailed
from billing.errors import NotFound
from billing.invoices import Invoice
from billing.kinds import KINDS
from billing.language import Language
from billing.outbox import MailKind, OutboxMessage
from billing.store import Store
from gateways.mail.settings import MailNotSetUp
from storage.dataset import load_into
from storage.registry import open_store
from tests.gateways.mail.conftest import free_port
from tui.commands.call import Call
from tui.commands.identity import gateway, opened, person
from tui.commands.streams import own_streams
from tui.demo.sample import sample
from tui.outbox_commands import run

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Shop:
    """A store on disk with two messages waiting, and where its mail goes."""

    url: str
    folder: Path
    invoice: Invoice

    def outbox(self, act: str, **options: Any) -> int:
        given = {"act": act, "store": self.url, "json": False, "limit": None} | options
        asked = argparse.Namespace(**given)
        return run(Call(asked, Language("en"), lambda: NOW, person, gateway, own_streams(), lambda: opened(asked)))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for name in ("VENTANILLA_SMTP_URL", "VENTANILLA_SMTP_PASSWORD_FILE", "VENTANILLA_MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VENTANILLA_MAIL_FOLDER", str(tmp_path / "mail"))
    url = f"tinydb:{tmp_path}/store.json"
    store = open_store(url, KINDS, create=True)
    load_into(store, sample(2, 1, 7, NOW.date()))
    with store.read() as books:
        invoice = books.every(Invoice, limit=1)[0]
    _put(store, "first", invoice, attach=(invoice.id,))
    _put(store, "second", invoice, to="not an address \x1b[2J", values={"amount": "a secret"})
    store.close()
    return Shop(url, tmp_path / "mail", invoice)


def _put(store: Store, name: str, invoice: Invoice, **fields: Any) -> None:
    with store.write() as books:
        account = books.get(Account, invoice.account_id)
        made: dict[str, Any] = {"to": account.email, "values": {"amount": "12 €"}, "language": account.language}
        moment = NOW - timedelta(minutes=1 if name == "second" else 2)
        books.put(
            OutboxMessage(
                id=name, account_id=account.id, mail=MailKind.PAYMENT, template="account_suspended", dedupe_key=name,
                written_at=moment, next_at=moment, **(made | fields),
            )
        )  # fmt: skip


def test_what_waits_is_delivered_with_the_real_document(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.outbox("deliver", json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"sent": 1, "put_off": 0, "failed": 1, "waiting": 0, "paused": None}
    [file] = shop.folder.iterdir()
    [pdf] = message_from_bytes(file.read_bytes(), policy=policy.default).iter_attachments()
    assert pdf.get_filename() == f"{shop.invoice.number}.pdf"
    assert pdf.get_content().startswith(b"%PDF-")
    assert shop.outbox("deliver") == 0
    assert len(list(shop.folder.iterdir())) == 1


def test_the_list_says_how_far_each_has_come_and_not_what_it_says(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.outbox("deliver")
    capsys.readouterr()
    assert shop.outbox("list") == 0
    shown = capsys.readouterr().out
    assert "failed" in shown
    assert "cannot stand in a header" in shown
    assert "\x1b" not in shown
    assert "secret" not in shown
    assert shop.outbox("list", json=True, limit=2) == 0
    second, first = json.loads(capsys.readouterr().out)
    assert (first["id"], first["state"], first["sent_at"]) == ("first", "sent", "2026-11-23T12:00:00Z")
    assert (second["id"], second["state"], second["attempts"]) == ("second", "failed", 1)
    assert "secret" not in json.dumps(second)


def test_the_list_can_be_of_one_account_and_one_state(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    for options, found in (
        ({"account": shop.invoice.account_id, "limit": 2}, 2),
        ({"account": "nobody"}, 0),
        ({"state": "failed"}, 0),
        ({"state": "waiting", "limit": 1}, 1),
    ):
        shop.outbox("list", json=True, **options)
        assert len(json.loads(capsys.readouterr().out)) == found
    shop.outbox("list", account="nobody")
    assert "no such mail" in capsys.readouterr().out


def test_a_limit_leaves_the_rest_waiting(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.outbox("deliver", json=True, limit=1)
    assert json.loads(capsys.readouterr().out)["waiting"] == 1


def test_a_server_that_is_down_is_said_and_fails_the_command(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENTANILLA_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    assert shop.outbox("deliver") == 1
    assert "does not answer" in capsys.readouterr().out
    assert shop.outbox("deliver", json=True) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == 1, "the one without an address needs no server"
    assert shop.outbox("list", json=True, state="waiting") == 0
    assert [message["id"] for message in json.loads(capsys.readouterr().out)] == ["first"]


def test_without_settings_nothing_is_touched(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VENTANILLA_MAIL_FOLDER")
    with pytest.raises(MailNotSetUp):
        shop.outbox("deliver")


def test_a_failed_message_is_tried_again_on_request_and_no_other(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.outbox("deliver")
    capsys.readouterr()
    assert shop.outbox("retry", message="second") == 0
    assert "waits again" in capsys.readouterr().out
    for message, refusal in (("first", NotFailed), ("nobody", NotFound)):
        with pytest.raises(refusal):
            shop.outbox("retry", message=message)
