"""The vendor's runs: renew, collect, dun, deliver mail, and the proof that the books agree. Each is safe to repeat."""

from __future__ import annotations

from typing import Any

from billing.charges import Charge
from billing.collecting import Collected, collect
from billing.dunning import Dunned, dun
from billing.errors import N_, Refusal
from billing.holds import HOLD_WORDS, HeldInvoice
from billing.invoices import Invoice
from billing.renewals import Run, renew
from billing.store import Store
from tui.commands import shapes
from tui.commands.call import Call
from tui.commands.exits import DONE, code_of
from tui.commands.render import Part, Table, error_shape
from tui.commands.words import LateParser, day, output, positive
from tui.daily import STEPS, Work


def words(topic: str, parser: LateParser) -> None:
    """The words after each run's own."""
    match topic:
        case "outbox":
            group = parser.group()
            listing = parser.command(group, "list", _outbox, "mail in the outbox", output)
            listing.add_argument("--state", choices=("waiting", "sending", "sent", "failed"))
            deliver = parser.command(group, "deliver", _outbox, "send what waits", output)
            deliver.add_argument("--limit", type=positive, metavar="N", help="at most so many")
            listing.add_argument("--account", metavar="ID", help="of one account")
            listing.add_argument("--limit", type=positive, metavar="N", help="at most so many")
            retry = parser.command(group, "retry", _outbox, "send a failed message again", output)
            retry.add_argument("message", metavar="ID")
        case _:
            parser.does({"renew": _renew, "collect": _collect, "dun": _dun, "daily": _daily}[topic], output)
            parser.add_argument("--as-of", type=day, metavar="DATE", help="as if it were that day (default: today)")
    if topic == "renew":
        parser.add_argument("--preview", action="store_true", help="show what would be issued, and issue nothing")


def _renew(call: Call) -> int:
    with call.store() as store:
        run = renew(store, call.clock(), as_of=call.options.as_of, preview=call.options.preview)
    return call.answer(_renewed(run), *_renewed_parts(call, run))


def _renewed(run: Run) -> shapes.Shape:
    return {
        "day": run.day,
        "issued": [
            {
                **shapes.invoice(each.invoice, run.day),
                "account_id": each.invoice.account_id,
                "period": {"start": each.period.start, "end": each.period.end},
                "next": each.next,
            }
            for each in run.issued
        ],
        "held": [
            {
                "account_id": held.account_id,
                "subscription_id": held.subscription_id,
                "period": {"start": held.period_start, "end": held.period_end},
                "reason": held.reason,
                "since": held.since,
            }
            for held in run.held
        ],
    }


def _renewed_parts(call: Call, run: Run) -> list[Part]:
    issued = [
        (e.invoice.number, e.invoice.customer.name, call.date(e.period.start), call.date(e.period.last_day),
         call.money(e.invoice.gross, e.invoice.currency))
        for e in run.issued
    ]  # fmt: skip
    heads = (N_("Number"), N_("Customer"), N_("From"), N_("To"), N_("Total"))
    parts: list[Part] = [_count(call, N_("{number} invoices for {day}."), len(run.issued), day=run.day)]
    if issued:
        parts.append(Table(tuple(call.say(m) for m in heads), issued, frozenset({4})))
    if run.held:
        parts += [_count(call, N_("{number} wait:"), len(run.held)), Table(*_held(call, run.held))]
    return parts


def _held(call: Call, rows: list[HeldInvoice]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    heads = tuple(call.say(m) for m in (N_("Account"), N_("From"), N_("Why")))
    return heads, [(h.account_id, call.date(h.period_start), call.say(HOLD_WORDS[h.reason])) for h in rows]


def _count(call: Call, message: str, number: int, **values: Any) -> str:
    return call.say(message, number=number, **values)


def _collect(call: Call) -> int:
    with call.store() as store:
        done = collect(store, call.gateway(), call.clock(), as_of=call.options.as_of)
        numbers = _numbers(store, done.charges)
    return call.answer(_collected(done, numbers), *_collected_parts(call, done, numbers))


def _numbers(store: Store, charges: list[Charge]) -> dict[str, str]:
    with store.read() as books:
        return {s.invoice_id: books.get(Invoice, s.invoice_id).number for c in charges for s in c.shares}


def _collected(done: Collected, numbers: dict[str, str]) -> shapes.Shape:
    charges = [{"account_id": c.account_id, **shapes.charge(c, numbers)} for c in done.charges]
    return {"day": done.day, "charges": charges}


def _collected_parts(call: Call, done: Collected, numbers: dict[str, str]) -> list[Part]:
    parts: list[Part] = [_count(call, N_("{number} charges for {day}."), len(done.charges), day=done.day)]
    if done.charges:
        heads = (N_("Invoices"), N_("Charged to"), N_("Amount"), N_("State"))
        rows = [
            (
                ", ".join(numbers[s.invoice_id] for s in c.shares), c.method_label,
                call.money(c.amount, c.currency), f"{c.state.value} {c.code}",
            )
            for c in done.charges
        ]  # fmt: skip
        parts.append(Table(tuple(call.say(m) for m in heads), rows, frozenset({2})))
    return parts


def _dun(call: Call) -> int:
    with call.store() as store:
        done = dun(store, call.clock(), as_of=call.options.as_of)
    return call.answer(_dunned(done), *_dunned_parts(call, done))


def _dunned(done: Dunned) -> shapes.Shape:
    moved = [{"id": a.id, "name": a.name, "standing": a.standing} for a in done.moved]
    return {"day": done.day, "reminders": done.reminders, "moved": moved}


def _dunned_parts(call: Call, done: Dunned) -> list[Part]:
    parts: list[Part] = [_count(call, N_("{number} reminders for {day}."), done.reminders, day=done.day)]
    if done.moved:
        heads = tuple(call.say(m) for m in (N_("Account"), N_("Name"), N_("Standing")))
        parts.append(Table(heads, [(a.id, a.name, a.standing.value) for a in done.moved]))
    return parts


def _daily(call: Call) -> int:
    """All of them in order. One that cannot run does not keep the next from it; its code is the answer's."""
    shape: dict[str, Any] = {}
    parts: list[Part] = []
    code = DONE
    with call.store() as store:
        work = Work(store, call.clock, call.gateway, call.options.as_of)
        for name, step in STEPS.items():
            try:
                shape[name], told = _told(call, name, step(work), store)
                parts += told
            except Refusal as refusal:
                shape[name] = error_shape(refusal, call.language)
                parts.append(call.language.refusal(refusal))
                code = code or code_of(refusal)
    call.answer(shape, *parts)
    return code


def _told(call: Call, name: str, done: Any, store: Store) -> tuple[Any, list[Part]]:
    """What a piece of the daily work came to, for programs and for people."""
    match name:
        case "renew":
            return _renewed(done), _renewed_parts(call, done)
        case "collect":
            numbers = _numbers(store, done.charges)
            return _collected(done, numbers), _collected_parts(call, done, numbers)
        case "dun":
            return _dunned(done), _dunned_parts(call, done)
        case "orders":
            return {"warnings": done}, [_count(call, N_("{number} warnings about purchase orders."), done)]
        case "trials":
            return {"warnings": done}, [_count(call, N_("{number} warnings about trials that end."), done)]
        case _:
            from tui.outbox_commands import told

            return told(done, call.language)


def _outbox(call: Call) -> int:
    from tui.outbox_commands import run

    return run(call)
