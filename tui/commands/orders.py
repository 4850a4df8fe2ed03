"""`orders`: purchase orders, what was drawn of them and what comes; entering, editing, attaching and closing them."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from billing.desk import Desk
from billing.errors import N_, Refusal
from billing.language import Language
from billing.ordering import (
    OrderConflict,
    activate_order,
    attach_order,
    attachable,
    change_order,
    checked,
    close_order,
    create_order,
    detach_order,
    held_for_an_order,
    list_orders,
    open_order,
    order_named,
    term_text,
    terms_read,
)
from billing.permissions import Act
from billing.purchase_orders import FIELD_WORDS, OrderLine, OrderTerms, PurchaseOrder
from tui.commands import shapes
from tui.commands.call import Call
from tui.commands.exits import DONE, MOVED, NotUnderstood
from tui.commands.order_answers import answer_order, facts, held_shape, order_shape, table, terms_shape, waiting
from tui.commands.render import Table, error_shape, lines, to_json, write
from tui.commands.words import LateParser, Run, consent, day, natural, positive, somebody


class AmountUnclear(NotUnderstood):
    """What was typed is no amount."""

    message = N_("{amount} is no amount in {currency}. Nothing was saved. Write it as 12.50.")


class QuantityUnclear(NotUnderstood):
    """A line's quantity is no number."""

    message = N_("{quantity} is no quantity. Nothing was saved. Write a line as QUANTITY TEXT AMOUNT.")


def words(topic: str, parser: LateParser) -> None:
    """The words after `orders`."""
    del topic
    group = parser.group()
    parser.command(group, "list", _list, "every order, with what was drawn, what remains and what comes", somebody)

    def command(name: str, run: Run, about: str, *groups: Callable[[LateParser], None]) -> LateParser:
        made = parser.command(group, name, run, about, somebody, *groups)
        made.add_argument("order", metavar="ORDER", help="its number or id")
        return made

    command("show", _show, "one order: its terms, versions, ledger and subscriptions")
    create = command("create", _create, "enter an order; invoices that wait for it go out", consent)
    create.add_argument("--draft", action="store_true", help="do not let it count yet")
    create.add_argument("--attach", action="append", default=[], metavar="SUBSCRIPTION", help="once for each")
    edit = command("edit", _edit, "change its terms; what is not named stays", consent)
    edit.add_argument(
        "--based-on", type=positive, metavar="REVISION", help="the version that was read (default: the last)"
    )
    for terms in (create, edit):
        terms.add_argument("--issuer", metavar="NAME", help="who issued it")
        terms.add_argument("--valid-from", type=day, metavar="DAY")
        terms.add_argument("--valid-until", type=day, metavar="DAY", help="its last day")
        terms.add_argument("--budget", metavar="AMOUNT", help="before tax, such as 12000.00")
        terms.add_argument(
            "--line", nargs=3, action="append", metavar=("QUANTITY", "TEXT", "AMOUNT"), help="once for each line"
        )
        terms.add_argument("--file", action="append", metavar="REFERENCE", help="of an attached file; once for each")
        terms.add_argument("--note", metavar="TEXT")
    edit.add_argument("--no-end", action="store_true", help="valid until further notice")
    edit.add_argument("--no-budget", action="store_true", help="without a limit")
    command("activate", _activate, "let a draft count; invoices that wait for it go out", consent)
    command("close", _close, "let nothing more be drawn", consent)
    attach = command("attach", _attach, "let a subscription draw on it", consent)
    attach.add_argument("subscription", metavar="SUBSCRIPTION", help="its id")
    detach = parser.command(group, "detach", _detach, "let a subscription draw on no order", somebody, consent)
    detach.add_argument("subscription", metavar="SUBSCRIPTION", help="its id")


def _list(call: Call) -> int:
    with call.desk() as desk:
        rows, held = list_orders(desk), held_for_an_order(desk)
    shape = {"orders": [order_shape(row) for row in rows], "held": [held_shape(h, desk) for h in held]}
    return call.answer(shape, table(call, rows), *waiting(call, held, desk))


def _show(call: Call) -> int:
    with call.desk() as desk:
        seen = open_order(desk, order_named(desk, call.options.order).id)
    return answer_order(call, desk, seen)


def _minor(typed: str, currency: str) -> int:
    try:
        return Language("en").parse_amount(typed, currency).minor  # a script's amount is the same in every language
    except Refusal as refusal:
        raise AmountUnclear(amount=typed[:40], currency=currency) from refusal


def _named(call: Call, currency: str) -> dict[str, Any]:
    """The terms that the options name."""
    o = call.options
    found: dict[str, Any] = {
        name: value
        for name in ("issuer", "valid_from", "valid_until", "note")
        if (value := getattr(o, name)) is not None
    }
    if o.budget is not None:
        found["budget"] = _minor(o.budget, currency)
    if o.line is not None:
        found["lines"] = tuple(_line(each, currency) for each in o.line)
    if o.file is not None:
        found["files"] = tuple(o.file)
    return found


def _line(typed: list[str], currency: str) -> OrderLine:
    quantity, text, amount = typed
    try:
        number = natural(quantity)
    except ArgumentTypeError as error:
        raise QuantityUnclear(quantity=quantity[:40]) from error
    return OrderLine(description=text, quantity=number, amount=_minor(amount, currency))


