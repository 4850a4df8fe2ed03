"""What can go wrong, as types a screen can show.

A `Refusal` carries its sentence as a catalogue message with named values: what happened, what was kept and
what to do next. It is raised where the fact is known and shown where a person can act on it, in their language.
"""

from __future__ import annotations

from typing import Any, ClassVar


def N_(message: str) -> str:
    """Mark `message` for the catalogues without translating it here."""
    return message


class Refusal(Exception):
    """Something asked that is not done. `message` is the catalogue sentence; `values` fill its named places."""

    message: ClassVar[str] = N_("This could not be done. Nothing was changed.")

    def __init__(self, **values: Any) -> None:
        super().__init__(self.message.format(**values))
        self.values = values


class NotFound(Refusal):
    """No such record, or one of another account: the two are not told apart (ASVS 8.2.2)."""

    message = N_("{id} was not found. Nothing was changed. Check the number, or search the list.")


class NotAllowed(Refusal):
    """The person's role on this account does not include the act."""

    message = N_("Your role on this account does not allow this. Nothing was changed. Ask the billing contact.")


class Stale(Refusal):
    """Somebody else changed the record since it was read."""

    message = N_("Somebody else changed this meanwhile. Nothing of yours was saved. Look at it again and retry.")


class Duplicate(Refusal):
    """A unique key is already taken."""

    message = N_("{key} already exists. Nothing was changed.")


class VisitEnded(Refusal):
    """The password was changed, or taken away, since this visit began."""

    message = N_("Your visit has ended: the password was changed meanwhile. Sign in again with the new one.")


class KeyRevoked(VisitEnded):
    """The key that opened this visit was revoked."""

    message = N_("Your visit has ended: the key you came by was revoked. Sign in again with your password.")
