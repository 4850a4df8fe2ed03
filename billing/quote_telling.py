"""Telling the other side of a negotiation: a notice and mail for the customer's people, mail for the representative."""

from __future__ import annotations

from billing.accounts import Account, Person
from billing.desk import AccountWriting, Desk
from billing.errors import N_
from billing.language import Word
from billing.notices import Urgency
from billing.outbox import MailKind
from billing.quotes import Quote
from billing.telling import mail, notify, post

NEWS = N_("Quote {number} ({title}): {news}.")


def tell_customer(desk: Desk, books: AccountWriting, quote: Quote, news: str) -> None:
    """Tell the account's people; `news` is a catalogue message that goes on after a colon."""
    account, event, now = books.get(Account, quote.account_id), _event(desk), desk.clock()
    notify(
        books.ledger, account, event, now, NEWS, urgency=Urgency.ACTION, subject_id=quote.id,
        number=quote.number, title=quote.title, news=Word(news),
    )  # fmt: skip
    mail(
        books.ledger, account, event, now, MailKind.QUOTE, "quote_for_customer",
        account=account.name, person=desk.person.name, number=quote.number, title=quote.title, news=Word(news),
    )  # fmt: skip


def tell_vendor(desk: Desk, books: AccountWriting, quote: Quote, news: str, *, lead: bool = False) -> None:
    """Tell the account's representative, or with `lead` the leads of their team."""
    account = books.get(Account, quote.account_id)
    people: tuple[Person, ...] = books.leads() if lead else tuple(filter(None, (books.representative(),)))
    for person in people:
        post(
            books.ledger, account, _event(desk), desk.clock(), MailKind.QUOTE, "quote_for_vendor", person.email,
            person.language or account.language, account=account.name, person=desk.person.name,
            number=quote.number, title=quote.title, news=Word(news),
        )  # fmt: skip


def _event(desk: Desk) -> str:
    """What happened, once: every move is told as it is made."""
    return f"quote:{desk.ids()}"
