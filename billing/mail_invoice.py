"""Having a document sent by mail: to oneself, a colleague on the account, or an address that gets copies. No other."""

from __future__ import annotations

from billing.accounts import Account, Membership, Person
from billing.desk import AccountWriting, Desk
from billing.errors import N_, Refusal
from billing.invoices import Invoice
from billing.outbox import MailKind, OutboxMessage
from billing.pace import require_pace
from billing.permissions import Act
from billing.record import Id
from billing.store import Span
from billing.telling import MOST_PEOPLE, post

MOST_AN_HOUR = 30
"""Documents one person may have sent."""


class AddressUnknown(Refusal):
    """An address that belongs to nobody on the account: documents are not for everybody."""

    message = N_(
        "{address} belongs to nobody on this account. Nothing was sent. "
        "Add it as a copy address in the billing information, then send the document."
    )


def mail_addresses(desk: Desk) -> tuple[str, ...]:
    """Where this person may have documents sent: their own address first."""
    with desk.write(Act.MAIL_INVOICE) as books:
        known = _known(books)
    return tuple(sorted(known, key=lambda address: (address != desk.person.email, address)))


def mail_invoice(desk: Desk, invoice_id: Id, to: str, *, key: Id) -> str:
    """Send one document as a PDF; with the same `key` once, however often it is asked for. Returns the address.

    Raises `AddressUnknown` or `billing.pace.TooOften`.
    """
    with desk.write(Act.MAIL_INVOICE) as books:
        invoice, account = books.get(Invoice, invoice_id), books.get(Account, desk.account.id)
        wanted = to.strip().casefold()
        known = _known(books)
        address = next((a for a in known if a.casefold() == wanted), None)
        if address is None:
            raise AddressUnknown(address=to.strip()[:100])
        event = f"copy:{invoice.id}:{key}"
        if books.ledger.find(OutboxMessage, Span("dedupe", low=f"{event}:", high=f"{event};"), limit=1).rows:
            return address
        require_pace(books, MOST_AN_HOUR)
        post(
            books.ledger, account, event, desk.clock(), MailKind.PERSONAL, "invoice_copy", address, known[address],
            attach=(invoice.id,), number=invoice.number, account=account.name, sender=desk.person.name,
        )  # fmt: skip
        books.record(N_("Had {number} sent by mail to {address}."), invoice.id, number=invoice.number, address=address)
        return address


def _known(books: AccountWriting) -> dict[str, str]:
    """The account's addresses, each with the language it is written to in."""
    account = books.get(Account, books.account_id)
    found: dict[str, str] = {}
    for membership in books.find(Membership, Span("account"), limit=MOST_PEOPLE).rows:
        person = books.ledger.get(Person, membership.person_id)
        found.setdefault(person.email, person.language or account.language)
    for address in (account.email, *account.copies_to):
        found.setdefault(address, account.language)
    return found
