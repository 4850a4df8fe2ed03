"""`verify`: prove that the books of a store agree with themselves; every record that does not is named."""

from __future__ import annotations

from datetime import UTC, datetime

from billing.errors import N_
from billing.language import Language
from billing.store import Store
from billing.verify import Fault, ledger_faults
from storage.dataset import copied
from storage.dataset_rules import faults
from tui.commands.call import Call
from tui.commands.exits import DONE, REFUSED
from tui.commands.render import Table
from tui.commands.words import LateParser, output

MOST_SHOWN = 100


def words(topic: str, parser: LateParser) -> None:
    """The words after `verify`."""
    del topic
    parser.does(_verify, output)


def found_in(store: Store) -> list[Fault]:
    """What is wrong in a store, the first hundred: what is wrong within the records comes before what is between."""
    records = copied(store, datetime.now(UTC).date()).records
    wrong = []
    for rules in (faults, ledger_faults):
        for fault in rules(records):
            wrong.append(fault)
            if rules is faults or len(wrong) == MOST_SHOWN:  # what comes later takes the earlier for granted
                return wrong
    return wrong


def _verify(call: Call) -> int:
    with call.store() as store:
        wrong = found_in(store)
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
