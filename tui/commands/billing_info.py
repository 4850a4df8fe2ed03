"""`billing-info`: who is invoiced, where and how; and changing it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from billing.billing_fields import FIELD_WORDS, BillingInformation
from billing.billing_information import (
    BillingPreview,
    change_billing_information,
    preview_billing_information,
    read_billing_information,
    tax_words,
)
from billing.errors import N_
from billing.language import NAMES
from tui.commands.call import Call
from tui.commands.render import Part, Table
from tui.commands.words import LateParser, consent, somebody

ONE = ("name", "tax_id", "postcode", "city", "region", "country", "email")
"""Fields of one text."""


def words(topic: str, parser: LateParser) -> None:
    """The words after `billing-info`."""
    del topic
    group = parser.group()
    parser.command(group, "show", _show, "what invoices are made out to", somebody)
    setting = parser.command(group, "set", _set, "change it; what is not named stays", somebody, consent)
    for field in ONE:
        setting.add_argument(f"--{field.replace('_', '-')}", dest=f"new_{field}", metavar="TEXT")
    setting.add_argument("--address", dest="new_lines", action="append", metavar="LINE", help="once for each line")
    setting.add_argument("--copy-to", dest="new_copies_to", action="append", metavar="EMAIL", help="once for each")
    setting.add_argument("--no-copies", action="store_true", help="send no copies")
    setting.add_argument("--invoice-language", dest="new_language", choices=tuple(NAMES))


def _show(call: Call) -> int:
    with call.desk() as desk:
        now = read_billing_information(desk)
    return call.answer({"billing_information": asdict(now)}, _facts(call, now))


def _facts(call: Call, now: BillingInformation) -> list[tuple[str, str]]:
    return [(call.say(word), _written(getattr(now, field))) for field, word in FIELD_WORDS.items()]


def _written(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _set(call: Call) -> int:
    named: dict[str, Any] = {
        field: tuple(value) if isinstance(value, list) else value
        for field in FIELD_WORDS
        if (value := getattr(call.options, f"new_{field}")) is not None
    }
    if call.options.no_copies:
        named["copies_to"] = ()
    with call.desk() as desk:
        seen = preview_billing_information(desk, replace(read_billing_information(desk), **named))
        if not call.agreed(_shape(seen), _parts(call, seen)):
            return 0
        change_billing_information(desk, seen)
        now = read_billing_information(desk)
    return call.answer({"billing_information": asdict(now)}, _facts(call, now))


def _shape(seen: BillingPreview) -> dict[str, Any]:
    return {
        "changes": [asdict(change) for change in seen.changes],
        "tax": {"before": seen.tax_before, "after": seen.tax_after, "changes": seen.tax_changes},
        "next_renewal": asdict(seen.renewal) if seen.renewal else None,
    }


def _parts(call: Call, seen: BillingPreview) -> list[Part]:
    heads = tuple(call.say(m) for m in (N_("Field"), N_("Before"), N_("After")))
    parts: list[Part] = [Table(heads, [(call.say(FIELD_WORDS[c.field]), c.before, c.after) for c in seen.changes])]
    if seen.tax_changes:
        before, after = (tax_words(t, call.language) for t in (seen.tax_before, seen.tax_after))
        parts += [
            "",
            call.say(N_("The next invoice is taxed otherwise: {before}, then {after}."), before=before, after=after),
        ]
    if seen.renewal:
        message = N_("The renewal on {on}: {before} before, {after} after.")
        renewal = seen.renewal
        parts.append(call.say(message, on=renewal.on, before=renewal.before, after=renewal.after))
    return parts
