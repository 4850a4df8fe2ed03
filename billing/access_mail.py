"""Delivering codes: looks who was meant, makes the code, mails it, and keeps only its hash.

Runs behind whoever asked, beside `billing.delivering`: a code never stands in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from billing.access import LASTS, AccessCode, AccessRequest, Purpose, hashed, read, written
from billing.accounts import Person
from billing.credentials import Counter, Credential
from billing.delivering import LEASE, Mailer, MailSetUpWrong, RecipientRefused, TryAgain
from billing.desk import Clock
from billing.errors import N_, NotFound
from billing.forgotten_password import HOUR, account_of
from billing.language import Language
from billing.mail_text import MailText, compose
from billing.outbox import MailKind, OutboxMessage
from billing.record import changed
from billing.store import Span, Store, Writing
from billing.vendor import Vendor

MOST_CODES = 3
"""Codes of one credential that are good at a time, and mails it gets in an hour."""
MOST_TRIES = 8


@dataclass(frozen=True, slots=True)
class _Letter:
    """A code on its way."""

    request: AccessRequest
    person: Person
    language: str
    credential: Credential
    code: str
    stored: AccessCode


def deliver_access(
    store: Store, mailer: Mailer, vendor: Vendor, clock: Clock, number: Callable[[], int], limit: int = 100
) -> int:
    """Mail a code for each request that waits; how many went out. `number` gives 130 random bits.

    A mail that cannot be sent now is tried again with another code: the one before is void.
    """
    sent = 0
    for _ in range(limit):
        now = clock().astimezone(UTC)
        with store.write() as books:
            due = books.find(AccessRequest, Span("due", high=now.isoformat() + "~"), limit=1).rows
            if not due:
                return sent
            letter = _letter(books, due[0], now, number)
        if letter is None:
            continue
        try:
            mailer.send(*_mail(letter, vendor, now), ())
        except (TryAgain, MailSetUpWrong):
            with store.write() as books:
                _void(books, letter)
                later = now + timedelta(minutes=2) if letter.request.attempts < MOST_TRIES else None
                _mark(books, letter.request, now, later)
            return sent
        except RecipientRefused:
            with store.write() as books:
                _void(books, letter)
                _mark(books, letter.request, now, None)
        else:
            sent += 1
            with store.write() as books:
                _mark(books, letter.request, now, None)
    return sent


def _letter(books: Writing, request: AccessRequest, now: datetime, number: Callable[[], int]) -> _Letter | None:
    """The mail for a request: None where there is nobody to write to, or they were written to often enough."""
    held = books.find(Credential, Span("user_id", (request.counter.value, request.user_id)), limit=1).rows
    if not held:
        _mark(books, request, now, None)
        return None
    credential = held[0]
    codes = books.find(AccessCode, Span("credential", (credential.id,)), limit=100).rows
    for old in codes:
        if old.expires_at <= now and old.made_at <= now - HOUR:  # until then it counts among the hour's mails
            books.remove(old)
    if sum(old.expires_at > now or old.made_at > now - HOUR for old in codes) >= MOST_CODES:
        _mark(books, request, now, None)
        return None
    request = books.put(changed(request, attempts=request.attempts + 1, next_at=now + LEASE))
    code = written(number())
    plain_code = read(code)
    assert plain_code is not None  # noqa: S101 - it was just written
    stored = books.put(
        AccessCode(
            id=hashed(plain_code), credential_id=credential.id, purpose=request.purpose, made_at=now,
            expires_at=now + LASTS[request.purpose], generation=credential.generation,
        )
    )  # fmt: skip
    person = books.get(Person, credential.person_id)
    account = None if person.language else account_of(books, person, credential)
    language = person.language or (account.language if account else "en")
    return _Letter(request, person, language, credential, code, stored)


def _mail(letter: _Letter, vendor: Vendor, now: datetime) -> tuple[OutboxMessage, MailText]:
    words = Language(letter.language)
    message = OutboxMessage(
        id=letter.request.id,
        account_id="",
        mail=MailKind.PERSONAL,
        template="password_code" if letter.request.purpose is Purpose.RESET else "password_invitation",
        values={
            "person": letter.person.name,
            "user_id": letter.credential.user_id,
            "counter": words.say(COUNTER_WORDS[letter.credential.counter]),
            "code": letter.code,
        },
        to=letter.person.email,
        language=letter.language,
        dedupe_key=letter.stored.id,
        written_at=now,
        next_at=now,
    )
    return message, compose(message, vendor)


COUNTER_WORDS = {
    Counter.CENTER: N_("Billing Center"),
    Counter.ENTERPRISE: N_("Enterprise Billing Portal"),
    Counter.DESK: N_("Representative's desk"),
}


def _void(books: Writing, letter: _Letter) -> None:
    try:
        books.remove(books.get(AccessCode, letter.stored.id))
    except NotFound:
        return


def _mark(books: Writing, request: AccessRequest, now: datetime, later: datetime | None) -> None:
    """Done, or to be tried again `later`."""
    present = books.get(AccessRequest, request.id)
    books.put(changed(present, done_at=None if later else now, next_at=later or present.next_at))
