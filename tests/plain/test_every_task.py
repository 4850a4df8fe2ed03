"""Line by line there is everything that the screens and the command line have."""

from __future__ import annotations

from pathlib import Path

import pytest

from billing.accounts import Role
from billing.permissions import ALLOWED, Act
from screens.center.more import CHOICES
from screens.session import Services
from tests.conftest import IBERIA, LUIS, MARTA
from tests.plain.speaker import converses
from tui.commands.completion import subcommands
from tui.commands.words import CUSTOMER, LateParser
from tui.plain.counters import DESK, ELSEWHERE, GLANCE, GROUPS
from tui.plain.twin import options_of

TASKS = (GLANCE, *(task for group in (*GROUPS, DESK) for task in group.tasks))

NO_TASK = {
    "center.accounts", "front.door", "front.sign_in", "front.forgotten", "front.new_password", "front.wrong_counter",
    "front.demo_people", "front.demo_mail", "front.leave", "desk.credit_note",
}  # fmt: skip
"""Screens whose twins are no entries of a menu: the way in and out, and what is done at an invoice."""

PARTS = {
    "center.document_rows", "center.more", "center.payment_words", "center.watching", "front.too_small",
}  # fmt: skip
"""Modules that are parts of screens, or are about a window's size, which nobody has here."""


def commands() -> set[str]:
    """Every command a customer or representative has."""
    found = set()
    for topic in CUSTOMER:
        parser = LateParser(prog=topic.name)
        __import__(f"tui.commands.{topic.module}", fromlist=["words"]).words(topic.name, parser)
        found |= {f"{topic.name} {act}" for act in subcommands(parser)} or {topic.name}
    return found


def test_every_command_has_its_task() -> None:
    told = {command for task in TASKS for command in task.commands} | set(ELSEWHERE)
    assert commands() - told == set()
    assert told - commands() == set(), "a task names a command that is none"


def test_every_screen_has_its_task() -> None:
    there = {
        f"{file.parent.name}.{file.stem}"
        for room in ("center", "enterprise", "desk", "front")
        for file in (Path("screens") / room).glob("*.py")
        if file.stem != "__init__"
    }
    told = {screen for task in TASKS for screen in task.screens}
    assert there - told - NO_TASK - PARTS == set(), "a screen that nobody reaches line by line"
    assert told - there == set(), "a task names a screen that is none"


def test_what_more_offers_takes_the_same_right_line_by_line() -> None:
    acts = {screen: task.act for task in TASKS for screen in task.screens}
    for name, (_, act) in CHOICES.items():
        module = name.partition(":")[0]
        if module in acts and module != "front.settings":  # a language is everybody's
            assert acts[module] is act, module


@pytest.mark.parametrize("role", Role)
def test_no_right_is_without_a_task_for_whoever_has_it(role: Role) -> None:
    offered = {task.act for task in TASKS}
    done_within = {
        Act.MAIL_INVOICE, Act.CREDIT_INVOICE, Act.APPROVE_QUOTE, Act.APPROVE_DISCOUNT, Act.CHOOSE_MAIL_FOR_OTHERS
    }  # fmt: skip
    assert ALLOWED[role] - offered - done_within == set()


def test_a_task_gives_a_command_the_options_it_has() -> None:
    for command in commands():
        assert callable(options_of(command, {}).run)


@pytest.mark.parametrize("user_id", [MARTA, LUIS, IBERIA, "desk.elena", "iberia-compras"])
async def test_only_what_a_person_may_do_is_offered(house: Services, user_id: str) -> None:
    _, script = await converses(house, user_id, ("q",))
    offered = {line.partition(". ")[2] for line in script.shown}
    assert ("Pay" in offered) is (user_id in (MARTA, IBERIA))
    assert ("Purchase orders" in offered) is (user_id in (IBERIA, "iberia-compras"))
    assert "Language" not in offered


@pytest.mark.parametrize(
    ("user_id", "way"),
    [("mallory@evil.example", ()), (IBERIA, ()), ("desk.teresa", ("@Open an account", "2"))],
    ids=["hostile names", "corporate", "desk"],
)
async def test_every_entry_of_every_menu_is_tried_and_left_again(
    house: Services, user_id: str, way: tuple[str, ...]
) -> None:
    """Whatever comes of it is told in lines that fit and hold nothing a terminal obeys: the script looks at each."""
    for group in range(1, 15):
        for task in range(1, 13):
            answers = (*way, str(group), str(task), "1", "1", "1", "?", ".", ".", ".", "b", "b", "q")
            _, script = await converses(house, user_id, answers)
            assert "\ufffd" in script.text or user_id != "mallory@evil.example"
