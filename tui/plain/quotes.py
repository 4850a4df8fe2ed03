"""Quoted prices: the conversation between a customer and their representative, from either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from billing.approval_rule import set_threshold
from billing.errors import N_
from billing.periods import Frequency
from billing.permissions import Act
from billing.plan_changes import catalogue, running
from billing.quote_views import QuoteView, list_quotes, open_quote, side_of
from billing.quotes import FREQUENCY_WORDS, STATE_WORDS, Move, QuoteLine, QuoteTerms, Side
from billing.quoting import comment as add_comment
from screens.enterprise.quote_more import MOVE_WORDS
from tui.commands.quotes import MOST, VALID_DAYS
from tui.plain.menu import Task, menu, offered, perform
from tui.plain.paying import plain_figure
from tui.plain.plans import in_words
from tui.plain.talk import Talk
from tui.plain.twin import do

MOST_LINES = 20


async def listed(talk: Talk) -> None:
    """Every quote, with its sum and whose turn it is."""
    await do(talk, "quotes list")


async def choose(talk: Talk) -> None:
    """One quote, and what can be done with it."""
    rows = (await talk.ask(partial(list_quotes, talk.desk, limit=MOST))).rows
    options = [(r.quote.id, f"{r.quote.number}, {r.quote.title}, {talk.say(STATE_WORDS[r.standing])}") for r in rows]
    quote_id = await talk.pick(N_("Which quote?"), options)
    while True:
        seen = await talk.ask(open_quote, talk.desk, quote_id)
        tasks = offered(talk.session, _tasks(seen))
        heading = f"{seen.quote.number}, {seen.quote.title}, {talk.say(STATE_WORDS[seen.standing])}"
        chosen = await menu(talk, heading, [talk.say(t.title) for t in tasks], "quote")
        if chosen is None:
            return
        await perform(talk, tasks[chosen])


def _tasks(seen: QuoteView) -> tuple[Task, ...]:
    number = seen.quote.number

    def move(title: str, does: Move, command: str) -> Task:
        run = partial(_with_reason if does in REASONS else _as_it_stands, command, number)
        return Task(title, run, where=lambda _: does in seen.moves)

    return (
        Task(N_("What is on the table, and every word that led there"), lambda t: _show(t, number)),
        Task(N_("Compare two revisions"), lambda t: _compare(t, seen), where=lambda _: len(seen.revisions) > 1),
        Task(N_("Make an offer"), lambda t: _write(t, seen, "quotes price"), where=lambda _: Move.PRICE in seen.moves),
        Task(
            N_("Answer with other terms"), lambda t: _write(t, seen, "quotes counter"),
            where=lambda _: Move.COUNTER in seen.moves,
        ),
        Task(N_("Accept what is on the table"), lambda t: _accept(t, seen), where=lambda _: Move.ACCEPT in seen.moves),
        *(move(words, does, COMMANDS[does]) for does, words in MOVE_WORDS.items()),
        Task(N_("Say something about it"), lambda t: _comment(t, number), where=lambda _: Move.COMMENT in seen.moves),
        Task(
            N_("Comment for the vendor's side only"), lambda t: _internal(t, seen), Act.PRICE_QUOTE,
            where=lambda _: Move.COMMENT in seen.moves,
        ),
    )  # fmt: skip


COMMANDS = {
    Move.APPROVE: "quotes approve",
    Move.LET_OUT: "quotes let-out",
    Move.SEND_BACK: "quotes send-back",
    Move.DECLINE: "quotes decline",
    Move.WITHDRAW: "quotes withdraw",
}
REASONS = (Move.SEND_BACK, Move.DECLINE, Move.WITHDRAW)


async def _show(talk: Talk, number: str) -> None:
    await do(talk, "quotes show", quote=number)


async def _compare(talk: Talk, seen: QuoteView) -> None:
    async def form() -> None:
        options = [(r.number, f"{r.number}, {talk.language.date(r.at.date())}, {r.name}") for r in seen.revisions]
        before = await talk.pick(N_("Which revision?"), options, options[-2][0])
        after = await talk.pick(N_("Beside which other one?"), options, options[-1][0])
        await do(talk, "quotes compare", quote=seen.quote.number, before=before, after=after)

    await talk.attempt(form)


async def _as_it_stands(command: str, number: str, talk: Talk) -> None:
    await do(talk, command, quote=number)


async def _with_reason(command: str, number: str, talk: Talk) -> None:
    async def form() -> None:
        await do(talk, command, quote=number, reason=await talk.text(N_("Reason")))

    await talk.attempt(form)


async def _accept(talk: Talk, seen: QuoteView) -> None:
    assert seen.current is not None  # noqa: S101 - there is something to accept
    seal = seen.current.hash

    async def form() -> None:
        order = await talk.text(N_("Purchase order"), needed=seen.order_required)
        await do(talk, "quotes accept", quote=seen.quote.number, order=order, seal=seal)

    await talk.attempt(form)


async def _comment(talk: Talk, number: str) -> None:
    async def form() -> None:
        await do(talk, "quotes comment", quote=number, text=await talk.text(N_("Your comment")))

    await talk.attempt(form)


async def _internal(talk: Talk, seen: QuoteView) -> None:
    async def form() -> bool:
        text = await talk.text(N_("Your comment"))
        await talk.ask(partial(add_comment, talk.desk, seen.quote.id, text, internal=True))
        return True

    if await talk.attempt(form):
        await talk.tell(N_("Done."))


async def request(talk: Talk) -> None:
    """Ask for a price; for a representative, open a quote with an offer."""
    command = "quotes offer" if side_of(talk.desk) is Side.VENDOR else "quotes request"
    await _write(talk, None, command)


async def _write(talk: Talk, seen: QuoteView | None, command: str) -> None:
    """Title, lines and terms, what is on the table in brackets."""
    desk = talk.desk
    base = seen.current.terms if seen and seen.current else None
    vendor = side_of(desk) is Side.VENDOR
    currency = desk.account.currency

    async def form() -> None:
        values: dict[str, object] = {}
        if seen is None:
            values["title"] = await talk.text(N_("Title"))
        else:
            values["quote"] = seen.quote.number
            values["based_on"] = seen.quote.revision if vendor else seen.quote.shown
        often = await talk.pick(
            N_("Billed how often?"), [(f, talk.say(w)) for f, w in FREQUENCY_WORDS.items()],
            base.frequency if base else Frequency.YEARLY,
        )  # fmt: skip
        values["line"] = await _lines(talk, base, often, currency)
        values["frequency"] = often.value
        values["months"] = await talk.number(N_("Months of the term"), base.months if base else 12, high=120)
        values["starts_on"] = await talk.day(N_("First day of new plans, or Enter for the day of acceptance"),
                                             base.starts_on if base else None)  # fmt: skip
        if vendor:
            until = base.valid_until if base and base.valid_until else desk.today + timedelta(days=VALID_DAYS)
            values["valid_until"] = await talk.day(N_("Last day of the offer"), until, needed=True)
            values["draft"] = await talk.yes_no(N_("Keep it on the vendor's side for now?"), False)
        values["conditions"] = await talk.text(N_("Conditions"), base.conditions if base else "", needed=False)
        values["note"] = await talk.text(N_("What is said with it"), needed=False)
        await do(talk, command, **values)

    await talk.attempt(form)


async def _lines(
    talk: Talk, base: QuoteTerms | None, often: Frequency, currency: str
) -> list[tuple[str, int, str, str]]:
    """Plan, licences, price and the subscription that is renewed, line by line."""
    plans = await talk.ask(catalogue, talk.desk)
    held = await talk.ask(running, talk.desk)
    found: list[tuple[str, int, str, str]] = []
    while len(found) < MOST_LINES:
        now: QuoteLine | None = base.lines[len(found)] if base and len(found) < len(base.lines) else None
        options = [(p.id, f"{p.name}, {talk.money(price.amount, currency)}") for p in plans
                   if (price := p.price(often, currency))]  # fmt: skip
        if now is not None and now.plan_id not in {o[0] for o in options}:
            options.append((now.plan_id, now.plan_name))
        if found:
            options.append(("", talk.say(N_("No more lines"))))
        plan_id = await talk.pick(N_("Which plan?"), options, now.plan_id if now else "" if found else None)
        if not plan_id:
            break
        licences = await talk.number(N_("Licences"), now.quantity if now else 1)
        listed = next((price.amount for p in plans if p.id == plan_id and (price := p.price(often, currency))), 0)
        amount = await talk.amount(N_("Price of a licence"), currency, now.unit_price if now else listed, needed=True)
        renewed = [("", talk.say(N_("None, it is new"))), *((s.id, in_words(talk, s)) for s in held)]
        subscription = ""
        if len(renewed) > 1:
            subscription = await talk.pick(
                N_("Which subscription does it renew?"), renewed, now.subscription_id if now else ""
            )
        found.append((plan_id, licences, plain_figure(amount or 0, currency), subscription))
    return found


async def approval_rule(talk: Talk) -> None:
    """Above which sum a quote needs an approver."""
    desk = talk.desk

    async def form() -> bool:
        await talk.tell(N_("Before tax, for the whole term of a quote. With nothing here, none needs it."))
        minor = await talk.amount(
            N_("An approver has to agree above"), desk.account.currency, desk.account.approval_above
        )
        talk.session.desk = replace(desk, account=await talk.ask(set_threshold, desk, minor))
        return True

    if await talk.attempt(form):
        await talk.tell(N_("Done."))
