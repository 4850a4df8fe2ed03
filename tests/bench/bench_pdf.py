"""PDFs per second of one process, as a ratio to reportlab in the same run: `python -m tests.bench.bench_pdf`.

One page, twelve lines with accents. The peer has the easier task: it is handed the finished texts with their places
and only writes the file (reportlab's canvas, the same fonts, registered once), while ours is the whole way from the
invoice's records: words, amounts, wrapping, pages, file. `file only` is ours without the words and the layout.
Rounds are interleaved, so that a busy machine slows both.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from billing.document_content import document
from gateways.documents import invoice_pdf as ours
from gateways.documents.layout import paginate
from gateways.documents.letters import Letters
from gateways.documents.sheet import HEIGHT, WIDTH, Colour, Sheet
from gateways.documents.typeface import FOLDER
from tests.gateways.samples import VENDOR, twelve_accented

SECONDS = 18.0
BATCH = 20


class Recorder(Sheet):
    """Notes what is drawn where."""

    calls: list[tuple[str, tuple[Any, ...]]]

    def text(self, x: float, y: float, text: str, size: float, colour: Colour, *, bold: bool = False) -> None:
        self.calls.append(("text", (x, y, text.replace("\u00a0", " "), size, colour, bold)))

    def area(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self.calls.append(("area", (x, y, width, height, colour)))


def recorded() -> list[tuple[str, tuple[Any, ...]]]:
    """What our page consists of."""
    content, letters = document(twelve_accented(), VENDOR), Letters()
    sheet = Recorder(title="", author="", language="es", day=date(2026, 1, 1), letters=letters)
    sheet.calls = []
    paper = ours._Paper(content, letters)
    pages = paginate(list(paper.flow()), lambda n: HEIGHT - ours.BOTTOM - ours.TOP)
    assert len(pages) == 1
    paper.head(sheet, first=True)
    y = ours.TOP
    for band in pages[0]:
        band.draw(sheet, y)
        y += band.height
    paper.foot(sheet, content.page(1, 1))
    return sheet.calls


def by_reportlab(calls: list[tuple[str, tuple[Any, ...]]]) -> bytes:
    """The same page by reportlab."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    for kind, what in calls:
        if kind == "text":
            x, y, text, size, colour, bold = what
            canvas.setFillColorRGB(*(part / 255 for part in colour))
            canvas.setFont("Bold" if bold else "Regular", size)
            canvas.drawString(x, HEIGHT - y, text)
        else:
            x, y, width, height, colour = what
            canvas.setFillColorRGB(*(part / 255 for part in colour))
            canvas.rect(x, HEIGHT - y - height, width, height, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def by_ours() -> bytes:
    """The whole way from the records."""
    return ours.invoice_pdf(twelve_accented(), VENDOR)


def file_only(calls: list[tuple[str, tuple[Any, ...]]]) -> bytes:
    """Our writing of the file, as the peer's."""
    sheet = Sheet(title="", author="", language="es", day=date(2026, 1, 1), letters=Letters())
    sheet.page()
    for kind, what in calls:
        if kind == "text":
            *where, bold = what
            sheet.text(*where, bold=bold)
        else:
            sheet.area(*what)
    return sheet.finish()


def per_second(draw: Callable[[], bytes]) -> float:
    """The rate over one batch."""
    begin = time.perf_counter()
    for _ in range(BATCH):
        draw()
    return BATCH / (time.perf_counter() - begin)


def main() -> None:
    """Measure and print."""
    for name in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{name}.ttf")))
    calls = recorded()
    contestants: dict[str, Callable[[], bytes]] = {
        "ours": by_ours,
        "file only": lambda: file_only(calls),
        "reportlab": lambda: by_reportlab(calls),
    }
    sizes = {name: len(draw()) for name, draw in contestants.items()}
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for name, draw in contestants.items():
            rates[name].append(per_second(draw))
    peer = statistics.median(rates["reportlab"])
    for name, found in rates.items():
        rate = statistics.median(found)
        print(
            f"pdf  {name:10}  {rate:7.1f}/s  {1000 / rate:6.2f} ms  {sizes[name]:6} B  {rate / peer:5.2f} x reportlab"
        )


if __name__ == "__main__":
    main()
