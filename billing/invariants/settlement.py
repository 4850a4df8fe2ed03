"""What is owed on each document: its corrections, payments and credit notes say what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billing.accounts import Account
from billing.invariants.faults import Fault, Records, named, of
from billing.invoices import Invoice, InvoiceType
from billing.payments import Payment


def settlement_faults(records: Records) -> Iterator[Fault]:
    """Currency, corrections, and what was paid and credited."""
    accounts = {account.id: account for account in of(records, Account)}
    invoices = of(records, Invoice)
    for invoice in invoices:
        if invoice.currency != (currency := accounts[invoice.account_id].currency):
            yield named(invoice), "currency", f"the account's is {currency}"
    yield from _corrections(invoices)
    yield from _settled(invoices, of(records, Payment))


def _corrections(invoices: tuple[Invoice, ...]) -> Iterator[Fault]:
    """A credit note names an invoice as that was issued, and comes no earlier."""
    by_id = {invoice.id: invoice for invoice in invoices}
    for note in invoices:
        if note.type is not InvoiceType.CREDIT_NOTE:
            continue
        original = by_id[note.corrects]
        if original.type is InvoiceType.CREDIT_NOTE:
            yield named(note), "corrects", "is a credit note itself"
        if note.corrects_number != original.number:
            yield named(note), "corrects_number", f"must be {original.number[:64]}"
        if note.corrects_issued_on != original.issued_on:
            yield named(note), "corrects_issued_on", f"must be {original.issued_on}"
        if note.issued_on < original.issued_on:
            yield named(note), "issued_on", f"lies before the invoice it corrects, {original.issued_on}"


def _settled(invoices: tuple[Invoice, ...], payments: tuple[Payment, ...]) -> Iterator[Fault]:
    """What was paid and credited is what the payments and credit notes say."""
    paid: dict[str, int] = defaultdict(int)
    credited: dict[str, int] = defaultdict(int)
    notes = {i.id for i in invoices if i.type is InvoiceType.CREDIT_NOTE}
    for payment in payments:
        if payment.invoice_id in notes:
            yield named(payment), "invoice_id", "is a credit note, which is not paid"
        paid[payment.invoice_id] += payment.amount
    for invoice in invoices:
        if invoice.type is InvoiceType.CREDIT_NOTE:
            credited[invoice.corrects] -= invoice.gross
    for invoice in invoices:
        if invoice.id in notes:
            continue
        if invoice.paid != paid[invoice.id]:
            yield named(invoice), "paid", f"its payments add up to {paid[invoice.id]}"
        if invoice.credited != credited[invoice.id]:
            yield named(invoice), "credited", f"its credit notes add up to {credited[invoice.id]}"
