"""Invoices for the documents' tests: one of each kind a person may print, made without a store."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.history import InvoiceFile
from billing.invoices import Invoice, InvoiceState, InvoiceType, Line
from billing.payments import Payment
from billing.record import changed
from billing.tax import TaxCategory, tax_totals
from billing.vendor import Address, Bank, Party, Vendor

S, AE, OUT = TaxCategory.STANDARD, TaxCategory.REVERSE_CHARGE, TaxCategory.OUTSIDE
ISSUED = date(2026, 11, 1)

VENDOR = Vendor(
    id=Vendor.ID,
    brand="Cartógrafa",
    product="Cartógrafa Nube",
    party=Party(
        name="Cartógrafa Software, S.L.",
        address=Address(lines=("Calle de Alcalá, 128, 3.º B",), city="Madrid", postcode="28009", country="ES"),
        tax_id="ESB12345674",
        email="facturacion@cartografa.example",
    ),
    registry="Registro Mercantil de Madrid, tomo 41.207, folio 88, hoja M-730915, inscripción 1.ª",
    bank=Bank(name="Banco de la Meseta", iban="ES9121000418450200051332", bic="MESEESMMXXX"),
    website="https://cartografa.example",
    phone="+34 910 000 128",
)

STUDIO = Party(
    name="Estudio Ñandú, S.L.U.",
    address=Address(
        lines=("Carrer de Còrsega, 299", "Àtic 2.ª"), city="L'Hospitalet de Llobregat", postcode="08907",
        region="Barcelona", country="ES",
    ),
    tax_id="ESB87654323",
    email="administracio@nandu.example",
)  # fmt: skip

BREWERY = Party(
    name="Brauerei Schönfließ GmbH & Co. KG",
    address=Address(lines=("Straße der Einheit 7",), city="Kröllwitz", postcode="06120", country="DE"),
    tax_id="DE811907980",
    email="rechnung@schoenfliess.example",
    user_id="brauerei.einkauf",
)


def line(description: str, unit_price: int, quantity: int = 1, discount: int = 0, **more: Any) -> Line:
    """A line at 21 % unless told otherwise, for November 2026."""
    fields: dict[str, Any] = {
        "category": S,
        "rate": Decimal(21),
        "start": date(2026, 11, 1),
        "end": date(2026, 12, 1),
        "net": quantity * unit_price - discount,
    }
    return Line(
        description=description, quantity=quantity, unit_price=unit_price, discount=discount, **{**fields, **more}
    )


def invoice(*lines: Line, **more: Any) -> Invoice:
    """An open invoice of these lines, in euro and Spanish unless told otherwise; its sums follow the rules."""
    sums = tax_totals(lines)
    fields: dict[str, Any] = {
        "id": "inv-1",
        "account_id": "acc-1",
        "number": "F-2026-00042",
        "issued_on": ISSUED,
        "due_on": ISSUED + timedelta(days=30),
        "state": InvoiceState.OPEN,
        "currency": "EUR",
        "language": "es",
        "seller": VENDOR.party,
        "customer": STUDIO,
        "lines": lines,
        "groups": sums.groups,
        "net": sums.net,
        "tax": sums.tax,
        "gross": sums.gross,
    }
    return Invoice(**{**fields, **more})


def filed(document: Invoice, *payments: Payment, notes: tuple[Invoice, ...] = ()) -> InvoiceFile:
    """The document with what belongs to it, opened on some day."""
    return InvoiceFile(document, date(2026, 11, 23), payments, notes, None)


def paid(document: Invoice, amount: int, method: str = "Visa •••• 4242", on: date = ISSUED) -> tuple[Invoice, Payment]:
    """The document after a payment, and the payment."""
    after = changed(document, paid=document.paid + amount)
    if after.due == 0:
        after = changed(after, state=InvoiceState.PAID)
    return after, Payment(
        id="pay-1", account_id="acc-1", invoice_id=document.id, paid_on=on, amount=amount, method=method
    )


def monthly() -> InvoiceFile:
    """Self-service, Spanish, euro, open: payable by transfer."""
    return filed(
        invoice(
            line("Cartógrafa Nube, plan Equipo", 1990, 12),
            line("Almacenamiento adicional (100 GB)", 450, 3, discount=135),
            line("Soporte prioritario", 3900),
        )
    )


def paid_by_card() -> InvoiceFile:
    """The same month, settled with a card on the day."""
    document, payment = paid(monthly().invoice, monthly().invoice.gross)
    return filed(document, payment)


def enterprise() -> InvoiceFile:
    """A German company: reverse charge, user ID, purchase order, part paid and part credited, in English."""
    document = invoice(
        line("Cartógrafa Nube, Enterprise plan, yearly", 21500, 140, 150500, category=AE, rate=Decimal(0),
             start=date(2026, 11, 1), end=date(2027, 11, 1)),
        line("On-boarding workshop, two days in Kröllwitz, with the travel and lodging of two instructors", 380000,
             category=AE, rate=Decimal(0), start=None, end=None),
        number="F-2026-00107", language="en", customer=BREWERY, purchase_order="PO-4500018834",
        notes="Contract V-2026-118.\nYour contact: Inés Zubizarreta, +34 910 000 130.",
    )  # fmt: skip
    document, payment = paid(document, 1000000, "bank transfer", date(2026, 11, 12))
    note = credit_note_for(document, line("Workshop: second day cancelled", -190000, category=AE, rate=Decimal(0)))
    return filed(changed(document, credited=-note.gross), payment, notes=(note,))


def credit_note_for(document: Invoice, *lines: Line, reason: str = "Service not delivered") -> Invoice:
    """A credit note of these (negative) lines."""
    return invoice(
        *lines, id="note-1", number="R-2026-00003", type=InvoiceType.CREDIT_NOTE, state=InvoiceState.NOTE,
        issued_on=date(2026, 11, 20), due_on=date(2026, 11, 20), language=document.language,
        currency=document.currency, customer=document.customer, corrects=document.id,
        corrects_number=document.number, corrects_issued_on=document.issued_on, reason=reason,
    )  # fmt: skip


def credit_note() -> InvoiceFile:
    """A Spanish rectifying invoice."""
    lines = (line("Soporte prioritario, mes no prestado", -3900), line("Almacenamiento adicional", -450, 3))
    return filed(credit_note_for(monthly().invoice, *lines, reason="Servicio facturado y no prestado"))


def dollars() -> InvoiceFile:
    """An American customer: outside the scope of Spanish VAT, in dollars, with the tax in euro."""
    customer = Party(
        name="Blue Mesa Cartographers, Inc.",
        address=Address(lines=("1200 Canyon Road", "Suite 310"), city="Santa Fe", postcode="87501", region="NM",
                        country="US"),
        email="ap@bluemesa.example",
    )  # fmt: skip
    bare: dict[str, Any] = {"category": OUT, "rate": Decimal(0)}
    lines = (line("Cartógrafa Nube, Team plan", 2450, 8, **bare), line("Map tiles, per million", 1075, 14, **bare))
    return filed(
        invoice(*lines, number="F-2026-00043", language="en", currency="USD", customer=customer, tax_in_euro=0)
    )


def yen() -> InvoiceFile:
    """A Japanese name and a currency without decimals, taxed in Spain, in Spanish."""
    customer = Party(
        name="株式会社 地図工房", tax_id="JP1234567890123",
        address=Address(lines=("東京都千代田区丸の内 1-9-1",), city="東京", postcode="100-0005", country="JP"),
    )  # fmt: skip
    lines = (line("Cartógrafa Nube, plan Equipo", 3000, 7),)
    return filed(invoice(*lines, number="F-2026-00044", currency="JPY", customer=customer, tax_in_euro=2716))


def mixed_rates() -> InvoiceFile:
    """Three rates on one document."""
    lines = (
        line("Atlas impreso, tapa dura", 4500, 2, rate=Decimal(4), start=None, end=None),
        line("Cartógrafa Nube, plan Equipo", 1990, 5),
        line("Curso homologado", 25000, category=TaxCategory.EXEMPT, rate=Decimal(0), start=None, end=None),
    )
    return filed(invoice(*lines))


def long() -> InvoiceFile:
    """Sixty lines over several pages."""
    return filed(invoice(*(line(f"Licencia n.º {n}: puesto de cartografía", 1000 + n, n) for n in range(1, 61))))


def hostile() -> InvoiceFile:
    """Names and texts made to harm whoever shows them."""
    evil = "[/bold]\x1b[2J\x07{0}\u202eexe.fdp) Tj ET\\ (x\ttab\r\nnew\x00nul\x9b31m"
    customer = Party(
        name=evil, address=Address(lines=(evil,), city=evil, postcode="()<<>>", country="ES"), tax_id="<script>",
        user_id="%s%n",
    )  # fmt: skip
    lines = (line(evil, 1000), line("W" * 300, 1000), line("", 1000), line("{amount} {}", 1000))
    return filed(invoice(*lines, customer=customer, purchase_order=evil, notes=evil + "\n/JavaScript"))


def twelve_accented() -> InvoiceFile:
    """One page of twelve accented lines: what the bench draws."""
    lines = tuple(line(f"Suscripción n.º {n}: señalización y año próximo en Łódź", 1999, n) for n in range(1, 13))
    return filed(invoice(*lines))
