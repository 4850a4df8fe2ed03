"""The demonstration's customers: every language, currency, treatment and kind of trouble, and some who attack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.accounts import AccountType, Role
from billing.periods import Frequency
from billing.tax import TaxCategory
from billing.vendor import Address
from tui.demo.customers import PLANS, Contact, Customer, Licence, french_vat_id, german_vat_id, spanish_tax_id

AS_OF = date(2026, 11, 23)
"""The day the demonstration takes place on."""

SUPPORT, UNATTENDED, SERVICE_DESK = PLANS
SELF, CORPORATE = AccountType.SELF_SERVICE, AccountType.CORPORATE
MONTHLY, YEARLY, QUARTERLY, WEEKLY = Frequency.MONTHLY, Frequency.YEARLY, Frequency.QUARTERLY, Frequency.WEEKLY
REPRESENTATIVE = "Elena Prats (LogMeIn)"

MARTA = Contact("marta", "Marta Ruiz Peña", "marta@acme.example")
LUIS = Contact("luis", "Luis Gil", "luis@acme.example", Role.MEMBER)
NURIA = Contact("nuria", "Núria Puig i Ferrer", "nuria@gestoria.example", Role.PAYER)

HOSTILE = "[/] [@click=app.quit]pay[/] \x1b]52;c;cHduZWQ=\x07\x1b[2J\x9b31m\u202eevil\u2066\u200b Ltd"
"""A name that tries every way to be obeyed: markup, a link, the clipboard, the screen, colours, and reversal."""


def _spain(street: str, postcode: str, city: str) -> Address:
    return Address(lines=(street,), postcode=postcode, city=city, country="ES")


CAST = (
    Customer(
        id="acme",
        type=SELF,
        name="ACME Ibérica, S.L.",
        address=_spain("Gran Vía 1, 3.º B", "28013", "Madrid"),
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2023, 11, 3),
        email=MARTA.email,
        tax_id=spanish_tax_id(2700141),
        unpaid=2,
        part_paid=True,
        payment_days=0,
        credited=((6, 20, "Interrupción del servicio los días 4 y 5"), (15, 100, "Facturada por error")),
        contacts=(MARTA, LUIS, Contact("ines", "Inés Ñíguez", "ines@acme.example", Role.VIEWER)),
        licences=(
            Licence(SUPPORT, 3, MONTHLY, date(2023, 11, 3), 3, added=((date(2025, 2, 17), 2),)),
            Licence(UNATTENDED, 1, YEARLY, date(2024, 5, 31), 31),
        ),
    ),
    Customer(
        id="panaderia",
        type=SELF,
        name="Panadería Núñez y Cía.",
        address=_spain("Rúa do Vilar 22", "15705", "Santiago de Compostela"),
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2024, 1, 31),
        email="caja@panaderia.example",
        tax_id=spanish_tax_id(1500277),
        method="Domiciliación SEPA ES•• 1332",
        contacts=(Contact("xose", "Xosé Núñez", "caja@panaderia.example"), NURIA),
        licences=(Licence(SUPPORT, 1, MONTHLY, date(2024, 1, 31), 31),),
    ),
    Customer(
        id="fisioterapia",
        type=SELF,
        name="Clínica de Fisioterapia Ágora",
        address=_spain("Calle Larga 8", "41004", "Sevilla"),
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2026, 11, 20),
        email="agora@clinica.example",
        tax_id=spanish_tax_id(4100393),
        contacts=(Contact("rosa", "Rosa Ibáñez", "agora@clinica.example"), NURIA),
    ),
    Customer(
        id="northwind",
        type=SELF,
        name="Northwind Repairs Ltd",
        address=Address(lines=("12 Harbour Street",), postcode="BS1 4QA", city="Bristol", country="GB"),
        currency="GBP",
        language="en",
        time_zone="Europe/London",
        since=date(2023, 12, 15),
        email="amy@northwind.example",
        category=TaxCategory.OUTSIDE,
        rate=Decimal(0),
        method="Mastercard •••• 5100",
        contacts=(Contact("amy", "Amy O’Neill", "amy@northwind.example"),),
        licences=(Licence(SUPPORT, 2, MONTHLY, date(2023, 12, 15), 15, discount_percent=10),),
    ),
    Customer(
        id="pacific",
        type=SELF,
        name="Pacific Helpdesk Inc.",
        address=Address(
            lines=("500 Market St", "Suite 1200"), postcode="94105", city="San Francisco", region="CA", country="US"
        ),
        currency="USD",
        language="en",
        time_zone="America/Los_Angeles",
        since=date(2024, 2, 29),
        email="ap@pacific.example",
        category=TaxCategory.OUTSIDE,
        rate=Decimal(0),
        method="Amex •••• 0005",
        unpaid=1,
        payment_days=30,
        contacts=(Contact("dana", "Dana Whitfield", "ap@pacific.example"),),
        licences=(
            Licence(SUPPORT, 12, YEARLY, date(2024, 2, 29), 29),
            Licence(SERVICE_DESK, 4, QUARTERLY, date(2024, 8, 1), 1),
        ),
    ),
    Customer(
        id="sakura",
        type=SELF,
        name="株式会社さくらサポート",
        address=Address(lines=("神南1丁目2番3号",), postcode="150-0041", city="東京都渋谷区", country="JP"),
        currency="JPY",
        language="en",
        time_zone="Asia/Tokyo",
        since=date(2024, 4, 1),
        email="keiri@sakura.example",
        category=TaxCategory.OUTSIDE,
        rate=Decimal(0),
        method="JCB •••• 0505",
        contacts=(Contact("yuki", "山田 由紀", "keiri@sakura.example"),),
        licences=(Licence(SUPPORT, 2, MONTHLY, date(2024, 4, 1), 1),),
    ),
    Customer(
        id="alnoor",
        type=SELF,
        name="شركة النور للدعم الفني",
        address=Address(lines=("شارع الملك فهد ١٢",), postcode="11564", city="الرياض", country="SA"),
        currency="USD",
        language="en",
        time_zone="Asia/Riyadh",
        since=date(2025, 3, 10),
        email="accounts@alnoor.example",
        category=TaxCategory.OUTSIDE,
        rate=Decimal(0),
        contacts=(Contact("layla", "ليلى حداد", "accounts@alnoor.example"),),
        licences=(Licence(SUPPORT, 1, MONTHLY, date(2025, 3, 10), 10),),
    ),
    Customer(
        id="hostile",
        type=SELF,
        name=HOSTILE,
        address=Address(
            lines=("[b]1[/b] \x1b[31mRed Street", "\u202e21"), postcode="\x1b]0;t\x07", city="[link=x]y", country="ES"
        ),
        currency="EUR",
        language="en",
        time_zone="Europe/Madrid",
        since=date(2025, 1, 7),
        email="mallory@evil.example",
        tax_id="[/]\x1b[2J",
        method="[red]Visa[/] \x1b[5m4242",
        unpaid=3,
        payment_days=15,
        credited=((2, 50, "[/] \x1b]52;c;AAAA\x07"),),
        notes="[@click=app.bell]note[/]\x1b[2J\x00",
        contacts=(Contact("mallory", "[/] Mallory \x1b[31m\u202e", "mallory@evil.example"),),
        licences=(Licence(SUPPORT, 1, MONTHLY, date(2025, 1, 7), 7),),
    ),
    Customer(
        id="largo",
        type=SELF,
        name="Sociedad Cooperativa Andaluza de Servicios Informáticos, Telecomunicaciones y Asistencia Remota "
        "«Nuestra Señora de la Soledad y del Buen Fin», en liquidación",
        address=_spain(
            "Polígono Industrial La Negrilla, calle Imprenta, nave 14, módulo 3, oficina interior derecha",
            "41016",
            "Sevilla",
        ),
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2024, 9, 30),
        email="administracion@cooperativa.example",
        tax_id=spanish_tax_id(4100502, "F"),
        unpaid=7,
        payment_days=0,
        contacts=(
            Contact(
                "jose", "José María Fernández de la Vega y Álvarez de Toledo", "administracion@cooperativa.example"
            ),
        ),
        licences=(Licence(SERVICE_DESK, 2, MONTHLY, date(2024, 9, 30), 30),),
    ),
    Customer(
        id="talleres",
        type=SELF,
        name="Talleres Herrero 24h",
        address=_spain("Avenida de Burgos 101", "47009", "Valladolid"),
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2023, 11, 6),
        email="pagos@talleres.example",
        tax_id=spanish_tax_id(4700218),
        contacts=(Contact("pilar", "Pilar Herrero", "pagos@talleres.example"),),
        licences=(
            Licence(SUPPORT, 4, WEEKLY, date(2023, 11, 6), 1),
            Licence(UNATTENDED, 2, WEEKLY, date(2023, 11, 8), 3),
            Licence(SERVICE_DESK, 1, WEEKLY, date(2023, 11, 10), 5),
        ),
    ),
    Customer(
        id="iberia",
        type=CORPORATE,
        name="Corporación Aérea Peninsular, S.A.",
        address=_spain("Paseo de la Castellana 200, planta 14", "28046", "Madrid"),
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2023, 11, 15),
        email="facturas@peninsular.example",
        tax_id=spanish_tax_id(2800455, "A"),
        method="Transferencia",
        payment_days=60,
        unpaid=2,
        credited=((4, 10, "Regularización del descuento pactado"),),
        representative=REPRESENTATIVE,
        contacts=(
            Contact("carmen", "Carmen Sáenz", "carmen@peninsular.example", user_id="iberia-facturacion"),
            Contact("pablo", "Pablo Otero", "pablo@peninsular.example", Role.APPROVER, "iberia-compras"),
        ),
        licences=(
            Licence(
                SUPPORT, 120, QUARTERLY, date(2023, 11, 15), 15, discount_percent=25, purchase_order="PO-2026-0417"
            ),
            Licence(SERVICE_DESK, 40, MONTHLY, date(2025, 1, 1), 1, discount_percent=15, purchase_order="PO-2026-0418"),
        ),
    ),
    Customer(
        id="rhein",
        type=CORPORATE,
        name="Rheinische Maschinenbau GmbH & Co. KG",
        address=Address(lines=("Königsallee 60",), postcode="40212", city="Düsseldorf", country="DE"),
        currency="EUR",
        language="en",
        time_zone="Europe/Berlin",
        since=date(2024, 1, 1),
        email="rechnung@rhein.example",
        tax_id=german_vat_id(13669597),
        category=TaxCategory.REVERSE_CHARGE,
        rate=Decimal(0),
        method="Bank transfer",
        payment_days=30,
        representative=REPRESENTATIVE,
        contacts=(Contact("juergen", "Jürgen Groß", "rechnung@rhein.example", user_id="rhein.billing"),),
        licences=(Licence(SUPPORT, 60, YEARLY, date(2024, 1, 1), 1, discount_percent=20, purchase_order="4500098765"),),
    ),
    Customer(
        id="lumiere",
        type=CORPORATE,
        name="Société Lumière & Fils",
        address=Address(lines=("27 rue de la République",), postcode="69002", city="Lyon", country="FR"),
        currency="EUR",
        language="en",
        time_zone="Europe/Paris",
        since=date(2024, 6, 30),
        email="compta@lumiere.example",
        tax_id=french_vat_id(40330326),
        category=TaxCategory.REVERSE_CHARGE,
        rate=Decimal(0),
        method="Bank transfer",
        payment_days=45,
        unpaid=3,
        representative=REPRESENTATIVE,
        contacts=(Contact("zoe", "Zoé Lefèvre", "compta@lumiere.example", user_id="compta@lumiere.example"),),
        licences=(Licence(SUPPORT, 30, MONTHLY, date(2024, 6, 30), 30, added=((date(2026, 3, 11), 10),)),),
    ),
    Customer(
        id="olimpo",
        type=CORPORATE,
        name="Όλυμπος Τεχνική Α.Ε.",
        address=Address(lines=("Λεωφόρος Κηφισίας 44",), postcode="151 25", city="Αθήνα", country="GR"),
        currency="EUR",
        language="en",
        time_zone="Europe/Athens",
        since=date(2025, 7, 1),
        email="billing@olympos.example",
        tax_id="EL094259216",
        category=TaxCategory.REVERSE_CHARGE,
        rate=Decimal(0),
        method="Bank transfer",
        payment_days=30,
        representative=REPRESENTATIVE,
        contacts=(Contact("eleni", "Ελένη Παππά", "billing@olympos.example", user_id="olympos"),),
        licences=(Licence(SERVICE_DESK, 15, QUARTERLY, date(2025, 7, 1), 1, purchase_order="ΑΠ-77"),),
    ),
    Customer(
        id="atlantico",
        type=CORPORATE,
        name="Atlántico Comercio Exterior, S.A.",
        address=_spain("Muelle de Levante s/n", "11006", "Cádiz"),
        currency="USD",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2024, 3, 1),
        email="ap@atlantico.example",
        tax_id=spanish_tax_id(1100638, "A"),
        method="Transferencia",
        payment_days=30,
        representative=REPRESENTATIVE,
        contacts=(Contact("gonzalo", "Gonzalo Íñiguez", "ap@atlantico.example", user_id="atlantico"),),
        licences=(Licence(SUPPORT, 25, QUARTERLY, date(2024, 3, 1), 1, purchase_order="EXP-2026-3"),),
    ),
    Customer(
        id="vacia",
        type=CORPORATE,
        name="Nueva Etapa Consultores, S.L.P.",
        address=_spain("Calle Colón 5", "46004", "Valencia"),
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2026, 11, 1),
        email="hola@nuevaetapa.example",
        tax_id=spanish_tax_id(4600719),
        representative=REPRESENTATIVE,
        contacts=(Contact("victor", "Víctor Soler", "hola@nuevaetapa.example", user_id="nueva-etapa"),),
    ),
)
