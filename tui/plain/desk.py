"""The representative's desk: what waits, the accounts looked after, and what the vendor does to them."""

from __future__ import annotations

from billing.desk import Desk
from billing.errors import N_
from billing.invoices import Invoice
from billing.sign_in import Standing, open_desk
from billing.vendor_acts import colleagues
from billing.waiting import queue
from tui.commands.desk import YES_NO
from tui.commands.render import Table
from tui.plain.talk import Talk
from tui.plain.twin import do

SHORT = {held: word for word, held in YES_NO.items()}


async def waits(talk: Talk) -> None:
    """What waits on all accounts, the most pressing first."""
    names = {s.account.id: s.account.name for s in _standings(talk)}
    found = await talk.ask(lambda: queue(_desks(talk)))
    if not found:
        await talk.tell(N_("Nothing waits."))
        return
    rows = [
        (names.get(w.account_id, w.account_id), talk.language.date(w.since), talk.say(w.message, **w.values))
        for w in found
    ]
    heads = tuple(talk.say(m) for m in (N_("Account"), N_("Waits since"), N_("What waits")))
    await talk.show(Table(heads, rows))


def _standings(talk: Talk) -> tuple[Standing, ...]:
    identity = talk.session.identity
    return identity.standings if identity else ()


def _desks(talk: Talk) -> list[Desk]:
    services, identity = talk.session.services, talk.session.identity
    assert identity is not None  # noqa: S101 - a representative is here
    return [open_desk(services.store(), services.clock, identity, s) for s in identity.standings]


async def accounts(talk: Talk) -> None:
    """The accounts that are looked after, with what each owes."""
    await do(talk, "desk accounts")


async def which_account(talk: Talk) -> Standing:
    """One of them."""
    options = [(s, f"{s.account.name}, {s.account.id}") for s in _standings(talk)]
    return await talk.pick(N_("Choose an account"), options)


async def account(talk: Talk) -> None:
    """Its terms, what it owes, and what waits."""
    await do(talk, "desk account", account=talk.desk.account.id)


async def credit_document(talk: Talk, document: Invoice) -> None:
    """A credit note for a share of an invoice."""

    async def form() -> None:
        percent = await talk.number(N_("How many per cent of it?"), 100, high=100)
        reason = await talk.text(N_("Reason, which is printed on it"))
        await do(talk, "desk credit", number=document.number, percent=percent, reason=reason)

    await talk.attempt(form)


async def terms(talk: Talk) -> None:
    """How the account is invoiced."""
    held = talk.desk.account

    async def form() -> None:
        needed = await talk.yes_no(N_("Does every invoice need a purchase order?"), held.order_required)
        one = await talk.yes_no(N_("One invoice for the renewals of a day?"), held.consolidated)
        contract = await talk.text(N_("Frame contract"), held.contract, needed=False)
        await do(talk, "desk terms", order_required=SHORT[needed], consolidated=SHORT[one], contract=contract)

    await talk.attempt(form)


async def team(talk: Talk) -> None:
    """To whom the account can be given."""
    await do(talk, "desk team")


async def reassign(talk: Talk) -> None:
    """Give the account to another representative."""
    found = await talk.ask(colleagues, talk.desk)

    async def form() -> None:
        to = await talk.pick(N_("To whom?"), [(c.id, c.name) for c in found])
        await do(talk, "desk reassign", to=to)

    await talk.attempt(form)
