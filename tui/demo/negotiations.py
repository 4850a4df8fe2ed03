"""The quotes of the demonstration's corporate customers and their representatives, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from billing.periods import Frequency
from billing.quote_acceptance import accept
from billing.quoting import comment, counter, decline, offer_quote, price, request_quote, withdraw
from tui.demo.floor import Deed, Floor

SUPPORT, SUPPORT_PLUS, UNATTENDED, SERVICE_DESK = (
    "remote-support-5", "remote-support-5-plus", "unattended-25", "service-desk",
)  # fmt: skip
YEARLY, QUARTERLY, MONTHLY = Frequency.YEARLY, Frequency.QUARTERLY, Frequency.MONTHLY


def _iberia_declined(floor: Floor) -> None:
    line = floor.line("iberia", UNATTENDED, 4, 10)
    quote = offer_quote(
        floor.desk("elena", "iberia"), "Acceso desatendido para los hangares", floor.terms("iberia", [line], YEARLY)
    )
    decline(floor.desk("carmen", "iberia"), quote.id, "Este año no hay presupuesto para ello.")


def _iberia_expired(floor: Floor) -> None:
    line = floor.line("iberia", SUPPORT_PLUS, 120, 25, "iberia.s1")
    offer = floor.terms("iberia", [line], QUARTERLY, days=20)
    offer_quote(floor.desk("elena", "iberia"), "Paso a Remote Support 5 Plus", offer, "Con todos los módulos.")


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


QUOTES: Mapping[date, tuple[Deed, ...]] = {
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
