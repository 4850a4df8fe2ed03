"""The history: finding a document, reading it whole, and taking it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from billing.desk import Desk, fresh_id
from billing.errors import N_
from billing.export import Format, print_document, read_document, save_document
from billing.history import Order, Question, StateFilter, find_number, list_invoices, open_invoice, subscriptions, years
from billing.invoices import Invoice, InvoiceType
from billing.mail_invoice import mail_addresses, mail_invoice
from billing.permissions import Act
from tui.commands.invoices import STATES
from tui.plain.account import EVERYTHING, SAVED
from tui.plain.linear import WIDTH
from tui.plain.menu import Task, menu, offered, perform
from tui.plain.paying import pay_invoice
from tui.plain.talk import Talk

T = TypeVar("T")

FILTER_WORDS = {
    StateFilter.ALL: N_("All"),
    StateFilter.OPEN: N_("Pending"),
    StateFilter.OVERDUE: N_("Overdue"),
    StateFilter.PAID: N_("Paid"),
    StateFilter.CREDITED: N_("Credited"),
    StateFilter.NOTES: N_("Credit notes"),
}
ORDER_WORDS = {
    Order.NEWEST: N_("The newest first"),
    Order.OLDEST: N_("The oldest first"),
    Order.LARGEST: N_("The largest first"),
    Order.DUE_FIRST: N_("What is due first"),
}


def in_words(talk: Talk, document: Invoice, desk: Desk) -> str:
    """A document in a line."""
    state = talk.say(N_("Overdue")) if document.overdue(desk.today) else talk.say(STATES[document.state])
    about = document.lines[0].description if document.lines else ""
    total = talk.money(document.gross, document.currency)
    return ", ".join(part for part in (document.number, talk.language.date(document.issued_on), total, state, about))


async def history(talk: Talk) -> None:
    """All documents, newest first."""
    await _choose(talk, Question())


async def search(talk: Talk) -> None:
    """Documents by state, year, subscription and words."""
    desk = talk.desk
    held, found_years = await talk.ask(subscriptions, desk), await talk.ask(years, desk)
    every = talk.say(N_("All"))
    question = Question()
    question = replace(question, state=await talk.pick(N_("In which state?"), _said(talk, FILTER_WORDS)))
    if len(found_years) > 1:
        options: list[tuple[int, str]] = [(0, every), *((y, str(y)) for y in found_years)]
        question = replace(question, year=await talk.pick(N_("Of which year?"), options) or None)
    if len(held) > 1:
        names = [("", talk.say(EVERYTHING)), *((s.id, f"{s.plan_name}, {s.id}") for s in held)]
        question = replace(question, subscription_id=await talk.pick(N_("Of what?"), names))
    text = await talk.text(N_("Number, date, plan, order or amount; Enter for any"), needed=False)
    order = await talk.pick(N_("In which order?"), _said(talk, ORDER_WORDS))
    await _choose(talk, replace(question, text=text, order=order))


def _said(talk: Talk, words: Mapping[T, str]) -> list[tuple[T, str]]:
    return [(each, talk.say(word)) for each, word in words.items()]


async def by_number(talk: Talk) -> None:
    """One document by its number."""

    async def form() -> Invoice:
        return await talk.ask(find_number, talk.desk, await talk.text(N_("Number of the document")))

    if (found := await talk.attempt(form)) is not None:
        await open_document(talk, found.id)


async def _choose(talk: Talk, question: Question) -> None:
    desk = talk.desk

    async def window(offset: int, limit: int) -> tuple[list[tuple[str, str]], int]:
        found = await talk.ask(partial(list_invoices, desk, question, offset=offset, limit=limit))
        if found.cut and not offset:
            await talk.tell(N_("Older documents were not looked at. Narrow the question."))
        return [(i.id, in_words(talk, i, desk)) for i in found.rows], found.total

    await open_document(talk, await talk.pick_from(N_("Choose a document."), window))


async def open_document(talk: Talk, document_id: str) -> None:
    """What can be done with one document."""
    while True:
        desk = talk.desk
        document = (await talk.ask(open_invoice, desk, document_id)).invoice
        tasks = offered(talk.session, _tasks(document))
        titles = [talk.say(t.title) for t in tasks]
        chosen = await menu(talk, in_words(talk, document, desk), titles, "invoice")
        if chosen is None:
            return
        await perform(talk, tasks[chosen])


def _tasks(document: Invoice) -> tuple[Task, ...]:
    from tui.plain.desk import credit_document

    payable = document.type is InvoiceType.INVOICE and document.due > 0
    return (
        Task(N_("Read it whole"), lambda t: _read(t, document), Act.SEE_INVOICES),
        Task(N_("Credit notes and payments that belong to it"), lambda t: _beside(t, document), Act.SEE_INVOICES),
        Task(N_("Pay it"), lambda t: pay_invoice(t, document), Act.PAY, where=lambda _: payable),
        Task(N_("Send it by mail"), lambda t: _mail(t, document), Act.MAIL_INVOICE),
        Task(N_("Save it as a file"), lambda t: _save(t, document), where=lambda s: s.services.exports is not None),
        Task(N_("Print it"), lambda t: _print(t, document), where=lambda s: s.services.printer is not None),
        Task(N_("Issue a credit note"), lambda t: credit_document(t, document), Act.CREDIT_INVOICE),
    )


async def _read(talk: Talk, document: Invoice) -> None:
    documents = talk.session.services.documents
    sheet = await talk.ask(lambda: read_document(talk.desk, documents(), document.id, WIDTH))
    await talk.show(*sheet.lines)


async def _beside(talk: Talk, document: Invoice) -> None:
    file = await talk.ask(open_invoice, talk.desk, document.id)
    for note in file.credit_notes:
        await talk.show(in_words(talk, note, talk.desk))
    for payment in file.payments:
        await talk.tell(
            N_("Paid on {day}: {amount}, {method}"),
            day=payment.paid_on, amount=document.money(payment.amount), method=payment.method,
        )  # fmt: skip
    if not (file.credit_notes or file.payments):
        await talk.tell(N_("Nothing was paid or credited yet."))


async def _mail(talk: Talk, document: Invoice) -> None:
    addresses = await talk.ask(mail_addresses, talk.desk)
    await talk.tell(N_("It goes as a PDF. Other addresses are added as copies in the billing information."))
    to = await talk.pick(N_("To whom?"), [(a, a) for a in addresses])
    key = fresh_id()
    address = await talk.ask(lambda: mail_invoice(talk.desk, document.id, to, key=key))
    await talk.deliver()
    await talk.tell(N_("{number} goes to {address}."), number=document.number, address=address)


async def _save(talk: Talk, document: Invoice) -> None:
    services = talk.session.services

    async def form() -> str:
        form = await talk.pick(N_("As which file?"), [(f, f.value) for f in Format])
        folder = await talk.text(N_("Folder"), str(services.exports))
        return await talk.ask(lambda: save_document(talk.desk, services.documents(), document.id, form, folder))

    if (path := await talk.attempt(form)) is not None:
        await talk.tell(SAVED, path=path)


async def _print(talk: Talk, document: Invoice) -> None:
    services = talk.session.services
    assert services.printer is not None  # noqa: S101 - offered where there is one
    printer = services.printer
    queues = await talk.ask(lambda: printer().queues())
    queue = await talk.pick(N_("On which printer?"), [(q, q) for q in queues])
    await talk.tell(N_("One moment."))
    job = await talk.ask(lambda: print_document(talk.desk, services.documents(), printer(), document.id, queue))
    await talk.tell(N_("Printing: {job}."), job=job)


async def overdue(talk: Talk) -> None:
    """Only what is overdue."""
    await _choose(talk, Question(state=StateFilter.OVERDUE))
