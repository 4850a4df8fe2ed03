"""What the corporate customers of the demonstration and their representatives did together, day by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from msgspec.structs import replace

from billing.accounts import Account, Person
from billing.catalogue import Plan
from billing.credentials import Counter
from billing.desk import Desk, role_of
from billing.periods import Frequency
from billing.quote_acceptance import accept
from billing.quote_views import open_quote
from billing.quotes import Quote, QuoteLine, QuoteTerms
from billing.quoting import comment, counter, decline, offer_quote, price, request_quote, withdraw
from billing.record import Id, changed
from billing.store import Store
from billing.subscriptions import Subscription

SUPPORT, SUPPORT_PLUS, UNATTENDED, SERVICE_DESK = (
    "remote-support-5", "remote-support-5-plus", "unattended-25", "service-desk",
)  # fmt: skip
YEARLY, QUARTERLY, MONTHLY = Frequency.YEARLY, Frequency.QUARTERLY, Frequency.MONTHLY


@dataclass(slots=True)
class Floor:
    """Where they meet: one store, one day, and who is at which desk."""

    store: Store
    today: date
    hour: int = 9
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def _now(self) -> datetime:
        return datetime.combine(self.today, time(self.hour, 30), UTC)

    def _id(self) -> Id:
        return f"demo.{self.today:%y%m%d}.{next(self._numbers)}"

    def desk(self, person_id: Id, account_id: Id) -> Desk:
        """Somebody's desk; each comes an hour after the one before."""
        self.hour = min(self.hour + 1, 20)
        with self.store.read() as books:
            person, account = books.get(Person, person_id), books.get(Account, account_id)
            for door in (Counter.ENTERPRISE, Counter.DESK):
                if (role := role_of(books, door, person_id, account_id)) is not None:
                    return Desk(self.store, self._now, door, person, account, role, self._now(), self._id)
        raise ValueError(f"{person_id} has no desk for {account_id}")

    def line(self, account_id: Id, plan_id: Id, licences: int, discount: int, renews: Id = "") -> QuoteLine:
        """A line at a discount in per cent, for the frequency of the subscription it renews, else yearly."""
        with self.store.read() as books:
            plan, account = books.get(Plan, plan_id), books.get(Account, account_id)
            often = books.get(Subscription, renews).frequency if renews else YEARLY
        asked = plan.price(often, account.currency)
        if asked is None:
            raise ValueError(f"{plan_id} is not sold to {account_id}")
        return QuoteLine(
            plan_id=plan.id,
            plan_name=plan.name,
            quantity=licences,
            list_price=asked.amount,
            unit_price=asked.amount * (100 - discount) // 100,
            subscription_id=renews,
        )

    def terms(self, account_id: Id, lines: Sequence[QuoteLine], often: Frequency, days: int = 30) -> QuoteTerms:
        """A year of these lines; an offer is good for so many days."""
        with self.store.read() as books:
            currency = books.get(Account, account_id).currency
        last = self.today + timedelta(days=days)
        return QuoteTerms(lines=tuple(lines), currency=currency, frequency=often, months=12, valid_until=last)

    def sealed(self, quote: Quote, person_id: Id) -> str:
        """The hash of the offer that lies before the customer."""
        current = open_quote(self.desk(person_id, quote.account_id), quote.id).current
        if current is None:
            raise ValueError(f"quote {quote.number} has no words yet")
        return current.hash

    def account(self, account_id: Id, **fields: object) -> None:
        """Settle an account's terms."""
        with self.store.write() as books:
            books.put(changed(books.get(Account, account_id), **fields))


Deed = Callable[[Floor], None]


def _iberia_declined(floor: Floor) -> None:
    line = floor.line("iberia", UNATTENDED, 4, 10)
    quote = offer_quote(
        floor.desk("elena", "iberia"), "Acceso desatendido para los hangares", floor.terms("iberia", [line], YEARLY)
    )
    decline(floor.desk("carmen", "iberia"), quote.id, "Este año no hay presupuesto para ello.")


def _iberia_expired(floor: Floor) -> None:
    line = floor.line("iberia", SUPPORT_PLUS, 120, 25, "iberia.s1")
    floor_terms = floor.terms("iberia", [line], QUARTERLY, days=20)
    offer_quote(floor.desk("elena", "iberia"), "Paso a Remote Support 5 Plus", floor_terms, "Con todos los módulos.")


def _iberia_withdrawn(floor: Floor) -> None:
    line = floor.line("iberia", SERVICE_DESK, 60, 20, "iberia.s2")
    quote = offer_quote(
        floor.desk("elena", "iberia"), "Service Desk para 60 personas", floor.terms("iberia", [line], MONTHLY)
    )
    withdraw(floor.desk("elena", "iberia"), quote.id, "Sustituida por una oferta con más plazas.")


