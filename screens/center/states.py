"""How the state of a document reads: one word, and a tone that never stands alone."""

from __future__ import annotations

from datetime import date

from billing.errors import N_
from billing.history import StateFilter
from billing.invoices import Invoice, InvoiceState
from billing.language import Language
from tui.widgets.window_list import Tone

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
