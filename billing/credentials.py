"""What opens a door: a user ID and a password, for one counter only. One person may hold several; they never mix."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, Protocol

from billing.errors import N_, Refusal
from billing.record import Id, Index, Record


class Counter(Enum):
    """A place to sign in."""

    CENTER = "center"
    """The Billing Center: the product log-in of self-service accounts."""
    ENTERPRISE = "enterprise"
    """The Enterprise Billing Portal: a user ID of its own, printed on enterprise invoices."""
    DESK = "desk"
    """The representative's desk: the vendor's side of the enterprise counter."""


class Credential(Record, frozen=True, kw_only=True):
    """A user ID at one counter. `password_hash` is in PHC format (Argon2id); the password is never held."""

    kind: ClassVar[str] = "credentials"
    indexes: ClassVar[tuple[Index, ...]] = (
        Index("user_id", lambda c: [(c.counter.value, c.user_id)], unique=True),
        Index("person", lambda c: [(c.person_id, c.counter.value)]),
    )

    counter: Counter
    user_id: str
    """Lower case."""
    person_id: Id
    password_hash: str
    """Empty until the person has created their password: nothing opens the door before."""
    generation: int = 0
    """Counts passwords: a visit that began with an older one has ended."""


class Crowded(Refusal):
    """More passwords are to be checked than this machine can: whoever they are of."""

    message = N_("Many people are signing in at this moment. Nothing was changed. Try again in a few seconds.")


class Passwords(Protocol):
    """The port to password hashing. Slow on purpose: call it off the event loop. May raise `Crowded`."""

    def hash(self, password: str) -> str:
        """A new salted hash in PHC format."""
        ...

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether the password is the one hashed. A damaged hash matches nothing."""
        ...

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...

    @property
    def dummy(self) -> str:
        """A hash of nothing known, verified where there is no credential so that both answers take as long."""
        ...
