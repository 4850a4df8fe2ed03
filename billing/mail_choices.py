"""Who receives which mail about the account: each person's own choice, and the owner's for others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from billing.accounts import Account, Membership, Person, Role
from billing.audit import Change
from billing.desk import Desk
from billing.errors import N_, Refusal
from billing.language import Language
from billing.outbox import MailKind
from billing.permissions import Act
from billing.record import Id, changed
from billing.store import Span
from billing.telling import ALWAYS, RECEIVES, post, receives

KIND_WORDS = {
    MailKind.INVOICE: N_("Invoices and credit notes"),
    MailKind.PAYMENT: N_("Payments and reminders"),
    MailKind.SUBSCRIPTION: N_("Subscription changes"),
    MailKind.ACCOUNT: N_("Changes to the account"),
    MailKind.QUOTE: N_("Quotes and purchase orders"),
    MailKind.PERSONAL: N_("Messages from people"),
}
"""What a person reads for each kind."""

_NONE = N_("none")


class AlwaysReceived(Refusal):
    """Mail that this role cannot do without."""

    message = N_(
        "The billing contact always receives this mail: {kinds}. Nothing was changed. "
        "It is how they learn of changes they did not make."
    )


@dataclass(frozen=True, slots=True)
class MailChoice:
    """What one person on the account receives."""

    membership_id: Id
    person: Person
    role: Role
    receives: tuple[MailKind, ...]
    always: tuple[MailKind, ...]
    """Of these, what cannot be turned off."""
    changeable: bool
    """Whether whoever asked may choose for this person."""


def choices(desk: Desk) -> tuple[MailChoice, ...]:
    """Every person on the account with the mail they receive; who asks comes first, then by role."""
    with desk.read(Act.CHOOSE_MAIL) as books:
        people = [
            (membership, person)
            for role in Role
            for membership, person in zip(
                books.find(Membership, Span("account", (role.value,))).rows, books.people(role), strict=True
            )
        ]
    others = desk.may(Act.CHOOSE_MAIL_FOR_OTHERS)
    found = [_choice(m, p, changeable=others or p.id == desk.person.id) for m, p in people]
    return tuple(sorted(found, key=lambda choice: choice.person.id != desk.person.id))


def choose(desk: Desk, membership_id: Id, kinds: Collection[MailKind]) -> MailChoice:
    """Let a person receive exactly these kinds. They are told by mail; choosing what is so already changes nothing.

    Raises `AlwaysReceived` where a kind is left out that the role cannot do without.
    """
    with desk.read(Act.CHOOSE_MAIL) as reading:
        own = reading.get(Membership, membership_id).person_id == desk.person.id
    with desk.write(Act.CHOOSE_MAIL if own else Act.CHOOSE_MAIL_FOR_OTHERS) as books:
        account = books.get(Account, desk.account.id)
        membership = books.get(Membership, membership_id)
        person = books.ledger.get(Person, membership.person_id)
        before = _choice(membership, person, changeable=True)
        if missing := [kind for kind in before.always if kind not in kinds]:
            raise AlwaysReceived(kinds=_words(Language(desk.person.language or account.language), missing))
        wanted = tuple(kind for kind in MailKind if kind in kinds)
        if wanted == before.receives:
            return before
        usual = wanted == _in_order(RECEIVES[membership.role])
        membership = books.put(changed(membership, mails=None if usual else wanted))
        language = Language(person.language or account.language)
        post(
            books.ledger, account, f"mail_choice:{desk.ids()}", desk.clock(), MailKind.ACCOUNT,
            "mail_choice_changed", person.email, language.tag,
            person=desk.person.name, kinds=_words(language, wanted),
        )  # fmt: skip
        written = Language(account.language)
        change = Change("receives", _words(written, before.receives), _words(written, wanted))
        message = N_("Chose the mail {person} receives: {kinds}.")
        books.record(message, membership.id, (change,), person=person.name, kinds=change.after)
        return _choice(membership, person, changeable=True)


def _choice(membership: Membership, person: Person, *, changeable: bool) -> MailChoice:
    return MailChoice(
        membership_id=membership.id,
        person=person,
        role=membership.role,
        receives=tuple(kind for kind in MailKind if receives(membership, kind)),
        always=_in_order(ALWAYS.get(membership.role, ())),
        changeable=changeable,
    )


def _in_order(kinds: Collection[MailKind]) -> tuple[MailKind, ...]:
    return tuple(kind for kind in MailKind if kind in kinds)


def _words(language: Language, kinds: Collection[MailKind]) -> str:
    return ", ".join(language.say(KIND_WORDS[kind]) for kind in kinds) or language.say(_NONE)
