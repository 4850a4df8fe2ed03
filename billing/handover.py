"""Handing an account over: its billing contact offers, somebody on it accepts; until then nothing changes."""

from __future__ import annotations

from datetime import UTC

from billing.accounts import CUSTOMER_ROLES, Account, Membership, Person, Role
from billing.audit import Change
from billing.contact_changes import ContactWrong, close_changes, on_account, require_owner
from billing.contacts import ROLE_WORDS, Handover, open_handover
from billing.desk import AccountWriting, Desk
from billing.errors import N_, NotAllowed, NotFound, Refusal
from billing.language import Language, Word
from billing.outbox import MailKind
from billing.permissions import Act
from billing.record import Id, changed
from billing.store import Span
from billing.telling import mail, post


class NoHandover(Refusal):
    """Nothing is offered, or not any more."""

    message = N_("Nobody offers to hand the account over, or not any more. Nothing was changed.")


class HandoverOpen(Refusal):
    """One offer at a time."""

    message = N_("The account is offered to somebody already. Nothing was changed. Take that offer back first.")


def offer_handover(desk: Desk, to_id: Id, stays_as: Role = Role.VIEWER) -> Handover:
    """Offer the account to somebody on it."""
    with desk.write(Act.CHANGE_CONTACTS) as books:
        if open_handover(books, desk.clock()) is not None:
            raise HandoverOpen
        target = _membership(books, to_id)
        if to_id == desk.person.id or target.role is Role.OWNER:
            raise ContactWrong("to", N_("they are the billing contact already"))
        if stays_as not in CUSTOMER_ROLES or stays_as is Role.OWNER:
            raise ContactWrong("role", N_("nobody of the customer can be this"))
        made = books.put(
            Handover(
                id=desk.ids(), account_id=desk.account.id, from_id=desk.person.id, to_id=to_id,
                at=desk.clock().astimezone(UTC), stays_as=stays_as,
            )
        )  # fmt: skip
        person = books.ledger.get(Person, to_id)
        books.record(N_("Offered to hand the account over to {name}."), to_id, name=person.name)
        _tell(desk, books, person, "handover_offered", made)
        return made


def my_handover(desk: Desk) -> Handover | None:
    """The offer that waits for the person at the desk."""
    with desk.read(Act.SEE_BILLING_CONTACT) as books:
        offered = open_handover(books, desk.clock())
        return offered if offered is not None and offered.to_id == desk.person.id else None


def accept_handover(desk: Desk) -> Membership:
    """Become the billing contact; whoever offered is what they chose to be afterwards."""
    with desk.write(Act.SEE_BILLING_CONTACT) as books:
        offered = _mine(desk, books)
        if not on_account(books, offered.from_id):
            raise NoHandover
        giver, taker = _membership(books, offered.from_id), _membership(books, offered.to_id)
        if giver.role is not Role.OWNER:
            raise NoHandover
        taker = books.put(changed(taker, role=Role.OWNER))
        books.put(changed(giver, role=offered.stays_as))
        require_owner(desk, books)
        for person_id in (offered.from_id, offered.to_id):
            close_changes(books, person_id)
        books.ledger.remove(offered)
        before, after = books.ledger.get(Person, offered.from_id), desk.person
        language = Language(desk.account.language)
        change = Change(language.say(ROLE_WORDS[Role.OWNER]), before.name, after.name)
        books.record(N_("Took the account over from {before}."), after.id, (change,), before=before.name)
        for person in (before, after):
            _tell(desk, books, person, "handover_done", offered)
        return taker


def decline_handover(desk: Desk) -> None:
    """Say no to the offer."""
    with desk.write(Act.SEE_BILLING_CONTACT) as books:
        offered = _mine(desk, books)
        books.ledger.remove(offered)
        books.record(N_("Did not take the account over."), desk.person.id)
        _tell(desk, books, books.ledger.get(Person, offered.from_id), "handover_declined", offered)


def withdraw_handover(desk: Desk) -> None:
    """Take the offer back."""
    with desk.write(Act.CHANGE_CONTACTS) as books:
        offered = open_handover(books, desk.clock())
        if offered is None:
            raise NoHandover
        books.ledger.remove(offered)
        books.record(N_("Took the offer to hand the account over back."), offered.to_id)


def _mine(desk: Desk, books: AccountWriting) -> Handover:
    offered = open_handover(books, desk.clock())
    if offered is None:
        raise NoHandover
    if offered.to_id != desk.person.id:
        raise NotAllowed
    return offered


def _membership(books: AccountWriting, person_id: Id) -> Membership:
    for row in books.find(Membership, Span("account"), limit=1000).rows:
        if row.person_id == person_id:
            return row
    raise NotFound(kind=Membership.kind, id=person_id)


def _tell(desk: Desk, books: AccountWriting, person: Person, template: str, handover: Handover) -> None:
    account, now = books.get(Account, desk.account.id), desk.clock()
    event = f"{template}:{handover.id}"
    language = person.language or account.language
    post(
        books.ledger, account, f"{event}:{person.id}", now, MailKind.PERSONAL, template, person.email, language,
        account=account.name, person=desk.person.name,
    )  # fmt: skip
    if template == "handover_done" and person.id == desk.person.id:
        mail(
            books.ledger, account, event, now, MailKind.ACCOUNT, "contact_changed", name=desk.person.name,
            person=desk.person.name, account=account.name, what=Word(N_("is the billing contact now")),
        )  # fmt: skip
