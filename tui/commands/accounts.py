"""`accounts` and `overview`: which accounts a person has, and how one of them stands."""

from __future__ import annotations

from billing.errors import N_
from billing.overview import overview
from tui.commands import shapes
from tui.commands.call import Call
from tui.commands.invoices import documents
from tui.commands.render import Table
from tui.commands.subscriptions import terms
from tui.commands.words import LateParser, somebody


def words(topic: str, parser: LateParser) -> None:
    """The words after `accounts` and `overview`."""
    if topic == "overview":
        parser.does(_overview, somebody)
    else:
        parser.command(
            parser.group(), "list", _list, "the accounts of a person, at the counter of the user ID", somebody
        )


def _list(call: Call) -> int:
    with call.signed_in() as (_, who):
        standings = who.standings
    shape = [
        {
            "id": s.account.id,
            "name": s.account.name,
            "role": s.role,
            "currency": s.account.currency,
            "standing": s.account.standing,
        }
        for s in standings
    ]
    headings = (call.say(N_("Account")), call.say(N_("Name")), call.say(N_("Role")))
    rows = [(s.account.id, s.account.name, s.role.value) for s in standings]
    return call.answer({"accounts": shape, "counter": who.counter}, Table(headings, rows))


def _overview(call: Call) -> int:
    with call.desk() as desk:
        seen = overview(desk)
    currency = seen.account.currency
    shape = {
        "account": {"id": seen.account.id, "name": seen.account.name, "standing": seen.account.standing},
        "today": seen.today,
        "next_renewal": seen.next_renewal,
        "due": seen.due,
        "overdue": {"total": seen.overdue_total, "invoices": [shapes.invoice(i, seen.today) for i in seen.overdue]},
        "credit": {"minor": seen.account.credit, "currency": currency},
        "subscriptions": [shapes.subscription(s, currency) for s in seen.subscriptions],
        "latest": [shapes.invoice(i, seen.today) for i in seen.latest],
        "months": [{"month": f"{m.month:%Y-%m}", "spent": m.spent} for m in seen.months],
        "complete": seen.complete,
    }
    facts = [
        (call.say(N_("Account")), seen.account.name),
        (call.say(N_("To pay")), call.language.money(seen.due)),
        (call.say(N_("Overdue")), call.language.money(seen.overdue_total)),
        (call.say(N_("Next renewal")), call.date(seen.next_renewal)),
    ]
    return call.answer(
        shape, facts, "", terms(call, seen.subscriptions, currency), "", documents(call, seen.latest, seen.today)
    )
