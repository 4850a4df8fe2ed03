"""Exit codes: what a script can tell apart without reading a sentence; part of the contract (`docs/commands.md`).

Refusals are known here by name, so that none of the rooms they come from is loaded to fail on something else.
"""

from __future__ import annotations

from billing.errors import Refusal

DONE = 0
REFUSED = 1
NOT_UNDERSTOOD = 2
NOT_FOUND = 3
NOT_ALLOWED = 4
MOVED = 5
DECLINED = 6
UNDECIDED = 7
IN_USE = 8
INTERRUPTED = 130

BY_REFUSAL = {
    "NotFound": NOT_FOUND,
    "InvalidUserId": NOT_FOUND,
    "NotAllowed": NOT_ALLOWED,
    "Stale": MOVED,
    "PreviewStale": MOVED,
    "Conflict": MOVED,
    "QuoteMoved": MOVED,
    "StoreInUse": IN_USE,
    "OwnerGone": UNDECIDED,
    "NotUnderstood": NOT_UNDERSTOOD,
}
"""The code of each refusal that has one of its own; its subclasses share it."""

BY_CHARGE = {"failed": DECLINED, "sent": UNDECIDED, "unknown": UNDECIDED, "needs_customer": UNDECIDED}
"""The code of a payment's state; in any other the money moved, or is on its way."""


class NotUnderstood(Refusal):
    """What was typed does not say enough, or says what cannot be."""


def code_of(refusal: Refusal) -> int:
    """The exit code of a refusal."""
    return next((BY_REFUSAL[c.__name__] for c in type(refusal).__mro__ if c.__name__ in BY_REFUSAL), REFUSED)
