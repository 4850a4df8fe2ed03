"""`invoices`: the history, one document, and taking it away as a file or by mail."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from billing.desk import Desk
from billing.errors import N_, NotFound
from billing.export import TEXT_WIDTH, Format, read_document, save_document
from billing.history import InvoiceFile, Order, Question, StateFilter, find_number, list_invoices, open_invoice
from billing.invoices import Invoice, InvoiceState
from billing.payments import Payment
from tui.commands import shapes
from tui.commands.call import Call
from tui.commands.exits import DONE
from tui.commands.render import Table
from tui.commands.streams import STANDARD
from tui.commands.words import LateParser, natural, positive, somebody

STATES = {
    InvoiceState.OPEN: N_("Pending"),
    InvoiceState.PAID: N_("Paid"),
    InvoiceState.CREDITED: N_("Credited"),
    InvoiceState.NOTE: N_("Credit note"),
}

MOST = 1_000_000
"""Documents of `--all`."""


def words(topic: str, parser: LateParser) -> None:
    """The words after `invoices`."""
    del topic
    group = parser.group()
    listing = parser.command(group, "list", _list, "invoices and credit notes", somebody)
    listing.add_argument("--state", choices=[s.value for s in StateFilter], default="all")
    listing.add_argument("--year", type=positive, metavar="YYYY")
    listing.add_argument("--subscription", default="", metavar="ID")
    listing.add_argument("--search", default="", metavar="TEXT", help="number, date, plan, order or amount")
    listing.add_argument("--order", choices=[o.value for o in Order], default="newest")
    listing.add_argument("--limit", type=positive, default=50, metavar="N", help="at most so many (default: 50)")
    listing.add_argument("--offset", type=natural, default=0, metavar="N", help="leave out so many at the start")
    listing.add_argument("--all", action="store_true", help="all of them")
    show = parser.command(group, "show", _show, "one document", somebody)
    save = parser.command(group, "save", _save, "save a document; nothing is overwritten", somebody)
    save.add_argument("--format", choices=[f.value for f in Format], default="pdf")
    save.add_argument("--folder", default="", metavar="DIR", help="where to (default: your downloads)")
    for command in (show, save):
        command.add_argument("number", metavar="NUMBER", help="its number, its running number, or its id")


def named(desk: Desk, typed: str) -> Invoice:
    """The document a person means: by its number, its running number or its id."""
    with suppress(NotFound):
        return find_number(desk, typed)
    return open_invoice(desk, typed).invoice


def documents(call: Call, rows: Sequence[Invoice], today: date) -> Table:
    """Documents in the columns of the history."""
    headings = tuple(call.say(m) for m in (N_("Number"), N_("Issued"), N_("For"), N_("Total"), N_("State")))
    return Table(headings, [_row(call, i, today) for i in rows], frozenset({3}))


def _row(call: Call, document: Invoice, today: date) -> tuple[str, ...]:
    state = f"! {call.say(N_('Overdue'))}" if document.overdue(today) else call.say(STATES[document.state])
    about = document.lines[0].description if document.lines else ""
    total = call.money(document.gross, document.currency)
    return document.number, call.date(document.issued_on), about, total, state


def _list(call: Call) -> int:
    o = call.options
    question = Question(StateFilter(o.state), o.year, o.subscription, o.search, Order(o.order))
    with call.desk() as desk:
        window = list_invoices(desk, question, offset=o.offset, limit=MOST if o.all else o.limit)
        today = desk.today
    shape = {
        "invoices": [shapes.invoice(i, today) for i in window.rows],
        "offset": window.offset,
        "total": window.total,
        "cut": window.cut,
    }
    said = call.say(N_("{shown} of {total}."), shown=len(window.rows), total=window.total)
    if window.cut:
        said += " " + call.say(N_("Older documents were not looked at. Narrow the question."))
    return call.answer(shape, documents(call, window.rows, today), "", said)


def file_shape(file: InvoiceFile) -> shapes.Shape:
    """One document with all that belongs to it."""
    document, money = file.invoice, file.invoice.money
    return {
        **shapes.invoice(document, file.today),
        "language": document.language,
        "seller": document.seller,
        "customer": document.customer,
        "lines": [shapes.line(each, document.currency) for each in document.lines],
        "groups": [
            {"category": g.category, "rate": g.rate, "net": money(g.net), "tax": money(g.tax)} for g in document.groups
        ],
        "payments": [_payment(document, p) for p in file.payments],
        "credit_notes": [shapes.invoice(note, file.today) for note in file.credit_notes],
        "reason": document.reason or None,
        "notes": document.notes or None,
    }


def _payment(document: Invoice, payment: Payment) -> shapes.Shape:
    amount = document.money(payment.amount)
    return {"id": payment.id, "paid_on": payment.paid_on, "amount": amount, "method": payment.method}


def _show(call: Call) -> int:
    with call.desk() as desk:
        found = named(desk, call.options.number)
        if call.options.json:
            return call.answer(file_shape(open_invoice(desk, found.id)))
        from gateways.documents.local import LocalDocuments

        return call.answer(None, *read_document(desk, LocalDocuments(), found.id, TEXT_WIDTH).lines)


def _save(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        found = named(desk, o.number)
        path = save_document(desk, call.documents(), found.id, Format(o.format), o.folder)
    if path == STANDARD:
        return DONE
    return call.answer({"number": found.number, "path": path}, call.say(N_("Saved as {path}."), path=path))
