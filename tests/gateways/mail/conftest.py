"""A real mail server on this machine, with TLS and a password, that notes what it is handed."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from billing.mail_text import MailText
from billing.outbox import MailKind, OutboxMessage
from gateways.mail.smtp import SmtpMailer

USER, PASSWORD = "ventanilla", "correct horse battery"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

TEXT = MailText(
    subject="Su factura F-2026-000042 — noviembre",
    paragraphs=("Le adjuntamos su factura.", "Pague en la ventanilla.", "Cartógrafa"),
    language="es",
    brand="Cartógrafa",
    address="facturacion@cartografa.example",
)


def message(**fields: Any) -> OutboxMessage:
    """A message to Ana, with other fields where they are given."""
    made: dict[str, Any] = {
        "id": "0f3a",
        "account_id": "acme",
        "mail": MailKind.INVOICE,
        "template": "invoice_issued",
        "values": {},
        "to": "ana@ejemplo.example",
        "language": "es",
        "dedupe_key": "x",
        "written_at": NOON,
        "next_at": NOON,
    }
    return OutboxMessage(**(made | fields))


@dataclass
class Letterbox:
    """What the server was handed, and what it answers to whom."""

    envelopes: list[Any] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """By recipient."""
    data_answer: str = "250 queued"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        self.secured.append(session.ssl is not None and session.authenticated)
        return self.data_answer

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, read as a mail program reads it."""
        return [message_from_bytes(e.content, policy=policy.default) for e in self.envelopes]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `localhost` and its key."""
    return _certificate(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture(scope="session")
def other_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for another machine."""
    return _certificate(tmp_path_factory.mktemp("tls"), "elsewhere.example")


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "2", "-subj", f"/CN={name}", "-addext",
         f"subjectAltName=DNS:{name}"],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(letterbox: Letterbox, certificate: tuple[Path, Path] | None) -> Controller:
    """The server, running; without a certificate it offers neither TLS nor log-in."""
    more: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        more = {
            "tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _authenticate,
        }  # fmt: skip
    server = Controller(letterbox, hostname="127.0.0.1", port=free_port(), **more)
    server.start()
    return server


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@pytest.fixture
def letterbox() -> Letterbox:
    """Where the server puts what it takes."""
    return Letterbox()


@pytest.fixture
def server(letterbox: Letterbox, certificate: tuple[Path, Path]) -> Iterator[Controller]:
    """The server with a good certificate."""
    running = started(letterbox, certificate)
    yield running
    running.stop()


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """The right password."""
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


@pytest.fixture
def mailer(server: Controller, certificate: tuple[Path, Path], password_file: Path) -> SmtpMailer:
    """A mailer that is set up well."""
    return SmtpMailer("localhost", server.port, USER, password_file, ca=certificate[0], seconds=10)
