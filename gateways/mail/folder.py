"""Mail that goes no further than a folder, one `.eml` file each: for demonstrations, and for looking before sending."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from billing.delivering import Attachment, MailSetUpWrong
from billing.mail_text import MailText
from billing.outbox import OutboxMessage


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """The `Mailer` port on a folder, made on first use. A message sent again replaces its own file."""

    path: Path
    sender: str = ""
    """The address mail comes from; empty for the vendor's own."""

    def send(self, message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...]) -> None:
        """See `billing.delivering.Mailer.send`. The file is named after the moment and the message, and is whole."""
        from gateways.mail.message import build, message_id

        _, _, data = build(message, text, attachments, self.sender)
        name = message_id(message.id, "").strip("<@>")
        draft = self.path / f".{secrets.token_hex(8)}.part"
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path / f"{message.written_at:%Y%m%dT%H%M%S}-{name}.eml")
        except OSError as fault:
            raise MailSetUpWrong(f"{self.path}: {fault.strerror}") from fault
        finally:
            with suppress(OSError):
                draft.unlink()
