"""Every screen, in both languages, at 80x24 and 120x40: painted, named, explained, and with keys that fit."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from billing.history import Order, Question, StateFilter
from billing.kinds import KINDS
from billing.language import NAMES
from billing.store import Store
from screens.commands import command_line, of_question
from screens.counter_screen import CounterScreen
from screens.help_screen import help_page
from storage.dataset import load_into
from storage.registry import open_store
from tests.conftest import IBERIA, LARGE, LUIS, MARTA, SMALL, Visit, Visitor
from tui.cli import main
from tui.demo.stage import demo_clock, demo_data, demo_store
from tui.look import Borders, Look, Palette
from tui.widgets.key_bar import KeyBar

ELENA, TERESA = "desk.elena", "desk.teresa"
"""A representative of the demonstration, and whoever leads them."""

Route = tuple[str, tuple[str, ...]]


def more(number: int, *then: str) -> tuple[str, ...]:
    """The keys to the `number`-th choice of the overview's menu, and on from there."""
    return ("f4", *["down"] * number, "enter", *then)


ROUTES: dict[str, Route] = {
    "door": ("", ()),
    "sign in": ("", ("enter",)),
    "enterprise sign in": ("", ("down", "enter")),
    "demo people": ("", ("enter", "f4")),
    "settings": ("", ("f2",)),
    "leave": ("", ("f10",)),
    "help": ("", ("f1",)),
    "overview": (MARTA, ()),
    "history": (MARTA, ("f3",)),
    "filters": (MARTA, ("f3", "f4", "right")),
    "go to number": (MARTA, ("f3", "f6")),
    "invoice": (MARTA, ("enter",)),
    "invoice of the history": (MARTA, ("f3", "enter")),
    "save": (MARTA, ("enter", "f7")),
    "print": (MARTA, ("enter", "f8")),
    "leave signed in": (MARTA, ("f10",)),
    "not the contact": (LUIS, ()),
    "plans": (MARTA, ("f6",)),
    "what to do with a plan": (MARTA, ("f6", "enter")),
    "catalogue": (MARTA, ("f6", "f3")),
    "add a plan": (MARTA, ("f6", "f3", "enter")),
    "preview of a plan": (MARTA, ("f6", "f3", "enter", "enter")),
    "change the plan": (MARTA, ("f6", "f6")),
    "preview of a change": (MARTA, ("f6", "f6", "enter")),
    "change licences": (MARTA, ("f6", "f4")),
    "preview of licences": (MARTA, ("f6", "f4", "up", "enter")),
    "change frequency": (MARTA, ("f6", "enter", "down", "down", "enter")),
    "cancel a plan": (MARTA, ("f6", "enter", "down", "down", "down", "enter")),
    "no plans": ("agora@clinica.example", ("f6",)),
    "plans of a reader": ("ines@acme.example", ("f6",)),
    "hostile plans": ("mallory@evil.example", ("f6",)),
    "enterprise preview": (IBERIA, more(9, "f4", "up", "enter")),
    "more": (MARTA, ("f4",)),
    "payment methods": (MARTA, more(0)),
    "add a payment method": (MARTA, more(0, "f3")),
    "add a card": (MARTA, more(0, "f3", "enter")),
    "sandbox page": (MARTA, more(0, "f3", "enter", "f4")),
    "bank debit": (MARTA, more(0, "f3", "down", "enter")),
    "method for each plan": (MARTA, more(0, "f6")),
    "remove a payment method": (MARTA, more(0, "f8")),
    "billing information": (MARTA, more(1)),
    "statement": (MARTA, more(2)),
    "timeline": (MARTA, more(3)),
    "notices": (MARTA, more(4)),
    "mail": (MARTA, more(5)),
    "read mail": (MARTA, more(5, "enter")),
    "mail choices": (MARTA, more(6)),
    "pay": (MARTA, ("f9",)),
    "pay a part": (MARTA, ("f9", "f4")),
    "payment result": (MARTA, ("f9", "enter")),
    "mail an invoice": (MARTA, ("enter", "f9")),
    "ask the contact": (LUIS, ("enter",)),
    "enterprise overview": (IBERIA, ()),
    "enterprise invoice": (IBERIA, ("enter",)),
    "forgotten password": ("", ("enter", "f6")),
    "new password": ("", ("enter", "f6", "f6")),
    "contacts": (IBERIA, more(7)),
    "contact": (IBERIA, more(7, "down", "enter")),
    "invite": (IBERIA, more(7, "f3")),
    "hand over": (IBERIA, more(7, "f6")),
    "orders": (IBERIA, ("f8",)),
    "order": (IBERIA, ("f8", "enter")),
    "new order": (IBERIA, ("f8", "f3")),
    "edit an order": (IBERIA, ("f8", "enter", "f2")),
    "what an order pays for": (IBERIA, ("f8", "enter", "f4")),
    "no orders": ("nueva-etapa", ("f8",)),
    "held for an order": (ELENA, ("enter",)),
    "quotes": (IBERIA, ("f6",)),
    "quote": (IBERIA, ("f6", "enter")),
    "quote to settle": (IBERIA, ("f6", "enter", "f8")),
    "say something": (IBERIA, ("f6", "enter", "f7")),
    "counter-offer": (IBERIA, ("f6", "enter", "f4")),
    "accept a quote": (IBERIA, ("f6", "enter", "f9")),
    "compare revisions": (IBERIA, ("f6", "down", "enter", "f6")),
    "ask for a quote": (IBERIA, ("f6", "f3")),
    "no quotes": ("olympos", ("f6", "down")),
    "desk sign in": ("", ("down", "down", "enter")),
    "queue": (ELENA, ()),
    "lead's queue": (TERESA, ("f4",)),
    "terms": (TERESA, ("f3", "enter", *more(10))),
    "reassign": (TERESA, ("f3", "enter", *more(11))),
    "approval rule": (IBERIA, more(13)),
    "change password": (IBERIA, more(14)),
    "access keys": (IBERIA, more(15)),
    "enrol a key": (IBERIA, more(15, "f3")),
    "demo mail": ("", ("enter", "f6", "f6", "f4")),
    "audit": (IBERIA, more(8)),
    "audit event": (IBERIA, more(8, "enter")),
    "save the audit trail": (IBERIA, more(8, "f7")),
    "audit of a self-service account": (MARTA, more(8)),
    "desk accounts": (ELENA, ("f3",)),
    "desk account": (ELENA, ("f3", "enter")),
    "desk more": (ELENA, ("f3", "enter", "f4")),
    "desk quote": (ELENA, ("down", "enter")),
    "desk offer": (ELENA, ("f3", "enter", "f6", "f3")),
    "credit note": (ELENA, ("f3", "down", "enter", "enter", "f6")),
}
"""How to reach each screen: whom to sign in, and which keys."""

