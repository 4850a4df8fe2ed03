"""A member's wish to the billing contact: written for them, changed by them, and really sent (M8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from billing.accounts import Account, Person, Role
from billing.contacts import billing_contacts
from billing.desk import Desk
from billing.errors import N_, Refusal
from billing.language import Language
from billing.mail_text import LONGEST_SUBJECT, header_text
from billing.outbox import MailKind, OutboxMessage
from billing.pace import require_pace
from billing.permissions import Act
from billing.record import Id
from billing.store import Span
from billing.telling import post

LONGEST_TEXT = 4000
"""In characters: more than a full page."""

MOST_AN_HOUR = 5
"""Messages of one member."""

_ANSWERABLE = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


class Wish(Enum):
    """What a member may want of the billing contact."""

    ADD_LICENCES = "add_licences"
    FEWER_LICENCES = "fewer_licences"
    CHANGE_PLAN = "change_plan"
    UPDATE_PAYMENT = "update_payment"
    INVOICE_QUESTION = "invoice_question"
    CANCEL = "cancel"
    OTHER = "other"


WISH_WORDS = {
    Wish.ADD_LICENCES: N_("More licences"),
    Wish.FEWER_LICENCES: N_("Fewer licences"),
    Wish.CHANGE_PLAN: N_("Another plan"),
    Wish.UPDATE_PAYMENT: N_("Update the payment method"),
    Wish.INVOICE_QUESTION: N_("A question about an invoice"),
    Wish.CANCEL: N_("Cancel a subscription"),
    Wish.OTHER: N_("Something else"),
}
"""A wish in a list, and in the subject of its message."""

_WISH_TEXTS = {
    Wish.ADD_LICENCES: N_("We need more licences on our account {account}. Could you add them, please?"),
    Wish.FEWER_LICENCES: N_("We use fewer licences than our account {account} has. Could you reduce them, please?"),
    Wish.CHANGE_PLAN: N_("Another plan would suit us better on our account {account}. Could you change it, please?"),
    Wish.UPDATE_PAYMENT: N_(
        "The payment method of our account {account} needs an update. Could you see to it, please?"
    ),
    Wish.INVOICE_QUESTION: N_("I have a question about an invoice of our account {account}:"),
    Wish.CANCEL: N_("We no longer need a subscription of our account {account}. Could you cancel it, please?"),
    Wish.OTHER: N_("I am writing to you about our account {account}:"),
}

_FRAME = N_("Hello {contact},\n\n{wish}\n\nThank you,\n{name}")


class NoContact(Refusal):
    """Nobody owns the account's billing."""

    message = N_("The account {account} has no billing contact. Nothing was sent. Ask whoever set the account up.")


class NothingWritten(Refusal):
    """The message is empty."""

    message = N_("The message is empty. Nothing was sent. Write a few words, and send it again.")


class TooLong(Refusal):
    """The message is longer than a letter should be."""

    message = N_("The message has {length} characters; {most} fit. Nothing was sent. Shorten it, and send it again.")


@dataclass(frozen=True, slots=True)
class MemberMessage:
    """A message about to be sent; `subject` and `text` are the member's to change."""

    id: Id
    """Names the sending: the same draft goes out once, however often it is sent."""
    wish: Wish
    language: str
    """The first billing contact's: the words are chosen for who reads them."""
    to: tuple[Person, ...]
    subject: str
    text: str


def draft(desk: Desk, wish: Wish) -> MemberMessage:
    """The message for a wish, filled in with the account and the contact's name, in the contact's language."""
    people = billing_contacts(desk)
    if not people:
        raise NoContact(account=desk.account.name)
    language = Language(people[0].language or desk.account.language)
    account = desk.account.name
    return MemberMessage(
        id=desk.ids(),
        wish=wish,
        language=language.tag,
        to=people,
        subject=f"{account}: {language.say(WISH_WORDS[wish])}",
        text=language.say(
            _FRAME,
            contact=people[0].name,
            wish=language.say(_WISH_TEXTS[wish], account=account),
            name=desk.person.name,
        ),
    )


def send(desk: Desk, drafted: MemberMessage, text: str) -> tuple[Person, ...]:
    """Send it to every billing contact the account has now; answers go to the member. Returns who will receive it.

    Raises `NothingWritten`, `TooLong`, `NoContact`, or `billing.pace.TooOften`.
    """
    text = text.strip()
    if not text:
        raise NothingWritten
    if len(text) > LONGEST_TEXT:
        raise TooLong(length=len(text), most=LONGEST_TEXT)
    event = f"ask:{desk.account.id}:{drafted.id}"
    subject = header_text(drafted.subject)[:LONGEST_SUBJECT] or header_text(desk.account.name)
    person = desk.person
    with desk.write(Act.ASK_BILLING_CONTACT) as books:
        account = books.get(Account, desk.account.id)
        people = {p.email: p for p in books.people(Role.OWNER)}
        if not people:
            raise NoContact(account=account.name)
        if books.ledger.find(OutboxMessage, Span("dedupe", low=f"{event}:", high=f"{event};"), limit=1).rows:
            return tuple(people.values())
        require_pace(books, MOST_AN_HOUR)
        for contact in people.values():
            post(
                books.ledger, account, event, desk.clock(), MailKind.PERSONAL, "member_message", contact.email,
                contact.language or account.language,
                reply_to=person.email if _ANSWERABLE.fullmatch(person.email) else "",
                subject=subject, text=text, sender=person.name, sender_email=person.email, account=account.name,
            )  # fmt: skip
        books.record(N_("Wrote to the billing contact: {subject}"), subject=subject)
    return tuple(people.values())
