"""Somebody who types line by line, and everything they read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from billing.language import Language
from billing.sign_in import standings
from billing.store import Store
from screens.session import Services, Session
from tests.conftest import standing_of
from tui.look import Look
from tui.plain.talk import MORE, ON, converse

WIDTH = 79


class Script:
    """Types answers in turn; then the input ends. `@Pay` is the number beside `Pay` in what was shown last,
    `@@yes` the word itself in their language."""

    def __init__(self, language: Language, answers: Sequence[str]) -> None:
        self.language = language
        self.answers = list(answers)
        self.prompts: list[str] = []
        self.secrets: list[str] = []
        self.shown: list[str] = []
        self.reads_on = True
        """Whether whatever is long is read to its end."""
        self.otherwise = ""
        """What is typed where what `@` means was not shown; empty to fail."""

    async def read(self, prompt: str, secret: bool = False) -> str:
        """See `tui.plain.talk.Line`."""
        _fit(prompt)
        self.shown.append(prompt)
        (self.secrets if secret else self.prompts).append(prompt)
        if self.reads_on and prompt.startswith(self.language.say(ON).partition("{")[0]):
            return MORE
        if not self.answers:
            raise EOFError
        answer = self.answers.pop(0)
        if answer.startswith("@@"):
            return self.language.say(answer[2:])
        return self._number(answer[1:]) if answer.startswith("@") else answer

    def _number(self, message: str) -> str:
        wanted = self.language.say(message)
        offered = [found for line in reversed(self.shown) if (found := re.match(r"([0-9]+)\. (.*)", line))]
        for found in (*(f for f in offered if f[2] == wanted), *(f for f in offered if f[2].startswith(wanted))):
            return found[1]
        if self.otherwise:
            return self.otherwise
        raise AssertionError(f"{wanted!r} was not offered:\n{self.text}")

    async def write(self, text: str) -> None:
        """See `tui.plain.talk.Line`."""
        assert text.endswith("\n"), text
        for line in text[:-1].split("\n"):
            _fit(line)
            self.shown.append(line)

    @property
    def text(self) -> str:
        """Everything that was read."""
        return "\n".join(self.shown)


def _fit(line: str) -> None:
    assert cell_len(line) <= WIDTH, f"{cell_len(line)} cells: {line}"
    assert line.isprintable(), f"not safe to show: {line!r}"


def visit(services: Services, user_id: str, lang: str) -> Session:
    """A visit of somebody who was proven before the front door."""
    session = Session(services, Language(lang), Look())
    if user_id:
        session.arrived = standings(services.store(), standing_of(services.store(), user_id)[0])
    return session


async def converses(
    services: Services, user_id: str, answers: Sequence[str], lang: str = "en", *, otherwise: str = ""
) -> tuple[int, Script]:
    """Let somebody type all of it; how it ended, and what they read."""
    session = visit(services, user_id, lang)
    script = Script(session.language, answers)
    script.otherwise = otherwise
    code = await converse(script, session)
    return code, script


def account_of(store: Store, user_id: str) -> str:
    """The id of a person's first account."""
    return standing_of(store, user_id)[1].account.id
