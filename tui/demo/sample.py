"""Invented data of any size: the same for the same seed, of the same kind as the demonstration's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from billing.accounts import AccountType, Role
from billing.kinds import KINDS
from billing.periods import Frequency, billing_periods
from billing.store import Store
from billing.vendor import Address
from storage.dataset import Dataset, copied
from storage.registry import open_store
from tui.demo.cast import AS_OF, CAST, REPRESENTATIVE
from tui.demo.customers import PLANS, Change, Contact, Customer, Licence, Way, french_vat_id, spanish_tax_id
from tui.demo.life import lived
from tui.demo.meetings import met


@dataclass(frozen=True, slots=True)
class _Place:
    """Where customers come from, and how their purchases are taxed."""

    country: str
    currency: str
    language: str
    time_zone: str
    cities: tuple[str, ...]
    tax_id: Callable[[int], str]


def _no_tax_id(_: int) -> str:
    return ""


_SPAIN = _Place("ES", "EUR", "es", "Europe/Madrid", ("Madrid", "Cádiz", "A Coruña"), spanish_tax_id)
_PLACES = (
    _SPAIN,
    _SPAIN,
    _Place("ES", "USD", "es", "Europe/Madrid", ("Bilbao", "Elche"), spanish_tax_id),
    _Place("FR", "EUR", "en", "Europe/Paris", ("Nîmes", "Orléans"), french_vat_id),
    _Place("GB", "GBP", "en", "Europe/London", ("Leeds", "Cardiff"), _no_tax_id),
    _Place("US", "USD", "en", "America/New_York", ("Boston", "Austin"), _no_tax_id),
    _Place("JP", "JPY", "en", "Asia/Tokyo", ("大阪市", "札幌市"), _no_tax_id),
)
_FIRST = ("Ágora", "Delta", "Ñandú", "Norte", "Große", "Élan", "Łódka", "Ωmega", "さくら", "نور", "Sol", "Río")
_SECOND = ("Soporte", "Ingeniería", "Software", "Telecom", "Logística", "Clínica", "Studio", "Works", "技研", "Handel")
_PEOPLE = ("Ana", "Íñigo", "Zoé", "Jürgen", "Søren", "由紀", "ليلى", "Olga", "Tomás", "Núria")
_FREQUENCIES = (
    *(Frequency.MONTHLY,) * 4,
    Frequency.QUARTERLY,
    Frequency.HALF_YEARLY,
    Frequency.YEARLY,
    Frequency.WEEKLY,
)


def demonstration() -> Dataset:
    """The data behind `ventanilla demo`; `demo_data.json` holds it."""
    return dataset(CAST, AS_OF, met)


def dataset(customers: Sequence[Customer], as_of: date, meet: Callable[[Store, date], None] | None = None) -> Dataset:
    """What the customers' lives up to `as_of` leave in a store; `meet` is what they do at desks."""
    store = open_store("memory:", KINDS)
    lived(store, customers, as_of, meet)
    return copied(store, as_of)


def sample(accounts: int, years: int, seed: int, as_of: date, busiest: int | None = None) -> Dataset:
    """`accounts` invented customers with up to `years` of history before `as_of`.

    The first has the whole history; with `busiest`, exactly so many invoices, for seeing what a very long list does.
    """
    return dataset(tuple(_customers(accounts, years, seed, as_of, busiest)), as_of)


def _customers(accounts: int, years: int, seed: int, as_of: date, busiest: int | None) -> Iterator[Customer]:
    chance = Random(seed)  # noqa: S311 - invented data, the same for the same seed
    for number in range(accounts):
        since = as_of - timedelta(days=years * 365 if number == 0 else chance.randint(1, years * 365))
        place = chance.choice(_PLACES)
        licences = tuple(_licences(chance, since, as_of))
        sessions = 0
        if number == 0 and busiest is not None:
            licences = (Licence(PLANS[0], 12, Frequency.MONTHLY, since, since.day),)
            renewals = len(billing_periods(since, None, as_of, Frequency.MONTHLY, since.day))
            licences, sessions = (licences, busiest - renewals) if busiest >= renewals else ((), busiest)
        yield _customer(chance, number, place, since, licences, sessions)


def _customer(
    chance: Random, number: int, place: _Place, since: date, licences: tuple[Licence, ...], sessions: int
) -> Customer:
    corporate = chance.random() < 0.25
    contacts = tuple(_contacts(chance, number, corporate))
    return Customer(
        id=f"c{number:05d}",
        type=AccountType.CORPORATE if corporate else AccountType.SELF_SERVICE,
        name=f"{chance.choice(_FIRST)} {chance.choice(_SECOND)} {number}",
        address=Address(
            lines=(f"{chance.choice(_FIRST)} {number + 1}",), city=chance.choice(place.cities), country=place.country
        ),
        currency=place.currency,
        language=place.language,
        time_zone=place.time_zone,
        since=since,
        email=contacts[0].email,
        tax_id=place.tax_id(number + 1),
        way=None if corporate else chance.choice((Way.CARD, Way.CARD, Way.DEBIT)),
        payment_days=chance.choice((30, 60)) if corporate else chance.choice((0, 0, 15)),
        unpaid=chance.choice((0, 0, 0, 1, 3)),
        part_paid=chance.random() < 0.1,
        credited=((chance.randint(1, 6), chance.choice((10, 50, 100)), "Ajuste"),) if chance.random() < 0.2 else (),
        contacts=contacts,
        licences=licences,
        sessions=sessions,
        representative=REPRESENTATIVE if corporate else "",
    )


def _contacts(chance: Random, number: int, corporate: bool) -> Iterator[Contact]:
    """A billing contact, and on two accounts of three somebody without rights."""
    domain = f"c{number:05d}.example"
    for letter, mailbox, role in (("p", "billing", Role.OWNER), ("m", "user", Role.MEMBER))[: 2 if number % 3 else 1]:
        name = f"{chance.choice(_PEOPLE)} {chance.choice(_FIRST)}"
        user_id = f"c{number:05d}-billing" if corporate and role is Role.OWNER else ""
        yield Contact(f"{letter}{number:05d}", name, f"{mailbox}@{domain}", role, user_id)


def _licences(chance: Random, since: date, as_of: date) -> Iterator[Licence]:
    for _ in range(chance.choice((1, 1, 1, 2))):
        frequency = chance.choice(_FREQUENCIES)
        anchor = since.isoweekday() if frequency is Frequency.WEEKLY else chance.choice((since.day, 1, 31))
        quantity, plan = chance.randint(1, 40), chance.choice(PLANS)
        change = Change(since + timedelta(days=chance.randint(5, 900)), quantity + chance.randint(1, 9))
        changes = (change,) if chance.random() < 0.3 and change.on <= as_of else ()
        discount = chance.choice((0, 0, 0, 10, 25))
        yield Licence(plan, quantity, frequency, since, anchor, discount_percent=discount, changes=changes)
