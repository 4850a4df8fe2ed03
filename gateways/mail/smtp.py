"""Handing mail to a server over SMTP submission (RFC 6409), always over verified TLS where the server is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from billing.delivering import Attachment, MailSetUpWrong, RecipientRefused, ServerAway, TryAgain
from billing.errors import Refusal
from billing.mail_text import MailText, header_text
from billing.outbox import OutboxMessage

if TYPE_CHECKING:
    from smtplib import SMTP
    from ssl import SSLContext

_SET_UP = {530, 534, 535, 538}
"""What is asked of us before any mail is taken: authentication, TLS (RFC 4954, RFC 3207)."""

_AWAY = 421
"""The server closes (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """The `Mailer` port on a mail server. One connection for each message; the password is read when it is needed."""

    host: str
    port: int = 587
    user: str = ""
    password_file: Path | None = None
    sender: str = ""
    """The address mail comes from; empty for the vendor's own."""
    starttls: bool = True
    """Off only for a server on this very machine: refused with a user, so that no password goes out in the clear."""
    ca: Path | None = None
    """Certificates to trust instead of the system's."""
    seconds: float = 20
    """How long the server may take for each answer."""

    def send(self, message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...]) -> None:
        """See `billing.delivering.Mailer.send`."""
        from smtplib import SMTPException

        from gateways.mail.message import build

        sender, to, data = build(message, text, attachments, self.sender)
        with _faults_told(to):
            server = self._connected(sender.rpartition("@")[2])
            try:
                server.sendmail(sender, [to], data)
            finally:
                # The server has answered for the message already: how it says goodbye changes nothing.
                with suppress(SMTPException, OSError):
                    server.quit()
                server.close()

    def _connected(self, own_name: str) -> SMTP:
        import smtplib

        password = self._password()
        context = self._context() if self.starttls else None
        server = smtplib.SMTP(self.host, self.port, local_hostname=own_name, timeout=self.seconds)
        try:
            if context is not None:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, password)
        except BaseException:
            server.close()
            raise
        return server

    def _context(self) -> SSLContext:
        import ssl

        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as fault:
            raise MailSetUpWrong(f"{self.ca}: {fault.strerror or fault}") from fault

    def _password(self) -> str:
        if not self.user:
            return ""
        if not self.starttls:
            raise MailSetUpWrong("a password is not sent without TLS")
        if self.password_file is None:
            raise MailSetUpWrong("no password file is named")
        try:
            return self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as fault:
            raise MailSetUpWrong(f"{self.password_file}: {getattr(fault, 'strerror', '') or fault}") from fault


@contextmanager
def _faults_told(to: str) -> Iterator[None]:
    """Say each fault of a connection as one of the three things a delivery can do about it."""
    import smtplib
    import ssl

    try:
        yield
    except smtplib.SMTPRecipientsRefused as fault:
        code, said = fault.recipients[to]
        raise _told(code, said, to) from fault
    except smtplib.SMTPSenderRefused as fault:
        # 552 is about this message's size; any other lasting no to our own address is about the settings.
        lasting = fault.smtp_code >= 500 and fault.smtp_code != 552
        raise _told(530 if lasting else fault.smtp_code, fault.smtp_error, to) from fault
    except smtplib.SMTPDataError as fault:
        raise _told(fault.smtp_code, fault.smtp_error, to) from fault
    except smtplib.SMTPServerDisconnected as fault:
        raise ServerAway(_shown(fault)) from fault
    except smtplib.SMTPResponseException as fault:  # greeting, EHLO, STARTTLS, AUTH
        passing = fault.smtp_code < 500
        raise (ServerAway if passing else MailSetUpWrong)(_said(fault.smtp_code, fault.smtp_error)) from fault
    except smtplib.SMTPException as fault:  # no STARTTLS or no AUTH is offered
        raise MailSetUpWrong(_shown(fault)) from fault
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError) as fault:
        raise ServerAway(_shown(fault)) from fault
    except ssl.SSLError as fault:
        raise MailSetUpWrong(_shown(fault)) from fault
    except OSError as fault:
        raise ServerAway(_shown(fault)) from fault
    except UnicodeError as fault:  # a user name or password that AUTH cannot carry
        raise MailSetUpWrong(type(fault).__name__) from None


def _told(code: int, said: bytes | str, to: str) -> Refusal:
    if code == _AWAY:
        return ServerAway(_said(code, said))
    if code in _SET_UP:
        return MailSetUpWrong(_said(code, said))
    return RecipientRefused(to, _said(code, said)) if code >= 500 else TryAgain(_said(code, said))


def _said(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {header_text(words)}"


def _shown(fault: BaseException) -> str:
    return header_text(str(fault)) or type(fault).__name__
