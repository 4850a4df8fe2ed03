"""`desk`: alone it opens the representative's desk full screen; its acts do one thing there, with the same rights."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from billing.accounts import Account
from billing.credentials import Counter
from billing.desk import Desk
from billing.errors import N_
from billing.invoices import Invoice
from billing.money import Money
from billing.overview import Overview, overview
from billing.permissions import Act
from billing.sign_in import open_desk
from billing.vendor_acts import (
    change_terms,
    colleagues,
    credit_invoice,
    credited_before,
    looked_after_by,
    preview_credit,
    reassign,
)
from billing.waiting import Waiting, queue, waiting
from tui.commands import shapes
from tui.commands.call import Call, key_of
from tui.commands.exits import DONE
from tui.commands.invoices import named
from tui.commands.render import Table
from tui.commands.words import LateParser, Run, consent, key, positive, somebody

YES_NO = {"yes": True, "no": False}


def words(topic: str, parser: LateParser) -> None:
    """The words after `desk`, none of which is needed."""
    del topic
    parser.does(_visit)
    parser.add_argument("--store", metavar="URL", default=argparse.SUPPRESS, help="where the data is")
    parser.add_argument("--lang", choices=("es", "en"), default=argparse.SUPPRESS, help="language (default: from LANG)")
    group = parser.add_subparsers(dest="act", metavar="COMMAND", title="commands")

    def command(name: str, run: Run, about: str, *groups: Any) -> LateParser:
        made = parser.command(group, name, run, about, somebody, *groups)
        made.set_defaults(counter=Counter.DESK.value)
        return made

    for name, run, about in (
        ("queue", _queue, "what waits on your accounts, the most pressing first"),
        ("accounts", _accounts, "the accounts you look after; a lead's team's"),
    ):
        command(name, run, about).add_argument("--of", metavar="ID", help="only those of this representative")
    command("account", _account, "one account: its terms, what is owed, and what waits")
    credit = command("credit", _credit, "issue a credit note for a share of an invoice", consent, key)
    credit.add_argument("number", metavar="INVOICE", help="its number, its running number, or its id")
    credit.add_argument("--percent", type=positive, required=True, metavar="N", help="how much of it, from 1 to 100")
    credit.add_argument("--reason", required=True, metavar="TEXT", help="it is printed on the credit note")
    terms = command("terms", _terms, "how an account is invoiced; what is not named stays", consent)
    terms.add_argument("--order-required", choices=tuple(YES_NO), help="whether every invoice needs a purchase order")
    terms.add_argument("--consolidated", choices=tuple(YES_NO), help="one invoice for the renewals of a day")
    terms.add_argument("--contract", metavar="TEXT", help="the frame contract; empty for none")
    give = command("reassign", _reassign, "give an account to another representative of the team", consent)
    give.add_argument("--to", required=True, metavar="ID", help="whom (desk team)")
    command("team", _team, "to whom an account can be given")


def _visit(call: Call) -> int:
    from tui.visit import NoTerminal, visit

    if not call.streams.own:
        raise NoTerminal
    return visit(call.options, call.language)


@contextmanager
def _desks(call: Call) -> Iterator[list[Desk]]:
    """A desk for each account of the person, or for those that the options name."""
    o = call.options
    with call.signed_in() as (store, who):
        yield [
            open_desk(store, call.clock, who, standing)
            for standing in who.standings
            if o.account in (None, standing.account.id) and o.of in (None, standing.account.representative_id)
        ]


def _waits(one: Waiting) -> dict[str, Any]:
    return {
        "account": one.account_id,
        "pressing": one.pressing.name.lower(),
        "since": one.since,
        "about": one.about,
        "id": one.subject,
        "what": one.message,
        "values": {name: str(value) if isinstance(value, str) else value for name, value in one.values.items()},
    }


def _waiting_table(call: Call, found: tuple[Waiting, ...]) -> Table:
    heads = tuple(call.say(m) for m in (N_("Account"), N_("Waits since"), N_("What waits")))
    return Table(heads, [(w.account_id, call.date(w.since), call.say(w.message, **w.values)) for w in found])


def _queue(call: Call) -> int:
    with _desks(call) as desks:
        found = queue(desks)
    if not found:
        return call.answer({"queue": []}, call.say(N_("Nothing waits.")))
    return call.answer({"queue": [_waits(w) for w in found]}, _waiting_table(call, found))


def _accounts(call: Call) -> int:
    with _desks(call) as desks:
        seen = sorted(
            ((overview(d, latest=1, months=1), looked_after_by(d)) for d in desks), key=lambda s: s[0].account.name
        )
    heads = (N_("Account"), N_("Name"), N_("Representative"), N_("Overdue"), N_("To pay"), N_("Next renewal"))
    rows = [
        (s.account.id, s.account.name, rep, call.language.money(s.overdue_total), call.language.money(s.due),
         call.date(s.next_renewal))
        for s, rep in seen
    ]  # fmt: skip
    table = Table(tuple(call.say(m) for m in heads), rows, frozenset({3, 4}))
    return call.answer({"accounts": [_account_shape(s, rep) for s, rep in seen]}, table)


def _account_shape(seen: Overview, representative: str) -> dict[str, Any]:
    return {
        "id": seen.account.id,
        "name": seen.account.name,
        "representative_id": seen.account.representative_id,
        "representative": representative,
        "standing": seen.account.standing,
        "overdue": seen.overdue_total,
        "due": seen.due,
        "next_renewal": seen.next_renewal,
        "terms": _terms_shape(seen.account),
    }


def _terms_shape(account: Account) -> dict[str, Any]:
    return {
        "order_required": account.order_required,
        "consolidated": account.consolidated,
        "contract": account.contract or None,
    }


def _term_facts(call: Call, terms: dict[str, Any]) -> list[tuple[str, str]]:
    said = {True: call.say(N_("yes")), False: call.say(N_("no"))}
    return [
        (call.say(N_("Every invoice needs a purchase order:")), said[terms["order_required"]]),
        (call.say(N_("One invoice for the renewals of a day:")), said[terms["consolidated"]]),
        (call.say(N_("Frame contract")), terms["contract"] or "-"),
    ]


def _account(call: Call) -> int:
    with call.desk() as desk:
        seen, rep, found = overview(desk, latest=1, months=1), looked_after_by(desk), waiting(desk)
    shape = _account_shape(seen, rep)
    facts = [
        (call.say(N_("Account")), seen.account.name),
        (call.say(N_("Representative")), rep),
        (call.say(N_("To pay")), call.language.money(seen.due)),
        (call.say(N_("Overdue")), call.language.money(seen.overdue_total)),
        (call.say(N_("Next renewal")), call.date(seen.next_renewal)),
        *_term_facts(call, shape["terms"]),
    ]
    currency = seen.account.currency
    shape |= {
        "waiting": [_waits(w) for w in found],
        "subscriptions": [shapes.subscription(s, currency) for s in seen.subscriptions],
    }
    return call.answer({"account": shape}, facts, *(("", _waiting_table(call, found)) if found else ()))


def _may(desk: Desk, act: Act) -> None:
    """Who may not is told so before anything is shown or asked."""
    with desk.read(act):
        pass


def _credit(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        _may(desk, Act.CREDIT_INVOICE)
        invoice, used = named(desk, o.number), key_of(desk, o.key) if o.key else ""
        if (done := credited_before(desk, invoice.id, used)) is not None:
            return _credited(call, desk, done)
        seen = preview_credit(desk, invoice.id, o.percent)
        shape = {"invoice": invoice.number, "percent": seen.percent, "amount": seen.amount, "left": seen.left}
        facts = [
            (call.say(N_("Invoice")), invoice.number),
            (call.say(N_("Credited, with tax")), call.language.money(seen.amount)),
            (call.say(N_("Could still be credited")), call.language.money(seen.left)),
            (call.say(N_("Reason")), o.reason),
        ]
        if not call.agreed(shape, [facts]):
            return DONE
        return _credited(call, desk, credit_invoice(desk, seen, o.reason, used))


def _credited(call: Call, desk: Desk, note: Invoice) -> int:
    said = call.say(
        N_("Credit note {number} is issued: {amount}."), number=note.number, amount=Money(-note.gross, note.currency)
    )
    return call.answer({"credit_note": shapes.invoice(note, desk.today), "reason": note.reason}, said)


def _terms(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        _may(desk, Act.CHANGE_TERMS)
        account = desk.account
        wanted: dict[str, Any] = {
            "order_required": YES_NO.get(o.order_required, account.order_required),
            "consolidated": YES_NO.get(o.consolidated, account.consolidated),
            "contract": account.contract if o.contract is None else o.contract,
        }
        if not call.agreed({"before": _terms_shape(account), "after": wanted}, [_term_facts(call, wanted)]):
            return DONE
        shape = _terms_shape(change_terms(desk, **wanted))
    return call.answer({"terms": shape}, call.say(N_("Done.")), _term_facts(call, shape))


def _team(call: Call) -> int:
    with call.desk() as desk:
        found, now = colleagues(desk), desk.account.representative_id
    rows = [(c.id, c.name, call.say(N_("looks after it now")) if c.id == now else "") for c in found]
    shape = [{"id": c.id, "name": c.name, "lead": c.lead, "looks_after_it": c.id == now} for c in found]
    return call.answer({"team": shape}, Table((call.say(N_("Id")), call.say(N_("Name")), ""), rows))


def _reassign(call: Call) -> int:
    with call.desk() as desk:
        team = {c.id: c.name for c in colleagues(desk)}
        wanted, now = call.options.to, desk.account.representative_id
        facts = [
            (call.say(N_("Account")), desk.account.name),
            (call.say(N_("From")), team.get(now, now)),
            (call.say(N_("To")), team.get(wanted, wanted)),
        ]
        if not call.agreed({"account": desk.account.id, "before": now, "after": wanted}, [facts]):
            return DONE
        account = reassign(desk, wanted)
    shape = {"account": account.id, "representative_id": account.representative_id}
    return call.answer(shape, call.say(N_("Done.")), facts)
