"""Talking with one person line by line: questions, choices and consent, asked again with nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from rich.cells import cell_len

from billing.errors import N_, NotAllowed, Refusal, VisitEnded
from billing.identifiers import refuse_card_number
from billing.language import comparable
from tui.commands.call import QUESTION, YES, NotAgreed
from tui.plain.linear import linear
from tui.plain.speech import BACK, EMPTY, GIVE_UP, HELP, MORE, PAGE, GivenUp, Left, Line, Speech
from tui.text import safe

if TYPE_CHECKING:
    from screens.session import Session

T = TypeVar("T")

LONGEST_PROMPT = 60
"""Cells of a question that stays on the line of its answer."""

NO = N_("no")
WHAT_TO_TYPE = N_(
    "Type your answer and Enter. Enter alone keeps what stands in brackets. A hyphen alone empties it. "
    "A full stop alone gives the task up."
)
WHAT_NUMBER = N_("Type the number of your choice and Enter. A full stop alone gives the task up.")
NOT_A_NUMBER = N_("{typed} is no number from {low} to {high}. Nothing was changed. Type one of them in digits.")
NEEDED = N_("This is needed. Nothing was changed. Type it, or a full stop alone to give up.")
YES_OR_NO = N_("Type {yes} or {no} and Enter. Nothing was changed yet.")
AGAIN = N_("Your answers are kept: Enter alone takes each of them again. A full stop alone gives up.")
ENDED = N_("Nothing more was typed, so your visit ends. What you had confirmed is saved.")
BYE = N_("Goodbye.")


class Nothing(Refusal):
    """A choice among nothing."""

    message = N_("There is nothing here to choose from. Nothing was changed.")


class Missing(Refusal):
    """No answer where one is needed."""

    message = NEEDED


class NoNumber(Refusal):
    """What was typed is no number of those that can be meant."""

    message = NOT_A_NUMBER


class Talk(Speech):
    """One person's conversation. What was answered in a form is kept until it succeeds or is given up."""

    def __init__(self, line: Line, session: Session) -> None:
        super().__init__(line, session)
        self._kept: dict[tuple[str, int], Any] | None = None
        self._asked: Counter[str] = Counter()

    def _key(self, label: str) -> tuple[str, int]:
        self._asked[label] += 1
        return label, self._asked[label]

    def _remembered(self, key: tuple[str, int], otherwise: T) -> T:
        kept: T = (self._kept or {}).get(key, otherwise)
        return kept

    def _remember(self, key: tuple[str, int], answer: T) -> T:
        if self._kept is not None:
            self._kept[key] = answer
        return answer

    async def attempt(self, form: Callable[[], Awaitable[T]]) -> T | None:
        """Ask everything and do it; what is refused is told, and all is asked again with the answers kept.

        None where nothing was asked that another answer could mend.
        """
        self._kept = {}
        try:
            while True:
                self._asked.clear()
                try:
                    return await form()
                except (VisitEnded, NotAllowed, NotAgreed, Nothing):
                    raise
                except Refusal as refusal:
                    await self.refuse(refusal)
                    if not self._asked:
                        return None
                    await self.tell(AGAIN)
        finally:
            self._kept = None

    async def question(
        self, label: str, now: T, read: Callable[[str], T], write: Callable[[T], str], help_text: str = ""
    ) -> T:
        """Ask for a value until `read` takes what is typed; Enter alone keeps what `write` shows of `now`."""
        key = self._key(label)
        now = self._remembered(key, now)
        shown = safe(write(now))
        asked = f"{self.say(label)} [{shown}]" if shown else self.say(label)
        if cell_len(asked) > LONGEST_PROMPT:
            await self.show(asked)
            asked = ""
        while True:
            typed = await self.read(f"{asked}:")
            if typed == GIVE_UP:
                raise GivenUp
            if typed == HELP:
                await self.show(*((self.say(help_text),) if help_text else ()), self.say(WHAT_TO_TYPE))
                continue
            try:
                if not typed and shown:
                    return self._remember(key, now)
                return self._remember(key, read("" if typed == EMPTY else typed))
            except Refusal as refusal:
                await self.refuse(refusal)

    async def text(self, label: str, now: str = "", *, needed: bool = True, help_text: str = "") -> str:
        """A text. No card's number is taken anywhere."""

        def read(typed: str) -> str:
            if needed and not typed:
                raise Missing
            refuse_card_number(typed)
            return typed

        return await self.question(label, now, read, str, help_text)

    async def lines(self, label: str, now: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Several texts, parted by semicolons."""
        typed = await self.text(label, "; ".join(now), needed=False, help_text=N_("Part several by semicolons."))
        return tuple(part.strip() for part in typed.split(";") if part.strip())

    async def number(self, label: str, now: int | None = None, *, low: int = 1, high: int = 9_999_999) -> int:
        """A whole number in ASCII digits."""

        def read(typed: str) -> int | None:
            return self._digits(typed, low, high)

        found = await self.question(label, now, read, lambda n: "" if n is None else str(n))
        assert found is not None  # noqa: S101 - nothing typed is refused
        return found

    def _digits(self, typed: str, low: int, high: int) -> int:
        if typed.isascii() and typed.isdigit() and len(typed) < 10 and low <= int(typed) <= high:
            return int(typed)
        raise NoNumber(typed=typed[:40] or '""', low=str(low), high=str(high))

    async def day(self, label: str, now: date | None = None, *, needed: bool = False) -> date | None:
        """A day, or none."""

        def read(typed: str) -> date | None:
            if not typed and not needed:
                return None
            return self.language.parse_date(typed)

        return await self.question(label, now, read, lambda day: self.language.date(day) if day else "")

    async def amount(self, label: str, currency: str, now: int | None = None, *, needed: bool = False) -> int | None:
        """An amount in minor units, or none."""

        def read(typed: str) -> int | None:
            if not typed and not needed:
                return None
            return self.language.parse_amount(typed, currency).minor

        return await self.question(label, now, read, lambda n: "" if n is None else self.money(n, currency))

    async def secret(self, label: str) -> str:
        """What is typed unseen, never kept."""
        self._asked[label] += 1
        while True:
            typed = await self.read(f"{self.say(label)}:", secret=True)
            if typed == GIVE_UP:
                raise GivenUp
            if typed and typed != HELP:
                return typed
            await self.tell(WHAT_TO_TYPE if typed else NEEDED)

    async def pick(self, label: str, options: Sequence[tuple[T, str]], now: T | None = None) -> T:
        """One of some things, by number. Raises `Nothing` where there are none."""

        async def window(offset: int, limit: int) -> tuple[Sequence[tuple[T, str]], int]:
            return options[offset : offset + limit], len(options)

        return await self.pick_from(label, window, now)

    async def pick_from(
        self,
        label: str,
        window: Callable[[int, int], Awaitable[tuple[Sequence[tuple[T, str]], int]]],
        now: T | None = None,
    ) -> T:
        """One of many things, fetched `PAGE` at a time as `(rows, total)`, by number."""
        key = self._key(label)
        now = self._remembered(key, now)
        known: list[tuple[T, str]] = []
        total = await self._next(self.say(label), known, window)
        while True:
            at = next((n for n, (each, _) in enumerate(known, 1) if now is not None and each == now), 0)
            typed = await self.read(self._numbers(len(known), total, at))
            if typed.casefold() == MORE and len(known) < total:
                total = await self._next("", known, window)
                continue
            if typed == GIVE_UP or typed.casefold() == BACK:
                raise GivenUp
            if typed == HELP:
                await self.tell(WHAT_NUMBER)
                continue
            try:
                chosen = at if not typed and at else self._digits(typed, 1, len(known))
            except Refusal as refusal:
                await self.refuse(refusal)
            else:
                return self._remember(key, known[chosen - 1][0])

    async def _next(
        self,
        heading: str,
        known: list[tuple[T, str]],
        window: Callable[[int, int], Awaitable[tuple[Sequence[tuple[T, str]], int]]],
    ) -> int:
        rows, total = await window(len(known), PAGE)
        if not rows and not known:
            raise Nothing
        lines = linear([heading] if heading else [], "") + [
            line for n, (_, text) in enumerate(rows, len(known) + 1) for line in linear([f"{n}. {safe(text)}"], "")
        ]
        known += rows
        await self.line.write("".join(f"{line}\n" for line in lines))
        return total

    def _numbers(self, known: int, total: int, at: int) -> str:
        prompt = self.say(N_("Number, 1 to {high}"), high=str(known))
        if known < total:
            prompt += self.say(N_(", or m for more of {total}"), total=total)
        return f"{prompt} [{at}]:" if at else f"{prompt}:"

    async def some(self, label: str, options: Sequence[tuple[T, str]], now: Sequence[T] = ()) -> list[T]:
        """Any of some things, by their numbers; none for a hyphen."""
        lines = [f"{n}. {safe(text)}" for n, (_, text) in enumerate(options, 1)]
        await self.show(self.say(label), *lines)

        def read(typed: str) -> list[T]:
            words = typed.replace(",", " ").split()
            return [options[self._digits(word, 1, len(options)) - 1][0] for word in dict.fromkeys(words)]

        def write(chosen: list[T]) -> str:
            return ", ".join(str(n) for n, (each, _) in enumerate(options, 1) if each in chosen)

        help_text = N_("Type the numbers with spaces between them.")
        return await self.question(N_("Numbers"), list(now), read, write, help_text)

    async def agree(self, question: str = QUESTION) -> bool:
        """Whether the person says yes."""
        yes, no = self.say(YES), self.say(NO)
        while True:
            typed = comparable(await self.read(self.say(question, yes=yes)))
            if typed in (comparable(yes), comparable(yes)[:1]):
                return True
            if typed in (comparable(no), comparable(no)[:1], GIVE_UP):
                return False
            await self.tell(YES_OR_NO, yes=yes, no=no)

    async def yes_no(self, label: str, now: bool) -> bool:
        """Yes or no, as an answer of a form."""
        return await self.pick(label, [(True, self.say(YES)), (False, self.say(NO))], now)


async def converse(line: Line, session: Session) -> int:
    """Serve one person until they leave; 0, or 1 where their input ended within a task or nothing could be opened."""
    from tui.plain.sign_in import front_door

    talk = Talk(line, session)
    try:
        try:
            await front_door(talk)
        except Left:
            pass
        except EOFError:
            with suppress(OSError):
                await talk.show("", talk.say(ENDED))
            return 1 if talk.within else 0
        except Refusal as refusal:
            await talk.refuse(refusal)
            return 1
        await talk.tell(BYE)
    except EOFError:
        return 1
    return 0
