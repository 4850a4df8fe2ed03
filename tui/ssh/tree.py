"""One's own documents as a tree of files: by account and year, drawn when they are asked for, nothing of any disk.

What is in a file is what the program's own exports write. Everything here blocks: ask it off the event loop.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property, partial
from hashlib import blake2b
from secrets import token_bytes
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from billing.audit_trail import TrailForm, Wanted, save_trail
from billing.desk import Clock, Desk
from billing.errors import N_
from billing.export import TEXT_WIDTH
from billing.history import InvoiceFile, Question, list_invoices, open_invoice, years
from billing.invoices import Invoice
from billing.language import Language
from billing.money import Money
from billing.permissions import Act
from billing.sign_in import SignedIn, Standing, as_now, open_desk
from billing.statement_paper import StatementForm, harmless, save_statement
from billing.store import Store
from billing.vendor import Vendor
from gateways.documents.local import LocalDocuments
from gateways.documents.save import file_name
from tui.commands.invoices import file_shape
from tui.commands.render import plain, to_json

T = TypeVar("T")

MOST = 1_000_000
"""Documents of a year."""

README = "README.txt"

ABOUT = N_(
    "Your documents. Each year has every invoice and credit note as PDF, text and JSON; invoices.csv lists them, "
    "statement.txt and statement.csv are the statement of that year, and audit.csv says who did what. Everything is "
    "drawn when you fetch it. Nothing can be changed here."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file is at this moment."""

    mark: bytes
    """The same for the same bytes, whoever asks for them."""
    draw: Callable[[], bytes]
    settled: bool = False
    """Whether drawing it later gives the same bytes, whatever happens meanwhile."""


@dataclass(frozen=True, slots=True)
class File:
    """Something to fetch."""

    day: datetime
    """When it is dated."""
    look: Callable[[], Sheet]


@dataclass(frozen=True, slots=True)
class Folder:
    """Something to look into."""

    day: datetime
    look: Callable[[], Mapping[str, Node]]


Node = File | Folder


class Tree:
    """What one person may fetch."""

    def __init__(self, store: Callable[[], Store], clock: Clock, identity: SignedIn, language: Language) -> None:
        self._store, self._clock, self._identity, self._language = store, clock, identity, language

    @property
    def root(self) -> Folder:
        """Where everything begins: years, or accounts for whoever has several."""
        return Folder(self._today, self._accounts)

    @property
    def _today(self) -> datetime:
        """For what has no day of its own: it does not change while somebody looks."""
        return self._clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    def _accounts(self) -> Mapping[str, Node]:
        about = (self._language.say(ABOUT) + "\n").encode()
        readme: dict[str, Node] = {
            README: File(self._today, lambda: Sheet(_digest(about), lambda: about, settled=True))
        }
        identity = as_now(self._store(), self._identity)
        found = identity.standings
        if len(found) == 1:
            return readme | dict(self._account(identity, found[0])())
        folders = [(s.account.name, Folder(self._today, self._account(identity, s))) for s in found]
        return readme | dict(_named(iter(folders)))

    def _account(self, identity: SignedIn, standing: Standing) -> Callable[[], Mapping[str, Node]]:
        return _AccountFolder(lambda: open_desk(self._store(), self._clock, identity, standing)).years


