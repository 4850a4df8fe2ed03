"""One mail: what is in it, and what can never get into its headers."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from billing.delivering import Attachment, RecipientRefused
from billing.outbox import MailKind
from gateways.mail.message import Unsafe, addr_spec, build, header
from tests.gateways.mail.conftest import TEXT, message

INJECTIONS = (
    "x\r\nBcc: evil@x.example",
    "x\nBcc: evil@x.example",
    "x\rBcc: evil@x.example",
    "x\x0bBcc: evil@x.example",
    "x\x0cBcc: evil@x.example",
    "x\x85Bcc: evil@x.example",
    "x\u2028Bcc: evil@x.example",
    "x\u2029Bcc: evil@x.example",
    "x\x00y",
    "x\x1b[2J",
    "=?utf-8?q?a=0D=0ABcc:_evil@x.example?=",
    "=?utf-8?b?YQ0KQmNjOiBldmlsQHguZXhhbXBsZQ==?=",
)
"""Every way to a header of one's own that was tried on this interpreter, and those a newer one closes."""

NO_ADDRESSES = (
    "a@b.example, evil@x.example",
    "Ana <a@b.example>, evil@x.example",
    "Ana <a@b.example>",
    "a@b.example;evil@x.example",
    "a@b.example\r\nBcc: evil@x.example",
    "a@b.example\nRCPT TO:<evil@x.example>",
    "<a@b.example>",
    '"a b"@b.example',
    "a@[127.0.0.1]",
    "a@b@c.example",
    "a..b@c.example",
    ".a@c.example",
    "a@b",
    "a@-b.example",
    "a@" + "b" * 300 + ".example",
    "a" * 65 + "@b.example",
    "ñandú@b.example",
    "a b@c.example",
    "=?utf-8?q?a?=@b.example",
    "@b.example",
    "a@",
    "",
)


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


def test_a_mail_says_the_same_in_text_and_html_in_its_language_and_brings_the_pdf() -> None:
    attachment = Attachment("factura-ñ-F-2026-000042.pdf", b"%PDF-1.7 \x00\xff")
    sender, to, data = build(message(), TEXT, (attachment,))
    mail = read(data)
    assert (sender, to) == ("facturacion@cartografa.example", "ana@ejemplo.example")
    assert mail["From"].addresses[0].display_name == "Cartógrafa"
    assert mail["Subject"] == TEXT.subject
    assert mail["Content-Language"] == "es"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    for paragraph in TEXT.paragraphs:
        assert paragraph in plain.get_content()
        assert f"<p>{paragraph}</p>" in html.get_content()
    [pdf] = mail.iter_attachments()
    assert (pdf.get_content_type(), pdf.get_filename()) == ("application/pdf", attachment.name)
    assert pdf.get_content() == attachment.data


def test_a_message_sent_again_carries_the_same_message_id_and_date() -> None:
    first, second = (read(build(message(attempts=n), TEXT, ())[2]) for n in (1, 2))
    assert first["Message-ID"] == second["Message-ID"] == "<0f3a@cartografa.example>"
    assert first["Date"] == second["Date"]
    assert read(build(message(id="0f3b"), TEXT, ())[2])["Message-ID"] != first["Message-ID"]


def test_an_id_that_is_no_word_still_makes_a_message_id() -> None:
    made = str(read(build(message(id="invoice:f-1> <x@evil.example"), TEXT, ())[2])["Message-ID"])
    assert made.endswith("@cartografa.example>")
    assert "evil" not in made


def test_what_a_person_wrote_is_answered_to_that_person() -> None:
    personal = message(mail=MailKind.PERSONAL, reply_to="luis@acme.example")
    mail = read(build(personal, TEXT, ())[2])
    assert mail["Reply-To"].addresses[0].addr_spec == "luis@acme.example"
    assert mail["Auto-Submitted"] == "no"


def test_html_takes_what_people_typed_as_text_and_fetches_nothing() -> None:
    hostile = '<img src="http://evil.example/x.png" onerror=alert(1)> & <a href="javascript:x">y</a>'
    mail = read(build(message(), replace(TEXT, paragraphs=(hostile,), subject="<b>"), ())[2])
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;img src=&quot;" in html.get_content()
    for tag in ("<img", "<a ", "<script", "<style", "<link", "<b>"):
        assert tag not in html.get_content()


def test_only_the_link_of_the_text_itself_can_be_followed() -> None:
    text = replace(TEXT, paragraphs=("https://bank.example/c?a=1&b=2", "https://evil.example"))
    html = read(build(message(), replace(text, link=text.paragraphs[0]), ())[2]).get_body(("html",))
    assert html is not None
    assert '<a href="https://bank.example/c?a=1&amp;b=2">' in html.get_content()
    assert html.get_content().count("<a ") == 1


@pytest.mark.parametrize("hostile", INJECTIONS)
def test_no_text_becomes_a_header(hostile: str) -> None:
    """Wherever it stands: subject, our name, language, a file's name, an address."""
    with pytest.raises(Unsafe):
        header(hostile)
    for text in (replace(TEXT, subject=hostile), replace(TEXT, brand=hostile), replace(TEXT, language=hostile)):
        with pytest.raises(RecipientRefused):
            build(message(), text, ())
    with pytest.raises(RecipientRefused):
        build(message(), TEXT, (Attachment(hostile + ".pdf", b""),))
    for wrong in (message(to=f"{hostile}@b.example"), message(to=f"a@b.example{hostile}"), message(reply_to=hostile)):
        with pytest.raises(RecipientRefused):
            build(wrong, TEXT, ())


@pytest.mark.parametrize("wrong", NO_ADDRESSES)
def test_only_one_plain_address_is_written_to(wrong: str) -> None:
    with pytest.raises(Unsafe):
        addr_spec(wrong)
    with pytest.raises(RecipientRefused):
        build(message(to=wrong), TEXT, ())


def test_a_domain_in_any_script_is_written_as_servers_know_it() -> None:
    assert addr_spec("ana+facturas@ñandú.example") == "ana+facturas@xn--and-6ma2c.example"


def test_the_finished_bytes_are_read_back_even_where_the_text_was_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second lock: with the first one open, an encoded word that this interpreter makes a header of is refused."""
    import gateways.mail.message as module

    hostile = "=?utf-8?q?a=0D=0ABcc:_evil@x.example?="
    monkeypatch.setattr(module, "header", lambda text: text)
    for text in (replace(TEXT, subject=hostile), replace(TEXT, brand=hostile)):
        try:
            mail = read(build(message(), text, ())[2])
        except RecipientRefused:
            continue
        assert mail["Bcc"] is None, "an interpreter that writes it must be caught"


def test_a_body_can_neither_end_the_mail_nor_begin_a_part() -> None:
    text = replace(TEXT, paragraphs=("a\r\n.\r\nMAIL FROM:<x@evil.example>\r\n\r\n--===============\r\nBcc: x\n.\n",))
    mail = read(build(message(), text, ())[2])
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert "MAIL FROM" in str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
