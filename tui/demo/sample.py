"""Invented data of any size: the same for the same seed, of the same kind as the demonstration's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from billing.accounts import AccountType, Role
from billing.periods import Frequency
from billing.tax import TaxCategory
from billing.vendor import Address
from storage.dataset import Dataset
from tui.demo.cast import AS_OF, CAST
from tui.demo.customers import PLANS, Contact, Customer, Licence, spanish_tax_id
from tui.demo.history import dataset

_PLACES = (
    (
        "ES",
        "EUR",
        "es",
        "Europe/Madrid",
        TaxCategory.STANDARD,
        21,
        ("Madrid", "Sevilla", "Cádiz", "A Coruña", "Logroño"),
    ),
    ("FR", "EUR", "en", "Europe/Paris", TaxCategory.REVERSE_CHARGE, 0, ("Lyon", "Nîmes", "Orléans")),
    ("GB", "GBP", "en", "Europe/London", TaxCategory.OUTSIDE, 0, ("Leeds", "Bristol", "Cardiff")),
    ("US", "USD", "en", "America/New_York", TaxCategory.OUTSIDE, 0, ("Boston", "Austin", "Denver")),
    ("JP", "JPY", "en", "Asia/Tokyo", TaxCategory.OUTSIDE, 0, ("大阪市", "京都市", "札幌市")),
)
_FIRST = ("Ágora", "Delta", "Ñandú", "Norte", "Große", "Élan", "Łódka", "Ωmega", "さくら", "نور", "Sol", "Río")
_SECOND = ("Soporte", "Ingeniería", "Software", "Telecom", "Logística", "Clínica", "Studio", "Works", "技研", "Handel")
_PEOPLE = ("Ana", "Íñigo", "Zoé", "Jürgen", "Søren", "由紀", "ليلى", "Olga", "Tomás", "Núria")


def demonstration() -> Dataset:
    """The data behind `ventanilla demo`; `demo_data.json` holds it."""
    return dataset(CAST, AS_OF)


def sample(accounts: int, years: int, seed: int, as_of: date, busiest: int | None = None) -> Dataset:
    """`accounts` invented customers with up to `years` of history before `as_of`.

    `busiest` gives the first of them about so many invoices, for seeing what a very long history does.
    """
    return dataset(tuple(_customers(accounts, years, Random(seed), as_of, busiest)), as_of)  # noqa: S311 - invented data


def _customers(accounts: int, years: int, chance: Random, as_of: date, busiest: int | None) -> Iterator[Customer]:
    for number in range(accounts):
        country, currency, language, zone, category, rate, cities = chance.choice(_PLACES)
        corporate = chance.random() < 0.25
        longest = years * 365
        since = as_of - timedelta(days=longest if number == 0 else chance.randint(1, longest))
        domain = f"c{number:05d}.example"
        owner = Contact(
            f"p{number:05d}",
            f"{chance.choice(_PEOPLE)} {chance.choice(_FIRST)}",
            f"billing@{domain}",
            user_id=f"c{number:05d}-billing" if corporate else "",
        )
        member = Contact(
            f"m{number:05d}", f"{chance.choice(_PEOPLE)} {chance.choice(_FIRST)}", f"user@{domain}", Role.MEMBER
        )
        yield Customer(
            id=f"c{number:05d}",
            type=AccountType.CORPORATE if corporate else AccountType.SELF_SERVICE,
            name=f"{chance.choice(_FIRST)} {chance.choice(_SECOND)} {number}",
            address=Address(lines=(f"{chance.choice(_FIRST)} {number}",), city=chance.choice(cities), country=country),
            currency=currency,
            language=language,
            time_zone=zone,
            since=since,
            email=owner.email,
            tax_id=spanish_tax_id(number) if country == "ES" else "",
            category=category,
            rate=Decimal(rate),
            payment_days=chance.choice((0, 0, 15, 30, 60)),
            unpaid=chance.choice((0, 0, 0, 1, 3)),
            part_paid=chance.random() < 0.1,
            credited=((chance.randint(1, 6), chance.choice((10, 50, 100)), "Ajuste"),) if chance.random() < 0.2 else (),
            contacts=(owner, member) if number % 3 else (owner,),
            licences=tuple(_licences(chance, since, years, busiest if number == 0 else None)),
            representative="Elena Prats (LogMeIn)" if corporate else "",
        )


def _licences(chance: Random, since: date, years: int, busiest: int | None) -> Iterator[Licence]:
    if busiest is not None:
        for number in range(max(busiest // (years * 365 // 7), 1)):
            start = since + timedelta(days=number % 7)
            yield Licence(PLANS[number % len(PLANS)], 1 + number % 5, Frequency.WEEKLY, start, start.isoweekday())
        return
    for _ in range(chance.choice((1, 1, 1, 2))):
        frequency = chance.choice((Frequency.MONTHLY, Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.YEARLY))
        discount = chance.choice((0, 0, 0, 10, 25))
        yield Licence(
            chance.choice(PLANS), chance.randint(1, 40), frequency, since, since.day, discount_percent=discount
        )
