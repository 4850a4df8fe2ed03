"""A worker that really dies, on a store that really is on disk."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

from billing.delivering import LEASE, deliver
from billing.kinds import KINDS
from billing.outbox import OutboxMessage, OutboxState
from gateways.documents.local import LocalDocuments
from gateways.mail.folder import FolderMailer
from storage.registry import open_store
from tests.gateways.mail.conftest import NOON, message
from tests.gateways.samples import VENDOR

WORKER = """
import os, sys
from pathlib import Path
from billing.delivering import deliver
from billing.kinds import KINDS
from gateways.documents.local import LocalDocuments
from gateways.mail.folder import FolderMailer
from storage.registry import open_store
from tests.gateways.mail.conftest import NOON
from tests.gateways.samples import VENDOR

class Dying:
    def send(self, *mail):
        FolderMailer(Path(sys.argv[2])).send(*mail)
        os.kill(os.getpid(), 9)

deliver(open_store(sys.argv[1], KINDS), Dying(), LocalDocuments(), VENDOR, lambda: NOON)
"""


def test_mail_sent_by_a_worker_that_is_killed_then_goes_out_again_as_the_same_mail(tmp_path: Path) -> None:
    url, folder = f"tinydb:{tmp_path}/store.json", tmp_path / "mail"
    store = open_store(url, KINDS, create=True)
    with store.write() as books:
        books.put(message(template="account_suspended", values={"amount": "1 €"}))
    store.close()

    root = Path(__file__).parents[3]
    killed = subprocess.run([sys.executable, "-c", WORKER, url, folder], cwd=root, check=False)
    assert killed.returncode == -9
    [first] = folder.iterdir()
    sent_first = message_from_bytes(first.read_bytes(), policy=policy.default)

    store = open_store(url, KINDS)
    mailer = FolderMailer(folder)
    assert deliver(store, mailer, LocalDocuments(), VENDOR, lambda: NOON).sent == 0
    assert deliver(store, mailer, LocalDocuments(), VENDOR, lambda: NOON + LEASE + timedelta(seconds=1)).sent == 1
    with store.read() as books:
        assert books.get(OutboxMessage, "0f3a").state is OutboxState.SENT
    store.close()
    [again] = folder.iterdir()
    assert message_from_bytes(again.read_bytes(), policy=policy.default)["Message-ID"] == sent_first["Message-ID"]
