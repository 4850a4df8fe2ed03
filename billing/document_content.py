"""What an invoice says: every text, row and total of the document, decided once and drawn by whoever shows it.

The PDF, the fixed-width text and the screen draw the same `Document`, so they cannot disagree. It is written in the
invoice's own language, from facts only: the same invoice and payments give the same document on any day.

What is printed and why: RD 1619/2012, art. 6 (content), 12.1 (the tax in euro) and 15 (rectifying invoices).
Texts are one line each and hold no control characters: those are replaced by U+FFFD, visibly. Spaces inside amounts
and dates are no-break spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from billing.errors import N_
from billing.history import InvoiceFile
from billing.invoices import Invoice, InvoiceType, Line
from billing.language import Language
from billing.money import Money
from billing.periods import BillingPeriod
from billing.tax import MENTIONS, TaxCategory, TaxGroup
from billing.vendor import Address, Party, Vendor

REPLACEMENT = "\ufffd"
NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands beside it: `Issued`, `23 Nov 2026`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PartyBlock:
    """A side of the document: its name, then its address and identifiers, a line each."""

    heading: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading. Numbers stand on the right, texts on the left and wrap."""

    heading: str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, a cell for each column; `detail` stands smaller below the first cell."""

    cells: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; a drawing that breaks the table repeats the headings."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


class Weight(Enum):
    """How much a total should catch the eye."""

    PLAIN = "plain"
    STRONG = "strong"
    RESULT = "result"
    """What the reader came for: the amount due, or the total of a credit note."""


@dataclass(frozen=True, slots=True)
class Total:
    """A line of the totals."""

    label: str
    value: str
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True, slots=True)
class Section:
    """A headed passage: facts side by side, then sentences that wrap. Empty when there is nothing to say."""

    heading: str
    facts: tuple[Fact, ...] = ()
    sentences: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.sentences)


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note as it is read, top to bottom."""

    language: Language
    brand: str
    website: str
    title: str
    number: str
    issued_on: date
    seller: PartyBlock
    customer: PartyBlock
    facts: tuple[Fact, ...]
    """Dates, period, user ID, purchase order; for a credit note what it corrects and why. Not the number."""
    lines: Table
    taxes: Table
    """A row for each tax category and rate: treatment, base, tax."""
    totals: tuple[Total, ...]
    mentions: tuple[str, ...]
    """What the law wants said where no tax is charged."""
    payment: Section
    """How to pay, or how it was paid."""
    notes: tuple[str, ...]
    foot: str
    """The seller's entry in the commercial register."""

    def page(self, number: int, of: int) -> str:
        """`Page 1 of 3`, in the document's language."""
        return self.language.say("Page {page} of {pages}", page=number, pages=of)

    @property
    def heading(self) -> str:
        """Title and number, as for a file's title or a print job: `Invoice F-2026-00012`."""
        return f"{self.title} {self.number}"


def document(file: InvoiceFile, vendor: Vendor) -> Document:
    """The document of `file`, in the invoice's language. `vendor` gives brand, bank, website and registry line."""
    invoice, language = file.invoice, Language(file.invoice.language)
    writer = _Writer(language, file, vendor)
    return Document(
        language=language,
        brand=plain(vendor.brand),
        website=plain(vendor.website),
        title=writer.title,
        number=plain(invoice.number),
        issued_on=invoice.issued_on,
        seller=writer.party(language.say("Issued by"), invoice.seller, (vendor.phone, vendor.website)),
        customer=writer.party(language.say("Billed to"), invoice.customer),
        facts=tuple(writer.facts()),
        lines=writer.lines(),
        taxes=writer.taxes(),
        totals=tuple(writer.totals()),
        mentions=tuple(language.say(text) for c, text in MENTIONS.items() if c in {g.category for g in invoice.groups}),
        payment=writer.payment(),
        notes=tuple(plain(line) for line in invoice.notes.splitlines() if line.strip()),
        foot=plain(vendor.registry),
    )


def plain(text: str) -> str:
    """One line that no terminal, printer or PDF reader obeys: control and format characters become U+FFFD."""
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(_shown(c) for c in text)
    return text.strip(" ")


