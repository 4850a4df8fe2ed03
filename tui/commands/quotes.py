"""`quotes`: asking, offering, answering, comparing, approving and accepting, from either side of the counter."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from billing.desk import Desk
from billing.errors import N_, NotFound
from billing.language import Word
from billing.money import Money, exponent, half_up
from billing.periods import Frequency
from billing.plan_changes import catalogue
from billing.quote_acceptance import accept, approve
from billing.quote_views import QuoteView, list_quotes, open_quote
from billing.quotes import (
    FIELD_WORDS,
    FREQUENCY_WORDS,
    STATE_WORDS,
    Quote,
    QuoteLine,
    QuoteRevision,
    QuoteTerms,
    difference,
)
from billing.quoting import (
    comment,
    counter,
    decline,
    let_out,
    offer_quote,
    price,
    request_quote,
    send_back,
    withdraw,
)
from tui.commands.call import Call
from tui.commands.exits import DONE, NotUnderstood
from tui.commands.render import Part, Table
from tui.commands.words import LateParser, Run, consent, day, positive, somebody

MOST = 500
VALID_DAYS = 30


class LineUnclear(NotUnderstood):
    """A line that does not say a plan, a quantity and a price."""

    message = N_(
        "{line} is no line. Nothing was sent. Write PLAN:LICENCES:PRICE, or PLAN:LICENCES:15% for what is taken off."
    )


def words(topic: str, parser: LateParser) -> None:
    """The words after `quotes`."""
    del topic
    group = parser.group()
    parser.command(group, "list", _list, "every quote, with its sum and whose turn it is", somebody)

    def command(name: str, run: Run, about: str, *groups: Callable[[LateParser], None]) -> LateParser:
        made = parser.command(group, name, run, about, somebody, *groups)
        made.add_argument("quote", metavar="QUOTE", help="its number or id")
        return made

    command("show", _show, "one quote: what is on the table, and every word that led there")
    compare = command("compare", _compare, "two revisions side by side")
    compare.add_argument("before", type=positive, nargs="?", metavar="A", help="default: the last but one")
    compare.add_argument("after", type=positive, nargs="?", metavar="B", help="default: the last")
    for name, about, titled in (
        ("request", "ask for a quote", True),
        ("offer", "for a representative: open a quote with an offer", True),
        ("counter", "answer with other terms", False),
        ("price", "for a representative: make an offer", False),
    ):
        made = (
            parser.command(group, name, _write, about, somebody, consent)
            if titled
            else command(name, _write, about, consent)
        )
        if titled:
            made.add_argument("title", metavar="TITLE")
        else:
            made.add_argument("--based-on", type=positive, metavar="REVISION", help="that was read (default: the last)")
        _terms_options(made, needed=titled)
    command("comment", _comment, "say something", consent).add_argument("text", metavar="TEXT")
    command("approve", _agree, "let what is on the table be accepted", consent)
    accepting = command("accept", _agree, "accept what is on the table", consent)
    accepting.add_argument("--order", default="", metavar="NUMBER", help="the purchase order")
    accepting.add_argument("--seal", default="", metavar="HASH", help="the beginning of the revision's hash, as read")
    for name, about in (
        ("decline", "say no"),
        ("withdraw", "for a representative: take an offer back"),
        ("send-back", "for a lead: give an offer back to the representative"),
    ):
        command(name, _end, about, consent).add_argument("reason", metavar="REASON")
    command("let-out", _let_out, "for a lead: let an offer beyond the limit go to the customer", consent)


def _terms_options(parser: LateParser, *, needed: bool) -> None:
    parser.add_argument(
        "--line", action="append", type=_spec, required=needed, metavar="PLAN:LICENCES:PRICE[:SUBSCRIPTION]",
        help="once for each line; PRICE is an amount such as 115.50, 15%% off, or empty for the list price",
    )  # fmt: skip
    parser.add_argument("--frequency", choices=tuple(f.value for f in Frequency))
    parser.add_argument("--months", type=positive, metavar="N", help="the term")
    parser.add_argument("--starts-on", type=day, metavar="DAY", help="the first day of new plans")
    parser.add_argument("--valid-until", type=day, metavar="DAY", help="the last day of an offer")
    parser.add_argument("--conditions", metavar="TEXT")
    parser.add_argument("--note", default="", metavar="TEXT", help="what is said with it")
    parser.add_argument("--draft", action="store_true", help="for a representative: keep it on the vendor's side")


def _spec(text: str) -> tuple[str, int, str, str]:
    parts = text.split(":")
    if len(parts) not in (3, 4) or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 8):
        raise ArgumentTypeError(f"{text!r} is no line such as remote-support-5:10:15%")
    return parts[0], int(parts[1]), parts[2], parts[3] if len(parts) > 3 else ""


def _found(desk: Desk, typed: str) -> QuoteView:
    """The quote by its number or id."""
    for row in list_quotes(desk, limit=MOST).rows:
        if typed in (row.quote.id, row.quote.number):
            return open_quote(desk, row.quote.id)
    raise NotFound(kind=Quote.kind, id=typed)


def _list(call: Call) -> int:
    with call.desk() as desk:
        rows = list_quotes(desk, limit=MOST).rows
    heads = (N_("Quote"), N_("About"), N_("State"), N_("Whose turn"), N_("In its term"), N_("Valid until"))
    body = [
        (
            row.quote.number, row.quote.title, call.say(STATE_WORDS[row.standing]),
            row.waits_for.value if row.waits_for else "",
            call.money(row.terms.whole, row.terms.currency) if row.terms else "", call.date(row.quote.valid_until),
        )
        for row in rows
    ]  # fmt: skip
    shape = [
        {
            "id": row.quote.id,
            "number": row.quote.number,
            "title": row.quote.title,
            "state": row.standing,
            "waits_for": row.waits_for,
            "valid_until": row.quote.valid_until,
            "whole": Money(row.terms.whole, row.terms.currency) if row.terms else None,
        }
        for row in rows
    ]
    return call.answer({"quotes": shape}, Table(tuple(call.say(m) for m in heads), body, frozenset({4})))


def terms_shape(terms: QuoteTerms) -> dict[str, Any]:
    """Terms as `--json` shows them."""
    return {
        "lines": [
            {
                "plan_id": line.plan_id,
                "plan": line.plan_name,
                "licences": line.quantity,
                "list_price": Money(line.list_price, terms.currency),
                "price": Money(line.unit_price, terms.currency),
                "subscription_id": line.subscription_id or None,
            }
            for line in terms.lines
        ],
        "frequency": terms.frequency,
        "months": terms.months,
        "starts_on": terms.starts_on,
        "valid_until": terms.valid_until,
        "conditions": terms.conditions,
        "net": Money(terms.net, terms.currency),
        "whole": Money(terms.whole, terms.currency),
    }


def _revision_shape(revision: QuoteRevision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "side": revision.side,
        "by": revision.name,
        "at": revision.at,
        "seal": revision.hash,
        "note": revision.note,
        "terms": terms_shape(revision.terms),
    }


def view_shape(seen: QuoteView) -> dict[str, Any]:
    """One quote as `--json` shows it."""
    taken = seen.quote.accepted
    return {
        "id": seen.quote.id,
        "number": seen.quote.number,
        "title": seen.quote.title,
        "state": seen.standing,
        "moves": sorted(move.value for move in seen.moves),
        "needs_approval": seen.needs_approval,
        "order_required": seen.order_required,
        "reason": seen.quote.reason,
        "accepted": taken and {
            "by": taken.name,
            "at": taken.at,
            "revision": taken.revision,
            "purchase_order": taken.purchase_order,
            "effective_on": taken.effective_on,
        },
        "revisions": [_revision_shape(revision) for revision in seen.revisions],
        "comments": [
            {"by": c.name, "side": c.side, "at": c.at, "text": c.text, "internal": c.internal} for c in seen.comments
        ],
    }  # fmt: skip


def _terms_parts(call: Call, terms: QuoteTerms) -> list[Part]:
    heads = (N_("Plan"), N_("Licences"), N_("List price"), N_("Price"), N_("Renews"))
    rows = [
        (
            line.plan_name, call.language.number(line.quantity), call.money(line.list_price, terms.currency),
            call.money(line.unit_price, terms.currency), line.subscription_id,
        )
        for line in terms.lines
    ]  # fmt: skip
    said = call.say(
        N_("{net} before tax, billed {often}; {whole} in {months} months"),
        net=Money(terms.net, terms.currency), often=Word(FREQUENCY_WORDS[terms.frequency]),
        whole=Money(terms.whole, terms.currency), months=terms.months,
    )  # fmt: skip
    parts: list[Part] = [Table(tuple(call.say(m) for m in heads), rows, frozenset({1, 2, 3})), said]
    if terms.valid_until is not None:
        parts.append(call.say(N_("Valid until {day}"), day=terms.valid_until))
    return parts


def _show(call: Call) -> int:
    with call.desk() as desk:
        seen = _found(desk, call.options.quote)
    return call.answer(view_shape(seen), *_parts(call, seen))


def _parts(call: Call, seen: QuoteView) -> list[Part]:
    parts: list[Part] = [f"{seen.quote.number}: {seen.quote.title} ({call.say(STATE_WORDS[seen.standing])})"]
    if seen.current is not None:
        parts += _terms_parts(call, seen.current.terms)
    heads = (N_("Revision"), N_("Day"), N_("Who"), N_("In its term"), N_("Note"))
    rows = [
        (
            str(r.number), call.date(r.at.date()), r.name, call.money(r.terms.whole, r.terms.currency), r.note
        )
        for r in seen.revisions
    ]  # fmt: skip
    parts.append(Table(tuple(call.say(m) for m in heads), rows, frozenset({0, 3})))
    parts += [f"{call.date(c.at.date())} {c.name}: {c.text}" for c in seen.comments]
    return parts


def _compare(call: Call) -> int:
    with call.desk() as desk:
        seen = _found(desk, call.options.quote)
    by_number = {r.number: r for r in seen.revisions}
    numbers = sorted(by_number)
    after = call.options.after or numbers[-1]
    before = call.options.before or max((n for n in numbers if n < after), default=after)
    if before not in by_number or after not in by_number:
        raise NotFound(kind=QuoteRevision.kind, id=str(before if before not in by_number else after))
    found = difference(by_number[before].terms, by_number[after].terms)
    currency = by_number[after].terms.currency

    def value(field: str, held: Any) -> Any:
        return Money(held, currency) if field in ("list_price", "unit_price") and held is not None else held

    def text(field: str, held: Any) -> str:
        if held is None:
            return ""
        return call.say(FREQUENCY_WORDS[held]) if field == "frequency" else call.language.write(value(field, held))

    shape = [
        {"line": d.line or None, "field": d.field, "before": value(d.field, d.before), "after": value(d.field, d.after)}
        for d in found
    ]
    heads = (N_("Line"), N_("Field"), N_("Before"), N_("After"))
    rows = [
        (str(d.line or ""), call.say(FIELD_WORDS[d.field]), text(d.field, d.before), text(d.field, d.after))
        for d in found
    ]
    table = Table(tuple(call.say(m) for m in heads), rows)
    return call.answer({"before": before, "after": after, "differences": shape}, table)


def _terms(call: Call, desk: Desk, seen: QuoteView | None) -> QuoteTerms:
    """The terms that the options ask for; what is not named stays as it is on the table."""
    o, base = call.options, seen.current.terms if seen and seen.current else None
    often = Frequency(o.frequency) if o.frequency else base.frequency if base else Frequency.YEARLY
    currency = desk.account.currency
    lines = tuple(_line(desk, spec, often, base) for spec in o.line) if o.line else base.lines if base else ()
    until = o.valid_until
    if until is None and o.act in ("offer", "price"):
        until = desk.today + timedelta(days=VALID_DAYS)
    return QuoteTerms(
        lines=lines,
        currency=currency,
        frequency=often,
        months=o.months or (base.months if base else 12),
        starts_on=o.starts_on or (base.starts_on if base else None),
        valid_until=until,
        conditions=o.conditions if o.conditions is not None else base.conditions if base else "",
    )


def _line(desk: Desk, spec: tuple[str, int, str, str], often: Frequency, base: QuoteTerms | None) -> QuoteLine:
    plan_id, quantity, asked, subscription_id = spec
    known = next((line for line in base.lines if line.plan_id == plan_id), None) if base else None
    plan = next((p for p in catalogue(desk) if p.id == plan_id), None)
    listed = plan.price(often, desk.account.currency) if plan else None
    if listed is None and known is None:
        raise NotFound(kind="plans", id=plan_id)
    amount = listed.amount if listed else known.list_price if known else 0
    return QuoteLine(
        plan_id=plan_id,
        plan_name=plan.name if plan else known.plan_name if known else plan_id,
        quantity=quantity,
        list_price=amount,
        unit_price=_price(asked, amount, desk.account.currency),
        subscription_id=subscription_id or (known.subscription_id if known else ""),
    )


def _price(asked: str, listed: int, currency: str) -> int:
    if not asked:
        return listed
    try:
        if asked.endswith("%"):
            return half_up(listed * (1 - Fraction(asked[:-1]) / 100))
        minor = Decimal(asked).scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            raise LineUnclear(line=asked[:40])
        return int(minor)
    except (InvalidOperation, ValueError, ZeroDivisionError) as error:
        raise LineUnclear(line=asked[:40]) from error


def _write(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        seen = None if o.act in ("request", "offer") else _found(desk, o.quote)
        terms = _terms(call, desk, seen)
        if not call.agreed(terms_shape(terms), _terms_parts(call, terms)):
            return DONE
        match o.act:
            case "request":
                done = request_quote(desk, o.title, terms, o.note)
            case "offer":
                done = offer_quote(desk, o.title, terms, o.note, draft=o.draft)
            case act:
                assert seen is not None  # noqa: S101 - it was looked up
                newest = seen.quote.revision if act == "price" else seen.quote.shown
                based_on = o.based_on or newest
                if act == "price":
                    done = price(desk, seen.quote.id, terms, o.note, based_on=based_on, draft=o.draft)
                else:
                    done = counter(desk, seen.quote.id, terms, o.note, based_on=based_on)
        after = open_quote(desk, done.id)
    return call.answer(view_shape(after), *_parts(call, after))


def _comment(call: Call) -> int:
    return _do(call, lambda desk, seen: comment(desk, seen.quote.id, call.options.text))


def _end(call: Call) -> int:
    reason = call.options.reason
    match call.options.act:
        case "decline":
            return _do(call, lambda desk, seen: decline(desk, seen.quote.id, reason))
        case "withdraw":
            return _do(call, lambda desk, seen: withdraw(desk, seen.quote.id, reason))
        case _:
            return _do(call, lambda desk, seen: send_back(desk, seen.quote.id, reason, based_on=seen.quote.revision))


def _let_out(call: Call) -> int:
    return _do(call, lambda desk, seen: let_out(desk, seen.quote.id, based_on=seen.quote.revision))


class SealDiffers(NotUnderstood):
    """What is on the table is not what was read."""

    message = N_("What is on the table is not {seal} any more. Nothing was accepted. Look at the quote again.")


def _agree(call: Call) -> int:
    def agree(desk: Desk, seen: QuoteView) -> object:
        assert seen.current is not None  # noqa: S101 - a quote that is seen has words
        if call.options.act == "approve":
            return approve(desk, seen.quote.id, seen.current.hash)
        if not seen.current.hash.startswith(call.options.seal):
            raise SealDiffers(seal=call.options.seal[:64])
        return accept(desk, seen.quote.id, seen.current.hash, call.options.order)

    return _do(call, agree)


def _do(call: Call, doing: Callable[[Desk, QuoteView], object]) -> int:
    """Show the quote, do the move when that is agreed to, and show what became of it."""
    with call.desk() as desk:
        seen = _found(desk, call.options.quote)
        if not call.agreed(view_shape(seen), _parts(call, seen)):
            return DONE
        doing(desk, seen)
        after = open_quote(desk, seen.quote.id)
    return call.answer(view_shape(after), *_parts(call, after))
