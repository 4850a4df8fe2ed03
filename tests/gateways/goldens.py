"""The documents as they were last looked at and found good, kept beside the tests as files.

After a change that is meant to show, look at what this writes, then commit it:

    python -m tests.gateways.goldens

Compared is what a reader sees (each page's drawing, fonts, title, dates), not the compressed bytes, which depend on
the zlib that packed them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pypdf.generic import ContentStream

from billing.history import InvoiceFile
from gateways.documents.invoice_pdf import invoice_pdf
from gateways.documents.invoice_text import invoice_text
from tests.gateways import samples
from tests.gateways.reading import reader

FOLDER = Path(__file__).parent / "golden"

DOCUMENTS: dict[str, Callable[[], InvoiceFile]] = {
    "monthly-es-eur-open": samples.monthly,
    "monthly-es-eur-paid": samples.paid_by_card,
    "enterprise-en-eur": samples.enterprise,
    "credit-note-es": samples.credit_note,
    "dollars-en-usd": samples.dollars,
    "mixed-rates-es": samples.mixed_rates,
    "sixty-lines-es": samples.long,
}


def pdf(name: str) -> bytes:
    """The document as it is drawn now; without the machine's fonts."""
    return invoice_pdf(DOCUMENTS[name](), samples.VENDOR, folders=())


def text(name: str) -> str:
    """The same in text."""
    return invoice_text(DOCUMENTS[name](), samples.VENDOR)


def seen(data: bytes) -> Iterator[Any]:
    """What a reader sees of a PDF, unpacked."""
    document = reader(data)
    yield dict(document.metadata or {})
    for page in document.pages:
        content = page.get_contents()
        assert isinstance(content, ContentStream)
        yield content.get_data()
        fonts: Any = page["/Resources"]
        for name, font in sorted(fonts["/Font"].items()):
            part = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = part["/FontDescriptor"].get_object()
            yield name, str(part["/BaseFont"]), list(part["/W"][1]), descriptor["/FontFile2"].get_object().get_data()
            yield font.get_object()["/ToUnicode"].get_object().get_data()


def main() -> None:
    """Write every document anew."""
    FOLDER.mkdir(exist_ok=True)
    for name in DOCUMENTS:
        (FOLDER / f"{name}.pdf").write_bytes(pdf(name))
        (FOLDER / f"{name}.txt").write_text(text(name), encoding="utf-8")
        print(f"{FOLDER / name}: .pdf, .txt")


if __name__ == "__main__":
    main()
