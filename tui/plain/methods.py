"""Payment methods: cards on the payment service's own page, bank accounts with their mandate."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from billing.desk import fresh_id
from billing.errors import N_
from billing.identifiers import check_iban, refuse_card_number
from billing.mandate import mandate_text
from billing.payment_gateway import CollectionState
from billing.wallet import Held, add_bank_debit, open_page, wallet, watch_page
from screens.center.bank_debit import HolderMissing
from tui.commands.call import NotAgreed
from tui.plain.menu import menu
from tui.plain.paying import LOOK_AGAIN, OPENED
from tui.plain.talk import Talk
from tui.plain.twin import do

ADDED = N_("{method} was added.")


async def listed(talk: Talk) -> None:
    """What can be charged, and what each pays."""
    await do(talk, "payment-methods list")


async def _which(talk: Talk) -> Held:
    found = await talk.ask(wallet, talk.desk)
    default = talk.say(N_("the default"))
    options = [(h, f"{h.method.label}, {default}" if h.is_default else h.method.label) for h in found]
    return await talk.pick(N_("Which payment method?"), options)


async def default(talk: Talk) -> None:
    """Charge another one from now on."""

    async def form() -> None:
        held = await _which(talk)
        await do(talk, "payment-methods default", method=held.method.id)

    await talk.attempt(form)


async def remove(talk: Talk) -> None:
    """Remove one, after hearing what that brings."""

    async def form() -> None:
        held = await _which(talk)
        await do(talk, "payment-methods remove", method=held.method.id)

    await talk.attempt(form)


async def bank_debit(talk: Talk) -> None:
    """A bank account to debit: the mandate is read whole before it is agreed to."""
    desk, services, key = talk.desk, talk.session.services, fresh_id()
    text = await talk.ask(mandate_text, desk)

    def iban_only(typed: str) -> str:
        # An IBAN begins with letters; what does not may be a card's number.
        if not typed[:1].isalpha():
            refuse_card_number(typed)
        return check_iban(typed).canonical

    async def form() -> str:
        iban = await talk.question(N_("IBAN"), "", iban_only, str)
        holder = await talk.text(N_("Account holder"), desk.account.name[:70])
        if not holder:
            raise HolderMissing
        creditor = text.creditor.name
        await talk.show(
            f"{talk.say(text.kind)}. {talk.language.date(desk.today)}",
            talk.say(N_("Creditor: {name}, {address}"), name=creditor, address=text.address),
            f"{talk.say(text.authorisation, creditor=creditor).rstrip('.')}.",
            talk.say(text.rights),
            [(talk.say(N_("Bank account")), f"{iban[:4]} •••• {iban[-4:]}"), (talk.say(N_("Holder")), holder)],
        )
        if not await talk.agree(N_("Do you agree to this mandate? Type {yes} and Enter: ")):
            raise NotAgreed
        method = await talk.ask(lambda: add_bank_debit(desk, services.payments(), iban, holder, key=key))
        return method.label

    if (label := await talk.attempt(form)) is not None:
        await talk.deliver()
        await talk.tell(ADDED, method=label)


async def card(talk: Talk) -> None:
    """A card, entered on the payment service's own page: none of its figures are typed here."""
    desk, services, key = talk.desk, talk.session.services, fresh_id()
    await talk.tell(N_("A card is entered on the payment service's own page, never here."))
    page = await talk.ask(lambda: open_page(desk, services.payments(), key=key))
    while page.state is CollectionState.WAITING:
        until = page.expires_at.astimezone(ZoneInfo(desk.account.time_zone))
        await talk.tell(OPENED, url=page.url)
        await talk.tell(
            N_("The link works once, until {time}. Enter the card there, then come back."), time=f"{until:%H:%M}"
        )
        ways = [talk.say(LOOK_AGAIN)]
        if services.sandbox is not None:
            ways.append(talk.say(N_("Sandbox, no real card: choose a test card")))
        chosen = await menu(talk, talk.say(N_("Add a card")), ways, "add_card")
        if chosen is None:
            return
        if chosen and services.sandbox is not None:
            sandbox, page_id = services.sandbox, page.id
            options = [(c.name, f"{c.name}: {talk.say(c.about)}") for c in sandbox().cards]
            name = await talk.pick(N_("Which test card?"), options)
            await talk.ask(lambda: sandbox().enter(page_id, name))  # noqa: B023 - awaited at once
        page, method = await talk.ask(lambda: watch_page(desk, services.payments(), page.id))  # noqa: B023
        if method is not None:
            await talk.deliver()
            await talk.tell(ADDED, method=method.label)
            return
        if page.state is CollectionState.WAITING:
            await talk.tell(N_("No card was entered yet."))
        elif page.state is CollectionState.REFUSED:
            await talk.tell(N_("No card was entered on the page. Nothing was added. Choose this again for a new link."))
        else:
            await talk.tell(N_("The link has expired. Nothing was added. Choose this again for a new link."))
