"""Somebody who types line by line, and everything they read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rich.cells import cell_len

from billing.errors import N_
from billing.language import Language
from billing.purchase_orders import FIELD_WORDS
from billing.sign_in import standings
from screens.session import Services, Session
from tests.conftest import standing_of
from tui.commands.call import QUESTION
from tui.look import Look
from tui.plain.speech import MORE, ON
from tui.plain.talk import converse

WIDTH = 79

PICKY = (
    ON, QUESTION, N_("Choice:"), N_("Number, 1 to {high}"), N_("Numbers"), N_("Licences"), N_("First day"),
    N_("Last day"), N_("Months of the term"), N_("Price of a licence"), N_("How much of it?"), N_("Amount"),
    N_("Quantity"), N_("How many per cent of it?"), N_("An approver has to agree above"), FIELD_WORDS["budget"],
    FIELD_WORDS["valid_from"], FIELD_WORDS["valid_until"], N_("IBAN"),
)  # fmt: skip
"""How questions begin to which not every text is an answer."""


class Script:
    """Types answers in turn; then the input ends.

    `@Pay` is the number beside `Pay` in what was shown last, `@@yes` the word itself in the person's language.
    """

    def __init__(self, language: Language, answers: Sequence[str], wrong: Sequence[str] = ()) -> None:
        self.language = language
        self.answers = list(answers)
        self.prompts: list[str] = []
        self.secrets: list[str] = []
        self.shown: list[str] = []
        self.reads_on = True
        """Whether whatever is long is read to its end."""
        self.otherwise = ""
        """What is typed where what `@` means was not shown; empty to fail."""
        self.meddle: Callable[[], object] | None = None
        """What somebody else does while the person thinks about their first consent."""
        self.asked_again = 0
        self._wrong, self._to_come = tuple(wrong), list(wrong)
        self._picky = [self._begins(message) for message in PICKY]

    async def read(self, prompt: str, secret: bool = False) -> str:
        """See `tui.plain.talk.Line`."""
        _fit(prompt)
        self.shown.append(prompt)
        (self.secrets if secret else self.prompts).append(prompt)
        if self._to_come and self.answers and prompt.startswith(tuple(self._picky)):
            self.asked_again += 1
            return self._to_come.pop(0)
        self._to_come = list(self._wrong)
        if self.meddle is not None and prompt.startswith(self._begins(QUESTION)):
            meddle, self.meddle = self.meddle, None
            meddle()
        if self.reads_on and prompt.startswith(self._begins(ON)):
            return MORE
        if not self.answers:
            raise EOFError
        answer = self.answers.pop(0)
        if answer.startswith("@@"):
            return self.language.say(answer[2:])
        return self._number(answer[1:]) if answer.startswith("@") else answer

    def _begins(self, message: str) -> str:
        return self.language.say(message).partition("{")[0]

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


async def converses(
    services: Services,
    user_id: str,
    answers: Sequence[str],
    lang: str = "en",
    *,
    otherwise: str = "",
    wrong: Sequence[str] = (),
    reads_on: bool = True,
    meddle: Callable[[], object] | None = None,
) -> tuple[int, Script]:
    """Let somebody who was proven before, or nobody, type all of it; how it ended, and what they read."""
    session = Session(services, Language(lang), Look())
    if user_id:
        session.arrived = standings(services.store(), standing_of(services.store(), user_id)[0])
    script = Script(session.language, answers, wrong)
    script.otherwise, script.reads_on, script.meddle = otherwise, reads_on, meddle
    return await converse(script, session), script
