"""What the vendor's representative does on an account beside negotiating: credit notes, terms, handing it on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from billing.accounts import Account, Person
from billing.audit import AuditEvent, Change
from billing.desk import AccountBooks, Desk
from billing.errors import N_, NotFound, Refusal, Stale
from billing.invoices import Invoice, InvoiceType
from billing.issuing import TooMuchCredited, credit_note, credited_lines
from billing.money import Money
from billing.outbox import MailKind
from billing.permissions import Act
from billing.quoting import NothingSaid
from billing.record import Id, changed
from billing.representatives import Representative
from billing.store import Writing
from billing.tax import tax_totals
from billing.telling import mail, post
from billing.vendor import Vendor

MOST_REASON = 300


class NoInvoice(Refusal):
    """A credit note is no invoice."""

    message = N_("{number} is a credit note itself. Nothing was issued. Choose the invoice it corrects.")


@dataclass(frozen=True, slots=True)
class CreditPreview:
    """What a credit note would come to. It holds while nothing else is credited on the invoice: `credited`."""

    invoice: Invoice
    percent: int
    amount: Money
    """With tax."""
    left: Money
    """What can still be credited afterwards."""
    credited: int


def preview_credit(desk: Desk, invoice_id: Id, percent: int) -> CreditPreview:
    """What crediting a share of an invoice comes to."""
    with desk.read(Act.CREDIT_INVOICE) as books:
        invoice = _creditable(books, invoice_id)
        gross = -tax_totals(credited_lines(invoice, percent)).gross
        left = invoice.gross - invoice.credited - gross
        if left < 0:
            raise TooMuchCredited(left=invoice.money(invoice.gross - invoice.credited), number=invoice.number)
        return CreditPreview(invoice, percent, invoice.money(gross), invoice.money(left), invoice.credited)


def _creditable(books: AccountBooks, invoice_id: Id) -> Invoice:
    invoice = books.get(Invoice, invoice_id)
    if invoice.type is InvoiceType.CREDIT_NOTE:
        raise NoInvoice(number=invoice.number)
    return invoice


def credit_invoice(desk: Desk, agreed: CreditPreview, reason: str, key: Id = "") -> Invoice:
    """Issue the credit note that was previewed, with its reason (RD 1619/2012, art. 15.4).

    Asked again it is refused with `Stale`, since the invoice has been credited meanwhile: it happens once. Asked again
    with the same `key`, which identifies the audit event, it answers with the credit note of the first time.
    """
    if not reason.strip():
        raise NothingSaid
    with (replace(desk, ids=lambda: key) if key else desk).write(Act.CREDIT_INVOICE) as books:
        if (done := _credited(books, agreed.invoice.id, key)) is not None:
            return done
        invoice = _creditable(books, agreed.invoice.id)
        if invoice.credited != agreed.credited:
            raise Stale
        vendor, account = books.get(Vendor, Vendor.ID), books.get(Account, desk.account.id)
        note = credit_note(
            books.ledger, vendor, account, invoice, agreed.percent, reason.strip()[:MOST_REASON],
            desk.issue_day(vendor), desk.clock(),
        )  # fmt: skip
        books.record(
            N_("Credited {amount} of invoice {number}: {reason}"), invoice.id,
            amount=note.money(-note.gross), number=invoice.number, reason=note.reason, note=note.number,
        )  # fmt: skip
        return note


def credited_before(desk: Desk, invoice_id: Id, key: Id) -> Invoice | None:
    """The credit note that was issued with this key; None where it was not used. `Stale` where it meant another."""
    with desk.read(Act.CREDIT_INVOICE) as books:
        return _credited(books, invoice_id, key)


def _credited(books: AccountBooks, invoice_id: Id, key: Id) -> Invoice | None:
    if not key:
        return None
    try:
        event = books.get(AuditEvent, key)
    except NotFound:
        return None
    if event.subject_id != invoice_id or "note" not in event.values:
        raise Stale
    return books.get(Invoice, event.values["note"].lower())


def change_terms(desk: Desk, *, order_required: bool, consolidated: bool, contract: str) -> Account:
    """How the account is invoiced: whether it needs purchase orders, one invoice a day, the frame contract."""
    with desk.write(Act.CHANGE_TERMS) as books:
        account = books.get(Account, desk.account.id)
        wanted = {"order_required": order_required, "consolidated": consolidated, "contract": contract.strip()[:60]}
        changes = tuple(
            Change(name, str(getattr(account, name)), str(value))
            for name, value in wanted.items()
            if getattr(account, name) != value
        )
        if not changes:
            return account
        account = books.put(changed(account, **wanted))
        books.record(N_("Changed how the account is invoiced."), account.id, changes)
        event = f"terms:{desk.ids()}"
        mail(books.ledger, account, event, desk.clock(), MailKind.ACCOUNT, "terms_changed", person=desk.person.name)
        return account


def looked_after_by(desk: Desk) -> str:
    """The name of whoever looks after the account; empty for nobody."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        found = books.representative()
        return found.name if found else ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A representative of the same team."""

    id: Id
    name: str
    lead: bool


def colleagues(desk: Desk) -> tuple[Colleague, ...]:
    """To whom the account can be given: everybody of the team of its representative."""
    with desk.read(Act.REASSIGN) as books:
        return tuple(Colleague(p.id, p.name, r.lead) for r, p in books.team())


def reassign(desk: Desk, representative_id: Id) -> Account:
    """Give the account to another representative of the team; both are told, and the old one's desk is closed."""
    with desk.write(Act.REASSIGN) as books:
        account = books.get(Account, desk.account.id)
        team = {r.id: p for r, p in books.team()}
        if representative_id not in team:
            raise NotFound(kind=Representative.kind, id=representative_id)
        if account.representative_id == representative_id:
            return account
        before, after = team[account.representative_id], team[representative_id]
        account = books.put(changed(account, representative_id=representative_id))
        books.record(
            N_("Gave the account from {before} to {after}."), account.id,
            (Change("representative_id", before.name, after.name),), before=before.name, after=after.name,
        )  # fmt: skip
        event = f"reassigned:{desk.ids()}"
        for person in (before, after):
            _tell(desk, books.ledger, account, event, person, after)
        mail(
            books.ledger, account, event, desk.clock(), MailKind.ACCOUNT, "representative_changed",
            account=account.name, representative=after.name, email=after.email,
        )  # fmt: skip
        return account


def _tell(desk: Desk, books: Writing, account: Account, event: str, person: Person, after: Person) -> None:
    post(
        books, account, event, desk.clock(), MailKind.ACCOUNT, "representative_changed", person.email,
        person.language or account.language, account=account.name, representative=after.name, email=after.email,
    )  # fmt: skip