@dataclass(frozen=True)
class _AccountFolder:
    """The years of one account."""

    enter: Callable[[], Desk]

    @cached_property
    def desk(self) -> Desk:
        return self.enter()

    def years(self) -> Mapping[str, Node]:
        found = years(self.desk) if self.desk.may(Act.SEE_INVOICES) else ()
        return {f"{year:04d}": Folder(self._last_of(year), partial(self._year, year)) for year in found}

    def _last_of(self, year: int) -> datetime:
        """The day of a year's newest document."""
        newest = list_invoices(self.desk, Question(year=year), limit=1).rows
        return self._dated(newest[0].issued_on if newest else date(year, 1, 1))

    def _dated(self, day: date) -> datetime:
        """The noon of a day where the account is, which is that day nearly everywhere; its beginning before noon."""
        zone = ZoneInfo(self.desk.account.time_zone)
        noon = datetime.combine(day, time(12), zone)
        return (noon if noon <= self.desk.clock() else datetime.combine(day, time(0), zone)).astimezone(UTC)

    def _year(self, year: int) -> Mapping[str, Node]:
        desk = self.desk
        rows = list_invoices(desk, Question(year=year), limit=MOST).rows
        with desk.read(Act.SEE_INVOICES) as books:
            vendor = books.get(Vendor, Vendor.ID)
        found: dict[str, Node] = {}
        for name, document in _named((row.number, row) for row in rows):
            day = self._dated(document.issued_on)
            for ending in DRAWN:
                found[f"{name}.{ending}"] = File(day, partial(self._sheet, document, vendor, ending))
        last = self._last_of(year)
        drawn: dict[str, Callable[[], bytes]] = {"invoices.csv": partial(_listed, rows, desk)}
        for form in StatementForm:
            drawn[f"statement.{form.value}"] = partial(self._statement, year, form)
        if desk.may(Act.SEE_AUDIT):
            drawn["audit.csv"] = partial(self._audit, year)
        for name, draw in drawn.items():  # they are somebody's, as of now: a mark that nothing else will have
            found[name] = File(last, partial(Sheet, token_bytes(16), draw))
        return found

    def _sheet(self, document: Invoice, vendor: Vendor, ending: str) -> Sheet:
        """A document as it is now, with its payments and credit notes: all that its bytes are made of."""
        file = open_invoice(self.desk, document.id)
        return Sheet(
            _digest(_ENCODER.encode((ending, file, vendor))), partial(DRAWN[ending], file, vendor), settled=True
        )

    def _statement(self, year: int, form: StatementForm) -> bytes:
        kept = _Kept()
        until = min(date(year, 12, 31), self.desk.today)
        save_statement(self.desk, kept, date(year, 1, 1), until, form, "")
        return kept.data

    def _audit(self, year: int) -> bytes:
        kept = _Kept()
        save_trail(self.desk, kept, Wanted(since=date(year, 1, 1), until=date(year, 12, 31)), TrailForm.CSV, "")
        return kept.data


def _pdf(file: InvoiceFile, vendor: Vendor) -> bytes:
    return LocalDocuments().pdf(file, vendor)


def _text(file: InvoiceFile, vendor: Vendor) -> bytes:
    return LocalDocuments().text(file, vendor, TEXT_WIDTH).encode()


def _json(file: InvoiceFile, vendor: Vendor) -> bytes:
    del vendor
    return (to_json(file_shape(file)) + "\n").encode()


DRAWN = {"pdf": _pdf, "txt": _text, "json": _json}
"""A document's forms, by the ending of their names."""

_ENCODER = msgspec.msgpack.Encoder()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


class _Kept(LocalDocuments):
    """Takes what would be saved."""

    data = b""

    def save(self, folder: str, name: str, data: bytes) -> str:
        """Keep it here."""
        del folder
        self.data = data
        return name


def _named(rows: Iterator[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    """Names that are good on every disk, each once, whatever the numbers and names are that they come from."""
    taken: set[str] = set()
    for wanted, row in rows:
        stem = file_name(wanted)
        name, count = stem, 1
        while name.casefold() in taken:
            count += 1
            name = f"{stem} ({count})"
        taken.add(name.casefold())
        yield name, row


def _listed(rows: tuple[Invoice, ...], desk: Desk) -> bytes:
    """A row for each document (RFC 4180). Days are ISO 8601, amounts whole numbers of minor units."""
    from tui.commands.shapes import invoice

    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    shapes = [invoice(row, desk.today) for row in rows]
    heads = list(shapes[0]) if shapes else []
    writer.writerow([*heads, "currency"])
    for shape in shapes:
        cells = [value.minor if isinstance(value, Money) else plain(value) for value in shape.values()]
        texts = ["" if cell is None else harmless(cell) if isinstance(cell, str) else cell for cell in cells]
        writer.writerow([*texts, desk.account.currency])
    return file.getvalue().encode("utf-8-sig")
