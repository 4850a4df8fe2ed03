"""What lets somebody create a password: a request, and the single-use code that is mailed for it.

Whoever asks leaves one request of the same shape whether the user ID exists or not; only the delivery of mail looks.
The code is made when its mail is sent and is kept nowhere: only its hash is (trust notes, 4.4; ASVS 6.5.2, 6.4.6).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar

from billing.credentials import Counter
from billing.record import Id, Index, Record

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit."""

LENGTH = 26
"""Characters of a code: 130 bits."""

GROUP = 5
"""Characters between dashes, so that a code can be read out and typed at a kiosk."""


class Purpose(Enum):
    """Why somebody is to create a password."""

    RESET = "reset"
    INVITATION = "invitation"


LASTS = {Purpose.RESET: timedelta(minutes=30), Purpose.INVITATION: timedelta(days=7)}


class AccessRequest(Record, frozen=True, kw_only=True):
    """Somebody asked for a code, or was invited. `done_at` is set once it was looked after, whatever came of it."""

    kind: ClassVar[str] = "access_requests"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("due", lambda r: [(r.next_at.isoformat(), r.id)] if r.done_at is None else [], shared=True),
        Index("source", lambda r: [(r.source, r.at.isoformat())], shared=True),
        Index("at", lambda r: [(r.at.isoformat(), r.id)], shared=True),
    )

    counter: Counter
    user_id: str
    purpose: Purpose
    at: datetime
    source: str
    """A hash of where it came from."""
    next_at: datetime
    attempts: int = 0
    done_at: datetime | None = None


class AccessCode(Record, frozen=True, kw_only=True):
    """A code that was mailed; the id is its SHA-256. It opens one credential once, while its `generation` lasts."""

    kind: ClassVar[str] = "access_codes"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("credential", lambda c: [(c.credential_id, c.made_at.isoformat())], shared=True),
    )

    credential_id: Id
    purpose: Purpose
    made_at: datetime
    expires_at: datetime
    generation: int


def written(number: int) -> str:
    """A code of 130 bits in groups, with a check character at its end: `4KT9Q-...`."""
    digits = "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(LENGTH)))
    whole = digits + _check(digits)
    return "-".join(whole[start : start + GROUP] for start in range(0, len(whole), GROUP))


def read(typed: str) -> str | None:
    """The code as it is hashed, however it was grouped and spelt; None where it can be none."""
    text = "".join(c for c in typed.upper() if not (c.isspace() or c == "-"))
    text = text.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(text) != LENGTH + 1 or any(c not in ALPHABET for c in text) or _check(text[:-1]) != text[-1]:
        return None
    return text


def hashed(code: str) -> Id:
    """What is kept of a code, and of where a request comes from."""
    return hashlib.sha256(code.encode()).hexdigest()


def _check(digits: str) -> str:
    """A digit that finds every mistyped character and every swap of neighbours (weights prime to 31)."""
    return ALPHABET[sum((place + 1) * ALPHABET.index(c) for place, c in enumerate(digits)) % 31]
