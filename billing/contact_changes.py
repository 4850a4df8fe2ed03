"""Changing who is on an account: inviting, roles, names and addresses, removing, and taking a change back (M10)."""

from __future__ import annotations

import re
from datetime import UTC

from billing.accounts import CUSTOMER_ROLES, Account, Membership, Person, Role
from billing.audit import Change
from billing.conflict import Conflict, Disagreement
from billing.contacts import ROLE_WORDS, UNDO_WITHIN, ContactChange
from billing.credentials import Counter, Credential
from billing.desk import AccountWriting, Desk
from billing.errors import N_, NotFound, Refusal
from billing.language import Language, Word
from billing.outbox import MailKind
from billing.permissions import Act
from billing.record import Id, changed
from billing.sign_in import canonical_user_id
from billing.store import Span
from billing.telling import mail, post

LONGEST_NAME = 120
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


class LastOwner(Refusal):
    """The account would be left without anybody who answers for it."""

    message = N_(
        "The account needs a billing contact who can sign in. Nothing was changed. "
        "Make somebody else the billing contact first."
    )


class ContactWrong(Refusal):
    """A name or address that can be none."""

    message = N_("This cannot be used: {reason}. Nothing was changed. Correct it.")

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason=Word(reason))
        self.field = field


class ContactConflict(Conflict):
    """Somebody else changed the same contact meanwhile."""

    message = N_(
        "{who} changed {name} meanwhile. Nothing of yours was saved yet, and nothing is lost: choose between both."
    )


class TooLate(Refusal):
    """The time in which a change can be taken back is over, or it was taken back already."""

    message = N_("This change can no longer be taken back. Nothing was changed. Make a new change instead.")


class ChangedSince(Refusal):
    """Taking an older change back would also undo what was changed after it."""

    message = N_("{name} was changed again after this. Nothing was changed. Take the later change back first.")


def invite(desk: Desk, name: str, email: str, role: Role, user_id: str) -> Membership:
    """Put somebody on the account; they are mailed a code to create their password with."""
    with desk.write(Act.CHANGE_CONTACTS) as books:
        name, email = _name(name), _address(email)
        _customer_role(role)
        counter = _counter(desk)
        typed = canonical_user_id(user_id or email)
        now, person_id = desk.clock().astimezone(UTC), desk.ids()
        person = Person(id=person_id, name=name, email=email, language=desk.account.language)
        credential = Credential(id=desk.ids(), counter=counter, user_id=typed, person_id=person_id, password_hash="")
        books.ledger.enrol(person, credential, desk.ids(), now)
        made = books.put(Membership(id=desk.ids(), account_id=desk.account.id, person_id=person_id, role=role))
        books.record(
            N_("Invited {name} ({email}) as {role}."), person_id, name=name, email=email, role=Word(ROLE_WORDS[role])
        )
        _tell_owners(desk, books, f"contact:{person_id}:invited", name, N_("was invited"))
        return made


def invite_again(desk: Desk, person_id: Id) -> None:
    """Send the invitation once more to somebody who has not created a password yet."""
    with desk.write(Act.CHANGE_CONTACTS) as books:
        person, _ = books.person(person_id, _counter(desk))
        books.ledger.invite_again(person_id, _counter(desk), desk.ids(), desk.clock().astimezone(UTC))
        books.record(N_("Invited {name} once more."), person_id, name=person.name)


