"""A forgotten password, and a first one: ask, receive a code by mail, create a password (M15).

The answer to asking is the same for every user ID, in words, in time and in what is stored. A code is for one
credential at one counter, once, and for a short time; whoever uses it is told by mail, and their other visits end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from billing.access import AccessCode, AccessRequest, Purpose, hashed, read
from billing.accounts import Account, Membership, Person
from billing.audit import AuditEvent, append
from billing.common_passwords import common
from billing.credentials import Counter, Credential, Passwords
from billing.desk import Clock, Desk, fresh_id, still_proven
from billing.errors import N_, NotFound, Refusal, VisitEnded
from billing.language import Word
from billing.outbox import MailKind
from billing.record import Id, changed
from billing.sign_in import LONGEST_PASSWORD, InvalidCredentials, canonical_user_id
from billing.store import Reading, Span, Store, Writing
from billing.telling import post
from billing.throttle import refund, reserve
from billing.vendor import Vendor

SHORTEST_PASSWORD = 12
FEWEST_DIFFERENT = 5
MOST_REQUESTS = 10
"""Requests of one source in an hour; more are answered alike and left alone."""
HOUR = timedelta(hours=1)


class CodeInvalid(Refusal):
    """Used, expired, for another counter, or no code at all: they are not told apart."""

    message = N_("This code is not valid, or not any more. Nothing was changed. Ask for a new one.")


class PasswordWeak(Refusal):
    """A password that is too easy to guess."""

    message = N_("This password cannot be used: {reason}. Nothing was changed. Choose another.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=Word(reason))
        self.field = "password"


ANSWER = N_(
    "If the user ID exists, a code goes to the billing contact's e-mail address. It is good for 30 minutes. "
    "Enter it here to create a new password."
)
"""What whoever asks is told, whatever they typed (trust notes, R7)."""


def request_access(store: Store, clock: Clock, counter: Counter, typed_id: str, source: str = "local") -> None:
    """Ask for a code. Raises `InvalidUserId`, which is a function of the typed text alone; tells nothing else."""
    user_id, now = canonical_user_id(typed_id), clock().astimezone(UTC)
    by = hashed(source)
    with store.write() as books:
        _forget(books, now)
        if books.count(AccessRequest, Span("source", (by,), low=(now - HOUR).isoformat())) >= MOST_REQUESTS:
            return
        books.put(
            AccessRequest(
                id=fresh_id(), counter=counter, user_id=user_id, purpose=Purpose.RESET, at=now, source=by, next_at=now
            )
        )  # fmt: skip


def invite_access(books: Writing, credential: Credential, request_id: Id, now: datetime) -> None:
    """Have a new credential's person invited to create their password, with whatever else the transaction does."""
    books.put(
        AccessRequest(
            id=request_id, counter=credential.counter, user_id=credential.user_id, purpose=Purpose.INVITATION,
            at=now, source="invitation", next_at=now,
        )
    )  # fmt: skip


def set_password(
    store: Store,
    passwords: Passwords,
    clock: Clock,
    counter: Counter,
    typed_code: str,
    password: str,
    source: str = "local",
) -> Person:
    """Create a password with a mailed code. Nobody is signed in by it.

    Raises `TooManyTries`, `CodeInvalid` or `PasswordWeak`; a weak password does not use the code up.
    """
    reserve(store, clock, f"{counter.value}:code", source, everybodys=True)
    code = read(typed_code)
    with store.read() as books:
        credential = _opened(books, counter, code, clock().astimezone(UTC))
        vendor = books.get(Vendor, Vendor.ID)
    require_strong(password, credential.user_id, vendor)
    fresh = passwords.hash(password)  # slow, so outside the transaction
    now = clock().astimezone(UTC)
    with store.write() as books:
        credential = _opened(books, counter, code, now)
        credential = changed_password(books, credential, fresh)
        person = books.get(Person, credential.person_id)
        _tell(books, person, credential, now)
    refund(store, clock, f"{counter.value}:code", source)
    return person


def _opened(books: Reading, counter: Counter, code: str | None, now: datetime) -> Credential:
    """The credential that a code is for, or `CodeInvalid`."""
    if code is None:
        raise CodeInvalid
    try:
        held = books.get(AccessCode, hashed(code))
        credential = books.get(Credential, held.credential_id)
    except NotFound as unknown:
        raise CodeInvalid from unknown
    if credential.counter is not counter or held.expires_at <= now or held.generation != credential.generation:
        raise CodeInvalid
    return credential