def _may(desk: Desk) -> None:
    """Who may not is told so before anything is shown or asked."""
    with desk.read(Act.CHANGE_ORDERS):
        pass


def _create(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        _may(desk)
        currency = desk.account.currency
        first: dict[str, Any] = {"issuer": desk.person.name, "valid_from": desk.today}
        terms = checked(OrderTerms(**{**first, **_named(call, currency)}))
        shape = {"number": o.order, "draft": o.draft, "attach": o.attach, **terms_shape(terms, currency)}
        shown = [(call.say(N_("Number")), o.order), *facts(call, terms, currency)]
        shown += [(call.say(N_("For")), subscription_id) for subscription_id in o.attach]
        if not call.agreed(shape, [shown, *waiting(call, held_for_an_order(desk), desk)]):
            return DONE
        order = create_order(desk, o.order, terms, draft=o.draft, attach=tuple(o.attach))
        return _done(call, desk, order)


def _done(call: Call, desk: Desk, order: PurchaseOrder) -> int:
    return answer_order(call, desk, open_order(desk, order.id), call.say(N_("Done.")))


def _edit(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        _may(desk)
        order = order_named(desk, o.order)
        based_on = o.based_on or order.revision
        named = _named(call, order.currency)
        if o.no_end:
            named["valid_until"] = None
        if o.no_budget:
            named["budget"] = None
        read = terms_read(desk, order.id, based_on)
        terms = replace(read, **named)
        changes = [
            (
                call.say(word),
                *(term_text(field, getattr(t, field), order.currency, call.language) for t in (read, terms)),
            )
            for field, word in FIELD_WORDS.items()
            if getattr(read, field) != getattr(terms, field)
        ]
        shape = {
            "number": order.number,
            "based_on": based_on,
            "before": terms_shape(read, order.currency),
            "after": terms_shape(terms, order.currency),
        }
        if not call.agreed(shape, [_fields(call, changes)]):
            return DONE
        try:
            return _done(call, desk, change_order(desk, order.id, terms, based_on=based_on))
        except OrderConflict as conflict:
            return _conflict(call, order, conflict)


def _fields(call: Call, rows: list[tuple[str, ...]]) -> Table:
    return Table(tuple(call.say(m) for m in (N_("Field"), N_("Before"), N_("After"))), rows)


def _conflict(call: Call, order: PurchaseOrder, conflict: OrderConflict) -> int:
    """Both versions, field by field, on standard error: nothing of either is lost."""

    def text(field: str, value: Any) -> str:
        return term_text(field, value, order.currency, call.language)

    found = conflict.disagreements
    if call.options.json:
        shape = error_shape(conflict, call.language)
        shape["error"] |= {
            "based_on": conflict.based_on,
            "fields": [{"field": d.field, "base": d.base, "theirs": d.theirs, "mine": d.mine} for d in found],
            "proposal": terms_shape(conflict.proposal, order.currency),
        }
        write([to_json(shape)], call.streams.stderr)
        return MOVED
    heads = tuple(call.say(m) for m in (N_("Field"), N_("Before"), N_("Theirs"), N_("Mine")))
    rows = [(call.say(FIELD_WORDS[d.field]), *(text(d.field, v) for v in (d.base, d.theirs, d.mine))) for d in found]
    again = call.say(N_("To save yours: the same again, with --based-on {revision}."), revision=str(conflict.based_on))
    write(lines([call.language.refusal(conflict), Table(heads, rows), again]), call.streams.stderr)
    return MOVED


def _activate(call: Call) -> int:
    return _move(call, activate_order, N_("From now on it counts."))


def _close(call: Call) -> int:
    return _move(call, close_order, N_("Nothing more will be drawn on it."))


def _move(call: Call, act: Callable[[Desk, str], PurchaseOrder], comes: str) -> int:
    with call.desk() as desk:
        _may(desk)
        order = order_named(desk, call.options.order)
        seen = open_order(desk, order.id)
        if not call.agreed({"order": order_shape(seen.row)}, [table(call, (seen.row,)), call.say(comes)]):
            return DONE
        return _done(call, desk, act(desk, order.id))


def _attach(call: Call) -> int:
    with call.desk() as desk:
        order = order_named(desk, call.options.order)
        return _draw_on(call, desk, order.number, lambda: attach_order(desk, order.id, call.options.subscription))


def _detach(call: Call) -> int:
    with call.desk() as desk:
        return _draw_on(call, desk, "", lambda: detach_order(desk, call.options.subscription))


def _draw_on(call: Call, desk: Desk, number: str, act: Callable[[], Any]) -> int:
    _may(desk)
    wanted = call.options.subscription
    before = next((s.purchase_order for s in attachable(desk) if s.id == wanted), "")
    change = [(wanted, before or "-", number or "-")]
    heads = (N_("Subscription"), N_("Before"), N_("After"))
    shown = Table(tuple(call.say(m) for m in heads), change)
    if not call.agreed({"subscription": wanted, "before": before or None, "after": number or None}, [shown]):
        return DONE
    held = act()
    shape = {"subscription": shapes.subscription(held, desk.account.currency)}
    return call.answer(shape, call.say(N_("Done.")), shown)
