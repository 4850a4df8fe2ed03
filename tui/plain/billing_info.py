"""What invoices are made out to, and changing it."""

from __future__ import annotations

from dataclasses import asdict

from billing.billing_fields import FIELD_WORDS, REQUIRED, country_code
from billing.billing_information import read_billing_information
from billing.errors import N_
from billing.language import NAMES
from tui.plain.talk import Talk
from tui.plain.twin import do


async def show(talk: Talk) -> None:
    """Who is invoiced, where and how."""
    await do(talk, "billing-info show")


async def change(talk: Talk) -> None:
    """Every field in turn, what it stands at in brackets; then what it comes to."""
    now = asdict(await talk.ask(read_billing_information, talk.desk))

    async def form() -> None:
        wanted = {}
        for field, word in FIELD_WORDS.items():
            held = now[field]
            if field == "language":
                wanted[field] = await talk.pick(word, list(NAMES.items()), held)
            elif field == "country":
                name = await talk.question(word, talk.language.country(held), _country, str)
                wanted[field] = held if name == talk.language.country(held) else country_code(name)
            elif isinstance(held, tuple):
                wanted[field] = await talk.lines(word, held)
            else:
                wanted[field] = await talk.text(word, held, needed=field in REQUIRED)
        changed = {f"new_{field}": value for field, value in wanted.items() if value != now[field]}
        if not changed:
            await talk.tell(N_("Nothing was changed."))
            return
        await do(talk, "billing-info set", **changed)

    await talk.attempt(form)


def _country(typed: str) -> str:
    country_code(typed)
    return typed
