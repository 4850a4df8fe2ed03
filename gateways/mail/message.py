"""Building one mail: text, the same as modest HTML, and PDFs; nothing that came from a person becomes a header.

The interpreter is not relied on: `EmailMessage` of Python before 3.11.10 writes a real `Bcc:` out of an encoded word in
a subject or a display name (CVE-2024-6923). So header text is looked at before, and the finished bytes are read back
and must hold exactly the headers that were meant.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from billing.delivering import Attachment, RecipientRefused
from billing.mail_text import MailText
from billing.outbox import MailKind, OutboxMessage

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|=\?")
_LOCAL = re.compile(r"(?!.{65})[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?!.{254})([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]")
_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"]
_OF_PARTS = {"content-type", "content-transfer-encoding", "content-disposition", "mime-version"}


class Unsafe(ValueError):
    """Something that would not stay inside its header."""


def header(text: str) -> str:
    """Text fit for a header; `Unsafe` where it holds a control, a line break of any kind, or an encoded word."""
    if _UNSAFE.search(text):
        raise Unsafe(f"{text[:40]!a} cannot stand in a header")
    return text


def addr_spec(text: str) -> str:
    """One plain address (RFC 5321, dot-string), its domain in ASCII; `Unsafe` for anything else, lists above all."""
    local, _, domain = header(text).rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise Unsafe(f"{text[:40]!a} is no mail address")
    return f"{local}@{domain}"


def build(
    message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...], sender: str = ""
) -> tuple[str, str, bytes]:
    """The mail: who sends it, to whom, and its bytes. `sender` is used where it is not the vendor's own address.

    The same message has the same Message-ID and date however often it is sent. Raises `RecipientRefused` where an
    address is none or something would not stay in its place.
    """
    try:
        from_address, to = addr_spec(sender or text.address), addr_spec(message.to)
        mail = _written(message, text, attachments, from_address, to)
        data = mail.as_bytes(policy=policy.SMTP)
        _require_as_meant(mail, data, from_address, to)
    except (ValueError, LookupError) as fault:  # what the email package refuses, it refuses with these
        raise RecipientRefused(message.to, str(fault)) from fault
    return from_address, to, data


def _written(
    message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...], from_address: str, to: str
) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(header(text.brand), addr_spec=from_address)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = header(text.subject)
    mail["Date"] = format_datetime(message.written_at)
    mail["Message-ID"] = message_id(message.id, addr_spec(text.address))
    # RFC 3834, 5: a program wrote it, so no program answers it; what a person wrote may be answered by anybody.
    mail["Auto-Submitted"] = "no" if message.mail is MailKind.PERSONAL else "auto-generated"
    if message.reply_to:
        mail["Reply-To"] = Address(addr_spec=addr_spec(message.reply_to))
    mail.set_content("\n\n".join(text.paragraphs) + "\n")
    mail.add_alternative(_html(text), subtype="html")
    for attachment in attachments:
        mail.add_attachment(attachment.data, maintype="application", subtype="pdf", filename=header(attachment.name))
    mail["Content-Language"] = header(text.language)  # last: content that is added takes it along
    return mail


def message_id(outbox_id: str, vendor_address: str) -> str:
    """The Message-ID of an outbox row, the same each time it is sent."""
    name = outbox_id if _ID.fullmatch(outbox_id) else hashlib.sha256(outbox_id.encode()).hexdigest()[:32]
    return f"<{name}@{vendor_address.rpartition('@')[2]}>"


def _html(text: MailText) -> str:
    """The paragraphs and nothing else: no picture, no style sheet, nothing that is fetched."""
    body = "\n".join(_paragraph(paragraph, text.link) for paragraph in text.paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(text.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(text.subject)}</title></head>\n<body>\n{body}\n</body></html>\n"
    )


def _paragraph(paragraph: str, link: str) -> str:
    shown = escape(paragraph).replace("\n", "<br>\n")
    return f'<p><a href="{shown}">{shown}</a></p>' if link and paragraph == link else f"<p>{shown}</p>"


def _require_as_meant(mail: EmailMessage, data: bytes, from_address: str, to: str) -> None:
    """Read the bytes back as a mail server does, and compare."""
    read = message_from_bytes(data, policy=policy.default)
    if sorted(read.keys()) != sorted(mail.keys()) or not set(_HEADERS) <= set(read.keys()):
        raise Unsafe(f"headers {read.keys()}")
    if [_addresses(read, "From"), _addresses(read, "To")] != [[from_address], [to]]:
        raise Unsafe("other addresses than meant")
    parts = list(read.walk())
    if len(parts) != len(list(mail.walk())) or any(not set(_names(part)) <= _OF_PARTS for part in parts[1:]):
        raise Unsafe("other parts than meant")


def _addresses(read: EmailMessage, name: str) -> list[str]:
    return [address.addr_spec for address in read[name].addresses]


def _names(part: EmailMessage) -> Iterator[str]:
    return (name.lower() for name in part)
