"""Taking documents away: rendered as PDF or text, saved to a folder, or printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from billing.desk import Desk
from billing.history import InvoiceFile, open_invoice
from billing.permissions import Act
from billing.record import Id
from billing.vendor import Vendor


class Format(Enum):
    """What a document is saved as; the value is the file's ending."""

    PDF = "pdf"
    TEXT = "txt"


class Documents(Protocol):
    """The port that draws documents and keeps files. Slow: call it off the event loop."""

    def pdf(self, file: InvoiceFile, vendor: Vendor) -> bytes:
        """The document in its own language, for paper. The same facts give the same bytes."""
        ...

    def text(self, file: InvoiceFile, vendor: Vendor, width: int) -> str:
        """The document in its own language, in lines of at most `width` cells."""
        ...

    def save(self, folder: str, name: str, data: bytes) -> str:
        """Keep `data` in `folder` under `name` or the next free name; never overwrites. Returns the path."""
        ...


class Printer(Protocol):
    """The port to paper."""

    def queues(self) -> tuple[str, ...]:
        """The printers there are, the default one first. Raises `NoPrinter` where printing is not set up."""
        ...

    def submit(self, pdf: bytes, title: str, queue: str) -> str:
        """Print; returns the job's reference. Raises `NoPrinter` or `PrintFailed`."""
        ...


TEXT_WIDTH = 80
"""Cells of a saved text document: what every printer and terminal holds."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document ready to be looked at."""

    file: InvoiceFile
    lines: tuple[str, ...]


def read_document(desk: Desk, documents: Documents, invoice_id: Id, width: int) -> Sheet:
    """One document of the account, as lines for a screen."""
    file, vendor = _document(desk, invoice_id)
    return Sheet(file, tuple(documents.text(file, vendor, width).splitlines()))


def save_document(desk: Desk, documents: Documents, invoice_id: Id, form: Format, folder: str) -> str:
    """Save one document, named after its number; returns where it is."""
    file, vendor = _document(desk, invoice_id)
    data = documents.pdf(file, vendor) if form is Format.PDF else documents.text(file, vendor, TEXT_WIDTH).encode()
    return documents.save(folder, f"{file.invoice.number}.{form.value}", data)


def print_document(desk: Desk, documents: Documents, printer: Printer, invoice_id: Id, queue: str) -> str:
    """Print one document; returns the job's reference."""
    file, vendor = _document(desk, invoice_id)
    return printer.submit(documents.pdf(file, vendor), file.invoice.number, queue)


def _document(desk: Desk, invoice_id: Id) -> tuple[InvoiceFile, Vendor]:
    with desk.read(Act.SEE_INVOICES) as books:
        vendor = books.get(Vendor, Vendor.ID)
    return open_invoice(desk, invoice_id), vendor
