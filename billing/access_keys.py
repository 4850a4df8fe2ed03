"""SSH keys that people enrol to come in without a password. Each opens one credential, at its counter only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import ClassVar

from billing.accounts import Person
from billing.audit import AuditEvent, append
from billing.credentials import Credential, Passwords
from billing.desk import Clock, Desk, fresh_id
from billing.errors import N_, NotFound, Refusal
from billing.forgotten_password import account_of, prove_again, unchanged
from billing.outbox import MailKind
from billing.public_key import LONGEST_NAME, digest_of, fingerprint_of, parse_public_key
from billing.record import Id, Index, Record, changed
from billing.sign_in import SignedIn, standings
from billing.store import Span, Store, Writing
from billing.telling import post

MOST_KEYS = 20
"""Keys of one credential."""


class AccessKey(Record, frozen=True, kw_only=True):
    """A public key. The id is the SHA-256 of its wire form in hexadecimal: a key is enrolled once, by one person."""

    kind: ClassVar[str] = "access_keys"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("credential", lambda k: [(k.credential_id, k.enrolled_at.isoformat())], shared=True),
    )

    credential_id: Id
    name: str
    """What its owner calls it."""
    algorithm: str
    enrolled_at: datetime
    used_on: date | None = None
    """The last day somebody came in by it."""

    @property
    def fingerprint(self) -> str:
        """As OpenSSH prints it."""
        return fingerprint_of(self.id)


class KeyTaken(Refusal):
    """The key opens a credential already."""

    message = N_("This key is enrolled already, by you or by somebody else. Nothing was changed. Make another: "
                 "ssh-keygen -t ed25519.")  # fmt: skip
    field = "key"


class TooManyKeys(Refusal):
    """More keys than a person can keep in mind."""

    message = N_("You have {most} keys, and more are not kept. Nothing was changed. Revoke one that you do not use.")
    field = "key"


class KeyUnnamed(Refusal):
    """A name that is none."""

    message = N_("Give the key a name of at most 60 characters, such as the machine it is on. Nothing was changed.")
    field = "name"


def list_keys(desk: Desk) -> tuple[AccessKey, ...]:
    """The keys of whoever is signed in, the oldest first."""
    with desk.store.read() as books:
        credential = unchanged(books, desk)
        return books.find(AccessKey, Span("credential", (credential.id,)), limit=MOST_KEYS).rows


def enrol_key(desk: Desk, line: str, name: str = "") -> AccessKey:
    """Enrol a key, named after its comment where no name is given; its owner is told by mail.

    Raises `KeyRefused`, `PrivateHalf`, `KeyTaken`, `TooManyKeys`, `KeyUnnamed`.
    """
    key = parse_public_key(line)
    named = _name(name or key.comment[:LONGEST_NAME] or key.algorithm)
    now = desk.clock().astimezone(UTC)
    with desk.store.write() as books:
        credential = unchanged(books, desk)
        if books.count(AccessKey, Span("credential", (credential.id,))) >= MOST_KEYS:
            raise TooManyKeys(most=MOST_KEYS)
        try:
            books.get(AccessKey, key.digest)
        except NotFound:
            pass
        else:
            raise KeyTaken
        enrolled = books.put(
            AccessKey(
                id=key.digest, credential_id=credential.id, name=named, algorithm=key.algorithm, enrolled_at=now
            )
        )  # fmt: skip
        _tell(books, desk, credential, enrolled, "enrol_key", N_("Enrolled the key {name} ({fingerprint})."), now)
    return enrolled


def enrol_key_by_password(
    desk: Desk, passwords: Passwords, password: str, line: str, name: str = "", source: str = "local"
) -> AccessKey:
    """As `enrol_key`, once the person has proven anew that it is they (ASVS 7.5.1). Raises `InvalidCredentials` too."""
    parse_public_key(line)
    prove_again(desk, passwords, password, source)
    return enrol_key(desk, line, name)


def rename_key(desk: Desk, fingerprint: str, name: str) -> AccessKey:
    """Call a key something else."""
    with desk.store.write() as books:
        return books.put(changed(_own(books, desk, fingerprint), name=_name(name)))


def revoke_key(desk: Desk, fingerprint: str) -> AccessKey:
    """Take a key away at once; its owner is told by mail, and visits that it opened have ended."""
    now = desk.clock().astimezone(UTC)
    with desk.store.write() as books:
        key = _own(books, desk, fingerprint)
        books.remove(key)
        credential = unchanged(books, desk)
        _tell(books, desk, credential, key, "revoke_key", N_("Revoked the key {name} ({fingerprint})."), now)
    return key


def sign_in_by_key(store: Store, fingerprint: str) -> SignedIn | None:
    """Whom a key would let in; None for keys that nobody enrolled. The caller has to see it proven by a signature."""
    digest = digest_of(fingerprint)
    if not digest:
        return None
    with store.read() as books:
        try:
            key = books.get(AccessKey, digest)
            credential = books.get(Credential, key.credential_id)
        except NotFound:
            return None
    return standings(store, credential, key.id)


def key_used(store: Store, clock: Clock, fingerprint: str) -> None:
    """Somebody came in by a key: keep the day, written once a day."""
    today = clock().astimezone(UTC).date()
    with store.read() as books:
        key = books.get(AccessKey, digest_of(fingerprint))
    if key.used_on != today:
        with store.write() as writing:
            writing.put(changed(writing.get(AccessKey, key.id), used_on=today))


def _own(books: Writing, desk: Desk, fingerprint: str) -> AccessKey:
    """A key of whoever is signed in; another's is not found."""
    credential = unchanged(books, desk)
    missing = NotFound(kind=AccessKey.kind, id=fingerprint[:60])
    try:
        key = books.get(AccessKey, digest_of(fingerprint))
    except NotFound:
        raise missing from None
    if key.credential_id != credential.id:
        raise missing
    return key


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise KeyUnnamed
    return name


def _tell(
    books: Writing, desk: Desk, credential: Credential, key: AccessKey, act: str, message: str, now: datetime
) -> None:
    """In the audit trail, and by mail: whoever did not do it learns of it."""
    person = books.get(Person, credential.person_id)
    account = account_of(books, person, credential)
    if account is None:
        return
    append(
        books,
        AuditEvent(
            id=fresh_id(), account_id=account.id, at=now, person_id=person.id, door=desk.counter.value, act=act,
            message=message, values={"name": key.name, "fingerprint": key.fingerprint},
        ),
    )  # fmt: skip
    template = "key_enrolled" if act == "enrol_key" else "key_revoked"
    language = person.language or account.language
    event = f"{act}:{key.id[:32]}:{now:%Y%m%d%H%M%S}"
    post(
        books, account, event, now, MailKind.PERSONAL, template, person.email, language,
        person=person.name, name=key.name, fingerprint=key.fingerprint,
    )  # fmt: skip
