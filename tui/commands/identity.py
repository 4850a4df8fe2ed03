"""Who gives a command.

No password is asked: whoever can open the store's file owns the data, and could read every word of it without us. They
choose whom to act as. All the same everything goes through the desk: the person's role is checked, other accounts'
records are not found, and the audit trail names the person. Where the person is proven otherwise, as over SSH, another
`Identity` takes this one's place.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from billing.credentials import Counter, Credential
from billing.errors import N_, NotFound
from billing.payment_gateway import PaymentGateway
from billing.sign_in import SignedIn, Standing, canonical_user_id, standings
from billing.store import Span, Store
from tui.commands.exits import NotUnderstood

Identity: TypeAlias = Callable[[Store, argparse.Namespace, Mapping[str, str]], SignedIn]
"""Who somebody is, from the store, what was asked, and their environment."""


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


def person(store: Store, options: argparse.Namespace, environment: Mapping[str, str]) -> SignedIn:
    """The person by their user ID, at the counter they name or the first that knows it."""
    given = options.person or environment.get("VENTANILLA_USER", "")
    if not given:
        raise NobodyNamed
    typed = canonical_user_id(given)
    for counter in (Counter(options.counter),) if options.counter else Counter:
        with store.read() as books:
            if held := books.find(Credential, Span("user_id", (counter.value, typed)), limit=1).rows:
                return standings(store, held[0])
    raise NoSuchUser(id=typed)


def standing(who: SignedIn, options: argparse.Namespace) -> Standing:
    """Their place on the account that the options name, or on their only one."""
    if options.account:
        found = next((s for s in who.standings if s.account.id == options.account), None)
        if found is None:
            raise NotFound(kind="accounts", id=options.account)
        return found
    if len(who.standings) != 1:
        accounts = ", ".join(s.account.id for s in who.standings[:10]) or "-"
        raise AccountUnclear(user=who.person.name, accounts=accounts)
    return who.standings[0]
