"""What the invented vendor sells, and what is said of an invented customer before its history is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from billing.accounts import AccountType, Role
from billing.catalogue import Coupon, Plan, Price
from billing.periods import Frequency
from billing.vendor import Address, Bank, Dunning, Party, Vendor

PASSWORD_HASH = "$argon2id$v=19$m=65536,t=3,p=1$dmVudGFuaWxsYS1kZW1vIQ$ei89ONznNasWKYRO7MoNgWeTRcftUz2r55bC0zcrl94"  # noqa: S105
"""Argon2id of the word `ventanilla`, which opens every door of a demonstration."""

SELLER = Party(
    name="LogMeIn Ibérica Demo, S.L.",
    address=Address(lines=("Calle de la Ventanilla 5, 2.º",), postcode="28014", city="Madrid", country="ES"),
    tax_id="B12345674",
    email="facturacion@logmein.example",
)

VENDOR = Vendor(
    id=Vendor.ID,
    brand="LogMeIn",
    product="GoToAssist Remote Support 5",
    party=SELLER,
    registry="Registro Mercantil de Madrid, tomo 12345, folio 67, hoja M-890123, inscripción 1.ª",
    bank=Bank(name="Banco de Ejemplo", iban="ES9121000418450200051332", bic="BEJEESMMXXX"),
    website="logmein.example",
    phone="+34 910 000 005",
    dunning=Dunning(suspend_after=45, cancel_after=None),
    euro_rates={"USD": Decimal("0.92"), "GBP": Decimal("1.17"), "JPY": Decimal("0.0062")},
)


def _prices(monthly: dict[str, int]) -> tuple[Price, ...]:
    """A price for each frequency and currency; a year costs ten months."""
    factors = (
        (Frequency.MONTHLY, 1, 1),
        (Frequency.QUARTERLY, 3, 1),
        (Frequency.HALF_YEARLY, 11, 2),
        (Frequency.YEARLY, 10, 1),
        (Frequency.WEEKLY, 1, 4),
    )
    return tuple(
        Price(frequency, currency, amount * times // parts)
        for frequency, times, parts in factors
        for currency, amount in monthly.items()
    )


PLANS = (
    Plan(
        id="remote-support-5",
        name="GoToAssist Remote Support 5",
        prices=_prices({"EUR": 5500, "USD": 5900, "GBP": 4900, "JPY": 8200}),
    ),
    Plan(
        id="remote-support-5-plus",
        name="GoToAssist Remote Support 5 Plus",
        prices=_prices({"EUR": 7900, "USD": 8500, "GBP": 6900, "JPY": 11800}),
    ),
    Plan(
        id="unattended-25",
        name="Unattended Access, 25 computers",
        prices=_prices({"EUR": 1900, "USD": 2100, "GBP": 1700, "JPY": 2900}),
    ),
    Plan(
        id="service-desk",
        name="Service Desk",
        prices=_prices({"EUR": 2400, "USD": 2600, "GBP": 2100, "JPY": 3700}),
    ),
)


SESSION_PRICE = {"EUR": 1250, "USD": 1350, "GBP": 1100, "JPY": 1900}
"""One support session without a plan."""

COUPONS = (
    Coupon(id="BIENVENIDA20", percent=20, periods=3),
    Coupon(id="OTONO24", percent=10, valid_until=date(2024, 12, 21)),
)


class Way(Enum):
    """How a customer pays through the gateway; the value begins the sandbox's reference."""

    CARD = "card"
    DEBIT = "debit"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody on an account. `user_id` is their enterprise user ID, where they have one."""

    person_id: str
    name: str
    email: str
    role: Role = Role.OWNER
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody of the vendor at the representative's desk, where their user ID is `desk.` and the person's id."""

    person_id: str
    name: str
    email: str
    team: str
    lead: bool = False
    most_discount: int = 0
    language: str = "es"


STAFF = (
    Staff("elena", "Elena Prats", "elena.prats@logmein.example", "iberia", most_discount=25),
    Staff("bruno", "Bruno Keller", "bruno.keller@logmein.example", "europe", most_discount=20, language="en"),
    Staff("teresa", "Teresa Vidal", "teresa.vidal@logmein.example", "iberia", lead=True, most_discount=60),
)


@dataclass(frozen=True, slots=True)
class Change:
    """From a day on: so many licences, of another plan where one is named."""

    on: date
    quantity: int
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """A subscription to be: licences of a plan from a day on, with changes since. A trial comes before it, free."""

    plan: Plan
    quantity: int
    frequency: Frequency
    start: date
    anchor_day: int
    end: date | None = None
    discount_percent: int = 0
    changes: tuple[Change, ...] = ()
    trial_days: int = 0
    purchase_order: str = ""

    @property
    def trial_from(self) -> date | None:
        """The first day of the trial, where there is one."""
        return self.start - timedelta(days=self.trial_days) if self.trial_days else None


@dataclass(frozen=True, slots=True)
class Customer:
    """An account to be, and how it pays: `unpaid` of its newest invoices are left open."""

    id: str
    type: AccountType
    name: str
    address: Address
    currency: str
    language: str
    time_zone: str
    since: date
    email: str
    tax_id: str = ""
    tax_exempt: bool = False
    way: Way | None = Way.CARD
    """How the gateway is paid through; None for transfers."""
    brand: str = "Visa"
    last4: str = "4242"
    transfer: str = "Transferencia"
    """How a payment beside the gateway reads on paper."""
    payment_days: int = 0
    unpaid: int = 0
    part_paid: bool = False
    credited: tuple[tuple[int, int, str], ...] = ()
    """Credit notes: which invoice from the newest, per cent of it, and why."""
    contacts: tuple[Contact, ...] = ()
    licences: tuple[Licence, ...] = ()
    sessions: int = 0
    """How many single support sessions were billed, evenly over the time since `since`."""
    representative: str = ""
    notes: str = ""

    def method_on(self, day: date) -> str:
        """How a payment beside the gateway reads on paper."""
        del day
        return self.transfer


def spanish_tax_id(number: int, letter: str = "B") -> str:
    """A company's NIF with its check digit (Orden EHA/451/2008): `B` and seven digits."""
    digits = [int(d) for d in f"{number:07d}"]
    doubled = sum(sum(divmod(2 * d, 10)) for d in digits[::2])
    return f"{letter}{number:07d}{-(doubled + sum(digits[1::2])) % 10}"


def german_vat_id(number: int) -> str:
    """A German VAT id with its check digit (ISO 7064, MOD 11,10)."""
    product = 10
    for digit in f"{number:08d}":
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return f"DE{number:08d}{(11 - product) % 10}"


def french_vat_id(siren: int) -> str:
    """A French VAT id: the key, then the SIREN with its Luhn digit."""
    digits = [int(d) for d in f"{siren:08d}"]
    luhn = sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
    whole = siren * 10 + -luhn % 10
    return f"FR{(12 + 3 * (whole % 97)) % 97:02d}{whole:09d}"