def grouped(iban: str) -> str:
    """An IBAN as people read it aloud, in fours (ISO 13616): `ES91 2100 0418 …`."""
    bare = "".join(iban.split())
    return NO_BREAK.join(bare[i : i + 4] for i in range(0, len(bare), 4))


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs" or character in "\t\n\r":
        return NO_BREAK if character in "\u00a0\u202f" else " "
    return REPLACEMENT if category[0] == "C" or category in ("Zl", "Zp") else character


_TREATMENTS = {
    TaxCategory.STANDARD: N_("VAT {rate}"),
    TaxCategory.ZERO: N_("VAT {rate}"),
    TaxCategory.EXEMPT: N_("Exempt from VAT"),
    TaxCategory.REVERSE_CHARGE: N_("Reverse charge"),
    TaxCategory.EXPORT: N_("Export"),
    TaxCategory.OUTSIDE: N_("Not subject to VAT"),
}

_STATE_AFTER_CITY = ("AU", "CA", "US")
"""Countries that write `City, REGION postcode` on one line."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """Puts one document's facts into words."""

    language: Language
    file: InvoiceFile
    vendor: Vendor

    @property
    def invoice(self) -> Invoice:
        return self.file.invoice

    @property
    def credit(self) -> bool:
        return self.invoice.type is InvoiceType.CREDIT_NOTE

    @property
    def title(self) -> str:
        """A correction must say that it is one (RD 1619/2012, art. 15.4)."""
        return self.language.say("Credit note (rectifying invoice)") if self.credit else self.language.say("Invoice")

    def money(self, minor: int) -> str:
        return _tied(self.language.money(self.invoice.money(minor)))

    def date(self, day: date) -> str:
        return _tied(self.language.date(day))

    def period(self, period: BillingPeriod) -> str:
        first, last = self.date(period.start), self.date(period.last_day)
        return first if period.days == 1 else f"{first} – {last}"

    def party(self, heading: str, party: Party, more: Iterable[str] = ()) -> PartyBlock:
        lines = list(self.address(party.address))
        if party.tax_id:
            lines.append(self.language.say("Tax ID {id}", id=party.tax_id))
        lines += [party.email, *more]
        return PartyBlock(heading, plain(party.name), tuple(plain(line) for line in lines if line.strip()))

    def address(self, address: Address) -> Iterable[str]:
        yield from address.lines
        if address.country in _STATE_AFTER_CITY:
            yield f"{address.city}, {address.region} {address.postcode}".replace(",  ", ", ").strip(" ,")
        else:
            region = f" ({address.region})" if address.region not in ("", address.city) else ""
            yield f"{address.postcode} {address.city}{region}".strip()
        yield self.language.country(address.country)

    def facts(self) -> Iterable[Fact]:
        invoice, say = self.invoice, self.language.say
        yield Fact(say("Date of issue"), self.date(invoice.issued_on))
        if not self.credit:
            yield Fact(say("Due date"), self.date(invoice.due_on))
        if invoice.period:
            yield Fact(say("Period billed"), self.period(invoice.period))
        if invoice.customer.user_id:
            yield Fact(say("User ID"), plain(invoice.customer.user_id))
        if invoice.purchase_order:
            yield Fact(say("Purchase order"), plain(invoice.purchase_order))
        if invoice.quote:
            yield Fact(say("Quote"), plain(invoice.quote))
        if invoice.contract:
            yield Fact(say("Contract"), plain(invoice.contract))
        if self.credit:
            yield Fact(say("Corrects invoice"), self.corrected())
            if invoice.reason:
                yield Fact(say("Reason"), plain(invoice.reason))

    def corrected(self) -> str:
        """The corrected invoice's number and date, as printed on the note when it was issued."""
        original = self.file.original
        number = self.invoice.corrects_number or (original.number if original else "")
        day = self.invoice.corrects_issued_on or (original.issued_on if original else None)
        named = plain(number).replace(" ", NO_BREAK)
        return self.language.say("{number} of {date}", number=named, date=self.date(day)) if day else named

    def lines(self) -> Table:
        say, invoice = self.language.say, self.invoice
        discounted, mixed = any(line.discount for line in invoice.lines), len(invoice.groups) > 1
        shared = len({(line.start, line.end) for line in invoice.lines}) == 1  # then it stands among the facts
        columns = [Column(say("Description"), numeric=False), Column(say("Quantity")), Column(say("Unit price"))]
        columns += [Column(say("Discount"))] * discounted + [Column(say("VAT"))] * mixed + [Column(say("Net amount"))]
        return Table(tuple(columns), tuple(self.row(line, discounted, mixed, shared) for line in invoice.lines))

    def row(self, line: Line, discounted: bool, mixed: bool, shared: bool) -> Row:
        cells = [plain(line.description), self.language.number(line.quantity), self.money(line.unit_price)]
        if discounted:
            cells.append(self.money(-line.discount) if line.discount else "")
        if mixed:
            cells.append(_tied(self.language.percent(line.rate)))
        return Row((*cells, self.money(line.net)), self.period(line.period) if line.period and not shared else "")

    def taxes(self) -> Table:
        say = self.language.say
        columns = (Column(say("Tax"), numeric=False), Column(say("Taxable base")), Column(say("Tax amount")))
        return Table(columns, tuple(self.tax_row(group) for group in self.invoice.groups))

    def tax_row(self, group: TaxGroup) -> Row:
        rate = _tied(self.language.percent(group.rate))
        return Row(
            (self.language.say(_TREATMENTS[group.category], rate=rate), self.money(group.net), self.money(group.tax))
        )

    def totals(self) -> Iterable[Total]:
        invoice, say = self.invoice, self.language.say
        yield Total(say("Total before tax"), self.money(invoice.net))
        yield Total(say("Total VAT"), self.money(invoice.tax))
        if invoice.tax_in_euro is not None and invoice.currency != "EUR":
            yield Total(say("Total VAT in euro"), _tied(self.language.money(Money(invoice.tax_in_euro, "EUR"))))
        if self.credit:
            yield Total(say("Total of this credit note"), self.money(invoice.gross), Weight.RESULT)
            return
        yield Total(say("Total with tax"), self.money(invoice.gross), Weight.STRONG)
        yield from self.settled()
        yield Total(say("Amount due"), self.money(invoice.due), Weight.RESULT)

    def settled(self) -> Iterable[Total]:
        """What reduced the debt, one by one; in one sum where the single items do not add up to it."""
        invoice, say = self.invoice, self.language.say
        payments, notes = self.file.payments, self.file.credit_notes
        if sum(p.amount for p in payments) == invoice.paid:
            for payment in payments:
                back = payment.amount < 0
                label = say("Returned on {date}", date=self.date(payment.paid_on)) if back else ""
                label = label or say("Paid on {date}", date=self.date(payment.paid_on))
                yield Total(label, self.money(-payment.amount))
        elif invoice.paid:
            yield Total(say("Already paid"), self.money(-invoice.paid))
        if sum(note.gross for note in notes) == -invoice.credited:
            for note in notes:
                yield Total(say("Credit note {number}", number=plain(note.number)), self.money(note.gross))
        elif invoice.credited:
            yield Total(say("Already credited"), self.money(-invoice.credited))

    def payment(self) -> Section:
        invoice, say = self.invoice, self.language.say
        received = tuple(
            say("Paid with {method} on {date}: {amount}", method=plain(p.method), date=self.date(p.paid_on),
                amount=self.money(p.amount))
            for p in self.file.payments
            if p.amount > 0
        )  # fmt: skip
        if self.credit or invoice.due <= 0:
            return Section(say("Payment"), sentences=received)
        ask = say("Please pay {amount} by {date}.", amount=self.money(invoice.due), date=self.date(invoice.due_on))
        bank = self.vendor.bank
        if bank is None:
            return Section(say("How to pay"), sentences=(*received, ask))
        facts = (
            Fact(say("Transfer to"), plain(invoice.seller.name)),
            Fact(say("IBAN"), grouped(plain(bank.iban))),
            Fact(say("BIC"), plain(bank.bic)),
            Fact(say("Bank"), plain(bank.name)),
            Fact(say("Payment reference"), plain(invoice.number)),
        )
        return Section(say("How to pay"), facts=facts, sentences=(ask, *received))


def _tied(text: str) -> str:
    """No line break inside an amount or a date."""
    return text.replace(" ", NO_BREAK).replace("\u202f", NO_BREAK)
