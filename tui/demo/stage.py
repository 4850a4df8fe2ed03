"""The demonstration: invented data in memory, on the day the data was made for; nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from billing.credentials import Counter
from billing.errors import N_
from screens.session import DemoPerson

if TYPE_CHECKING:
    from billing.store import Store
    from storage.dataset import Dataset

DEMO_PASSWORD = "ventanilla"  # noqa: S105 - public on purpose, for invented people only


def _person(counter: Counter, user_id: str, about: str) -> DemoPerson:
    return DemoPerson(counter, user_id, DEMO_PASSWORD, about)


DEMO_PEOPLE = (
    _person(Counter.CENTER, "marta@acme.example", N_("Billing contact, three years of invoices.")),
    _person(Counter.CENTER, "luis@acme.example", N_("Uses the product, has no billing rights.")),
    _person(Counter.ENTERPRISE, "iberia-facturacion", N_("Billing contact of a corporate account.")),
    _person(Counter.DESK, "desk.elena", N_("Representative: looks after corporate accounts.")),
    _person(Counter.DESK, "desk.teresa", N_("Leads the representatives of a team.")),
    _person(Counter.ENTERPRISE, "iberia-compras", N_("Approves the quotes of a corporate account.")),
    _person(Counter.CENTER, "nuria@gestoria.example", N_("Looks after two accounts.")),
    _person(Counter.CENTER, "pagos@talleres.example", N_("Has hundreds of invoices to search.")),
    _person(Counter.CENTER, "mallory@evil.example", N_("Has a name that attacks terminals.")),
    _person(Counter.ENTERPRISE, "atlantico", N_("Is billed in another currency.")),
)


@cache
def demo_data() -> Dataset:
    """The demonstration's data: beside the package where it is installed, at the root of a checkout."""
    from storage.dataset import read_dataset

    packaged = files("tui") / "demo_data.json"
    if packaged.is_file():
        return read_dataset(packaged.read_bytes())
    return read_dataset(Path(__file__).parents[2] / "demo_data.json")


def demo_store(until: date | None = None) -> Store:
    """A store in memory that holds the demonstration's data; with `until`, its customers have lived on to that day."""
    from billing.kinds import KINDS
    from storage.dataset import load_into
    from storage.registry import open_store
    from tui.demo.cast import CAST
    from tui.demo.life import live_on

    store = open_store("memory:", KINDS)
    load_into(store, demo_data())
    if until is not None:
        live_on(store, CAST, demo_data().as_of, until)
    return store


def demo_clock(day: date | None = None) -> Callable[[], datetime]:
    """A clock that stands at noon of a day, the data's own unless another is named."""
    return lambda: datetime.combine(day or demo_data().as_of, time(12), UTC)


def clock_from(day: date, now: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that goes, from noon of a day on."""
    behind = now() - datetime.combine(day, time(12), UTC)
    return lambda: now() - behind


def present_clock(now: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that goes, and shows no earlier day than the data's own."""
    return lambda: max(now(), demo_clock()())
