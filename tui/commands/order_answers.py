"""How purchase orders are answered, to people and to programs; the shapes are in `docs/commands.md`."""

from __future__ import annotations

from billing.desk import Desk
from billing.errors import N_
from billing.holds import HOLD_WORDS, HeldInvoice
from billing.money import Money
from billing.ordering import OrderRow, OrderView, term_text
from billing.purchase_orders import FIELD_WORDS, STATE_WORDS, Draw, OrderTerms, PurchaseOrder
from tui.commands import shapes
from tui.commands.call import Call
from tui.commands.render import Part, Table


def order_shape(row: OrderRow) -> shapes.Shape:
    """An order with what was drawn; `standing` may be `expired` or `exhausted`, which its `state` never is."""
    order, terms, currency = row.order, row.order.terms, row.order.currency
    return {
        "id": order.id,
        "number": order.number,
        "state": order.state,
        "standing": row.standing,
        **terms_shape(terms, currency),
        "revision": order.revision,
        "updated_at": order.updated_at,
        "drawn": Money(row.drawn, currency),
        "remaining": None if row.remaining is None else Money(row.remaining, currency),
        "exhausted_by": _draw_shape(row.forecast.exhausted_by, currency),
        "expires_before": _draw_shape(row.forecast.expires_before, currency),
    }


def terms_shape(terms: OrderTerms, currency: str) -> shapes.Shape:
    """What purchasing says of an order."""
    return {
        "issuer": terms.issuer,
        "valid_from": terms.valid_from,
        "valid_until": terms.valid_until,
        "budget": None if terms.budget is None else Money(terms.budget, currency),
        "lines": [
            {"description": each.description, "quantity": each.quantity, "amount": Money(each.amount, currency)}
            for each in terms.lines
        ],
        "files": list(terms.files),
        "note": terms.note,
    }


def _draw_shape(draw: Draw | None, currency: str) -> shapes.Shape | None:
    return None if draw is None else {"on": draw.on, "net": Money(draw.net, currency)}


def held_shape(held: HeldInvoice, desk: Desk) -> shapes.Shape:
    """A renewal that waits, and why."""
    return {
        "subscription_id": held.subscription_id,
        "period": {"start": held.period_start, "end": held.period_end},
        "net": Money(held.net, desk.account.currency),
        "reason": held.reason,
        "since": held.since,
    }


def table(call: Call, rows: tuple[OrderRow, ...]) -> Table:
    """Orders in columns."""
    heads = (N_("Number"), N_("State"), N_("Valid until"), N_("Budget"), N_("Drawn"), N_("Remaining"), N_("Forecast"))
    return Table(
        tuple(call.say(m) for m in heads),
        [
            (
                r.order.number, call.say(STATE_WORDS[r.standing]), call.date(r.order.terms.valid_until),
                _amount(call, r.order.terms.budget, r.order), _amount(call, r.drawn, r.order),
                _amount(call, r.remaining, r.order), forecast_text(call, r),
            )
            for r in rows
        ],
        frozenset({3, 4, 5}),
    )  # fmt: skip


def _amount(call: Call, minor: int | None, order: PurchaseOrder) -> str:
    return "" if minor is None else call.money(minor, order.currency)


def forecast_text(call: Call, row: OrderRow) -> str:
    """What comes first: too much, too late, or neither."""
    short, late = row.forecast.exhausted_by, row.forecast.expires_before
    if short is not None and (late is None or short.on <= late.on):
        return call.say(N_("too little for the renewal of {day}"), day=short.on)
    if late is not None:
        return call.say(N_("expires before the renewal of {day}"), day=late.on)
    return call.say(N_("covers all that comes")) if row.forecast.draws else ""


def waiting(call: Call, held: tuple[HeldInvoice, ...], desk: Desk) -> list[Part]:
    """The invoices that wait for an order; nothing where there are none."""
    if not held:
        return []
    heads = tuple(call.say(m) for m in (N_("Waits since"), N_("Subscription"), N_("Amount"), N_("Why")))
    rows = [
        (call.date(h.since), h.subscription_id, call.money(h.net, desk.account.currency),
         call.say(HOLD_WORDS[h.reason]))
        for h in held
    ]  # fmt: skip
    return ["", Table(heads, rows, frozenset({2}))]


def answer_order(call: Call, desk: Desk, seen: OrderView, *first: Part) -> int:
    """Everything about one order, after what is said first to people."""
    order = seen.row.order
    shape = {
        "order": {
            **order_shape(seen.row),
            "draws": [{"on": d.on, "net": Money(d.net, order.currency)} for d in seen.row.forecast.draws],
            "ledger": [shapes.invoice(document, desk.today) for document in seen.ledger],
            "revisions": [
                {
                    "number": r.number, "at": r.at, "by": r.name, "door": r.door, "changes": r.changes,
                    **terms_shape(r.terms, order.currency),
                }
                for r in seen.revisions
            ],
            "subscriptions": [s.id for s in seen.attached],
        },
        "held": [held_shape(h, desk) for h in seen.held],
    }  # fmt: skip
    ledger = [
        (call.date(d.issued_on), d.number, call.money(d.net, d.currency)) for d in seen.ledger
    ]  # fmt: skip
    versions = [
        (
            str(r.number),
            call.date(r.at.date()),
            r.name,
            "; ".join(f"{c.field}: {c.before} > {c.after}" for c in r.changes),
        )
        for r in seen.revisions
    ]
    parts: list[Part] = [*first, table(call, (seen.row,)), "", facts(call, order.terms, order.currency), ""]
    if seen.attached:
        parts += [Table((call.say(N_("For")), ""), [(s.id, s.plan_name) for s in seen.attached]), ""]
    if ledger:
        heads = tuple(call.say(m) for m in (N_("Date"), N_("Number"), N_("Before tax")))
        parts += [Table(heads, ledger, frozenset({2})), ""]
    heads = tuple(call.say(m) for m in (N_("Revision"), N_("Date"), N_("By"), N_("Changes")))
    return call.answer(shape, *parts, Table(heads, versions), *waiting(call, seen.held, desk))


def facts(call: Call, terms: OrderTerms, currency: str) -> list[tuple[str, str]]:
    """What purchasing says of an order, field by field."""
    return [
        (call.say(word), term_text(field, getattr(terms, field), currency, call.language))
        for field, word in FIELD_WORDS.items()
    ]
