"""Plans and subscriptions: every change is previewed line by line before anything is agreed to."""

from __future__ import annotations

from billing.catalogue import Plan
from billing.errors import N_
from billing.periods import Frequency
from billing.plan_changes import catalogue, running
from billing.subscriptions import Subscription
from billing.wallet import wallet
from tui.commands.subscriptions import FREQUENCIES
from tui.plain.talk import Talk
from tui.plain.twin import do

WHICH = N_("Which subscription?")


async def listed(talk: Talk) -> None:
    """What runs or is to begin."""
    await do(talk, "subscriptions list")


async def all_listed(talk: Talk) -> None:
    """Past ones too."""
    await do(talk, "subscriptions list", all=True)


async def on_offer(talk: Talk) -> None:
    """What can be subscribed to."""
    await do(talk, "plans list")


async def which(talk: Talk) -> Subscription:
    """One of what runs."""
    found = await talk.ask(running, talk.desk)
    return await talk.pick(WHICH, [(s, in_words(talk, s)) for s in found])


def in_words(talk: Talk, held: Subscription) -> str:
    """A subscription in a line."""
    licences = talk.language.count("{number} licence", "{number} licences", held.quantity)
    return f"{held.plan_name}, {licences}, {talk.say(FREQUENCIES[held.frequency])}, {held.id}"


async def _plan(talk: Talk, *, other_than: str = "") -> Plan:
    desk = talk.desk
    found = [p for p in await talk.ask(catalogue, desk) if p.id != other_than]
    return await talk.pick(N_("Which plan?"), [(p, _price_list(talk, p, desk.account.currency)) for p in found])


def _price_list(talk: Talk, plan: Plan, currency: str) -> str:
    prices = [
        f"{talk.money(p.amount, currency)} {talk.say(FREQUENCIES[p.frequency])}"
        for p in plan.prices
        if p.currency == currency
    ]
    return f"{plan.name}: {', '.join(prices)}. {plan.about}"


def _frequencies(talk: Talk, plan: Plan | None, currency: str) -> list[tuple[Frequency, str]]:
    return [(f, talk.say(word)) for f, word in FREQUENCIES.items() if plan is None or plan.price(f, currency)]


async def add(talk: Talk) -> None:
    """Subscribe to a plan."""

    async def form() -> None:
        plan = await _plan(talk)
        licences = await talk.number(N_("Licences"), 1)
        options = _frequencies(talk, plan, talk.desk.account.currency)
        often = await talk.pick(N_("Billed how often?"), options)
        coupon = await talk.text(N_("Coupon, or Enter for none"), needed=False)
        await do(talk, "subscriptions add", plan=plan.id, licences=licences, frequency=often.value, coupon=coupon)

    await talk.attempt(form)


async def change_plan(talk: Talk) -> None:
    """Another plan."""

    async def form() -> None:
        held = await which(talk)
        plan = await _plan(talk, other_than=held.plan_id)
        await do(talk, "subscriptions change-plan", subscription=held.id, plan=plan.id)

    await talk.attempt(form)


async def licences(talk: Talk) -> None:
    """More or fewer licences."""

    async def form() -> None:
        held = await which(talk)
        count = await talk.number(N_("Licences"), held.quantity)
        await do(talk, "subscriptions licences", subscription=held.id, licences=count)

    await talk.attempt(form)


async def frequency(talk: Talk) -> None:
    """Billed more or less often."""

    async def form() -> None:
        held = await which(talk)
        desk = talk.desk
        plan = next((p for p in await talk.ask(catalogue, desk) if p.id == held.plan_id), None)
        options = [o for o in _frequencies(talk, plan, desk.account.currency) if o[0] is not held.frequency]
        often = await talk.pick(N_("Billed how often?"), options)
        await do(talk, "subscriptions frequency", subscription=held.id, frequency=often.value)

    await talk.attempt(form)


async def cancel(talk: Talk) -> None:
    """Do not renew."""

    async def form() -> None:
        held = await which(talk)
        reason = await talk.text(N_("Why? Enter for no reason"), needed=False)
        await do(talk, "subscriptions cancel", subscription=held.id, reason=reason)

    await talk.attempt(form)


async def keep(talk: Talk) -> None:
    """Take a cancellation back."""
    found = [s for s in await talk.ask(running, talk.desk) if s.end is not None]
    held = await talk.pick(WHICH, [(s, in_words(talk, s)) for s in found])
    await do(talk, "subscriptions keep", subscription=held.id)


async def undo(talk: Talk) -> None:
    """Take a waiting reduction back."""
    found = [s for s in await talk.ask(running, talk.desk) if s.pending is not None]
    held = await talk.pick(WHICH, [(s, in_words(talk, s)) for s in found])
    await do(talk, "subscriptions undo", subscription=held.id)


async def method(talk: Talk) -> None:
    """What a subscription is charged to."""

    async def form() -> None:
        held = await which(talk)
        rows = await talk.ask(wallet, talk.desk)
        options = [
            ("default", talk.say(N_("the default payment method"))),
            *((h.method.id, h.method.label) for h in rows),
        ]
        chosen = await talk.pick(N_("Charged to what?"), options, held.method_id or "default")
        await do(talk, "subscriptions method", subscription=held.id, method=chosen)

    await talk.attempt(form)
