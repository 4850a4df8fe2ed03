"""The `Documents` port on the machine the program runs on; drawing libraries load on first use."""

from __future__ import annotations

from billing.history import InvoiceFile
from billing.vendor import Vendor


class LocalDocuments:
    """Draws documents and keeps them in folders of this machine."""

    def pdf(self, file: InvoiceFile, vendor: Vendor) -> bytes:
        """The document as PDF."""
        from gateways.documents.invoice_pdf import invoice_pdf

        return invoice_pdf(file, vendor)

    def text(self, file: InvoiceFile, vendor: Vendor, width: int) -> str:
        """The document as lines of text."""
        from gateways.documents.invoice_text import invoice_text

        return invoice_text(file, vendor, width=width)

    def save(self, folder: str, name: str, data: bytes) -> str:
        """Keep a file under its name or the next free one."""
        from gateways.documents.save import save

        return save(folder, name, data)
