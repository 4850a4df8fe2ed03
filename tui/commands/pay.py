"""`pay`: open invoices paid now, whole or in part."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from billing.charges import UNSETTLED, Charge, Share
from billing.desk import Desk
from billing.errors import N_, NotFound
from billing.invoices import Invoice
from billing.money import Money, exponent
from billing.paying import KeyReused, NoMethod, Till, pay, till, watch
from billing.payment_methods import PaymentMethod
from billing.permissions import Act
from tui.commands import shapes
from tui.commands.call import Call, key_of
from tui.commands.exits import BY_CHARGE, DONE, NotUnderstood
from tui.commands.invoices import named
from tui.commands.render import Table
from tui.commands.words import LateParser, consent, key, somebody


class NothingNamed(NotUnderstood):
    """Neither invoices nor `--all`, or both."""

    message = N_("Say which invoices to pay, or --all. Nothing was charged.")


class AmountWrong(NotUnderstood):
    """No amount of the account's currency, or one that is not for a single invoice."""

    message = N_("{amount} is no amount for one invoice in {currency}. Nothing was charged. Write it as 12.50.")


class NothingToPay(NotUnderstood):
    """Nothing is open."""

    message = N_("There is nothing to pay. Nothing was charged.")


def words(topic: str, parser: LateParser) -> None:
    """The words after `pay`."""
    del topic
    parser.does(_pay, somebody, consent, key)
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="invoices to pay")
    parser.add_argument("--all", action="store_true", help="everything that is open")
    parser.add_argument("--amount", default="", metavar="AMOUNT", help="only so much of one invoice, such as 12.50")
    parser.add_argument("--method", default="", metavar="ID", help="what to charge (default: the default method)")


def minor_units(typed: str, currency: str) -> int:
    """An amount as typed, in minor units. Raises `AmountWrong` for what is none, or is finer than the currency."""
    try:
        amount = Decimal(typed).scaleb(exponent(currency)) if typed.isascii() and len(typed) < 20 else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount <= 0 or amount != amount.to_integral_value():
        raise AmountWrong(amount=typed[:40], currency=currency)
    return int(amount)


def _pay(call: Call) -> int:
    o = call.options
    if bool(o.numbers) == o.all:
        raise NothingNamed
    with call.desk() as desk:
        with desk.read(Act.PAY):
            pass  # who may not pay is told so first
        attempt_id = key_of(desk, o.key)
        if o.key and (known := _known(desk, attempt_id)) is not None:
            return _again(call, desk, known)
        counter = till(desk)
        invoices = (
            [p.invoice for p in counter.payables] if o.all else [named(desk, n) for n in dict.fromkeys(o.numbers)]
        )
        invoices = list({i.id: i for i in invoices}.values())
        shares = _shares(call, desk, counter, invoices)
        method = _method(call, counter)
        total = Money(sum(s.amount for s in shares), desk.account.currency)
        numbers = {i.id: i.number for i in invoices}
        table = Table(
            (call.say(N_("Invoice")), call.say(N_("Amount"))),
            [(numbers[s.invoice_id], call.money(s.amount, total.currency)) for s in shares],
            frozenset({1}),
        )
        facts = [(call.say(N_("Total")), call.language.money(total)), (call.say(N_("Charged to")), method.label)]
        shape = {
            "invoices": [
                {"id": s.invoice_id, "number": numbers[s.invoice_id], "amount": Money(s.amount, total.currency)}
                for s in shares
            ],
            "total": total,
            "payment_method": shapes.method(method),
        }
        if not call.agreed(shape, [table, "", facts]):
            return DONE
        return _told(call, pay(desk, call.gateway(), shares, method.id, key=attempt_id), numbers)


def _shares(call: Call, desk: Desk, counter: Till, invoices: list[Invoice]) -> tuple[Share, ...]:
    due = {p.invoice.id: p.due for p in counter.payables}
    if call.options.amount:
        amount = minor_units(call.options.amount, desk.account.currency)
        if len(invoices) != 1:
            raise AmountWrong(amount=call.options.amount[:40], currency=desk.account.currency)
        return (Share(invoices[0].id, amount),)
    # Of what was named, what is owed is asked for even where it is under way: the refusal then says so.
    shares = tuple(Share(i.id, due.get(i.id, 0) or (0 if call.options.all else i.due)) for i in invoices)
    if not any(s.amount for s in shares):
        raise NothingToPay
    return tuple(s for s in shares if s.amount > 0)


def _method(call: Call, counter: Till) -> PaymentMethod:
    wanted = call.options.method or counter.default_method_id
    found = next((m for m in counter.methods if m.id == wanted), None)
    if found is None:
        raise NotFound(kind=PaymentMethod.kind, id=wanted) if call.options.method else NoMethod
    return found


def _known(desk: Desk, charge_id: str) -> Charge | None:
    with desk.read(Act.PAY) as books:
        try:
            return books.get(Charge, charge_id)
        except NotFound:
            return None


def _again(call: Call, desk: Desk, known: Charge) -> int:
    """The same key again: what became of it, asked for once more where nobody knows."""
    numbers = _numbers(desk, known)
    if not call.options.all and {named(desk, n).id for n in call.options.numbers} != set(numbers):
        raise KeyReused
    if known.state in UNSETTLED and not call.options.preview:
        known = pay(desk, call.gateway(), known.shares, known.method_id, key=known.id)
        if known.state in UNSETTLED:
            known = watch(desk, call.gateway(), known.id)
    return _told(call, known, numbers)


def _numbers(desk: Desk, charge: Charge) -> dict[str, str]:
    with desk.read(Act.PAY) as books:
        return {s.invoice_id: books.get(Invoice, s.invoice_id).number for s in charge.shares}


STATES = {
    "succeeded": N_("{amount} was paid with {method}."),
    "processing": N_("{amount} is being debited from {method}. It counts as paid; the bank may still refuse it."),
    "needs_customer": N_("Your bank asks you to confirm {amount} with {method}: {url}"),
    "failed": N_("{method} was declined ({code}). Nothing was charged. Try another payment method."),
    "unknown": N_("Nobody knows yet whether {amount} was charged to {method}. It is looked up; do not pay again."),
}


def _told(call: Call, charge: Charge, numbers: dict[str, str]) -> int:
    amount = call.money(charge.amount, charge.currency)
    message = STATES.get(charge.state.value, STATES["unknown"])
    said = call.say(message, amount=amount, method=charge.method_label, url=charge.confirm_url, code=charge.code)
    call.answer({"payment": shapes.charge(charge, numbers)}, said)
    return BY_CHARGE.get(charge.state.value, DONE)