def _iberia_countered(floor: Floor) -> None:
    floor.account("iberia", approval_above=3_000_000, contract="CM-2023/115")
    wish = floor.terms("iberia", [floor.line("iberia", SUPPORT, 150, 40, "iberia.s1")], QUARTERLY)
    quote = request_quote(
        floor.desk("carmen", "iberia"), "Renovación 2027 de Remote Support", replace(wish, valid_until=None),
        "Crecemos a 150 técnicos en febrero. ¿Qué precio nos pueden ofrecer a un año?",
    )  # fmt: skip
    floor.today += timedelta(days=1)
    offer = floor.terms("iberia", [floor.line("iberia", SUPPORT, 150, 25, "iberia.s1")], QUARTERLY, days=40)
    price(floor.desk("elena", "iberia"), quote.id, offer, "Mantengo el 25 % también para las 30 nuevas.", based_on=1)
    answer = replace(wish, lines=(floor.line("iberia", SUPPORT, 150, 32, "iberia.s1"),))
    counter(floor.desk("carmen", "iberia"), quote.id, answer, "Con un 32 % podemos firmar este mes.", based_on=2)
    comment(floor.desk("elena", "iberia"), quote.id, "Lo consulto y le contesto esta semana.")
    comment(floor.desk("elena", "iberia"), quote.id, "Margen: hasta 30 % sin escalar.", internal=True)


def _iberia_offered(floor: Floor) -> None:
    offer = floor.terms("iberia", [floor.line("iberia", SERVICE_DESK, 55, 22, "iberia.s2")], MONTHLY, days=24)
    quote = offer_quote(
        floor.desk("elena", "iberia"), "Service Desk 2027", offer,
        "Como hablamos: 55 plazas con un 22 % desde la próxima renovación, a un año.",
    )  # fmt: skip
    comment(floor.desk("pablo", "iberia"), quote.id, "Lo reviso antes del viernes.")


def _faros_requested(floor: Floor) -> None:
    wish = floor.terms("faros", [floor.line("faros", UNATTENDED, 6, 15)], YEARLY)
    request_quote(
        floor.desk("uxia", "faros"), "Balizas sin personal", replace(wish, valid_until=None),
        "Necesitamos acceso desatendido para 6 faros.",
    )  # fmt: skip


def _lumiere_waits_for_the_lead(floor: Floor) -> None:
    offer = floor.terms("lumiere", [floor.line("lumiere", SUPPORT, 60, 35, "lumiere.s1")], MONTHLY)
    offer_quote(floor.desk("elena", "lumiere"), "Renewal 2027", offer, "As discussed by phone.")


def _atlantico_expires_soon(floor: Floor) -> None:
    offer = floor.terms("atlantico", [floor.line("atlantico", SUPPORT, 30, 18, "atlantico.s1")], QUARTERLY, days=14)
    offer_quote(floor.desk("elena", "atlantico"), "Ampliación a 30 técnicos", offer)


def _rhein_accepted(floor: Floor) -> None:
    offer = floor.terms("rhein", [floor.line("rhein", SUPPORT, 75, 20, "rhein.s1")], YEARLY)
    quote = offer_quote(floor.desk("bruno", "rhein"), "Renewal 2027, 75 licences", offer)
    accept(floor.desk("juergen", "rhein"), quote.id, floor.sealed(quote, "juergen"), "4500098765")


def _olimpo_in_force(floor: Floor) -> None:
    offer = floor.terms("olimpo", [floor.line("olimpo", UNATTENDED, 3, 12)], YEARLY)
    quote = offer_quote(floor.desk("bruno", "olimpo"), "Unattended access for the yards", offer)
    accept(floor.desk("eleni", "olimpo"), quote.id, floor.sealed(quote, "eleni"), "ΑΠ-91")


def _vacia_draft(floor: Floor) -> None:
    offer = floor.terms("vacia", [floor.line("vacia", SUPPORT, 8, 10)], YEARLY)
    offer_quote(floor.desk("elena", "vacia"), "Primera propuesta", offer, draft=True)


DEEDS: Mapping[date, tuple[Deed, ...]] = {
    date(2026, 6, 10): (_olimpo_in_force,),
    date(2026, 9, 21): (_iberia_declined,),
    date(2026, 10, 5): (_rhein_accepted,),
    date(2026, 10, 20): (_iberia_expired,),
    date(2026, 11, 5): (_iberia_withdrawn,),
    date(2026, 11, 10): (_faros_requested,),
    date(2026, 11, 13): (_atlantico_expires_soon,),
    date(2026, 11, 16): (_iberia_countered,),
    date(2026, 11, 18): (_iberia_offered,),
    date(2026, 11, 19): (_lumiere_waits_for_the_lead,),
    date(2026, 11, 20): (_vacia_draft,),
}
"""What happened on which day, before the renewals of that day."""


def met(store: Store, day: date) -> None:
    """Do what was done on a day."""
    for deed in DEEDS.get(day, ()):
        deed(Floor(store, day))
