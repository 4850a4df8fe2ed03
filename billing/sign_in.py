"""Signing in at a counter. One gate for every door; its answers never tell whether an account exists.

`InvalidUserId` is a function of the typed text alone. Everything else that fails is `InvalidCredentials`, after
exactly one password verification (`trust.md` R1 to R4; ASVS 6.3.8). What a person learns beyond that, such as being
at the wrong counter, is told only once they have proven who they are (M2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.credentials import Counter, Credential, Passwords
from billing.desk import Clock, Desk, still_proven
from billing.errors import N_, NotFound, Refusal
from billing.record import Id, changed
from billing.representatives import Representative
from billing.store import Reading, Span, Store

LONGEST_USER_ID = 254
"""RFC 5321: the longest mail address."""

LONGEST_PASSWORD = 1024
"""In characters (ASVS 6.2.9): no stored password is longer, so what exceeds it is cut before hashing and fails."""

MOST_STANDINGS = 10_000
"""Accounts of one person, such as a bookkeeper's."""

_USER_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", re.ASCII)
_MAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)


class InvalidUserId(Refusal):
    """The text can be no user ID."""

    message = N_("Invalid user ID")


class InvalidCredentials(Refusal):
    """Anything else that failed."""

    message = N_("Invalid user ID/password")


@dataclass(frozen=True, slots=True)
class Standing:
    """One account of a signed-in person, and what they are on it."""

    account: Account
    role: Role


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A proven person at a counter. `standings` are the accounts this counter serves; `elsewhere` the others."""

    person: Person
    counter: Counter
    standings: tuple[Standing, ...]
    elsewhere: tuple[Standing, ...]
    credential: Credential | None = None
    key_id: Id = ""
    """The enrolled key that proved them in the place of a password."""


SERVES = {
    Counter.CENTER: AccountType.SELF_SERVICE,
    Counter.ENTERPRISE: AccountType.CORPORATE,
    Counter.DESK: AccountType.CORPORATE,
}
"""Which accounts each counter looks after."""


def canonical_user_id(typed: str) -> str:
    """The user ID as stored, or `InvalidUserId` where the text can be none: neither a name nor a mail address."""
    text = typed.strip()
    # Lower-casing turns some foreign letters, such as the Kelvin sign, into ASCII ones.
    text = text.lower() if text.isascii() else ""
    if len(text) <= LONGEST_USER_ID and (_USER_NAME.fullmatch(text) or _MAIL.fullmatch(text)):
        return text
    raise InvalidUserId


def sign_in(store: Store, passwords: Passwords, counter: Counter, typed_id: str, password: str) -> SignedIn:
    """Prove a person at a counter, by one (slow) Argon2id verification whatever the case.

    Raises `InvalidUserId` or `InvalidCredentials`.
    """
    user_id = canonical_user_id(typed_id)
    with store.read() as books:
        held = books.find(Credential, Span("user_id", (counter.value, user_id)), limit=1).rows
    credential = held[0] if held else None
    too_long = len(password) > LONGEST_PASSWORD
    known = credential.password_hash if credential and credential.password_hash else passwords.dummy
    proven = passwords.verify(known, "" if too_long else password)
    if not proven or too_long or credential is None or known == passwords.dummy:
        raise InvalidCredentials
    if passwords.needs_rehash(credential.password_hash):
        _strengthen(store, passwords, credential, password)
    return standings(store, credential)


def _strengthen(store: Store, passwords: Passwords, credential: Credential, password: str) -> None:
    """Keep a hash with today's parameters. The sign-in stands even where that fails: a next one tries again."""
    stronger = changed(credential, password_hash=passwords.hash(password))
    with suppress(Refusal), store.write() as writing:
        writing.put(stronger)


def as_now(store: Store, identity: SignedIn) -> SignedIn:
    """Somebody who was proven a while ago, with their accounts as they are.

    Raises `VisitEnded` where their password was changed since, or the key revoked that they came by.
    """
    if identity.credential is None:
        return identity
    with store.read() as books:
        still_proven(books, identity.credential, identity.key_id)
    return standings(store, identity.credential, identity.key_id)


def standings(store: Store, credential: Credential, key_id: Id = "") -> SignedIn:
    """Whom a proven credential belongs to, and the accounts its counter serves."""
    with store.read() as books:
        person = books.get(Person, credential.person_id)
        at_desk = credential.counter is Counter.DESK
        held = tuple(_looked_after(books, person.id) if at_desk else _on(books, person.id))
    served = tuple(s for s in held if s.account.type is SERVES[credential.counter])
    elsewhere = tuple(s for s in held if s not in served)
    return SignedIn(person, credential.counter, served, elsewhere, credential, key_id)


def _on(books: Reading, person_id: Id) -> Iterator[Standing]:
    """The accounts a person is on, and the branches of those."""
    memberships = books.find(Membership, Span("person", (person_id,)), limit=MOST_STANDINGS).rows
    own = {m.account_id for m in memberships}
    for membership in memberships:
        yield Standing(books.get(Account, membership.account_id), membership.role)
        for branch in books.find(Account, Span("parent", (membership.account_id,)), limit=MOST_STANDINGS).rows:
            if branch.id not in own:
                yield Standing(branch, membership.role)


def _looked_after(books: Reading, person_id: Id) -> Iterator[Standing]:
    """The accounts of a representative; a lead's whole team's."""
    try:
        representative = books.get(Representative, person_id)
    except NotFound:
        return
    team: tuple[Representative, ...] = (representative,)
    if representative.lead:
        team = books.find(Representative, Span("team", (representative.team,)), limit=MOST_STANDINGS).rows
    for member in team:
        for account in books.find(Account, Span("representative", (member.id,)), limit=MOST_STANDINGS).rows:
            yield Standing(account, representative.role)


def open_desk(store: Store, clock: Clock, identity: SignedIn, standing: Standing) -> Desk:
    """The desk of a proven person for one of their accounts at this counter."""
    if standing not in identity.standings:
        raise InvalidCredentials
    return Desk(
        store, clock, identity.counter, identity.person, standing.account, standing.role, clock(),
        credential=identity.credential, key_id=identity.key_id,
    )  # fmt: skip
