"""Opening the document that something is about, where there is one."""

from __future__ import annotations

from typing import Any

from billing.desk import Desk
from billing.errors import N_, NotFound
from billing.invoices import Invoice
from billing.permissions import Act
from billing.record import Id
from screens.counter_screen import CounterScreen
from tui.widgets.notice import Notice


async def open_document(screen: CounterScreen[Any], desk: Desk, subject_id: Id) -> None:
    """Show the invoice or credit note with this id; say so where the subject is none."""
    from screens.center.invoice import InvoiceScreen

    if await screen.ask(_is_document, desk, subject_id):
        screen.app.push_screen(InvoiceScreen(subject_id))
    else:
        screen.query_one(Notice).tell(screen.say(N_("There is no document to open for this.")))


def _is_document(desk: Desk, subject_id: Id) -> bool:
    with desk.read(Act.SEE_INVOICES) as books:
        try:
            books.get(Invoice, subject_id)
        except NotFound:
            return False
    return True
