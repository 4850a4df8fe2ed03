"""The account at a glance, its statement, its story and its audit trail."""

from __future__ import annotations

from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from billing.audit_trail import Entry, TrailForm, Wanted, save_trail, trail
from billing.credentials import Counter
from billing.errors import N_
from billing.history import subscriptions
from billing.statement import PeriodReversed, beginning
from billing.statement_paper import StatementForm, save_statement
from billing.waiting import Waiting, waiting
from tui.commands.render import Table
from tui.plain.talk import Talk
from tui.plain.twin import do

SAVED = N_("Saved: {path}")
EVERYTHING = N_("Everything")


async def overview(talk: Talk) -> None:
    """How the account stands, and what waits for somebody."""
    await do(talk, "overview")
    if talk.desk.counter is not Counter.CENTER:
        await show_waiting(talk, await talk.ask(waiting, talk.desk))


async def show_waiting(talk: Talk, found: tuple[Waiting, ...]) -> None:
    """What waits for somebody, a sentence each."""
    if not found:
        await talk.tell(N_("Nothing waits."))
        return
    rows = [(talk.language.date(w.since), talk.say(w.message, **w.values)) for w in found]
    await talk.show("", Table((talk.say(N_("Waits since")), talk.say(N_("What waits"))), rows))


async def statement(talk: Talk) -> None:
    """What was charged and paid in a period, with its balance."""
    since, until = await _period(talk)
    await do(talk, "statement", since=since, until=until)


async def keep_statement(talk: Talk) -> None:
    """Save the statement of a period."""
    services = talk.session.services
    since, until = await _period(talk)
    options = [(form, form.value) for form in StatementForm]
    form = await talk.pick(N_("As which file?"), options)
    folder = await talk.text(N_("Folder"), str(services.exports))
    path = await talk.ask(lambda: save_statement(talk.desk, services.documents(), since, until, form, folder))
    await talk.tell(SAVED, path=path)


async def _period(talk: Talk) -> tuple[date, date]:
    desk = talk.desk
    today, first = desk.today, await talk.ask(beginning, desk)
    options = [
        ((date(today.year, 1, 1), today), talk.say(N_("This year"))),
        ((date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)), talk.say(N_("Last year"))),
        ((min(first, today), today), talk.say(N_("All"))),
        (None, talk.say(N_("From one day to another"))),
    ]
    if (found := await talk.pick(N_("Period"), options)) is not None:
        return found

    async def form() -> tuple[date, date]:
        since = await talk.day(N_("First day"), needed=True)
        until = await talk.day(N_("Last day"), today, needed=True)
        assert since is not None  # noqa: S101 - both are needed
        assert until is not None  # noqa: S101
        if since > until:
            raise PeriodReversed(since=since, until=until)
        return since, until

    asked = await talk.attempt(form)
    assert asked is not None  # noqa: S101 - it asks until it knows
    return asked


async def timeline(talk: Talk) -> None:
    """What happened, of everything or of one subscription."""
    held = await talk.ask(subscriptions, talk.desk)
    options = [("", talk.say(EVERYTHING)), *((s.id, s.plan_name) for s in held)]
    chosen = await talk.pick(N_("Of what?"), options) if len(options) > 2 else ""
    await do(talk, "timeline", subscription=chosen)


async def audit(talk: Talk) -> None:
    """Who did what in a period, and one event in full."""
    wanted = await _between(talk)
    desk = talk.desk
    found = await talk.ask(partial(trail, desk, wanted, limit=200))
    zone = ZoneInfo(desk.account.time_zone)

    async def window(offset: int, limit: int) -> tuple[list[tuple[int, str]], int]:
        rows = found.rows[offset : offset + limit]
        return [(r.event.number, _event(talk, r, zone)) for r in rows], len(found.rows)

    number = await talk.pick_from(N_("Choose an event to hear it in full."), window)
    await do(talk, "audit show", number=number)


def _event(talk: Talk, row: Entry, zone: ZoneInfo) -> str:
    language = talk.language
    return f"{row.event.at.astimezone(zone):%Y-%m-%d %H:%M}, {row.who(language)}: {row.what(language)}"


async def _between(talk: Talk) -> Wanted:
    since = await talk.day(N_("First day, or Enter for all"))
    until = await talk.day(N_("Last day, or Enter for today"))
    return Wanted(since=since, until=until)


async def audit_head(talk: Talk) -> None:
    """Where the chain of the trail ends."""
    await do(talk, "audit head")


async def keep_audit(talk: Talk) -> None:
    """Save the trail."""
    wanted = await _between(talk)
    services = talk.session.services
    form = await talk.pick(N_("As which file?"), [(form, form.value) for form in TrailForm])
    folder = await talk.text(N_("Folder"), str(services.exports))
    path = await talk.ask(lambda: save_trail(talk.desk, services.documents(), wanted, form, folder))
    await talk.tell(SAVED, path=path)
