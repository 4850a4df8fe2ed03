"""Showing and hearing: lines that anybody's terminal holds, page by page, and what is typed to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from rich.cells import cell_len

from billing.errors import N_, Refusal
from billing.money import Money
from tui.commands.render import Part
from tui.plain.linear import WIDTH, linear
from tui.text import wrap

if TYPE_CHECKING:
    from billing.desk import Desk
    from billing.language import Language
    from screens.session import Session

P = ParamSpec("P")
T = TypeVar("T")

LONGEST = 4096
"""Bytes from which a line is too long: what a terminal's own line discipline keeps of one."""

PAGE = 18
"""Lines, or things to choose from, that are shown at a time."""

HELP, MORE, LEAVE, BACK, GIVE_UP, EMPTY = "?", "m", "q", "b", ".", "-"
"""What is typed alone for something else than an answer; the same in every language."""


NOTHING = N_("Nothing.")
MOMENT = N_("One moment.")
TOO_LONG = N_("This line is too long: fewer than {most} characters are read. Nothing was changed. Type it shorter.")
ON = N_("More lines: {number}. m and Enter shows more, Enter alone goes on: ")


class Line(Protocol):
    """Where a person types and reads."""

    async def read(self, prompt: str, secret: bool = False) -> str:
        """Ask for a line, unseen where it is `secret`. Raises `EOFError` where no more will come."""
        ...

    async def write(self, text: str) -> None:
        """Show text, which ends its own lines."""
        ...


class GivenUp(Exception):
    """The person typed a full stop alone: the task is left."""


class Left(Exception):
    """The person is through."""


class Speech:
    """One person's line, in their language, at the desk that is open."""

    def __init__(self, line: Line, session: Session) -> None:
        self.line, self.session = line, session
        self.within = False
        """Whether a task is under way: the end of input then leaves something undone."""

    @property
    def language(self) -> Language:
        """The person's."""
        return self.session.language

    @property
    def desk(self) -> Desk:
        """The desk that is open."""
        assert self.session.desk is not None  # noqa: S101 - tasks are offered at a desk alone
        return self.session.desk

    def say(self, message: str, **values: Any) -> str:
        """A sentence in the person's language."""
        return self.language.say(message, **{name: self.language.write(value) for name, value in values.items()})

    def money(self, minor: int, currency: str) -> str:
        """An amount, written out."""
        return self.language.money(Money(minor, currency))

    async def ask(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case off the event loop."""
        return await self.session.ask(use_case, *args, **kwargs)

    async def deliver(self) -> None:
        """Have the mail that waits sent, behind."""
        await self.ask(self.session.services.deliver)

    async def tell(self, message: str, **values: Any) -> None:
        """Say a sentence."""
        await self.show(self.say(message, **values))

    async def refuse(self, refusal: Refusal) -> None:
        """Say what could not be done."""
        await self.show(self.language.refusal(refusal))

    async def show(self, *parts: Part) -> None:
        """Show an answer, page by page where it is long."""
        lines = await self.ask(linear, parts, self.say(NOTHING))
        while lines:
            cut = len(lines) if len(lines) <= PAGE + 2 else _cut(lines)
            await self.line.write("".join(f"{line}\n" for line in lines[:cut]))
            lines = lines[cut:]
            while lines and not lines[0]:
                del lines[0]
            if lines and not await self._goes_on(len(lines)):
                return

    async def _goes_on(self, left: int) -> bool:
        prompt = self.say(ON, number=left)
        while (typed := (await self.read(prompt)).casefold()) not in ("", MORE):
            if typed == LEAVE:
                raise Left
            if typed in (GIVE_UP, BACK):
                return False
        return typed == MORE

    async def read(self, prompt: str, *, secret: bool = False) -> str:
        """A line without the spaces around it; what is secret stays as it is."""
        lines = wrap(prompt.rstrip(" "), WIDTH)
        if len(lines) > 1 or cell_len(lines[0]) > WIDTH - 1:
            await self.line.write("".join(f"{line}\n" for line in lines[:-1]))
        while True:
            await asyncio.sleep(0)  # others have a turn, even if thousands of lines came at once
            typed = await self.line.read(f"{lines[-1]} ", secret)
            if len(typed.encode("utf-8", "replace")) < LONGEST:
                return typed if secret else typed.strip()
            await self.tell(TOO_LONG, most=LONGEST)


def _cut(lines: list[str]) -> int:
    """Where to end a page: after a whole row where one ends in its second half."""
    return next((n for n in range(PAGE, PAGE // 2, -1) if not lines[n]), PAGE)