WRITES = ("add a card", "sandbox page", "payment result", "bank debit")
"""Screens on the way to which something is written: they have a store of their own."""


@pytest.fixture
def store(store: Store, request: pytest.FixtureRequest) -> Store:
    """The demonstration's store, or one of its own for a route that writes."""
    return demo_store() if request.node.callspec.params.get("route") in WRITES else store


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("route", ROUTES)
async def test_is_painted_whole_in_every_size_and_look_says_what_can_be_done_and_is_explained(
    visit: Visit, route: str, lang: str
) -> None:
    """One visit for each language: 80x24, F1, 120x40, then plain ASCII without colour."""
    person, keys = ROUTES[route]
    async with visit(lang=lang, size=SMALL, signed_in=person) as visitor:
        await visitor.press(*keys)
        screen = visitor.app.screen
        assert isinstance(screen, CounterScreen)
        whole(visitor, screen, SMALL)
        if route != "help":
            title = help_page(screen.TOPIC, lang).split("\n")[0].removeprefix("# ")
            await visitor.press("f1")
            assert title in visitor.screen_text
            await visitor.press("escape")
            assert visitor.app.screen is screen
        await visitor.pilot.resize_terminal(*LARGE)
        await visitor.settle()
        whole(visitor, screen, LARGE)
        if route == "help" or lang != "en":  # nobody changes their look in the help; the signs have no language
            return
        visitor.app.wear(Look(Palette.NONE, Borders.ASCII))
        await visitor.app.retell()
        await visitor.settle()
        # Only data may hold other characters: the signs and lines are ours, and ASCII.
        drawn = {c for c in visitor.screen_text if not c.isascii() and not c.isalnum()}
        assert drawn <= set("€£¥…’“”«»¿¡·–•\u00a0\u202f\ufffdº"), drawn


def whole(visitor: Visitor, screen: CounterScreen[Any], size: tuple[int, int]) -> None:
    """Nothing sticks out, and every key that is offered can be read in the last line."""
    lines = visitor.screen_text.split("\n")
    assert len(lines) == size[1]
    assert all(cell_len(line) <= size[0] for line in lines)
    for key, word in screen.shown_keys():
        assert key in lines[-1], f"{key} {word} does not fit: {lines[-1]}"
        assert word in lines[-1], f"{key} {word} does not fit: {lines[-1]}"
    assert screen.query_one(KeyBar).keys == tuple(screen.shown_keys())


@pytest.mark.parametrize("route", ["door", "sign in", "overview", "history", "invoice"])
async def test_changes_language_where_it_stands(visit: Visit, route: str) -> None:
    person, keys = ROUTES[route]
    async with visit(lang="en", signed_in=person) as visitor:
        await visitor.press(*keys)
        before = visitor.screen_text
        visitor.app.session.language = type(visitor.app.session.language)("es")
        await visitor.app.retell()
        await visitor.settle()
        after = visitor.screen_text
        assert after != before
        assert "Ayuda" in after.split("\n")[-1]


HAVE_COMMANDS = (
    "orders", "order", "quotes", "quote", "compare revisions", "contacts", "queue", "desk accounts", "audit",
    "overview", "history", "invoice", "plans", "catalogue", "preview of a plan", "preview of a change",
    "preview of licences", "payment methods", "billing information", "statement", "timeline", "notices", "mail choices",
    "pay",
)  # fmt: skip


@pytest.mark.parametrize("route", HAVE_COMMANDS)
async def test_f1_names_the_command_for_it_and_that_runs(
    visit: Visit, route: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person, keys = ROUTES[route]
    async with visit(signed_in=person) as visitor:
        await visitor.press(*keys)
        screen = visitor.app.screen
        assert isinstance(screen, CounterScreen)
        words = screen.command()
        await visitor.press("f1", "end")
        assert shlex.join(["ventanilla", *words])[:60] in visitor.screen_text
    url = f"tinydb:{tmp_path}/store.json"
    store = open_store(url, KINDS, create=True)
    load_into(store, demo_data())
    store.close()
    assert main([*words, "--as", person, "--store", url, "--json"], clock=demo_clock()) == 0
    assert json.loads(capsys.readouterr().out)


def test_a_list_of_invoices_is_told_with_all_its_filters() -> None:
    question = Question(StateFilter.PAID, 2026, "acme.s1", "-rf 'x'; $(reboot)", Order.LARGEST)
    line = command_line(of_question(question), "acme")
    assert line == (
        "ventanilla invoices list --state paid --year 2026 --subscription acme.s1 "
        "'--search=-rf '\"'\"'x'\"'\"'; $(reboot)' --order largest --account acme"
    )
