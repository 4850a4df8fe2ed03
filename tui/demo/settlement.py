"""What became of invented invoices: which were paid, when and with what, and which were credited, in whole or part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from billing.invoices import Line
from billing.money import half_up
from billing.tax import tax_totals
from tui.demo.drafts import Draft

DAYS_TO_CREDIT = 9
DAYS_TO_REFUND = 2


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in, or (negative) went back, for a draft."""

    draft: Draft
    paid_on: date
    amount: int


def credit_notes(invoices: Sequence[Draft], as_of: date) -> Iterator[Draft]:
    """The credit notes on a customer's invoices, which come in the order of issue. None exceeds what is left of one."""
    for back, percent, reason in invoices[0].customer.credited if invoices else ():
        if back > len(invoices):
            continue
        invoice = invoices[-back]
        lines = tuple(_credited(line, percent) for line in invoice.lines)
        totals = tax_totals(lines)
        if not 0 < -totals.gross <= invoice.gross - invoice.credited:
            continue
        invoice.credited -= totals.gross
        day = min(invoice.issued_on + timedelta(days=DAYS_TO_CREDIT), as_of)
        yield Draft(
            invoice.customer,
            invoice.subscription_id,
            day,
            lines,
            totals,
            purchase_order=invoice.purchase_order,
            corrects=invoice,
            reason=reason,
        )


def _credited(line: Line, percent: int) -> Line:
    """A line of a credit note: the whole line negated, or a share of it as one sum."""
    if percent == 100:
        quantity, price, discount = -line.quantity, line.unit_price, -line.discount
    else:
        quantity, price, discount = -1, half_up(Fraction(line.net * percent, 100)), 0
    return Line(
        description=line.description,
        quantity=quantity,
        unit_price=price,
        discount=discount,
        net=quantity * price - discount,
        category=line.category,
        rate=line.rate,
        start=line.start,
        end=line.end,
    )


def money_received(invoices: Sequence[Draft], notes: Sequence[Draft], as_of: date) -> Iterator[Received]:
    """Each invoice is paid on its day, save the newest few; what was paid and then credited is given back."""
    credited_on = {note.corrects: note.issued_on for note in notes}
    for back, invoice in enumerate(reversed(invoices)):
        customer = invoice.customer
        days = customer.payment_days - 4 + back * 3 % 7
        paid_on = invoice.issued_on + timedelta(days=max(days, 0) if customer.payment_days else 0)
        credit_day = credited_on.get(invoice, date.max)
        owed = invoice.gross - (invoice.credited if credit_day <= paid_on else 0)
        if back < customer.unpaid:
            oldest = back == customer.unpaid - 1
            owed = owed // 2 if oldest and customer.part_paid else 0
        if owed <= 0 or paid_on > as_of:
            continue
        yield Received(invoice, paid_on, owed)
        too_much = owed + invoice.credited - invoice.gross
        refunded_on = max(credit_day, paid_on) + timedelta(days=DAYS_TO_REFUND) if too_much > 0 else date.max
        if refunded_on <= as_of:
            yield Received(invoice, refunded_on, -too_much)
