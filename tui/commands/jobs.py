"""`ventanilla jobs`: the daily work that a server does by itself, each piece with what it last came to."""

from __future__ import annotations

from typing import Any

from billing.errors import N_
from tui.commands.call import Call
from tui.commands.exits import DONE, REFUSED
from tui.commands.render import Table
from tui.commands.words import LateParser, output
from tui.daily import STEPS

_NEVER = N_("not done yet")
_HEADINGS = (N_("Job"), N_("Day"), N_("Ended"), N_("Result"))


def words(topic: str, parser: LateParser) -> None:
    """The words after `jobs`."""
    del topic
    parser.does(_jobs, output)


def _jobs(call: Call) -> int:
    """What each came to; 1 where one failed, so that a script can watch it."""
    from tui.serving.jobs import last_results, results_file
    from tui.wiring import default_store_url

    kept = last_results(results_file(call.options.store or default_store_url()))
    shapes: list[dict[str, Any]] = []
    rows = []
    for name in STEPS:
        if (last := kept.get(name)) is None:
            shapes.append({"name": name, "day": None, "began": None, "ended": None, "failed": False, "said": ""})
            rows.append((name, "", "", call.say(_NEVER)))
        else:
            kept_shape = {field: getattr(last, field) for field in ("day", "began", "ended", "failed", "said")}
            shapes.append({"name": name, **kept_shape})
            ended = f"{last.ended:%Y-%m-%d %H:%M} UTC"
            rows.append((name, call.date(last.day), ended, call.say(last.message, **last.values)))
    call.answer({"jobs": shapes}, Table(tuple(call.say(heading) for heading in _HEADINGS), rows))
    return REFUSED if any(last.failed for last in kept.values()) else DONE
