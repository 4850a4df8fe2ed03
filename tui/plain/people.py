"""Who is on the account; and, for those without billing rights, whom to ask and how."""

from __future__ import annotations

from functools import partial

from billing.accounts import CUSTOMER_ROLES, Role
from billing.contacts import ROLE_WORDS, Contact, billing_contacts, list_contacts
from billing.errors import N_
from billing.member_message import WISH_WORDS, draft, send
from screens.center.not_contact import ASK_CONTACT
from tui.plain.talk import Talk
from tui.plain.twin import do
from tui.text import safe_lines

MEANS = N_("You are signed in, but are not the billing contact of {account}; nothing was changed.")


async def whom_to_ask(talk: Talk) -> None:
    """The billing contact, in the help article's words (M7)."""
    for person in await talk.ask(billing_contacts, talk.desk):
        await talk.tell(ASK_CONTACT, name=person.name, email=person.email)
    if talk.desk.role is Role.MEMBER:
        await talk.tell(MEANS, account=talk.desk.account.name)


async def write_to_contact(talk: Talk) -> None:
    """A message to the billing contact, filled in (M8)."""
    desk = talk.desk
    wish = await talk.pick(N_("What is it about?"), [(w, talk.say(word)) for w, word in WISH_WORDS.items()])
    drafted = await talk.ask(draft, desk, wish)
    people = ", ".join(f"{p.name} <{p.email}>" for p in drafted.to)
    await talk.show(talk.say(N_("To: {people}"), people=people), *safe_lines(drafted.text))

    async def form() -> str:
        more = await talk.text(N_("Anything to add? Enter sends it as it stands"), needed=False)
        text = f"{drafted.text}\n\n{more}" if more else drafted.text
        sent = await talk.ask(send, desk, drafted, text)
        return ", ".join(f"{p.name} <{p.email}>" for p in sent)

    if (sent := await talk.attempt(form)) is not None:
        await talk.deliver()
        await talk.tell(N_("Sent to {people}. They answer to your own address."), people=sent)


async def listed(talk: Talk) -> None:
    """Who is on the account, and what each may do."""
    await do(talk, "contacts list")


async def _who(talk: Talk) -> Contact:
    seen = await talk.ask(list_contacts, talk.desk)
    options = [
        (c, f"{c.person.name}, {c.person.email}, {talk.say(ROLE_WORDS[c.membership.role])}") for c in seen.people
    ]
    return await talk.pick(N_("Who?"), options)


def _roles(talk: Talk, roles: tuple[Role, ...] = CUSTOMER_ROLES) -> list[tuple[Role, str]]:
    return [(role, talk.say(ROLE_WORDS[role])) for role in roles]


async def show(talk: Talk) -> None:
    """One person."""
    await do(talk, "contacts show", who=(await _who(talk)).person.id)


async def invite(talk: Talk) -> None:
    """Put somebody on the account."""

    async def form() -> None:
        name = await talk.text(N_("Name"))
        email = await talk.text(N_("E-mail"))
        role = await talk.pick(N_("What may they do?"), _roles(talk), Role.VIEWER)
        user_id = await talk.text(N_("User ID, or Enter for the e-mail address"), needed=False)
        await do(talk, "contacts invite", name=name, email=email, role=role.value, user_id=user_id)

    await talk.attempt(form)


async def edit(talk: Talk) -> None:
    """Another name, address or role for somebody."""

    async def form() -> None:
        found = await _who(talk)
        name = await talk.text(N_("Name"), found.person.name)
        email = await talk.text(N_("E-mail"), found.person.email)
        role = await talk.pick(N_("What may they do?"), _roles(talk), found.membership.role)
        await talk.show([(talk.say(N_("Name")), name), (talk.say(N_("E-mail")), email),
                         (talk.say(N_("May")), talk.say(ROLE_WORDS[role]))])  # fmt: skip
        await do(talk, "contacts edit", who=found.person.id, name=name, email=email, role=role.value)

    await talk.attempt(form)


async def _change(command: str, talk: Talk) -> None:
    async def form() -> None:
        await do(talk, command, who=(await _who(talk)).person.id)

    await talk.attempt(form)


resend = partial(_change, "contacts resend")
remove = partial(_change, "contacts remove")


async def hand_over(talk: Talk) -> None:
    """Offer the account to somebody on it."""

    async def form() -> None:
        found = await _who(talk)
        stay = await talk.pick(N_("What do you want to be afterwards?"), _roles(talk, CUSTOMER_ROLES[1:]), Role.VIEWER)
        await do(talk, "contacts hand-over", who=found.person.id, stay_as=stay.value)

    await talk.attempt(form)


async def undo(talk: Talk) -> None:
    """Take a change back."""
    seen = await talk.ask(list_contacts, talk.desk)
    options = [(c.id, f"{c.name}, {talk.language.date(c.at.date())}, {c.by}") for c in seen.undoable]
    await do(talk, "contacts undo", change=await talk.pick(N_("Which change is taken back?"), options))


async def _answer(command: str, talk: Talk) -> None:
    await do(talk, command)


accept = partial(_answer, "contacts accept")
decline = partial(_answer, "contacts decline")
withdraw = partial(_answer, "contacts withdraw")
