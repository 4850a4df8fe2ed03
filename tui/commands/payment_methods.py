"""`payment-methods`: what can be charged, which of it by default, a bank account added, one removed."""

from __future__ import annotations

from billing.errors import N_, NotFound
from billing.identifiers import check_iban
from billing.payment_methods import PaymentMethod
from billing.permissions import Act
from billing.vendor import Vendor
from billing.wallet import Held, add_bank_debit, consequences, make_default, remove, wallet
from tui.commands import shapes
from tui.commands.call import Call, key_of
from tui.commands.exits import DONE
from tui.commands.render import Table
from tui.commands.words import LateParser, consent, key, somebody


def words(topic: str, parser: LateParser) -> None:
    """The words after `payment-methods`."""
    del topic
    group = parser.group()
    parser.command(group, "list", _list, "payment methods, and what each pays", somebody)
    for name, run, about in (
        ("default", _default, "charge this one from now on"),
        ("remove", _remove, "remove one; what it paid is charged to the default"),
    ):
        command = parser.command(group, name, run, about, somebody, consent)
        command.add_argument("method", metavar="METHOD", help="its id")
    debit = parser.command(
        group, "add-bank-debit", _debit, "a bank account to be debited (SEPA)", somebody, consent, key
    )
    debit.add_argument("iban", metavar="IBAN", help="the account's number, or - to read it from standard input")
    debit.add_argument("--holder", required=True, metavar="NAME", help="whose bank account it is")


def held_shape(held: Held) -> shapes.Shape:
    """A payment method and what it pays."""
    pays = [{"id": s.id, "plan": s.plan_name} for s in held.pays]
    return {**shapes.method(held.method), "default": held.is_default, "usable": held.usable, "pays": pays}


def _list(call: Call) -> int:
    with call.desk() as desk:
        rows = wallet(desk)
    heads = (N_("Id"), N_("Payment method"), N_("Valid until"), N_("Default"), N_("Usable"), N_("Pays"))
    yes, no = call.say(N_("yes")), call.say(N_("no"))
    table = Table(
        tuple(call.say(m) for m in heads),
        [
            (
                h.method.id, h.method.label, call.date(h.method.expires), yes if h.is_default else "",
                yes if h.usable else no, ", ".join(s.plan_name for s in h.pays),
            )
            for h in rows
        ],
    )  # fmt: skip
    return call.answer({"payment_methods": [held_shape(h) for h in rows]}, table)


def _default(call: Call) -> int:
    with call.desk() as desk:
        with desk.read(Act.CHANGE_PAYMENT_METHODS) as books:
            method = books.get(PaymentMethod, call.options.method)
        if method.removed_on is not None:
            raise NotFound(kind=PaymentMethod.kind, id=method.label)
        before = next((h.method for h in wallet(desk) if h.is_default), None)
        facts = [
            (call.say(N_("Default now")), before.label if before else "-"),
            (call.say(N_("Default from now on")), method.label),
        ]
        shape = {"before": before and shapes.method(before), "after": shapes.method(method)}
        if not call.agreed(shape, [facts]):
            return DONE
        method = make_default(desk, method.id)
    return call.answer({"payment_method": shapes.method(method)}, call.say(N_("Done.")), facts)


def _remove(call: Call) -> int:
    with call.desk() as desk:
        with desk.read(Act.CHANGE_PAYMENT_METHODS):
            pass  # who may not remove is told so before what it would bring
        brings = consequences(desk, call.options.method)
        facts = [
            (call.say(N_("Payment method")), brings.held.method.label),
            (call.say(N_("Pays")), ", ".join(s.plan_name for s in brings.held.pays) or "-"),
            (call.say(N_("Next charge")), call.date(brings.next_charge) or "-"),
            (call.say(N_("Charged instead")), brings.instead.label if brings.instead else "-"),
            (call.say(N_("Open invoices")), call.language.number(brings.open_invoices)),
        ]
        shape = {
            "payment_method": held_shape(brings.held),
            "next_charge": brings.next_charge,
            "instead": brings.instead and shapes.method(brings.instead),
            "open_invoices": brings.open_invoices,
        }
        if not call.agreed(shape, [facts]):
            return DONE
        gone = remove(desk, call.gateway(), brings.held.method.id)
    said = call.say(N_("{method} was removed."), method=gone.label)
    return call.answer({"payment_method": shapes.method(gone)}, said)


def _debit(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        # Who may not add one is told so before their number is looked at.
        with desk.read(Act.CHANGE_PAYMENT_METHODS) as books:
            vendor = books.get(Vendor, Vendor.ID).party.name
        typed = call.streams.stdin.readline().strip() if o.iban == "-" else o.iban
        iban = check_iban(typed).canonical
        shown = f"{iban[:4]} •••• {iban[-4:]}"
        facts = [(call.say(N_("Bank account")), shown), (call.say(N_("Holder")), o.holder)]
        # As in the SEPA Core rulebook's mandate: whoever signs must have read it.
        text = call.say(
            N_("By this you authorise {vendor} to send instructions to your bank to debit your account, and your bank "
               "to debit it. You are entitled to a refund from your bank within eight weeks."),
            vendor=vendor,
        )  # fmt: skip
        if not call.agreed({"iban": shown, "holder": o.holder, "mandate": text}, [facts, text]):
            return DONE
        method = add_bank_debit(desk, call.gateway(), iban, o.holder, key=key_of(desk, o.key))
    said = call.say(N_("{method} was added."), method=method.label)
    return call.answer({"payment_method": shapes.method(method)}, said)
