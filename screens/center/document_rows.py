"""How a document reads as a row of a list: its columns, and its state as a word with a tone that never stands alone."""

from __future__ import annotations

from datetime import date

from billing.errors import N_
from billing.history import StateFilter
from billing.invoices import Invoice, InvoiceState
from billing.language import Language
from tui.widgets.window_list import Column, Row, Tone

STATE_WORDS: dict[InvoiceState, tuple[str, Tone]] = {
    InvoiceState.OPEN: (N_("Pending"), "warn"),
    InvoiceState.PAID: (N_("Paid"), "good"),
    InvoiceState.CREDITED: (N_("Credited"), "muted"),
    InvoiceState.NOTE: (N_("Credit note"), "muted"),
}

OVERDUE = N_("Overdue")

FILTER_WORDS = {
    StateFilter.ALL: N_("All"),
    StateFilter.OPEN: N_("Pending"),
    StateFilter.OVERDUE: OVERDUE,
    StateFilter.PAID: N_("Paid"),
    StateFilter.CREDITED: N_("Credited"),
    StateFilter.NOTES: N_("Credit notes"),
}


def state(invoice: Invoice, today: date, language: Language) -> tuple[str, Tone]:
    """The word for the document's state today, and its tone. Overdue also carries a sign."""
    if invoice.overdue(today):
        return f"! {language.say(OVERDUE)}", "bad"
    word, tone = STATE_WORDS[invoice.state]
    return language.say(word), tone


def columns(language: Language) -> tuple[Column, ...]:
    """The columns of a list of documents. They fit 80 cells; what is over goes to what the document is for."""
    return (
        Column(language.say(N_("Number")), 13),
        Column(language.say(N_("Issued")), 12),
        Column(language.say(N_("For"))),
        Column(language.say(N_("Total")), 14, "right"),
        Column(language.say(N_("State")), 12),
    )


def row(invoice: Invoice, today: date, language: Language) -> Row[Invoice]:
    """A document in those columns."""
    word, tone = state(invoice, today, language)
    about = invoice.lines[0].description if invoice.lines else ""
    total = language.money(invoice.money(invoice.gross))
    return Row(invoice, (invoice.number, language.date(invoice.issued_on), about, total, word), tone)
