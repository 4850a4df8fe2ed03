"""`verify`: prove that the books of a store agree with themselves; every record that does not is named."""

from __future__ import annotations

from itertools import islice

from billing.errors import N_
from billing.invariants import Fault
from billing.language import Language
from billing.verify import verify
from tui.commands.call import Call
from tui.commands.exits import DONE, REFUSED
from tui.commands.render import Table
from tui.commands.words import LateParser, output

MOST_SHOWN = 100


def words(topic: str, parser: LateParser) -> None:
    """The words after `verify`."""
    del topic
    parser.does(_verify, output)


def _verify(call: Call) -> int:
    with call.store() as store:
        wrong = list(islice(verify(store), MOST_SHOWN))
    call.answer(
        {"clean": not wrong, "faults": [{"record": r, "field": f, "reason": why} for r, f, why in wrong]},
        *_parts(call.language, wrong),
    )
    return REFUSED if wrong else DONE


def _parts(language: Language, wrong: list[Fault]) -> tuple[str | Table, ...]:
    if not wrong:
        return (language.say(N_("The books agree: every invariant holds.")),)
    heads = tuple(language.say(m) for m in (N_("Record"), N_("Field"), N_("What is wrong")))
    return (Table(heads, wrong),)