def changed_password(books: Writing, credential: Credential, password_hash: str) -> Credential:
    """Store the new hash; every code of the credential is void, and every visit that began before has ended."""
    for code in books.find(AccessCode, Span("credential", (credential.id,)), limit=1000).rows:
        books.remove(code)
    return books.put(changed(credential, password_hash=password_hash, generation=credential.generation + 1))


def require_strong(password: str, user_id: str, vendor: Vendor) -> None:
    """Length and not the obvious; no rules of composition (ASVS 6.2.1, 6.2.5, 6.2.9, 6.2.11)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordWeak(N_("it has to have at least 12 characters"))
    if len(set(password)) < FEWEST_DIFFERENT:
        raise PasswordWeak(N_("it repeats a few characters"))
    if common(password):
        raise PasswordWeak(N_("it is among those that everybody tries first"))
    told = password.casefold()
    for word in (user_id, user_id.partition("@")[0], vendor.brand, vendor.product):
        rest = told.replace(word.casefold(), "") if len(word) > 2 else told
        if len(rest) < SHORTEST_PASSWORD // 2 and rest != told:
            raise PasswordWeak(N_("it is little more than a name that is known here"))


def change_password(desk: Desk, passwords: Passwords, present: str, new: str, source: str = "local") -> Desk:
    """Another password for whoever is signed in; the desk to go on with. Their other visits end.

    Raises `TooManyTries`, `InvalidCredentials`, `PasswordWeak`, or `VisitEnded` where it was changed meanwhile.
    """
    credential = prove_again(desk, passwords, present, source)
    with desk.store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
    require_strong(new, credential.user_id, vendor)
    fresh, now = passwords.hash(new), desk.clock().astimezone(UTC)
    with desk.store.write() as books:
        credential = changed_password(books, unchanged(books, desk), fresh)
        _tell(books, books.get(Person, credential.person_id), credential, now)
    return replace(desk, credential=credential)


def prove_again(desk: Desk, passwords: Passwords, present: str, source: str = "local") -> Credential:
    """The credential of whoever is signed in, once they have typed their password anew, counted as a try.

    Raises `TooManyTries`, `InvalidCredentials`, or `VisitEnded` where the password was changed meanwhile.
    """
    with desk.store.read() as books:
        credential = unchanged(books, desk)
    name = f"{credential.counter.value}:{credential.user_id}"
    reserve(desk.store, desk.clock, name, source)
    if not passwords.verify(credential.password_hash, present[:LONGEST_PASSWORD]):
        raise InvalidCredentials
    refund(desk.store, desk.clock, name, source)
    return credential


def unchanged(books: Reading, desk: Desk) -> Credential:
    """The credential of a visit; `VisitEnded` where there is none, or it proves nobody any more."""
    if desk.credential is None:
        raise VisitEnded
    return still_proven(books, desk.credential, desk.key_id)


def _tell(books: Writing, person: Person, credential: Credential, now: datetime) -> None:
    """In the audit trail of an account of theirs, and by mail, which goes through the outbox like any other."""
    account = account_of(books, person, credential)
    if account is None:
        return
    append(
        books,
        AuditEvent(
            id=fresh_id(), account_id=account.id, at=now, person_id=person.id, door=credential.counter.value,
            act="create_password", message=N_("Created a new password."),
        ),
    )  # fmt: skip
    event = f"password:{credential.id}:{credential.generation}"
    language = person.language or account.language
    post(books, account, event, now, MailKind.PERSONAL, "password_changed", person.email, language, person=person.name)


def account_of(books: Reading, person: Person, credential: Credential) -> Account | None:
    """An account that the person is on, or looks after; whose audit trail and language serve for them."""
    if credential.counter is Counter.DESK:
        rows = books.find(Account, Span("representative", (person.id,)), limit=1).rows
        return rows[0] if rows else None
    memberships = books.find(Membership, Span("person", (person.id,)), limit=1).rows
    return books.get(Account, memberships[0].account_id) if memberships else None


def _forget(books: Writing, now: datetime) -> None:
    """What was asked for a day ago is forgotten, a few at a time; invitations only once they were looked after."""
    for old in books.find(AccessRequest, Span("at", high=(now - timedelta(days=1)).isoformat()), limit=20).rows:
        if old.done_at is not None or old.purpose is Purpose.RESET:
            books.remove(old)
