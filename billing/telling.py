"""Telling people what happened: a notice inside the counter, and mail to those who want it, with the change itself."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from billing.accounts import Account, Membership, Person, Role
from billing.language import Language
from billing.notices import Notice, Urgency
from billing.outbox import MailKind, OutboxMessage
from billing.record import Id
from billing.store import Span, Writing

RECEIVES: dict[Role, tuple[MailKind, ...]] = {
    Role.OWNER: tuple(MailKind),
    Role.PAYER: (MailKind.INVOICE, MailKind.PAYMENT, MailKind.QUOTE, MailKind.PERSONAL),
    Role.APPROVER: (MailKind.QUOTE, MailKind.PERSONAL),
    Role.VIEWER: (MailKind.PERSONAL,),
    Role.MEMBER: (MailKind.PERSONAL,),
}
"""Which mail a role receives unless the person chose otherwise."""

ALWAYS = {Role.OWNER: (MailKind.ACCOUNT, MailKind.PERSONAL)}
"""What cannot be turned off: the owner learns of every change of who pays and how (ASVS 6.3.7)."""

MOST_PEOPLE = 1000


def receives(membership: Membership, mail: MailKind) -> bool:
    """Whether this person wants this kind of mail about this account."""
    chosen = RECEIVES[membership.role] if membership.mails is None else membership.mails
    return mail in chosen or mail in ALWAYS.get(membership.role, ())


def notify(
    books: Writing,
    account: Account,
    event: str,
    now: datetime,
    message: str,
    /,
    *,
    urgency: Urgency = Urgency.INFORMATION,
    subject_id: Id = "",
    **values: Any,
) -> None:
    """Leave a notice. `event` names what happened, once: it is the notice's id."""
    written = {name: Language(account.language).write(value) for name, value in values.items()}
    books.put(
        Notice(
            id=event,
            account_id=account.id,
            at=now,
            urgency=urgency,
            message=message,
            values=written,
            subject_id=subject_id,
        )
    )


def mail(
    books: Writing,
    account: Account,
    event: str,
    now: datetime,
    kind: MailKind,
    template: str,
    /,
    *,
    attach: tuple[Id, ...] = (),
    **values: Any,
) -> None:
    """Put mail about `event` in the outbox, for everybody on the account who wants this kind. No address gets it twice.

    `template` names a text in `billing.mail_text`; invoices also go to the account's copies.
    """
    wanted: dict[str, str] = {}
    for membership in books.find(Membership, Span("account", (account.id,)), limit=MOST_PEOPLE).rows:
        if receives(membership, kind):
            person = books.get(Person, membership.person_id)
            wanted.setdefault(person.email, person.language or account.language)
    if kind is MailKind.INVOICE:
        for address in account.copies_to:
            wanted.setdefault(address, account.language)
    for address, language in wanted.items():
        post(books, account, event, now, kind, template, address, language, attach=attach, **values)


def post(
    books: Writing,
    account: Account,
    event: str,
    now: datetime,
    kind: MailKind,
    template: str,
    address: str,
    language: str,
    /,
    *,
    reply_to: str = "",
    attach: tuple[Id, ...] = (),
    **values: Any,
) -> None:
    """Put one mail to one address in the outbox."""
    words = Language(language)
    key = f"{event}:{address}"
    books.put(
        OutboxMessage(
            id=hashlib.sha256(key.encode()).hexdigest()[:32],
            account_id=account.id,
            mail=kind,
            template=template,
            values={name: words.write(value) for name, value in values.items()},
            to=address,
            reply_to=reply_to,
            language=language,
            attach=attach,
            dedupe_key=key,
            written_at=now,
            next_at=now,
        )
    )