def change_contact(
    desk: Desk, person_id: Id, *, name: str, email: str, role: Role, read: tuple[str, str, Role]
) -> Membership:
    """Change a contact's name, address and role; `read` is what was seen of them before.

    The old and the new address are told. Raises `ContactConflict` where somebody else changed the same meanwhile,
    `LastOwner`, `ContactWrong`, or `SharedPerson` for the name of somebody who is on other accounts too.
    """
    with desk.write(Act.CHANGE_CONTACTS) as books:
        person, _ = books.person(person_id, _counter(desk))
        membership = _membership(books, person_id)
        own = on_account(books, desk.person.id)
        wanted = (_name(name), _address(email), _customer_role(role))
        stored = (person.name, person.email, membership.role)
        wanted = _merged(desk, books, person, read, stored, wanted)
        if wanted == stored:
            return membership
        _remember(desk, books, person, membership)
        if wanted[:2] != stored[:2]:
            books.ledger.put_person(changed(person, name=wanted[0], email=wanted[1]))
        if wanted[2] is not membership.role:
            membership = books.put(changed(membership, role=wanted[2]))
        require_owner(desk, books, own=own)
        language = Language(desk.account.language)
        words = (N_("name"), N_("e-mail"), N_("role"))
        changes = tuple(
            Change(language.say(word), _text(old, language), _text(new, language))
            for word, old, new in zip(words, stored, wanted, strict=True)
            if old != new
        )
        books.record(N_("Changed contact {name}."), person_id, changes, name=wanted[0])
        _tell(desk, books, person, wanted[1], N_("was changed"))
        return membership


def remove_contact(desk: Desk, person_id: Id) -> None:
    """Take somebody off the account; their visit ends with their next key. It can be undone for three days."""
    with desk.write(Act.CHANGE_CONTACTS) as books:
        person, _ = books.person(person_id, _counter(desk))
        membership = _membership(books, person_id)
        own = on_account(books, desk.person.id)
        _remember(desk, books, person, membership, removed=True)
        _tell(desk, books, person, person.email, N_("was removed"))
        books.ledger.remove(membership)
        require_owner(desk, books, own=own)
        books.record(N_("Removed {name} from the account."), person_id, name=person.name)


def undo_change(desk: Desk, change_id: Id) -> None:
    """Take a change of a contact back, within three days of it."""
    with desk.write(Act.CHANGE_CONTACTS) as books:
        change = books.get(ContactChange, change_id)
        now = desk.clock().astimezone(UTC)
        if change.undone or now - change.at >= UNDO_WITHIN:
            raise TooLate
        if [c.id for c in _open_changes(books, change.person_id)][:1] != [change.id]:
            raise ChangedSince(name=change.name)
        if change.removed:
            if on_account(books, change.person_id):
                raise TooLate
            books.put(
                Membership(id=desk.ids(), account_id=desk.account.id, person_id=change.person_id, role=change.role)
            )
        else:
            person, _ = books.person(change.person_id, _counter(desk))
            membership = _membership(books, change.person_id)
            if (person.name, person.email) != (change.name, change.email):
                books.ledger.put_person(changed(person, name=change.name, email=change.email))
            if membership.role is not change.role:
                books.put(changed(membership, role=change.role))
            require_owner(desk, books, own=on_account(books, desk.person.id))
        books.put(changed(change, undone=True))
        books.record(N_("Took the change of {name} back."), change.person_id, name=change.name)
        _tell_owners(desk, books, f"contact:{change.id}:undone", change.name, N_("is as before again"))


def require_owner(desk: Desk, books: AccountWriting, *, own: bool = True) -> None:
    """The account keeps a billing contact who can sign in; `LastOwner` otherwise.

    `own` is whether whoever acts was on the account itself. Where they were not, they own its parent, and so this too.
    """
    if not own:
        return
    for owner in books.people(Role.OWNER):
        _, credential = books.person(owner.id, _counter(desk))
        if credential is not None and credential.password_hash:
            return
    raise LastOwner


def _counter(desk: Desk) -> Counter:
    return Counter.CENTER if desk.counter is Counter.CENTER else Counter.ENTERPRISE


def _membership(books: AccountWriting, person_id: Id) -> Membership:
    rows = [m for m in books.find(Membership, Span("account"), limit=1000).rows if m.person_id == person_id]
    if not rows:
        raise NotFound(kind=Membership.kind, id=person_id)
    return rows[0]


