"""The purchase orders of the demonstration's corporate customers, entered and edited at their desks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from billing.order_ledger import drawn
from billing.ordering import change_order, close_order, create_order
from billing.purchase_orders import OrderLine, OrderTerms
from tui.demo.floor import Deed, Floor


def _iberia(floor: Floor) -> None:
    carmen = floor.desk("carmen", "iberia")
    year: dict[str, Any] = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}
    create_order(
        carmen, "PO-2026-0417",
        OrderTerms(
            issuer="Compras, Iker Landa", budget=7_500_000, files=("DOC-88213",),
            lines=(OrderLine(description="Remote Support, 120 técnicos", quantity=4, amount=1_485_000),), **year,
        ),
        attach=("iberia.s1",),
    )  # fmt: skip
    create_order(
        carmen, "PO-2026-0418",
        OrderTerms(issuer="Compras, Iker Landa", budget=1_300_000, note="Un pedido por año natural.", **year),
        attach=("iberia.s2",),
    )  # fmt: skip
    floor.account("iberia", order_required=True)


def _iberia_raised(floor: Floor) -> None:
    orders = floor.orders("iberia")
    before = orders["PO-2026-0417"]
    terms = before.terms
    raised = OrderTerms(
        issuer=terms.issuer, valid_from=terms.valid_from, valid_until=terms.valid_until, budget=6_600_000,
        lines=terms.lines, files=(*terms.files, "DOC-90117"), note="Ajustado al gasto real.",
    )  # fmt: skip
    change_order(floor.desk("pago", "iberia"), before.id, raised, based_on=before.revision)


def _atlantico(floor: Floor) -> None:
    terms = OrderTerms(issuer="G. Íñiguez", valid_from=date(2026, 1, 1), budget=1_600_000)
    create_order(floor.desk("gonzalo", "atlantico"), "EXP-2026-3", terms, attach=("atlantico.s1",))


def _lumiere(floor: Floor) -> None:
    terms = OrderTerms(issuer="Achats", valid_from=date(2026, 1, 1), valid_until=date(2026, 10, 15))
    create_order(floor.desk("zoe", "lumiere"), "LUM-26-044", terms, attach=("lumiere.s1",))
    floor.account("lumiere", order_required=True)


def _faros(floor: Floor) -> None:
    with floor.store.read() as books:
        spent = drawn(books, "faros", "EXP/2024/0018")
    terms = OrderTerms(issuer="Intervención", valid_from=date(2024, 2, 1), budget=spent)
    create_order(floor.desk("uxia", "faros"), "EXP/2024/0018", terms)


def _rhein(floor: Floor) -> None:
    juergen = floor.desk("juergen", "rhein")
    year: dict[str, Any] = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}
    terms = OrderTerms(issuer="Einkauf, K. Vogt", budget=3_000_000, **year)
    create_order(juergen, "4500098765", terms, attach=("rhein.s1",))


def _rhein_next_year(floor: Floor) -> None:
    year: dict[str, Any] = {"valid_from": date(2027, 1, 1), "valid_until": date(2027, 12, 31)}
    terms = OrderTerms(issuer="Einkauf, K. Vogt", budget=3_500_000, note="For 75 licences.", **year)
    create_order(floor.desk("juergen", "rhein"), "4500101234", terms, draft=True)


def _olimpo(floor: Floor) -> None:
    eleni = floor.desk("eleni", "olimpo")
    old = create_order(eleni, "ΑΠ-77", OrderTerms(issuer="Προμήθειες", valid_from=date(2025, 7, 1)))
    close_order(eleni, old.id)
    create_order(eleni, "ΑΠ-91", OrderTerms(issuer="Προμήθειες", valid_from=date(2026, 6, 1), budget=500_000))


ORDERS: Mapping[date, tuple[Deed, ...]] = {
    date(2026, 1, 1): (_iberia, _atlantico, _lumiere, _rhein),
    date(2026, 6, 9): (_olimpo,),
    date(2026, 9, 2): (_iberia_raised,),
    date(2026, 9, 15): (_faros,),
    date(2026, 11, 12): (_rhein_next_year,),
}
"""What was done on which day, before the renewals of that day."""
