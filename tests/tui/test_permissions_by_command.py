"""The table of permissions from the command line: every role, every command, own and other accounts' ids."""

from __future__ import annotations

import argparse

import pytest

from billing.accounts import Membership, Person, Role
from billing.credentials import Counter, Credential
from billing.holds import HeldInvoice
from billing.kinds import KINDS
from billing.ordering import list_orders
from billing.permissions import ALLOWED, Act
from billing.quote_views import list_quotes
from billing.sign_in import open_desk
from billing.store import Store
from tui.cli import main
from tui.commands.identity import person
from tui.demo.stage import demo_clock, demo_store

USERS = {
    Role.OWNER: "iberia-facturacion",
    Role.PAYER: "iberia-pagos",
    Role.APPROVER: "iberia-compras",
    Role.VIEWER: "iberia-lectura",
    Role.MEMBER: "iberia-usuario",
    Role.REPRESENTATIVE: "desk.elena",
    Role.LEAD: "desk.teresa",
}

COMMANDS: dict[str, tuple[frozenset[Act], tuple[str, ...]]] = {
    "overview": (frozenset({Act.SEE_ACCOUNT}), ("overview",)),
    "invoices": (frozenset({Act.SEE_INVOICES}), ("invoices", "list")),
    "invoice": (frozenset({Act.SEE_INVOICES}), ("invoices", "show", "{invoice}")),
    "quotes": (frozenset({Act.SEE_QUOTES}), ("quotes", "list")),
    "quote": (frozenset({Act.SEE_QUOTES}), ("quotes", "show", "{quote}")),
    "counter": (frozenset({Act.NEGOTIATE}), ("quotes", "counter", "{quote}", "--months", "24", "--yes")),
    "decline": (frozenset({Act.ACCEPT_QUOTE}), ("quotes", "decline", "{quote}", "No", "--yes")),
    "accept": (frozenset({Act.ACCEPT_QUOTE}), ("quotes", "accept", "{quote}", "--order", "PO-1", "--yes")),
    "price": (frozenset({Act.PRICE_QUOTE}), ("quotes", "price", "{quote}", "--months", "24", "--yes")),
    "withdraw": (frozenset({Act.PRICE_QUOTE}), ("quotes", "withdraw", "{quote}", "No", "--yes")),
    "orders": (frozenset({Act.SEE_ORDERS}), ("orders", "list")),
    "order": (frozenset({Act.SEE_ORDERS}), ("orders", "show", "{order}")),
    "close": (frozenset({Act.CHANGE_ORDERS}), ("orders", "close", "{order}", "--yes")),
    "edit": (frozenset({Act.CHANGE_ORDERS}), ("orders", "edit", "{order}", "--note", "x", "--yes")),
    "contacts": (frozenset({Act.SEE_CONTACTS}), ("contacts", "list")),
    "remove": (frozenset({Act.CHANGE_CONTACTS}), ("contacts", "remove", "{person}", "--yes")),
    "promote": (frozenset({Act.CHANGE_CONTACTS}), ("contacts", "edit", "{person}", "--role", "payer", "--yes")),
    "audit": (frozenset({Act.SEE_AUDIT}), ("audit", "list")),
    "statement": (frozenset({Act.SEE_INVOICES}), ("statement",)),
    "licences": (
        frozenset({Act.CHANGE_SUBSCRIPTION}), ("subscriptions", "licences", "{subscription}", "130", "--yes"),
    ),
}  # fmt: skip
"""What each command takes, and its words; `{...}` is an id, which may be somebody else's."""


@pytest.fixture
def store() -> Store:
    made = demo_store()
    with made.write() as books:
        for number, (role, name) in enumerate(((Role.VIEWER, "vera"), (Role.MEMBER, "mirta"))):
            books.put(Person(id=name, name=name, email=f"{name}@peninsular.example"))
            books.put(Membership(id=f"{name}.iberia", account_id="iberia", person_id=name, role=role))
            books.put(
                Credential(
                    id=f"c.{number}", counter=Counter.ENTERPRISE, user_id=USERS[role], person_id=name,
                    password_hash="$argon2id$x",
                )
            )  # fmt: skip
    return made


def ids_of(store: Store, user: str, account: str) -> dict[str, str]:
    """The ids that an account's owner would use."""
    from billing.history import Question, list_invoices, subscriptions

    options = argparse.Namespace(person=user, counter="enterprise", account=account)
    who = person(store, options, {})
    desk = open_desk(store, demo_clock(), who, who.standings[0])
    quotes = [row.quote.number for row in list_quotes(desk).rows if row.standing.value == "sent"]
    return {
        "quote": quotes[0] if quotes else list_quotes(desk).rows[0].quote.id,
        "order": list_orders(desk)[0].order.id,
        "invoice": list_invoices(desk, Question(), limit=1).rows[0].number,
        "subscription": subscriptions(desk)[0].id,
        "person": "vera" if account == "iberia" else desk.person.id,
    }


def run(store: Store, user: str, words: tuple[str, ...], ids: dict[str, str]) -> int:
    """Run a command as somebody, on the store in memory."""
    given = [word.format(**ids) for word in words]
    return main([*given, "--as", user, "--account", "iberia", "--json"], clock=demo_clock(), store=store)


def everything(store: Store) -> str:
    with store.read() as books:
        return str([books.every(kind, limit=100_000) for kind in KINDS if kind is not HeldInvoice])


@pytest.mark.parametrize("role", USERS)
def test_every_command_is_allowed_to_whom_the_table_says(
    store: Store, role: Role, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = ids_of(store, USERS[Role.OWNER], "iberia")
    for name, (acts, words) in COMMANDS.items():
        made = store if words[-1] != "--yes" else demo_copy(store)
        code = run(made, USERS[role], words, ids)
        said = capsys.readouterr()
        if acts & ALLOWED[role]:
            assert code in (0, 1), (name, said)  # 1: allowed, and refused for another reason, such as a price agreed
        else:
            assert code == 4, (name, said)


def demo_copy(store: Store) -> Store:
    """The same data in a store of its own."""
    from storage.dataset import copied, load_into
    from storage.registry import open_store

    made = open_store("memory:", KINDS)
    load_into(made, copied(store, demo_clock()().date()))
    return made


@pytest.mark.parametrize("role", USERS)
def test_the_ids_of_another_account_are_not_found_by_any_command(
    store: Store, role: Role, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = ids_of(store, "rhein.billing", "rhein")
    before = everything(store)
    for name, (acts, words) in COMMANDS.items():
        if any("{" in word for word in words):
            code = run(store, USERS[role], words, theirs)
            said = capsys.readouterr()
            assert code == 3 if acts & ALLOWED[role] else code in (3, 4), (name, said)
            assert "Rheinische" not in said.out + said.err
            assert everything(store) == before, name
