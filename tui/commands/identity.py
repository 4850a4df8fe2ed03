"""Whose desk a command stands at.

No password is asked: whoever can open the store's file owns the data, and could read every word of it without us. They
choose whom to act as. All the same everything goes through the desk: the person's role is checked, other accounts'
records are not found, and the audit trail names the person. Where the person is proven otherwise, as over SSH, another
`Identity` takes this one's place.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

from billing.credentials import Counter, Credential
from billing.desk import Clock, Desk
from billing.errors import N_, NotFound
from billing.payment_gateway import PaymentGateway
from billing.sign_in import SignedIn, Standing, canonical_user_id, open_desk, standings
from billing.store import Span, Store
from tui.commands.exits import NotUnderstood

Identity: TypeAlias = Callable[[argparse.Namespace, Clock], AbstractContextManager[Desk]]


class NobodyNamed(NotUnderstood):
    """A person's command without a person."""

    message = N_("Say whom to act as: --as USER_ID, or VENTANILLA_USER in the environment. Nothing was done.")


class AccountUnclear(NotUnderstood):
    """The person is on several accounts."""

    message = N_("{user} looks after several accounts: {accounts}. Nothing was done. Choose one with --account.")


class NoSuchUser(NotFound):
    """Nobody signs in by this user ID."""

    message = N_("Nobody here signs in as {id}. Nothing was done. Check the user ID.")


@contextmanager
def identity(options: argparse.Namespace, clock: Clock) -> Iterator[Desk]:
    """The desk of the person and account that the options name, on one's own store."""
    with opened(options) as store:
        who = person(store, options)
        yield open_desk(store, clock, who, _standing(who, options))


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Store]:
    """One's own store."""
    from tui.wiring import default_store_url, own_store

    store = own_store(options.store or default_store_url())()
    try:
        yield store
    finally:
        store.close()


def gateway() -> PaymentGateway:
    """What moves the money of one's own store."""
    from tui import wiring

    return wiring.gateway(wiring.system_clock, wiring.sandbox_journal())


def user_id(options: argparse.Namespace) -> str:
    """The user ID that was given, on the line or in the environment."""
    if typed := options.person or os.environ.get("VENTANILLA_USER", ""):
        return canonical_user_id(typed)
    raise NobodyNamed


def person(store: Store, options: argparse.Namespace) -> SignedIn:
    """The person by their user ID, at the counter they name or the first that knows it."""
    typed = user_id(options)
    for counter in (Counter(options.counter),) if options.counter else Counter:
        with store.read() as books:
            if held := books.find(Credential, Span("user_id", (counter.value, typed)), limit=1).rows:
                return standings(store, held[0])
    raise NoSuchUser(id=typed)


def _standing(who: SignedIn, options: argparse.Namespace) -> Standing:
    if options.account:
        found = next((s for s in who.standings if s.account.id == options.account), None)
        if found is None:
            raise NotFound(kind="accounts", id=options.account)
        return found
    if len(who.standings) != 1:
        accounts = ", ".join(s.account.id for s in who.standings[:10]) or "-"
        raise AccountUnclear(user=user_id(options), accounts=accounts)
    return who.standings[0]
