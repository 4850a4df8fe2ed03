"""What happens when the program itself is at fault: one kind sentence for the person, the facts in a file.

Textual would print a traceback with local variables, passwords and all, on the person's terminal. Here the person
sees a reference; the traceback, without locals, goes to a log only the operator can read.
"""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from billing.errors import N_
from billing.language import Language

SORRY = N_(
    "Something went wrong in Ventanilla, and it had to close. What you had confirmed is saved. Start it again; "
    "if it happens once more, give your vendor the reference {reference} (details in {place})."
)

SORRY_AWAY = N_(
    "Something went wrong in Ventanilla, and your visit had to end. What you had confirmed is saved. Connect again; "
    "if it happens once more, give your vendor the reference {reference}."
)

LONGEST_LOG = 10 * 1024 * 1024
"""Bytes of a log; then it is put aside, and the one put aside before is let go."""


def log_folder() -> Path:
    """Where the log is kept: the XDG state folder."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "ventanilla"


def record_crash(error: BaseException, language: Language, folder: Path, *, away: bool = False) -> str:
    """Write the traceback of `error` to the log and return the sentence for the person, who may be `away` from it."""
    reference = f"E-{token_hex(4).upper()}"
    place = folder / "crash.log"
    lines = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if place.exists() and place.stat().st_size > LONGEST_LOG:
            place.replace(place.with_suffix(".log.1"))
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as log:
            log.write(f"{moment} {reference}\n{lines}\n")
    except OSError as unwritable:
        if not away:
            return language.say(SORRY, reference=reference, place=str(unwritable.strerror))
    if away:
        return language.say(SORRY_AWAY, reference=reference)
    return language.say(SORRY, reference=reference, place=place)
