"""The PDF: what a finance department must find on it, whatever the invoice."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.document_content import document
from billing.history import InvoiceFile
from billing.invoices import Invoice
from billing.language import Language
from billing.record import changed
from billing.tax import TaxCategory
from billing.vendor import Address, Party
from gateways.documents.invoice_pdf import invoice_pdf
from tests.gateways import goldens, samples
from tests.gateways.reading import pages, read, reader, spoken
from tests.gateways.samples import VENDOR, filed, invoice, line


def drawn(file: InvoiceFile) -> bytes:
    """The PDF, without fonts of the machine that runs the test."""
    return invoice_pdf(file, VENDOR, folders=())


@pytest.mark.parametrize("name", goldens.DOCUMENTS)
def test_documents_look_as_they_did_when_last_approved(name: str) -> None:
    kept = (goldens.FOLDER / f"{name}.pdf").read_bytes()
    assert list(goldens.seen(goldens.pdf(name))) == list(goldens.seen(kept)), goldens.__doc__
    assert goldens.text(name) == (goldens.FOLDER / f"{name}.txt").read_text(encoding="utf-8"), goldens.__doc__


@pytest.mark.parametrize("make", goldens.DOCUMENTS.values())
def test_everything_the_document_says_is_on_the_paper(make: Callable[[], InvoiceFile]) -> None:
    content, text = document(make(), VENDOR), read(drawn(make()))
    wanted = [content.title, content.number, content.brand, content.foot, *content.mentions, *content.notes]
    for party in (content.seller, content.customer):
        wanted += [party.heading, party.name, *party.lines]
    for fact in (*content.facts, *content.payment.facts):
        wanted += [fact.label, fact.value]
    for table in (content.lines, content.taxes):
        for row in table.rows:
            wanted += [*row.cells, row.detail]
    for total in content.totals:
        wanted += [total.label, total.value]
    assert [piece for piece in map(spoken, wanted) if piece not in text] == []


def test_a_spanish_invoice_carries_what_spanish_law_asks_for() -> None:
    text = read(drawn(samples.monthly()))
    assert "Factura F-2026-00042" in text
    assert "Fecha de expedición" in text
    assert "1 nov 2026" in text
    assert "Cartógrafa Software, S.L." in text
    assert "NIF ESB12345674" in text
    assert "Estudio Ñandú, S.L.U." in text
    assert "NIF ESB87654323" in text
    assert "IVA 21 % 289,95 € 60,89 €" in text
    assert "Total con impuestos 350,84 €" in text
    assert "IBAN ES91 2100 0418 4502 0005 1332" in text
    assert "Registro Mercantil de Madrid" in text


def test_an_enterprise_invoice_prints_the_user_id_and_the_purchase_order() -> None:
    text = read(drawn(samples.enterprise()))
    assert "User ID Purchase order brauerei.einkauf PO-4500018834" in text or "User ID brauerei.einkauf" in text
    spanish = filed(changed(samples.enterprise().invoice, language="es", paid=0, credited=0))
    assert "ID de usuario brauerei.einkauf Pedido de compra PO-4500018834" in read(drawn(spanish))


def test_a_self_service_invoice_has_no_user_id() -> None:
    assert "ID de usuario" not in read(drawn(samples.monthly()))


def test_payments_and_credit_notes_reduce_what_is_due() -> None:
    text = read(drawn(samples.enterprise()))
    for said in ("Paid on 12 Nov 2026 -€10,000.00", "Credit note R-2026-00003 -€1,900.00", "Amount due €20,495.00"):
        assert said in text


def test_a_paid_invoice_says_how_it_was_paid_and_asks_for_nothing() -> None:
    text = read(drawn(samples.paid_by_card()))
    assert "Pagado con Visa •••• 4242 el 1 nov 2026: 350,84 €" in text
    assert "Pendiente de pago 0,00 €" in text
    assert "IBAN" not in text


def test_a_credit_note_says_that_it_corrects_what_and_why() -> None:
    text = read(drawn(samples.credit_note()))
    for said in (
        "Factura rectificativa (abono) R-2026-00003",
        "Factura rectificada F-2026-00042 de 1 nov 2026",
        "Motivo Servicio facturado y no prestado",
        "Total del abono -63,53 €",
    ):
        assert said in text


def test_another_currency_states_the_tax_in_euro() -> None:
    assert "Total IVA en euros 27,16 €" in read(drawn(samples.yen()))
    assert "Total VAT in euro €0.00" in read(drawn(samples.dollars()))


def test_a_document_without_tax_says_why() -> None:
    assert "Reverse charge: VAT is owed by the customer" in read(drawn(samples.enterprise()))
    assert "Not subject to Spanish VAT" in read(drawn(samples.dollars()))


def test_a_long_invoice_repeats_headings_and_keeps_totals_with_a_line() -> None:
    found = pages(drawn(samples.long()))
    assert len(found) > 2
    for number, page in enumerate(found, 1):
        assert "Descripción Cantidad Precio unitario Importe neto" in page
        assert f"Página {number} de {len(found)}" in page
        assert "F-2026-00042" in page
    assert "Licencia n.º 60" in found[-1]
    assert "Pendiente de pago 23.036,10 €" in found[-1]


@pytest.mark.parametrize("count", range(1, 40))
def test_totals_never_stand_on_a_page_of_their_own(count: int) -> None:
    lines = tuple(line(f"Puesto {n}", 100) for n in range(1, count + 1))
    page = next(page for page in pages(drawn(filed(invoice(*lines)))) if "Total con impuestos" in page)
    assert f"Puesto {count}" in page


def test_a_description_longer_than_a_page_goes_on_over_the_next() -> None:
    found = pages(drawn(filed(invoice(line("Cartografía " * 2000, 100)))))
    assert len(found) > 2
    assert sum(page.count("Cartografía") for page in found) >= 2000


def test_hostile_text_is_only_ever_shown() -> None:
    data = drawn(samples.hostile())
    text = read(data)
    assert "[/bold]\ufffd[2J\ufffd{0}\ufffdexe.fdp) Tj ET\\ (x tab new\ufffdnul\ufffd31m" in text
    assert "{amount} {}" in text
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c == "\u202e" for c in text)
    for dangerous in (b"/JavaScript", b"/JS", b"/Launch", b"/URI", b"/EmbeddedFile", b"/OpenAction <<"):
        assert dangerous not in data


def test_the_file_names_its_title_author_language_and_day() -> None:
    document = reader(drawn(samples.monthly()))
    about = document.metadata
    assert about is not None
    assert about.title == "Factura F-2026-00042"
    assert about.author == "Cartógrafa Software, S.L."
    assert about.creation_date == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert str(document.root_object["/Lang"]) == "es"


def test_the_same_facts_give_the_same_bytes_on_any_day() -> None:
    file = samples.monthly()
    assert drawn(file) == drawn(dataclasses.replace(file, today=file.today + timedelta(days=400)))


def test_the_same_facts_give_the_same_bytes_in_any_process() -> None:
    program = (
        "import hashlib; from tests.gateways import goldens; "
        "print(*(hashlib.sha256(goldens.pdf(n)).hexdigest() for n in goldens.DOCUMENTS))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    }  # fmt: skip
    assert len(outputs) == 1


@pytest.mark.parametrize("make", [*goldens.DOCUMENTS.values(), samples.hostile, samples.yen])
def test_files_stay_small(make: Callable[[], InvoiceFile]) -> None:
    assert len(drawn(make())) < 30_000


right_to_left = st.text(st.characters(min_codepoint=0x590, max_codepoint=0x6FF) | st.sampled_from(" 12()a"), min_size=1)
names = st.text(min_size=1, max_size=60) | right_to_left
amounts = st.integers(-(10**11), 10**11)


@st.composite
def any_invoice(draw: st.DrawFn) -> Invoice:
    """An invoice of anything a store may hold."""
    lines = draw(
        st.lists(
            st.builds(
                line,
                description=names,
                unit_price=amounts,
                quantity=st.integers(-1000, 100_000),
                discount=st.integers(0, 10**9),
                category=st.sampled_from(TaxCategory),
                rate=st.sampled_from([Decimal(0), Decimal(4), Decimal("10.5"), Decimal(21)]),
                start=st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1)),
                end=st.just(date(2051, 1, 1)),
            ),
            min_size=1,
            max_size=15,
        )
    )
    customer = Party(
        name=draw(names), tax_id=draw(st.text(max_size=20)), user_id=draw(st.text(max_size=20)),
        address=Address(
            lines=tuple(draw(st.lists(names, max_size=3))), city=draw(names),
            country=draw(st.sampled_from(["ES", "US", "??"])),
        ),
    )  # fmt: skip
    return invoice(
        *lines, customer=customer, language=draw(st.sampled_from(["es", "en"])),
        currency=draw(st.sampled_from(["EUR", "USD", "JPY", "KWD"])), notes=draw(st.text(max_size=200)),
        purchase_order=draw(st.text(max_size=40)), tax_in_euro=draw(st.none() | amounts),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(any_invoice())
def test_any_invoice_is_drawn_with_its_totals(some: Invoice) -> None:
    text, language = read(drawn(filed(some))), Language(some.language)
    for amount in (some.net, some.tax, some.gross, some.due):
        assert spoken(language.money(some.money(amount))) in text
