"""The SSH keys by which a person comes in without a password."""

from __future__ import annotations

from billing.access_keys import AccessKey, enrol_key_by_password, list_keys
from billing.errors import N_
from billing.public_key import LONGEST, parse_public_key
from billing.sign_in import InvalidCredentials
from screens.front.change_password import PresentWrong
from tui.plain.speech import MOMENT
from tui.plain.talk import Talk
from tui.plain.twin import do

NAME = N_("Name; empty for the key's own comment")


async def listed(talk: Talk) -> None:
    """The keys that are enrolled."""
    await do(talk, "keys list")


async def add(talk: Talk) -> None:
    """Enrol the public half of a key, with the password once more."""
    desk, services = talk.desk, talk.session.services

    def line_of(typed: str) -> str:
        parse_public_key(typed[:LONGEST])
        return typed

    async def form() -> AccessKey:
        await talk.tell(N_("Paste the line of your .pub file, such as ~/.ssh/id_ed25519.pub."))
        line = await talk.question(N_("Public key"), "", line_of, str)
        name = await talk.text(NAME, needed=False)
        present = await talk.secret(N_("Present password"))
        await talk.tell(MOMENT)
        try:
            return await talk.session.prove(
                enrol_key_by_password, desk, services.passwords, present, line, name, services.source
            )
        except InvalidCredentials as wrong:
            raise PresentWrong from wrong

    if (key := await talk.attempt(form)) is not None:
        await talk.deliver()
        await talk.tell(N_("{name} opens your accounts from now on. You are told by mail."), name=key.name)


async def _which(talk: Talk) -> AccessKey:
    found = await talk.ask(list_keys, talk.desk)
    return await talk.pick(N_("Which key?"), [(k, f"{k.name}, {k.fingerprint}") for k in found])


async def rename(talk: Talk) -> None:
    """Call a key something else."""

    async def form() -> None:
        key = await _which(talk)
        await do(talk, "keys rename", fingerprint=key.fingerprint, name=await talk.text(N_("Name"), key.name))

    await talk.attempt(form)


async def revoke(talk: Talk) -> None:
    """Take a key away."""
    await do(talk, "keys revoke", fingerprint=(await _which(talk)).fingerprint)
