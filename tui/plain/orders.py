"""Purchase orders: entering, editing, attaching and closing them, and what was drawn of each."""

from __future__ import annotations

from functools import partial
from typing import Any

from billing.errors import N_
from billing.ordering import (
    OrderConflict,
    attachable,
    change_order,
    held_for_an_order,
    list_orders,
    term_text,
    terms_read,
)
from billing.purchase_orders import (
    FIELD_WORDS,
    MOST_LINES,
    STATE_WORDS,
    OrderLine,
    OrderState,
    OrderTerms,
    PurchaseOrder,
)
from billing.subscriptions import Subscription
from tui.commands.call import NotAgreed
from tui.commands.render import Table
from tui.plain.paying import plain_figure
from tui.plain.plans import WHICH, in_words
from tui.plain.talk import Talk
from tui.plain.twin import do

NUMBER = N_("Number")
OPEN = (OrderState.DRAFT, OrderState.ACTIVE)


async def listed(talk: Talk) -> None:
    """Every order, and the invoices that wait for one."""
    await do(talk, "orders list")


async def _which(talk: Talk, *states: OrderState) -> PurchaseOrder:
    rows = [r for r in await talk.ask(list_orders, talk.desk) if not states or r.order.state in states]
    return await talk.pick(
        N_("Which order?"), [(r.order, f"{r.order.number}, {talk.say(STATE_WORDS[r.standing])}") for r in rows]
    )


async def show(talk: Talk) -> None:
    """One order: its terms, versions, documents and subscriptions."""
    await do(talk, "orders show", order=(await _which(talk)).number)


async def create(talk: Talk) -> None:
    """Enter an order; invoices that wait for it go out."""
    desk = talk.desk
    currency = desk.account.currency
    held = await talk.ask(attachable, desk)
    waits = await talk.ask(held_for_an_order, desk)
    if waits:
        await talk.tell(N_("Invoices that wait for an order: {number}."), number=len(waits))

    async def form() -> None:
        number = await talk.text(NUMBER)
        terms = await _terms(talk, OrderTerms(issuer=desk.person.name, valid_from=desk.today), currency)
        attach = await talk.some(N_("For which subscriptions?"), _subscriptions(talk, held)) if held else []
        draft = not await talk.yes_no(N_("Does it count from now on?"), True)
        await do(
            talk, "orders create", order=number, draft=draft, attach=[s.id for s in attach],
            issuer=terms.issuer, valid_from=terms.valid_from, valid_until=terms.valid_until,
            budget=None if terms.budget is None else plain_figure(terms.budget, currency),
            line=[[str(each.quantity), each.description, plain_figure(each.amount, currency)] for each in terms.lines],
            file=list(terms.files), note=terms.note,
        )  # fmt: skip

    await talk.attempt(form)


def _subscriptions(talk: Talk, held: tuple[Subscription, ...]) -> list[tuple[Subscription, str]]:
    return [(s, in_words(talk, s)) for s in held]


async def _terms(talk: Talk, now: OrderTerms, currency: str) -> OrderTerms:
    """Every term in turn."""
    issuer = await talk.text(FIELD_WORDS["issuer"], now.issuer)
    begins = await talk.day(FIELD_WORDS["valid_from"], now.valid_from, needed=True)
    return OrderTerms(
        issuer=issuer,
        valid_from=begins or now.valid_from,
        valid_until=await talk.day(FIELD_WORDS["valid_until"], now.valid_until),
        budget=await talk.amount(FIELD_WORDS["budget"], currency, now.budget),
        lines=await _lines(talk, now.lines, currency),
        files=await talk.lines(FIELD_WORDS["files"], now.files),
        note=await talk.text(FIELD_WORDS["note"], now.note, needed=False),
    )


async def _lines(talk: Talk, now: tuple[OrderLine, ...], currency: str) -> tuple[OrderLine, ...]:
    found: list[OrderLine] = []
    for n in range(MOST_LINES):
        held = now[n] if n < len(now) else None
        words = await talk.text(
            N_("What a line is for; nothing for no line"), held.description if held else "", needed=False
        )
        if not words and held is None:
            break
        if words:
            quantity = await talk.number(N_("Quantity"), held.quantity if held else 1)
            amount = await talk.amount(N_("Amount"), currency, held.amount if held else None, needed=True)
            found.append(OrderLine(description=words, quantity=quantity, amount=amount or 0))
    return tuple(found)


async def edit(talk: Talk) -> None:
    """Other terms for an order. What two people changed in different fields is put together."""
    desk = talk.desk
    order = await _which(talk, *OPEN)
    based_on, read = order.revision, await talk.ask(terms_read, desk, order.id, order.revision)

    async def form() -> bool:
        nonlocal based_on
        wanted = await _terms(talk, read, order.currency)

        def text(field: str, value: Any) -> str:
            return term_text(field, value, order.currency, talk.language)

        changes = [
            (talk.say(word), text(field, getattr(read, field)), text(field, getattr(wanted, field)))
            for field, word in FIELD_WORDS.items()
            if getattr(read, field) != getattr(wanted, field)
        ]
        if not changes:
            raise NotAgreed
        await talk.show(Table(tuple(talk.say(m) for m in (N_("Field"), N_("Before"), N_("After"))), changes))
        if not await talk.agree():
            raise NotAgreed
        try:
            await talk.ask(partial(change_order, desk, order.id, wanted, based_on=based_on))
        except OrderConflict as conflict:
            heads = tuple(talk.say(m) for m in (N_("Field"), N_("Before"), N_("Theirs"), N_("Mine")))
            rows = [
                (talk.say(FIELD_WORDS[d.field]), *(text(d.field, v) for v in (d.base, d.theirs, d.mine)))
                for d in conflict.disagreements
            ]
            await talk.show(Table(heads, rows))
            based_on = conflict.based_on
            raise
        return True

    if await talk.attempt(form):
        await talk.tell(N_("Done."))
        await do(talk, "orders show", order=order.number)


async def activate(talk: Talk) -> None:
    """Let a draft count."""
    await do(talk, "orders activate", order=(await _which(talk, OrderState.DRAFT)).number)


async def close(talk: Talk) -> None:
    """Let nothing more be drawn."""
    await do(talk, "orders close", order=(await _which(talk, *OPEN)).number)


async def attach(talk: Talk) -> None:
    """Let a subscription draw on an order."""

    async def form() -> None:
        order = await _which(talk, *OPEN)
        held = await talk.pick(WHICH, _subscriptions(talk, await talk.ask(attachable, talk.desk)))
        await do(talk, "orders attach", order=order.number, subscription=held.id)

    await talk.attempt(form)


async def detach(talk: Talk) -> None:
    """Let a subscription draw on no order."""
    held = tuple(s for s in await talk.ask(attachable, talk.desk) if s.purchase_order)
    chosen = await talk.pick(WHICH, [(s, f"{in_words(talk, s)}, {s.purchase_order}") for s in held])
    await do(talk, "orders detach", subscription=chosen.id)
