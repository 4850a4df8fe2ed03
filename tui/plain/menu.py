"""Numbered menus: what can be done, one thing a line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing.errors import N_, Refusal, VisitEnded
from billing.permissions import Act
from tui.plain.help_pages import help_lines
from tui.plain.linear import linear
from tui.plain.speech import BACK, HELP, LEAVE, GivenUp, Left

if TYPE_CHECKING:
    from screens.session import Session
    from tui.plain.talk import Talk

HOW = N_("Type a number and Enter. ? gives help, b goes back, q leaves.")
WRONG = N_("{typed} is none of these choices. Nothing was changed. Type a number from 1 to {high}, or ?, b or q.")
GAVE_UP = N_("You gave this up. What you had confirmed before is saved; nothing else was changed.")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do."""

    title: str
    """A catalogue message."""
    does: Callable[[Talk], Awaitable[None]]
    act: Act | None = None
    """What it takes to be offered it; None where whoever is here may."""
    commands: tuple[str, ...] = ()
    """The commands of the command line that do the same."""
    screens: tuple[str, ...] = ()
    """The screens that do the same, as modules under `screens`."""
    where: Callable[[Session], bool] = lambda _: True
    """Whether it can be done in this visit at all."""


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks that belong together."""

    title: str
    tasks: tuple[Task, ...]
    topic: str
    """Its page under `screens/help`."""


async def perform(talk: Talk, task: Task) -> None:
    """Do a task; what is refused or given up is told, and the menu goes on."""
    talk.within = True
    try:
        await task.does(talk)
    except GivenUp:
        await talk.tell(GAVE_UP)
    except VisitEnded:
        raise
    except Refusal as refusal:
        await talk.refuse(refusal)
    talk.within = False


def offered(session: Session, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that this person can do here."""
    desk = session.desk
    return [t for t in tasks if (t.act is None or (desk is not None and desk.may(t.act))) and t.where(session)]


async def menu(
    talk: Talk, heading: str, titles: Sequence[str], topic: str, *, before: Sequence[str] = (), out: bool = True
) -> int | None:
    """Show choices and read one; its place, or None to go back. Raises `Left` for leaving.

    Without `out`, going back is leaving.
    """
    lines = ["", *before, heading, *(f"{n}. {title}" for n, title in enumerate(titles, 1)), talk.say(HOW)]
    await talk.line.write("".join(f"{line}\n" for line in linear(lines, "")))
    within, talk.within = talk.within, False
    while True:
        typed = await talk.read(talk.say(N_("Choice:")))
        word = typed.casefold()
        if word == LEAVE or (word == BACK and not out):
            raise Left
        if word == BACK:
            return None
        if word == HELP:
            await talk.show(*await talk.ask(help_lines, topic, talk.language.tag), talk.say(HOW))
        elif typed.isascii() and typed.isdigit() and len(typed) < 4 and 1 <= int(typed) <= len(titles):
            talk.within = within
            return int(typed) - 1
        else:
            await talk.tell(WRONG, typed=typed[:40] or '""', high=str(len(titles)))


async def open_group(talk: Talk, group: Group) -> None:
    """The tasks of a group, until the person goes back."""
    while True:
        tasks = offered(talk.session, group.tasks)
        chosen = await menu(talk, talk.say(group.title), [talk.say(t.title) for t in tasks], group.topic)
        if chosen is None:
            return
        await perform(talk, tasks[chosen])
