"""Which way mail goes, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from billing.errors import N_, Refusal

if TYPE_CHECKING:
    from billing.delivering import Mailer

SUBMISSION = 587
"""The port for handing mail in (RFC 6409)."""

_SCHEMES = {"smtp+starttls": True, "smtp": False}


class MailNotSetUp(Refusal):
    """Nothing says where mail goes."""

    message = N_(
        "Where mail goes is not set. It is kept in the outbox. Set VENTANILLA_SMTP_URL, or VENTANILLA_MAIL_FOLDER."
    )


class MailAddressWrong(Refusal):
    """The address of the mail server cannot be understood."""

    message = N_(
        "VENTANILLA_SMTP_URL is not understood. Mail is kept in the outbox. "
        "Write smtp+starttls://USER@HOST:PORT, and put the password in the file VENTANILLA_SMTP_PASSWORD_FILE names."
    )


def mailer_of(environment: Mapping[str, str]) -> Mailer:
    """The mailer the environment asks for: `VENTANILLA_SMTP_URL`, else `VENTANILLA_MAIL_FOLDER`.

    `smtp+starttls://user@host:587` is the rule; plain `smtp://localhost:25` is for a server on this machine. Also read:
    `VENTANILLA_SMTP_PASSWORD_FILE`, `VENTANILLA_SMTP_CA_FILE` (trusted instead of the system's certificates) and
    `VENTANILLA_MAIL_FROM` (instead of the vendor's address). A password in the URL is refused: it would show in lists
    of processes. Raises `MailNotSetUp` or `MailAddressWrong`.
    """
    sender = environment.get("VENTANILLA_MAIL_FROM", "")
    if url := environment.get("VENTANILLA_SMTP_URL", ""):
        from gateways.mail.smtp import SmtpMailer

        try:
            parts = urlsplit(url)
            starttls, port = _SCHEMES[parts.scheme], parts.port or SUBMISSION
        except (ValueError, KeyError) as fault:
            raise MailAddressWrong from fault
        elsewhere = parts.hostname not in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or parts.password is not None or parts.path.strip("/") or (elsewhere and not starttls):
            raise MailAddressWrong
        return SmtpMailer(
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password_file=_path(environment.get("VENTANILLA_SMTP_PASSWORD_FILE", "")),
            sender=sender,
            starttls=starttls,
            ca=_path(environment.get("VENTANILLA_SMTP_CA_FILE", "")),
        )
    if folder := environment.get("VENTANILLA_MAIL_FOLDER", ""):
        from gateways.mail.folder import FolderMailer

        return FolderMailer(Path(folder), sender)
    raise MailNotSetUp


def _path(text: str) -> Path | None:
    return Path(text) if text else None
