"""`timeline`: what happened on the account, newest first."""

from __future__ import annotations

from billing.audit import AuditEvent
from billing.charges import Charge
from billing.errors import N_
from billing.holds import HOLD_WORDS, HeldInvoice
from billing.invoices import Invoice, InvoiceType
from billing.money import Money
from billing.payments import Payment
from billing.timeline import Happening, timeline
from tui.commands import shapes
from tui.commands.call import Call
from tui.commands.render import Table
from tui.commands.words import LateParser, positive, somebody


def words(topic: str, parser: LateParser) -> None:
    """The words after `timeline`."""
    del topic
    parser.does(_timeline, somebody)
    parser.add_argument("--subscription", default="", metavar="ID", help="only what concerns this one")
    parser.add_argument("--limit", type=positive, default=200, metavar="N", help="at most so many (default: 200)")


def _timeline(call: Call) -> int:
    with call.desk() as desk:
        rows = timeline(desk, subscription_id=call.options.subscription, limit=call.options.limit)
        currency = desk.account.currency
    table = Table(
        (call.say(N_("Day")), call.say(N_("What happened"))),
        [(call.date(h.on), _sentence(call, h, currency)) for h in rows],
    )
    shape = [{"on": h.on, **_shape(h, currency), "text": _sentence(call, h, currency)} for h in rows]
    return call.answer({"timeline": shape}, table)


def _shape(happening: Happening, currency: str) -> shapes.Shape:
    match happening.of:
        case Invoice() as i:
            return {"what": i.type, "id": i.id, "number": i.number, "amount": i.money(i.gross)}
        case Payment() as p:
            return {"what": "payment", "id": p.id, "invoice_id": p.invoice_id, "amount": Money(p.amount, currency)}
        case Charge() as c:
            return {"what": "charge", "id": c.id, "state": c.state, "amount": Money(c.amount, c.currency)}
        case HeldInvoice() as h:
            net = Money(h.net, currency)
            return {"what": "held_invoice", "subscription_id": h.subscription_id, "reason": h.reason, "net": net}
        case AuditEvent() as e:
            return {"what": "change", "id": e.id, "act": e.act, "subject_id": e.subject_id or None}


def _sentence(call: Call, happening: Happening, currency: str) -> str:
    match happening.of:
        case Invoice() as i:
            invoice, note = N_("Invoice {number}: {amount}"), N_("Credit note {number}: {amount}")
            message = invoice if i.type is InvoiceType.INVOICE else note
            return call.say(message, number=i.number, amount=i.money(i.gross))
        case Payment() as p:
            message = N_("Paid: {amount}, {method}") if p.amount >= 0 else N_("Given back: {amount}, {method}")
            return call.say(message, amount=Money(p.amount, currency), method=p.method)
        case Charge() as c:
            message = N_("Payment of {amount} with {method}: {state} {code}")
            amount = Money(c.amount, c.currency)
            return call.say(message, amount=amount, method=c.method_label, state=c.state.value, code=c.code).rstrip()
        case HeldInvoice() as h:
            return call.say(N_("An invoice waits: {reason}"), reason=call.say(HOLD_WORDS[h.reason]))
        case AuditEvent() as e:
            return call.say(e.message, **e.values)
