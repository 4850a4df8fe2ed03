"""Issuing a document: its number, its copy of both parties, its entry in the journal, in one transaction.

What is issued never changes. A number is given inside the transaction that stores the document, so that a series has no
gap, and no number carries an earlier date than the one before it (RD 1619/2012, art. 6.1 a).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from billing.accounts import Account, AccountType
from billing.dunning import clear_if_paid
from billing.errors import N_, NotFound, Refusal
from billing.holds import HoldReason
from billing.invoices import Invoice, InvoiceState, InvoiceType, Line
from billing.journal import EntryKind, Ledger, entry, issued
from billing.language import Language
from billing.money import Money, exponent, half_up
from billing.outbox import MailKind
from billing.payments import Payment
from billing.record import Id, changed
from billing.store import Span, Writing
from billing.tax import tax_totals
from billing.telling import mail
from billing.vendor import Party, Series, Vendor

ACCOUNT_CREDIT = N_("Account credit")


class DateBeforeSeries(Refusal):
    """A document dated before the newest of its series."""

    message = N_("Series {series} already has a document of {last}; none can be dated {day}. Nothing was issued.")


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice to be: what is billed to whom, before it has a number."""

    lines: tuple[Line, ...]
    subscription_id: Id = ""
    renewals: tuple[str, ...] = ()
    purchase_order: str = ""
    quote: str = ""
    notes: str = ""


def hold_reason(vendor: Vendor, account: Account, sale: Sale) -> HoldReason | None:
    """Why the sale cannot be invoiced today; None where it can."""
    from billing.identifiers import TaxIdWrong, check_tax_id

    address = account.address
    if not (account.name.strip() and address.city.strip() and address.country and any(address.lines)):
        return HoldReason.ADDRESS_MISSING
    if account.tax_id:
        try:
            check_tax_id(account.tax_id, address.country)
        except TaxIdWrong:
            return HoldReason.TAX_ID_WRONG
    taxed = any(line.rate for line in sale.lines)
    if taxed and account.currency != "EUR" and account.currency not in vendor.euro_rates:
        return HoldReason.RATE_MISSING
    return None


def party(account: Account) -> Party:
    """The customer as printed on a document; the user ID stands on enterprise invoices only (M13)."""
    user_id = account.user_id if account.type is AccountType.CORPORATE else ""
    return Party(
        name=account.name, address=account.address, tax_id=account.tax_id, email=account.email, user_id=user_id
    )


def next_number(books: Writing, letter: str, day: date) -> str:
    """The next number of the year's series, such as `F-2026-000012`; taken by the transaction that asks."""
    name = f"{letter}-{day.year}"
    try:
        series = books.get(Series, name)
    except NotFound:
        series = Series(id=name)
    if series.last_issued_on is not None and day < series.last_issued_on:
        raise DateBeforeSeries(series=name, last=series.last_issued_on, day=day)
    books.put(changed(series, next=series.next + 1, last_issued_on=day))
    return f"{name}-{series.next:06d}"


def issue(books: Writing, vendor: Vendor, account: Account, sale: Sale, day: date, now: datetime) -> Invoice:
    """Issue an invoice: stored, booked, mailed, and paid from the account's credit as far as that goes."""
    totals = tax_totals(sale.lines)
    number = next_number(books, "F", day)
    invoice = books.put(
        Invoice(
            id=number.lower(),
            account_id=account.id,
            number=number,
            issued_on=day,
            due_on=day + timedelta(days=account.payment_days),
            state=InvoiceState.OPEN if totals.gross > 0 else InvoiceState.PAID,
            currency=account.currency,
            language=account.language,
            subscription_id=sale.subscription_id,
            seller=vendor.party,
            customer=party(account),
            lines=sale.lines,
            groups=totals.groups,
            net=totals.net,
            tax=totals.tax,
            gross=totals.gross,
            tax_in_euro=in_euro(vendor, totals.tax, account.currency),
            purchase_order=sale.purchase_order,
            quote=sale.quote,
            contract=account.contract,
            notes="\n".join(filter(None, (sale.notes, account.invoice_notes))),
            renewals=sale.renewals,
        )
    )
    if invoice.gross:
        books.put(issued(invoice))
    invoice = use_credit(books, account, invoice, day)
    mail(
        books, account, f"invoice:{invoice.id}", now, MailKind.INVOICE, "invoice_issued",
        attach=(invoice.id,), number=number, amount=invoice.money(invoice.gross), due=invoice.due_on,
        account=account.name,
    )  # fmt: skip
    return invoice


def in_euro(vendor: Vendor, tax: int, currency: str) -> int | None:
    """A tax amount in euro cents at the vendor's rate, where the currency is another (RD 1619/2012, art. 12.1)."""
    if currency == "EUR" or not tax:
        return None
    return half_up(tax * Fraction(vendor.euro_rates[currency]) * 100 / 10 ** exponent(currency))


def use_credit(books: Writing, account: Account, invoice: Invoice, day: date, *, most: int | None = None) -> Invoice:
    """Pay an invoice from the account's credit, as far as both (and `most`, in minor units) go."""
    account = books.get(Account, account.id)
    amount = min(account.credit, invoice.due, invoice.due if most is None else most)
    if amount <= 0:
        return invoice
    books.put(changed(account, credit=account.credit - amount))
    moves = ((Ledger.CREDIT, amount), (Ledger.RECEIVABLE, -amount))
    method = Language(account.language).say(ACCOUNT_CREDIT)
    return receive(books, invoice, amount, day, method, EntryKind.CREDIT_USED, moves)


