"""The demonstration's mail: it goes nowhere, and can be read at the counter."""

from __future__ import annotations

from collections import deque

from billing.delivering import Attachment
from billing.mail_text import MailText
from billing.outbox import OutboxMessage

MOST = 20


class Mailbox:
    """A mailer that keeps the last messages. Implements `billing.delivering.Mailer`."""

    def __init__(self) -> None:
        self._kept: deque[str] = deque(maxlen=MOST)

    def send(self, message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...]) -> None:
        """Keep it."""
        del attachments
        self._kept.appendleft("\n\n".join((f"{message.to}: {text.subject}", *text.paragraphs)))

    def read(self) -> tuple[str, ...]:
        """What was sent, newest first."""
        return tuple(self._kept)
