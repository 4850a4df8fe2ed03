"""Who is at the other end of a connection: what is proven of them, and what their client says of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from billing.credentials import Counter
from billing.language import Language, preferred

if TYPE_CHECKING:
    from billing.sign_in import SignedIn
    from screens.session import Services

LONGEST_VALUE = 64
"""Characters of an environment value that is taken from a client; no terminal or locale has a longer name."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.@_+-]*", re.ASCII)
_WANTED = re.compile(r"TERM|COLORTERM|NO_COLOR|LANG|LC_ALL|LC_MESSAGES", re.ASCII)

UNKNOWN_TERMINAL = "xterm"
"""What is drawn for where the terminal's name is not one: sixteen colours, which every terminal has."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the other end of a connection."""

    services: Services
    """The server's; their `source` is where the person comes from."""
    language: Language
    identity: SignedIn | None
    """Proven by key or password; None where they sign in at the counter itself."""
    environment: Mapping[str, str]
    """What of their environment is believed; TERM is there for a terminal."""


def wanted(name: str) -> bool:
    """Whether a variable of a client's environment is looked at."""
    return _WANTED.fullmatch(name) is not None


def taken(environment: Mapping[str, str], term: str | None) -> Mapping[str, str]:
    """What of a client's environment is believed: known names with the values of plain words."""
    kept = {
        name: value
        for name, value in environment.items()
        if wanted(name) and len(value) <= LONGEST_VALUE and _WORD.fullmatch(value)
    }
    kept.pop("TERM", None)
    if term is not None:
        kept["TERM"] = term if len(term) <= LONGEST_VALUE and _WORD.fullmatch(term) else UNKNOWN_TERMINAL
    return MappingProxyType(kept)


def language_of(environment: Mapping[str, str]) -> Language:
    """The language of a client's locale, else the house's own."""
    return preferred(*(environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")))


def door_of(user_name: str) -> tuple[Counter, str] | None:
    """The counter and user ID of `center+ID`, `enterprise+ID` or `desk+ID`; None for a bare name.

    The prefix alone decides whether a password is asked for, so that the answer tells nothing about who exists.
    """
    door, plus, user_id = user_name.partition("+")
    if not plus or door not in {counter.value for counter in Counter}:
        return None
    return Counter(door), user_id