def keep_as_credit(books: Writing, account: Account, invoice: Invoice, amount: int, day: date) -> None:
    """Move what was paid beyond an invoice's debt to the account's credit."""
    account = books.get(Account, account.id)
    books.put(changed(account, credit=account.credit + amount))
    moves = ((Ledger.CREDIT, -amount), (Ledger.RECEIVABLE, amount))
    method = Language(account.language).say(ACCOUNT_CREDIT)
    receive(books, invoice, -amount, day, method, EntryKind.CREDIT_GIVEN, moves)


def receive(
    books: Writing,
    invoice: Invoice,
    amount: int,
    day: date,
    method: str,
    what: EntryKind = EntryKind.PAYMENT,
    moves: tuple[tuple[Ledger, int], ...] = (),
    charge_id: Id = "",
) -> Invoice:
    """Book money for (or, negative, back from) one invoice: a payment, a journal entry, and what is still owed."""
    number = books.count(Payment, Span("invoice", (invoice.account_id, invoice.id))) + 1
    payment = books.put(
        Payment(
            id=f"{invoice.id}.p{number}",
            account_id=invoice.account_id,
            invoice_id=invoice.id,
            paid_on=day,
            amount=amount,
            method=method,
            charge_id=charge_id,
        )
    )
    moves = moves or ((Ledger.CASH, amount), (Ledger.RECEIVABLE, -amount))
    books.put(
        entry(payment.id, invoice.account_id, day, what, invoice.currency, moves, invoice.id, source_id=payment.id)
    )
    return books.put(settled(changed(invoice, paid=invoice.paid + amount)))


def settled(invoice: Invoice) -> Invoice:
    """The invoice with the state its debt is in."""
    if invoice.due > 0:
        state = InvoiceState.OPEN
    else:
        state = InvoiceState.CREDITED if 0 < invoice.gross == invoice.credited else InvoiceState.PAID
    return changed(invoice, state=state)


class TooMuchCredited(Refusal):
    """A credit note for more than is left of its invoice."""

    message = N_("Only {left} of {number} can still be credited. Nothing was issued.")


def credit_note(
    books: Writing,
    vendor: Vendor,
    account: Account,
    invoice: Invoice,
    percent: int,
    reason: str,
    day: date,
    now: datetime,
) -> Invoice:
    """Credit a share of an invoice (RD 1619/2012, art. 15). What was paid too much becomes the account's credit."""
    lines = credited_lines(invoice, percent)
    totals = tax_totals(lines)
    if not 0 < -totals.gross <= invoice.gross - invoice.credited:
        left = Money(invoice.gross - invoice.credited, invoice.currency)
        raise TooMuchCredited(left=left, number=invoice.number)
    number = next_number(books, "R", day)
    owed_back = max(-totals.gross - invoice.due, 0)
    note = books.put(
        Invoice(
            id=number.lower(),
            account_id=account.id,
            type=InvoiceType.CREDIT_NOTE,
            number=number,
            issued_on=day,
            due_on=day,
            state=InvoiceState.NOTE,
            currency=invoice.currency,
            language=invoice.language,
            subscription_id=invoice.subscription_id,
            seller=vendor.party,
            customer=invoice.customer,
            lines=lines,
            groups=totals.groups,
            net=totals.net,
            tax=totals.tax,
            gross=totals.gross,
            tax_in_euro=in_euro(vendor, totals.tax, invoice.currency),
            purchase_order=invoice.purchase_order,
            quote=invoice.quote,
            contract=invoice.contract,
            corrects=invoice.id,
            corrects_number=invoice.number,
            corrects_issued_on=invoice.issued_on,
            reason=reason,
        )
    )
    books.put(issued(note))
    invoice = books.put(settled(changed(invoice, credited=invoice.credited - totals.gross)))
    if owed_back:
        keep_as_credit(books, account, invoice, owed_back, day)
    mail(
        books, account, f"invoice:{note.id}", now, MailKind.INVOICE, "credit_note_issued",
        attach=(note.id,), number=number, amount=note.money(-note.gross), corrects=invoice.number,
    )  # fmt: skip
    clear_if_paid(books, account.id, now)
    return note


def credited_lines(invoice: Invoice, percent: int) -> tuple[Line, ...]:
    """The lines of a credit note for a share of an invoice."""
    return tuple(_credited(line, percent) for line in invoice.lines)


def _credited(line: Line, percent: int) -> Line:
    """A line of a credit note: the whole line negated, or a share of it as one sum."""
    if percent == 100:
        quantity, price, discount = -line.quantity, line.unit_price, -line.discount
    else:
        quantity, price, discount = -1, half_up(Fraction(line.net * percent, 100)), 0
    net = quantity * price - discount
    return changed_line(line, quantity=quantity, unit_price=price, discount=discount, net=net)


def changed_line(line: Line, **fields: object) -> Line:
    """The same line with other values."""
    from msgspec.structs import replace

    return replace(line, **fields)


def refund(books: Writing, account: Account, amount: int, day: date, source_id: Id) -> None:
    """Give account credit back as money. `source_id` names what moved it, once."""
    account = books.get(Account, account.id)
    if not 0 < amount <= account.credit:
        raise NothingToRefund(credit=Money(account.credit, account.currency))
    books.put(changed(account, credit=account.credit - amount))
    moves = ((Ledger.CREDIT, amount), (Ledger.CASH, -amount))
    books.put(
        entry(f"{source_id}.refund", account.id, day, EntryKind.REFUND, account.currency, moves, source_id=source_id)
    )


class NothingToRefund(Refusal):
    """More was to be given back than the account has in hand."""

    message = N_("The account has {credit} in hand; no more can be given back. Nothing was changed.")
