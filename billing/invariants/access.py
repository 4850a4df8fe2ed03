"""Requests for a code, codes and counts of tries hold hashes, never what they are hashes of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from billing.access import LASTS, AccessCode, AccessRequest
from billing.errors import Refusal
from billing.invariants.shapes import Found
from billing.sign_in import canonical_user_id
from billing.throttle import Tries

_HASH = re.compile(r"[0-9a-f]{64}")


def wrong_in_request(request: AccessRequest) -> Iterator[Found]:
    """A request for a code."""
    try:
        proper = canonical_user_id(request.user_id) == request.user_id
    except Refusal:
        proper = False
    if not proper:
        yield "user_id", "is no user ID in lower case"
    if request.attempts < 0:
        yield "attempts", "must not be negative"


def wrong_in_code(code: AccessCode) -> Iterator[Found]:
    """A code that was mailed."""
    if not _HASH.fullmatch(code.id):
        yield "id", "must be the SHA-256 of a code"
    if not code.made_at < code.expires_at <= code.made_at + LASTS[code.purpose]:
        yield "expires_at", "is later than such a code lasts, or before it was made"


def wrong_in_tries(tries: Tries) -> Iterator[Found]:
    """A count of tries."""
    if tries.count < 0:
        yield "count", "must not be negative"
