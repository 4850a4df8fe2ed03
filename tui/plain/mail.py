"""Notices, the mail about the account, and who receives which of it."""

from __future__ import annotations

from functools import partial

from billing.delivering import MailRow, account_mail
from billing.errors import N_, Refusal
from billing.inbox import notices
from billing.mail_choices import KIND_WORDS, MailChoice, choices
from billing.notices import Notice
from billing.outbox import MailKind, OutboxState
from tui.plain.talk import Talk
from tui.plain.twin import do

STATE_WORDS = {
    OutboxState.WAITING: N_("Waiting"),
    OutboxState.SENDING: N_("Sending"),
    OutboxState.SENT: N_("Sent"),
    OutboxState.FAILED: N_("Failed"),
}


class NotYours(Refusal):
    """Somebody else's mail."""

    message = N_("Only the billing contact, and those it is from and to, can read this message.")


class NotToChange(Refusal):
    """Somebody else's choice."""

    message = N_("Only the billing contact, or the person, can change this. Nothing was changed.")


async def told(talk: Talk) -> None:
    """The notices, newest first; one can be opened where it is about a document."""
    from tui.plain.invoices import open_document

    async def window(offset: int, limit: int) -> tuple[list[tuple[Notice, str]], int]:
        found = await talk.ask(partial(notices, talk.desk, offset, limit))
        rows = [(n, f"{talk.language.date(n.at.date())}: {talk.say(n.message, **n.values)}") for n in found.rows]
        return rows, found.total

    chosen = await talk.pick_from(N_("Choose a notice to open what it is about."), window)
    if not chosen.subject_id:
        await talk.tell(N_("There is no document to open for this."))
        return
    await open_document(talk, chosen.subject_id)


async def mark_read(talk: Talk) -> None:
    """All notices are read."""
    await do(talk, "notices read")


async def sent(talk: Talk) -> None:
    """The mail about the account; one message whole."""

    async def window(offset: int, limit: int) -> tuple[list[tuple[MailRow, str]], int]:
        found = await talk.ask(partial(account_mail, talk.desk, offset=offset, limit=limit))
        return [(m, _in_words(talk, m)) for m in found.rows], found.total

    chosen = await talk.pick_from(N_("Choose a message to read it."), window)
    if (text := chosen.text) is None:
        raise NotYours
    heads = [
        talk.say(N_("From: {sender}"), sender=f"{text.brand} <{text.address}>"),
        talk.say(N_("To: {address}"), address=chosen.to),
    ]
    if count := len(chosen.attach):
        attached = talk.language.count("{number} document attached (PDF)", "{number} documents attached (PDF)", count)
        heads.append(attached)
    await talk.show(*heads, "", text.subject, *(part for p in text.paragraphs for part in ("", p)))


def _in_words(talk: Talk, message: MailRow) -> str:
    about = message.text.subject if message.text else talk.say(KIND_WORDS[message.mail])
    day, state = talk.language.date(message.written_at.date()), talk.say(STATE_WORDS[message.state])
    return f"{day}, {message.to}: {about}. {state}"


async def who_receives(talk: Talk) -> None:
    """Who receives what."""
    await do(talk, "mail-choices show")


async def choose(talk: Talk) -> None:
    """Let a person receive exactly some kinds of mail."""
    found = await talk.ask(choices, talk.desk)

    async def form() -> None:
        chosen: MailChoice = await talk.pick(N_("Who?"), [(c, f"{c.person.name}, {c.person.email}") for c in found])
        if not chosen.changeable:
            raise NotToChange
        kinds = [(k, talk.say(KIND_WORDS[k])) for k in MailKind]
        wanted = await talk.some(N_("What do they receive?"), kinds, chosen.receives)
        await do(talk, "mail-choices set", email=chosen.person.email, kinds=[k.value for k in wanted])

    await talk.attempt(form)
