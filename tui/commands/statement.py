"""`statement`: what was charged and paid, with the balance after each, and how old what is owed is."""

from __future__ import annotations

from billing.errors import N_
from billing.statement import AGE_WORDS, ENTRY_WORDS, beginning, statement
from tui.commands.call import Call
from tui.commands.render import Table
from tui.commands.words import LateParser, day, positive, somebody

MOST_ROWS = 1000


def words(topic: str, parser: LateParser) -> None:
    """The words after `statement`."""
    del topic
    parser.does(_statement, somebody)
    parser.add_argument("--since", type=day, metavar="DATE", help="first day (default: the account's first entry)")
    parser.add_argument("--until", type=day, metavar="DATE", help="last day (default: today)")
    parser.add_argument("--limit", type=positive, default=MOST_ROWS, metavar="N", help="at most so many rows")


def _statement(call: Call) -> int:
    with call.desk() as desk:
        since, until = call.options.since or beginning(desk), call.options.until or desk.today
        seen = statement(desk, since, until, limit=call.options.limit)
    shape = {
        "since": seen.since,
        "until": seen.until,
        "opening": seen.money(seen.opening),
        "closing": seen.money(seen.closing),
        "credit": seen.money(seen.credit),
        "ageing": [
            {"age": age, "amount": seen.money(amount)} for age, amount in zip(AGE_WORDS, seen.ageing, strict=True)
        ],
        "total": seen.total,
        "rows": [
            {
                "on": row.on,
                "what": row.what,
                "number": row.number or None,
                "debit": seen.money(row.debit),
                "credit": seen.money(row.credit),
                "balance": seen.money(row.balance),
            }
            for row in seen.rows
        ],
    }

    def money(minor: int) -> str:
        return call.money(minor, seen.currency) if minor else ""

    heads = (N_("Day"), N_("What happened"), N_("Number"), N_("Charged"), N_("Paid"), N_("Balance"))
    rows = [
        (
            call.date(row.on),
            call.say(ENTRY_WORDS[row.what]),
            row.number,
            money(row.debit),
            money(row.credit),
            call.money(row.balance, seen.currency),
        )
        for row in seen.rows
    ]
    table = Table(tuple(call.say(h) for h in heads), rows, right=frozenset({3, 4, 5}))
    ages = [
        (call.say(age), call.money(amount, seen.currency)) for age, amount in zip(AGE_WORDS, seen.ageing, strict=True)
    ]
    opening = call.say(N_("Balance before: {amount}"), amount=seen.money(seen.opening))
    closing = call.say(N_("Balance on {day}: {amount}"), day=seen.until, amount=seen.money(seen.closing))
    return call.answer(shape, opening, "", table, "", closing, "", ages)
