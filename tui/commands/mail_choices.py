"""`mail-choices`: who receives which mail about the account; and choosing it."""

from __future__ import annotations

from billing.errors import N_, NotFound
from billing.mail_choices import KIND_WORDS, MailChoice, choices, choose
from billing.outbox import MailKind
from tui.commands import shapes
from tui.commands.call import Call
from tui.commands.render import Table
from tui.commands.words import LateParser, somebody


def words(topic: str, parser: LateParser) -> None:
    """The words after `mail-choices`."""
    del topic
    group = parser.group()
    parser.command(group, "show", _show, "who receives what", somebody)
    setting = parser.command(group, "set", _set, "let a person receive exactly these kinds", somebody)
    setting.add_argument("email", metavar="EMAIL", help="the person")
    setting.add_argument("kinds", nargs="*", choices=[k.value for k in MailKind], metavar="KIND")


def _show(call: Call) -> int:
    with call.desk() as desk:
        return _answer(call, choices(desk))


def _set(call: Call) -> int:
    with call.desk() as desk:
        found = next((c for c in choices(desk) if c.person.email == call.options.email), None)
        if found is None:
            raise NotFound(kind="people", id=call.options.email)
        choose(desk, found.membership_id, {MailKind(k) for k in call.options.kinds})
        return _answer(call, choices(desk))


def _answer(call: Call, found: tuple[MailChoice, ...]) -> int:
    shape: list[shapes.Shape] = [
        {"name": c.person.name, "email": c.person.email, "role": c.role, "receives": list(c.receives)} for c in found
    ]
    heads = tuple(call.say(m) for m in (N_("Name"), N_("E-mail"), N_("Receives")))
    rows = [(c.person.name, c.person.email, ", ".join(call.say(KIND_WORDS[k]) for k in c.receives)) for c in found]
    return call.answer({"people": shape}, Table(heads, rows))
