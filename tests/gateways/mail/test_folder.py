"""Mail into a folder, and choosing which way it goes."""

from __future__ import annotations

import os
import stat
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from billing.delivering import Attachment, MailSetUpWrong
from gateways.mail.folder import FolderMailer
from gateways.mail.settings import MailAddressWrong, MailNotSetUp, mailer_of
from gateways.mail.smtp import SmtpMailer
from tests.gateways.mail.conftest import TEXT, message


def test_a_mail_becomes_a_file_that_mail_programs_open_and_nobody_else_reads(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "mail"
    FolderMailer(folder).send(message(), TEXT, (Attachment("F-1.pdf", b"%PDF"),))
    [file] = folder.iterdir()
    assert file.name == "20261123T120000-0f3a.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Subject"] == TEXT.subject
    assert [part.get_content() for part in mail.iter_attachments()] == [b"%PDF"]


def test_a_message_sent_again_is_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        FolderMailer(tmp_path).send(message(), TEXT, ())
    assert len(list(tmp_path.iterdir())) == 1


def test_an_id_chooses_no_folder(tmp_path: Path) -> None:
    FolderMailer(tmp_path / "mail").send(message(id="../../x"), TEXT, ())
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_folder_that_cannot_be_is_a_matter_of_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MailSetUpWrong):
        FolderMailer(tmp_path / "file").send(message(), TEXT, ())


def test_the_environment_names_a_server() -> None:
    mailer = mailer_of(
        {
            "VENTANILLA_SMTP_URL": "smtp+starttls://billing%40acme.example@mail.acme.example",
            "VENTANILLA_SMTP_PASSWORD_FILE": "/run/secrets/smtp",
            "VENTANILLA_MAIL_FOLDER": "/nowhere",
        }
    )
    assert mailer == SmtpMailer("mail.acme.example", 587, "billing@acme.example", Path("/run/secrets/smtp"))


def test_the_environment_names_a_folder() -> None:
    assert mailer_of({"VENTANILLA_MAIL_FOLDER": f"{os.sep}mail"}) == FolderMailer(Path("/mail"))


@pytest.mark.parametrize(
    "url",
    [
        "mail.acme.example",
        "http://mail.acme.example",
        "smtp+starttls://",
        "smtp+starttls://user:secret@mail.acme.example",
        "smtp+starttls://mail.acme.example:port",
        "smtp://mail.acme.example:25",
    ],
)
def test_an_address_that_is_not_understood_or_not_safe_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(MailAddressWrong) as refused:
        mailer_of({"VENTANILLA_SMTP_URL": url})
    assert "secret" not in str(refused.value)


def test_without_settings_mail_stays_where_it_is() -> None:
    with pytest.raises(MailNotSetUp):
        mailer_of({})
