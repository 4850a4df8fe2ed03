"""How the tests read a PDF: its pages' text, lines joined by single spaces."""

from __future__ import annotations

import io

from pypdf import PdfReader


def reader(pdf: bytes) -> PdfReader:
    """The document, opened strictly: any fault in its structure is an error."""
    return PdfReader(io.BytesIO(pdf), strict=True)


def pages(pdf: bytes) -> list[str]:
    """Each page's text."""
    return [" ".join(page.extract_text().split()) for page in reader(pdf).pages]


def read(pdf: bytes) -> str:
    """The whole document's text."""
    return " ".join(pages(pdf))


def spoken(text: str) -> str:
    """A text as `read` gives it back: any space is one space."""
    return " ".join(text.split())
