"""Handing mail to a real server: what arrives, and what is said of each way it can go wrong."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from billing.delivering import Attachment, MailSetUpWrong, RecipientRefused, ServerAway, TryAgain
from gateways.mail.smtp import SmtpMailer
from tests.gateways.mail.conftest import TEXT, Letterbox, free_port, message, started

PDF = b"%PDF-1.7\r\n.\r\n\n.\n" + bytes(range(256)) * 400
"""Every byte, with lines that SMTP itself would take for the end."""


def test_a_mail_arrives_over_tls_after_log_in_its_pdf_byte_for_byte(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    mailer.send(message(), TEXT, (Attachment("factura-ñ-F-2026-000042.pdf", PDF),))
    assert letterbox.secured == [True]
    [envelope], [mail] = letterbox.envelopes, letterbox.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("facturacion@cartografa.example", ["ana@ejemplo.example"])
    [pdf] = mail.iter_attachments()
    assert pdf.get_content() == PDF
    assert pdf.get_filename() == "factura-ñ-F-2026-000042.pdf"


def test_another_sender_can_be_set_and_the_message_id_stays(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    replace(mailer, sender="no-reply@mail.cartografa.example").send(message(), TEXT, ())
    assert letterbox.envelopes[0].mail_from == "no-reply@mail.cartografa.example"
    assert letterbox.mails[0]["Message-ID"] == "<0f3a@cartografa.example>"


def test_text_that_speaks_smtp_stays_one_mail_to_one_address(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    said = "a\r\n.\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<y@evil.example>\r\nDATA\r\nz\r\n.\r\n"
    mailer.send(message(), replace(TEXT, paragraphs=(said, "\r.\r", "\n.\n")), ())
    [envelope] = letterbox.envelopes
    assert envelope.rcpt_tos == ["ana@ejemplo.example"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.1.1 no such user", RecipientRefused),
        ("553 5.1.3 bad address", RecipientRefused),
        ("451 4.7.1 greylisted, come back", TryAgain),
        ("452 4.2.2 mailbox full", TryAgain),
        ("421 4.3.2 closing", ServerAway),
        ("530 5.7.0 authentication required", MailSetUpWrong),
    ],
)
def test_a_refused_recipient_is_told_in_the_servers_words(
    mailer: SmtpMailer, letterbox: Letterbox, answer: str, error: type[TryAgain]
) -> None:
    letterbox.answers["ana@ejemplo.example"] = answer
    with pytest.raises(error) as refused:
        mailer.send(message(), TEXT, ())
    assert type(refused.value) is error
    assert refused.value.values["reason"] == answer
    assert letterbox.envelopes == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [("554 5.7.1 looks like spam", RecipientRefused), ("452 4.3.1 no room", TryAgain), ("421 bye", ServerAway)],
)
def test_refused_content_is_told_too(
    mailer: SmtpMailer, letterbox: Letterbox, answer: str, error: type[TryAgain]
) -> None:
    letterbox.data_answer = answer
    with pytest.raises(error) as refused:
        mailer.send(message(), TEXT, ())
    assert type(refused.value) is error


def test_a_server_that_greylists_takes_the_same_message_later(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    letterbox.answers["ana@ejemplo.example"] = "451 4.7.1 greylisted"
    with pytest.raises(TryAgain):
        mailer.send(message(), TEXT, ())
    letterbox.answers.clear()
    mailer.send(message(), TEXT, ())
    assert len(letterbox.envelopes) == 1


def test_what_a_server_says_cannot_act_on_a_terminal(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    letterbox.answers["ana@ejemplo.example"] = "550 \x1b[2Jgone"
    with pytest.raises(RecipientRefused) as refused:
        mailer.send(message(), TEXT, ())
    assert "\x1b" not in str(refused.value)


def test_a_wrong_password_is_a_matter_of_settings_and_is_not_repeated(
    mailer: SmtpMailer, password_file: Path, letterbox: Letterbox
) -> None:
    password_file.write_text("wrong-secret")
    with pytest.raises(MailSetUpWrong) as refused:
        mailer.send(message(), TEXT, ())
    assert "535" in str(refused.value)
    assert "wrong-secret" not in str(refused.value)
    assert letterbox.envelopes == []


def test_a_password_mended_in_its_file_is_used_at_once(mailer: SmtpMailer, password_file: Path) -> None:
    right = password_file.read_text()
    password_file.write_text("wrong")
    with pytest.raises(MailSetUpWrong):
        mailer.send(message(), TEXT, ())
    password_file.write_text(right)
    mailer.send(message(), TEXT, ())


def test_a_missing_password_file_is_named(mailer: SmtpMailer, tmp_path: Path) -> None:
    with pytest.raises(MailSetUpWrong) as refused:
        replace(mailer, password_file=tmp_path / "nowhere").send(message(), TEXT, ())
    assert "nowhere" in str(refused.value)


def test_a_password_is_never_sent_without_tls(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    with pytest.raises(MailSetUpWrong):
        replace(mailer, starttls=False).send(message(), TEXT, ())
    assert letterbox.envelopes == []


def test_an_unknown_certificate_is_not_trusted(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    with pytest.raises(MailSetUpWrong) as refused:
        replace(mailer, ca=None).send(message(), TEXT, ())
    assert "certificate" in str(refused.value).lower()
    assert letterbox.envelopes == []


def test_a_certificate_of_another_machine_is_not_trusted(
    mailer: SmtpMailer, letterbox: Letterbox, other_certificate: tuple[Path, Path]
) -> None:
    imposter = started(letterbox, other_certificate)
    try:
        with pytest.raises(MailSetUpWrong):
            replace(mailer, port=imposter.port, ca=other_certificate[0]).send(message(), TEXT, ())
    finally:
        imposter.stop()
    assert letterbox.envelopes == []


def test_a_server_that_offers_no_tls_gets_nothing(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    bare = started(letterbox, None)
    try:
        with pytest.raises(MailSetUpWrong):
            replace(mailer, port=bare.port).send(message(), TEXT, ())
        SmtpMailer("127.0.0.1", bare.port, starttls=False, seconds=10).send(message(), TEXT, ())
    finally:
        bare.stop()
    assert letterbox.secured == [False]


def test_a_server_that_is_down_is_away(mailer: SmtpMailer) -> None:
    with pytest.raises(ServerAway):
        replace(mailer, port=free_port()).send(message(), TEXT, ())


@pytest.mark.parametrize("greeting", [b"", b"220 hello\r\n"], ids=["silent", "stalls after its greeting"])
def test_a_server_that_stalls_is_not_waited_for(mailer: SmtpMailer, greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        import threading

        def greet() -> None:
            connection, _peer = listening.accept()
            with connection:
                connection.sendall(greeting)
                finished.wait(30)

        finished = threading.Event()
        clerk = threading.Thread(target=greet)
        clerk.start()
        try:
            with pytest.raises(ServerAway):
                replace(mailer, port=listening.getsockname()[1], seconds=0.2).send(message(), TEXT, ())
        finally:
            finished.set()
            clerk.join()


def test_a_hostile_message_never_reaches_the_server(server: Controller, mailer: SmtpMailer) -> None:
    served = server.handler.envelopes
    with pytest.raises(RecipientRefused):
        mailer.send(message(to="a@b.example, evil@x.example"), TEXT, ())
    with pytest.raises(RecipientRefused):
        mailer.send(message(), replace(TEXT, subject="=?utf-8?q?a=0D=0ABcc:_evil@x.example?="), ())
    assert served == []