def on_account(books: AccountWriting, person_id: Id) -> bool:
    """Whether a person is on the account itself."""
    return any(m.person_id == person_id for m in books.find(Membership, Span("account"), limit=1000).rows)


def close_changes(books: AccountWriting, person_id: Id) -> None:
    """Let no earlier change of somebody be taken back: their role is what two people agreed on since."""
    for change in _open_changes(books, person_id):
        books.put(changed(change, undone=True))


def _open_changes(books: AccountWriting, person_id: Id) -> list[ContactChange]:
    """What was changed of somebody and not taken back, the latest first."""
    rows = books.find(ContactChange, Span("person", (person_id,)), descending=True, limit=1000).rows
    return [c for c in rows if not c.undone]


def _merged(
    desk: Desk,
    books: AccountWriting,
    person: Person,
    read: tuple[str, str, Role],
    stored: tuple[str, str, Role],
    wanted: tuple[str, str, Role],
) -> tuple[str, str, Role]:
    """Both people's changes put together; where they disagree, both are shown."""
    fields, values, found = ("name", "email", "role"), list(stored), []
    for place, (was, now, mine) in enumerate(zip(read, stored, wanted, strict=True)):
        if mine in (was, now):
            continue
        if now == was:
            values[place] = mine
        else:
            found.append(Disagreement(fields[place], was, now, mine))
    merged = (str(values[0]), str(values[1]), Role(values[2]))
    if found:
        rows = books.find(ContactChange, Span("person", (person.id,)), descending=True, limit=1).rows
        who, at = (rows[0].by, rows[0].at) if rows else ("-", desk.clock())
        raise ContactConflict(tuple(found), merged, based_on=0, who=who, at=at, name=person.name)
    return merged


def _remember(
    desk: Desk, books: AccountWriting, person: Person, membership: Membership, *, removed: bool = False
) -> None:
    books.put(
        ContactChange(
            id=desk.ids(),
            account_id=desk.account.id,
            person_id=person.id,
            at=desk.clock().astimezone(UTC),
            by=desk.person.name,
            name=person.name,
            email=person.email,
            role=membership.role,
            removed=removed,
            number=books.count(ContactChange, Span("account")) + 1,
        )
    )


def _tell(desk: Desk, books: AccountWriting, before: Person, new_address: str, what: str) -> None:
    """The old and the new address, and everybody who wants mail about the account (ASVS 6.3.7)."""
    account, now = books.get(Account, desk.account.id), desk.clock()
    event = f"contact:{before.id}:{desk.ids()}"
    values = {"name": before.name, "person": desk.person.name, "account": account.name}
    told = _tell_owners(desk, books, event, before.name, what)
    for address in {before.email, new_address} - told:
        post(
            books.ledger, account, event, now, MailKind.PERSONAL, "contact_changed", address,
            before.language or account.language, what=Word(what), name=values["name"], person=values["person"],
            account=values["account"],
        )  # fmt: skip


def _tell_owners(desk: Desk, books: AccountWriting, event: str, name: str, what: str) -> set[str]:
    """Mail about the account; to whom it went."""
    account = books.get(Account, desk.account.id)
    mail(
        books.ledger, account, event, desk.clock(), MailKind.ACCOUNT, "contact_changed",
        name=name, person=desk.person.name, account=account.name, what=Word(what),
    )  # fmt: skip
    return {p.email for p in books.people(Role.OWNER)}


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ContactWrong("name", N_("a name is from 1 to 120 letters"))
    return name


def _address(typed: str) -> str:
    address = typed.strip()
    if len(address) > 254 or not address.isprintable() or not _MAIL.fullmatch(address):
        raise ContactWrong("email", N_("this is no e-mail address"))
    return address


def _customer_role(role: Role) -> Role:
    if role not in CUSTOMER_ROLES:
        raise ContactWrong("role", N_("nobody of the customer can be this"))
    return role


def _text(value: object, language: Language) -> str:
    return language.say(ROLE_WORDS[value]) if isinstance(value, Role) else str(value)
