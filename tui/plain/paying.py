"""Paying what is open: all of it, some of it, or a part of one invoice; and what becomes of a payment."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from billing.charges import Charge, ChargeState
from billing.errors import N_
from billing.invoices import Invoice
from billing.money import exponent
from billing.paying import NoMethod, Till, till, watch
from billing.under_way import under_way
from tui.commands.pay import STATES, NothingToPay
from tui.plain.menu import menu
from tui.plain.speech import MOMENT
from tui.plain.talk import Talk
from tui.plain.twin import do

LOOK_AGAIN = N_("Look again")
OPENED = N_("Open this link on your phone or in a browser: {url}")


async def pay_all(talk: Talk) -> None:
    """Everything that is open."""
    counter = await _till(talk)

    async def form() -> None:
        await _pay(talk, all=True, method=await _method(talk, counter))

    await talk.attempt(form)


async def pay_some(talk: Talk) -> None:
    """The invoices that the person names."""
    counter = await _till(talk)
    options = [(p.invoice.number, _in_words(talk, p.invoice, p.due)) for p in counter.payables if p.due]

    async def form() -> None:
        numbers = await talk.some(N_("Which invoices?"), options)
        if not numbers:
            raise NothingToPay
        await _pay(talk, numbers=numbers, method=await _method(talk, counter))

    await talk.attempt(form)


async def pay_part(talk: Talk) -> None:
    """A part of one invoice."""
    counter = await _till(talk)
    options = [(p, _in_words(talk, p.invoice, p.due)) for p in counter.payables if p.due]

    async def form() -> None:
        chosen = await talk.pick(N_("Which invoice?"), options)
        currency = chosen.invoice.currency
        minor = await talk.amount(N_("How much of it?"), currency, chosen.due, needed=True)
        amount = plain_figure(minor or 0, currency)
        await _pay(talk, numbers=[chosen.invoice.number], amount=amount, method=await _method(talk, counter))

    await talk.attempt(form)


async def pay_invoice(talk: Talk, invoice: Invoice) -> None:
    """One invoice, whole."""
    counter = await _till(talk)

    async def form() -> None:
        await _pay(talk, numbers=[invoice.number], method=await _method(talk, counter))

    await talk.attempt(form)


def plain_figure(minor: int, currency: str) -> str:
    """An amount as a command reads it: `12.50`."""
    return str(Decimal(minor).scaleb(-exponent(currency)))


async def _till(talk: Talk) -> Till:
    counter = await talk.ask(till, talk.desk)
    if any(p.under_way for p in counter.payables):
        await talk.tell(N_("What is under way cannot be paid again until its answer is there."))
    if not counter.payables:
        raise NothingToPay
    if not counter.methods:
        raise NoMethod
    return counter


def _in_words(talk: Talk, invoice: Invoice, due: int) -> str:
    return talk.say(
        N_("{number}, due on {day}: {amount}"), number=invoice.number, day=invoice.due_on, amount=invoice.money(due)
    )


async def _method(talk: Talk, counter: Till) -> str:
    options = [(m.id, m.label) for m in counter.methods]
    if len(options) == 1:
        return options[0][0]
    known = {m.id for m in counter.methods}
    now = counter.default_method_id if counter.default_method_id in known else None
    return await talk.pick(N_("Charged to what?"), options, now)


async def _pay(talk: Talk, **values: object) -> None:
    shape = await do(talk, "pay", **values)
    payment = shape["payment"]
    if payment["state"] in (ChargeState.NEEDS_CUSTOMER, ChargeState.UNKNOWN, ChargeState.SENT):
        found = await talk.ask(under_way, talk.desk)
        if (charge := next((c for c in found if c.id == payment["id"]), None)) is not None:
            await _follow(talk, charge)


async def look_again(talk: Talk) -> None:
    """Payments without a final answer, looked at again."""
    found = await talk.ask(under_way, talk.desk)
    if not found:
        await talk.tell(N_("No payment is under way."))
        return
    options = [(c, f"{talk.money(c.amount, c.currency)}, {c.method_label}") for c in found]
    await _follow(talk, await talk.pick(N_("Which payment?"), options))


async def _follow(talk: Talk, charge: Charge) -> None:
    """Look until there is an answer, or the person leaves it at that: nothing is lost by leaving."""
    services, desk = talk.session.services, talk.desk
    while True:
        ways = [talk.say(LOOK_AGAIN)]
        sandbox = services.sandbox if charge.state is ChargeState.NEEDS_CUSTOMER else None
        if sandbox is not None:
            ways += [talk.say(N_("Sandbox, no real bank: confirm the payment"))]
            ways += [talk.say(N_("Sandbox, no real bank: do not confirm it"))]
        chosen = await menu(talk, talk.say(N_("This payment has no answer yet.")), ways, "payment_result")
        if chosen is None:
            return
        if chosen and sandbox is not None:
            await talk.ask(partial(_confirm, talk, charge, chosen == 1))
        await talk.tell(MOMENT)
        charge = await talk.ask(lambda: watch(desk, services.payments(), charge.id))  # noqa: B023 - awaited at once
        amount = talk.money(charge.amount, charge.currency)
        await talk.tell(
            STATES.get(charge.state.value, STATES["unknown"]),
            amount=amount, method=charge.method_label, url=charge.confirm_url, code=charge.code,
        )  # fmt: skip
        if charge.state in (ChargeState.SUCCEEDED, ChargeState.PROCESSING, ChargeState.FAILED):
            await talk.deliver()
            return


def _confirm(talk: Talk, charge: Charge, agreed: bool) -> None:
    sandbox = talk.session.services.sandbox
    if sandbox is not None:
        sandbox().confirm(charge.confirm_url, agreed)
