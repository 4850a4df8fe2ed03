"""An account with somebody in every role, a second account beside it, and a clock that can be moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from billing.accounts import Account, AccountType, Membership, Person, Role
from billing.audit import AuditEvent
from billing.credentials import Counter
from billing.desk import Desk
from billing.kinds import KINDS
from billing.outbox import OutboxMessage
from billing.record import Id, changed
from billing.store import Store
from billing.vendor import Address
from storage.registry import open_store
from tests.gateways.samples import VENDOR

MARTA = Person(id="marta", version=1, name="Marta", email="marta@acme.example", language="es")
OLGA = Person(id="olga", version=1, name="Olga", email="olga@acme.example", language="en")
PABLO = Person(id="pablo", version=1, name="Pablo", email="pablo@acme.example", language="es")
VERA = Person(id="vera", version=1, name="Vera", email="vera@acme.example", language="en")
LUIS = Person(id="luis", version=1, name="Luis", email="luis@acme.example", language="es")
ADA = Person(id="ada", version=1, name="Ada", email="ada@other.example")

ROLES = {
    MARTA: ("acme", Role.OWNER),
    OLGA: ("acme", Role.OWNER),
    PABLO: ("acme", Role.PAYER),
    VERA: ("acme", Role.VIEWER),
    LUIS: ("acme", Role.MEMBER),
    ADA: ("other", Role.OWNER),
}


@dataclass
class Office:
    """The store and whoever stands at its desks."""

    store: Store = field(default_factory=lambda: open_store("memory:", KINDS))
    now: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)
    _ids: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        with self.store.write() as books:
            books.put(VENDOR)
            for name in ("acme", "other"):
                books.put(
                    Account(
                        id=name,
                        type=AccountType.SELF_SERVICE,
                        name=f"{name.title()}, S.L.",
                        address=Address(lines=("Calle 1",), city="Madrid", country="ES"),
                        email=f"info@{name}.example",
                        currency="EUR",
                        language="es",
                        time_zone="Europe/Madrid",
                        since=date(2024, 1, 1),
                        copies_to=(f"asesor@{name}-gestoria.example",),
                    )
                )
            for person, (account, role) in ROLES.items():
                books.put(changed(person, version=0))
                books.put(Membership(id=f"m-{person.id}", account_id=account, person_id=person.id, role=role))

    def desk(self, person: Person) -> Desk:
        account_id, role = ROLES[person]
        with self.store.read() as books:
            account = books.get(Account, account_id)
        return Desk(self.store, lambda: self.now, Counter.CENTER, person, account, role, self.now, self.fresh_id)

    def fresh_id(self) -> Id:
        return f"id{next(self._ids):04d}"

    def pass_by(self, time: timedelta) -> None:
        self.now += time

    @property
    def outbox(self) -> tuple[OutboxMessage, ...]:
        with self.store.read() as books:
            return tuple(sorted(books.every(OutboxMessage), key=lambda m: (m.written_at, m.to)))

    @property
    def trail(self) -> tuple[AuditEvent, ...]:
        with self.store.read() as books:
            return books.every(AuditEvent)


@pytest.fixture
def office() -> Office:
    return Office()
