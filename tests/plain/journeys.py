"""A conversation for each task, and what it leaves in the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from billing.accounts import Account
from billing.contacts import Contacts, list_contacts
from billing.desk import Desk
from billing.history import find_number
from billing.inbox import unread
from billing.mail_choices import choices
from billing.ordering import order_named
from billing.outbox import OutboxMessage
from billing.permissions import Act
from billing.plan_changes import running
from billing.purchase_orders import OrderState
from billing.quote_views import QuoteRow, list_quotes, open_quote
from billing.quotes import QuoteState
from billing.sign_in import open_desk, standings
from billing.store import Span
from billing.subscriptions import Subscription
from billing.wallet import wallet
from screens.session import Services
from tests.conftest import IBERIA, LUIS, MARTA, standing_of

ELENA, TERESA = "desk.elena", "desk.teresa"
YES, KEEP = "@@yes", ""
"""Consent in the person's language; Enter alone, which keeps what stands in brackets."""


class Journey(NamedTuple):
    """Who comes, what they type, what they read, and what is true afterwards of the first account they reach."""

    name: str
    person: str
    answers: tuple[str, ...]
    says: str = ""
    """A catalogue message, or data, that is read."""
    effect: Callable[[Desk], object] = bool


def _held(desk: Desk, subscription_id: str = "acme.s1") -> Subscription:
    return next(s for s in running(desk) if s.id == subscription_id)


def _account(desk: Desk) -> Account:
    with desk.store.read() as books:
        return books.get(Account, desk.account.id)


def _mail(desk: Desk, template: str) -> int:
    with desk.store.read() as books:
        rows = books.find(OutboxMessage, Span("account", (desk.account.id,)), limit=1000).rows
    return sum(1 for message in rows if message.template == template)


def _people(desk: Desk) -> Contacts:
    return list_contacts(desk)


def _quote(desk: Desk, number: str) -> QuoteRow:
    return next(r for r in list_quotes(desk, limit=100).rows if r.quote.number == number)


LAST = "F-2026-000262"
PLANS, PEOPLE, ORDERS, QUOTES = "@Plans", "@Contacts and what they may do", "@Purchase orders", "@Quotes"
OPEN_QUOTE = (QUOTES, "@Open a quote: answer, compare, accept")
METHODS = "@Payment methods"
NEW_ORDER = (ORDERS, "@Enter an order", "PO-9", KEEP, "2026-11-01", "2027-10-31", "1000", "Seats", "5", "100", KEEP,
             KEEP, "urgent", "1")  # fmt: skip
FAROS = ("@Open an account", "@Agencia Europea")

CENTER = (
    Journey("overview", MARTA, ("@Overview",), "ACME Ibérica, S.L."),
    Journey("all documents", MARTA, ("@Invoices", "@All documents, newest first", "m", "1", "@Read it whole"), LAST),
    Journey("search", MARTA, ("@Invoices", "@Search", "@Pending", "@All", "@Everything", KEEP, "1", "1"), LAST),
    Journey("overdue", MARTA, ("@Invoices", "@Only what is overdue", "1"), LAST),
    Journey("by number", MARTA, ("@Invoices", "@One document by its number", "262", "@Read it whole"), LAST),
    Journey("payments of it", MARTA,
            ("@Invoices", "@One document by its number", "262", "@Credit notes and payments that belong to it"), LAST),
    Journey("mail an invoice", MARTA, ("@Invoices", "@All documents, newest first", "1", "@Send it by mail", "1"),
            effect=lambda d: _mail(d, "invoice_copy") == 1),
    Journey("pay one", MARTA, ("@Invoices", "@Only what is overdue", "1", "@Pay it", YES),
            effect=lambda d: find_number(d, LAST).due == 0),
    Journey("statement", MARTA, ("@Invoices", "@Statement of account", "@All"), LAST),
    Journey("statement of days", MARTA, ("@Invoices", "@Statement of account", "@From one day to another",
            "2026-11-30", "2026-11-01", "2026-11-01", "2026-11-30"), LAST),
    Journey("pay all", MARTA, ("@Pay", "@Pay everything that is open", YES),
            effect=lambda d: find_number(d, LAST).due == 0),
    Journey("pay some", MARTA, ("@Pay", "@Pay some invoices", "1", YES),
            effect=lambda d: find_number(d, LAST).due == 0),
    Journey("pay a part", MARTA, ("@Pay", "@Pay a part of one invoice", "1", "100", YES),
            effect=lambda d: find_number(d, LAST).due == 18677),
    Journey("under way", MARTA, ("@Pay", "@Payments under way"), "No payment is under way."),
    Journey("what runs", MARTA, (PLANS, "@What runs"), "acme.s1"),
    Journey("past plans", MARTA, (PLANS, "@Everything, past plans too"), "acme.s1"),
    Journey("plans on offer", MARTA, (PLANS, "@Plans on offer"), "service-desk"),
    Journey("add a plan", MARTA, (PLANS, "@Add a plan", "2", "3", "@monthly", KEEP, YES),
            effect=lambda d: len(running(d)) == 3),
    Journey("change plan", MARTA, (PLANS, "@Change to another plan", "1", "3", YES),
            effect=lambda d: _held(d).pending or _held(d).plan_id != "remote-support-5-plus"),
    Journey("licences", MARTA, (PLANS, "@More or fewer licences", "1", "8", YES),
            effect=lambda d: _held(d).quantity == 8),
    Journey("frequency", MARTA, (PLANS, "@Change how often it is billed", "1", "@yearly", YES),
            effect=lambda d: _held(d).frequency.value == "yearly"),
    Journey("cancel", MARTA, (PLANS, "@Cancel the renewal", "1", "too dear", YES),
            effect=lambda d: _held(d).cancel_reason == "too dear"),
    Journey("keep", MARTA, (PLANS, "@Cancel the renewal", "1", KEEP, YES, "@Take a cancellation back", "1", YES),
            effect=lambda d: _held(d).end is None),
    Journey("reduce", MARTA, (PLANS, "@More or fewer licences", "1", "2", YES), effect=lambda d: _held(d).pending),
    Journey("undo", MARTA, (PLANS, "@More or fewer licences", "1", "2", YES, "@Take a waiting reduction back", "1",
            YES), effect=lambda d: not _held(d).pending),
    Journey("charged to", MARTA, (PLANS, "@What a plan is charged to", "1", "2", YES),
            effect=lambda d: _held(d).method_id),
    Journey("methods", MARTA, (METHODS, "@What is charged"), "Visa •••• 4242"),
    Journey("add a card", MARTA, (METHODS, "@Add a card", "1", "2", "@mastercard"),
            effect=lambda d: len(wallet(d)) == 2),
    Journey("add a bank account", MARTA, (METHODS, "@Add a bank account", "ES91", "ES91 2100 0418 4502 0005 1332",
            KEEP, YES), effect=lambda d: [h.method.last4 for h in wallet(d)].count("1332") == 1),
    Journey("default method", MARTA, (METHODS, "@Add a card", "2", "@mastercard", "@Charge another one by default",
            "2", YES), effect=lambda d: [h.is_default for h in wallet(d) if h.method.last4 != "4242"] == [True]),
    Journey("remove a method", MARTA, (METHODS, "@Add a card", "2", "@mastercard", "@Remove one", "1", YES),
            effect=lambda d: [h.method.last4 for h in wallet(d)] != ["4242"] and len(wallet(d)) == 1),
    Journey("billing information", MARTA, ("@Billing information", "@What invoices are made out to"), "Madrid"),
    Journey("change it", MARTA, ("@Billing information", "@Change it", "ACME Nueva, S.L.", *[KEEP] * 9, YES),
            effect=lambda d: _account(d).name == "ACME Nueva, S.L."),
    Journey("contacts", MARTA, (PEOPLE, "@Everybody on the account"), "ines@acme.example"),
    Journey("a contact", MARTA, (PEOPLE, "@One person", "2"), "ines@acme.example"),
    Journey("invite", MARTA, (PEOPLE, "@Invite somebody", "Eva Gil", "eva@acme.example", "2", KEEP, YES),
            effect=lambda d: [c.membership.role.value for c in _people(d).people if c.person.name == "Eva Gil"]
            == ["payer"]),
    Journey("resend", MARTA, (PEOPLE, "@Invite somebody", "Eva Gil", "eva@acme.example", "2", KEEP, YES,
            "@Send an invitation once more", "@Eva Gil", YES), "Eva Gil"),
    Journey("edit", MARTA, (PEOPLE, "@Change a name, an address or a role", "@Inés", "Inés Nueva", KEEP, "2", YES),
            effect=lambda d: [c.membership.role.value for c in _people(d).people if c.person.name == "Inés Nueva"]
            == ["payer"]),
    Journey("remove", MARTA, (PEOPLE, "@Take somebody off the account", "@Inés", YES),
            effect=lambda d: len(_people(d).people) == 2),
    Journey("take it back", MARTA, (PEOPLE, "@Take somebody off the account", "@Inés", YES, "@Take a change back",
            "1", YES), effect=lambda d: len(_people(d).people) == 3),
    Journey("hand over", MARTA, (PEOPLE, "@Hand the account over", "@Inés", KEEP, YES),
            effect=lambda d: _people(d).handover),
    Journey("withdraw", MARTA, (PEOPLE, "@Hand the account over", "@Inés", KEEP, YES, "@Withdraw a handover", YES),
            effect=lambda d: not _people(d).handover),
    Journey("notices", MARTA, ("@Notices and mail", "@Notices", "1")),
    Journey("notices read", MARTA, ("@Notices and mail", "@Mark all notices as read"),
            effect=lambda d: unread(d) == 0),
    Journey("mail", MARTA, ("@Pay", "@Pay everything that is open", YES, "b", "@Notices and mail",
            "@Mail that was sent", "1"), LAST),
    Journey("who receives", MARTA, ("@Notices and mail", "@Who receives which mail"), "ines@acme.example"),
    Journey("choose mail", MARTA, ("@Notices and mail", "@Choose who receives which mail", "@Inés", "9", "1, 2"),
            effect=lambda d: [len(c.receives) for c in choices(d) if c.person.name.startswith("Inés")] == [2]),
    Journey("timeline", MARTA, ("@What happened", "@Timeline: what happened, day by day", "1"), LAST),
    Journey("audit", MARTA, (PLANS, "@More or fewer licences", "1", "8", YES, "b", "@What happened", "@Who did what",
            KEEP, KEEP, "1"), "Hash"),
    Journey("head", MARTA, (PLANS, "@More or fewer licences", "1", "8", YES, "b", "@What happened",
            "@Where the chain of the trail ends"), "acme"),
    Journey("whom to ask", LUIS, ("@The billing contact", "@Who is the billing contact?"), "marta@acme.example"),
    Journey("write to them", LUIS, ("@The billing contact", "@Write to the billing contact", "1", "By Friday, please."),
            effect=lambda d: _mail(d, "member_message") == 1),
    Journey("language", MARTA, ("@Password, keys and language", "@Language", "2", "b"), "English"),
)  # fmt: skip

ENTERPRISE = (
    Journey("enterprise overview", IBERIA, ("@Overview",), "Corporación Aérea Peninsular, S.A."),
    Journey("orders", IBERIA, (ORDERS, "@All orders, and what waits for one"), "PO-2026-0417"),
    Journey("an order", IBERIA, (ORDERS, "@One order", "1"), "DOC-88213"),
    Journey("enter an order", IBERIA, (*NEW_ORDER, "1", YES),
            effect=lambda d: (o := order_named(d, "PO-9")).terms.budget == 100000 and len(o.terms.lines) == 1
            and [s.id for s in running(d) if s.purchase_order == "PO-9"] == ["iberia.s1"]),
    Journey("a draft counts", IBERIA, (*NEW_ORDER, "2", YES, "@Let a draft count", "1", YES),
            effect=lambda d: order_named(d, "PO-9").state is OrderState.ACTIVE),
    Journey("edit an order", IBERIA, (ORDERS, "@Edit an order", "1", KEEP, KEEP, KEEP, "70000", *[KEEP] * 4, KEEP,
            "changed", YES), effect=lambda d: (t := order_named(d, "PO-2026-0417").terms).budget == 7000000
            and t.note == "changed" and len(t.lines) == 1),
    Journey("close an order", IBERIA, (ORDERS, "@Close an order", "2", YES),
            effect=lambda d: order_named(d, "PO-2026-0418").state is OrderState.CLOSED),
    Journey("attach", IBERIA, (ORDERS, "@Let a subscription draw on an order", "1", "2", YES),
            effect=lambda d: _held(d, "iberia.s2").purchase_order == "PO-2026-0417"),
    Journey("detach", IBERIA, (ORDERS, "@Let a subscription draw on no order", "1", YES),
            effect=lambda d: _held(d, "iberia.s1").purchase_order == ""),
    Journey("quotes", IBERIA, (QUOTES, "@All quotes"), "Q-2026-000009"),
    Journey("a quote", IBERIA, (*OPEN_QUOTE, "1", "@What is on the table, and every word that led there"),
            "Service Desk 2027"),
    Journey("compare", IBERIA, (*OPEN_QUOTE, "2", "@Compare two revisions", KEEP, KEEP)),
    Journey("ask for a quote", IBERIA, (QUOTES, "@Ask for a quote", "More people", "@yearly", "1", "10", "100",
            "1", KEEP, "24", KEEP, KEEP, "Soon", YES),
            effect=lambda d: [r.terms.months for r in list_quotes(d).rows if r.quote.title == "More people"
                              and r.terms] == [24]),
    Journey("counter", IBERIA, (*OPEN_QUOTE, "1", "@Answer with other terms", KEEP, KEEP, KEEP, "15", KEEP, KEEP,
            KEEP, KEEP, KEEP, "Ours", YES),
            effect=lambda d: _quote(d, "Q-2026-000009").standing is QuoteState.COUNTERED),
    Journey("comment", IBERIA, (*OPEN_QUOTE, "1", "@Say something about it", "We look at it", YES),
            effect=lambda d: open_quote(d, _quote(d, "Q-2026-000009").quote.id).comments[-1].text == "We look at it"),
    Journey("accept", IBERIA, (*OPEN_QUOTE, "1", "@Accept what is on the table", "PO-2026-0418", YES),
            effect=lambda d: _quote(d, "Q-2026-000009").standing in (QuoteState.ACCEPTED, QuoteState.FULFILLED)),
    Journey("decline", IBERIA, (*OPEN_QUOTE, "1", "@Decline the quote", "Too dear", YES),
            effect=lambda d: _quote(d, "Q-2026-000009").quote.reason == "Too dear"),
    Journey("approval rule", IBERIA, (QUOTES, "@Approval of quotes", "5000"),
            effect=lambda d: _account(d).approval_above == 500000),
)  # fmt: skip

DESK = (
    Journey("queue", ELENA, ("@What waits on your accounts",), "Agencia Europea de Faros y Balizas"),
    Journey("accounts", ELENA, ("@The accounts you look after",), "lumiere"),
    Journey("account", ELENA, (*FAROS, "@Representative", "@The account at a glance"), "EXP/2024/0018"),
    Journey("terms", ELENA, (*FAROS, "@Representative", "@How the account is invoiced", "2", "1", "FC-9", YES),
            effect=lambda d: (a := _account(d)).consolidated and not a.order_required and a.contract == "FC-9"),
    Journey("credit", ELENA, (*FAROS, "@Invoices", "@All documents, newest first", "1", "@Issue a credit note",
            "10", "Late", YES),
            effect=lambda d: _credited(d)),
    Journey("price", ELENA, (*FAROS, *OPEN_QUOTE, "@Q-2026-000006", "@Make an offer", KEEP, KEEP, KEEP, KEEP, KEEP,
            KEEP, KEEP, KEEP, "2026-12-31", "2", KEEP, "Ours", YES),
            effect=lambda d: _quote(d, "Q-2026-000006").standing is QuoteState.SENT),
    Journey("offer", ELENA, (*FAROS, QUOTES, "@Open a quote with an offer", "New", "@yearly", "1", "10", KEEP, "1",
            KEEP, KEEP, KEEP, KEEP, "2", KEEP, KEEP, YES),
            effect=lambda d: [r.standing for r in list_quotes(d).rows if r.quote.title == "New"]
            == [QuoteState.SENT]),
    Journey("withdraw a quote", ELENA, (*FAROS, *OPEN_QUOTE, "@Q-2026-000006", "@Withdraw the quote", "No", YES),
            effect=lambda d: _quote(d, "Q-2026-000006").standing is QuoteState.WITHDRAWN),
    Journey("internal comment", ELENA, (*FAROS, *OPEN_QUOTE, "@Q-2026-000006", "@Comment for the vendor's side only",
            "Mind the margin"),
            effect=lambda d: open_quote(d, _quote(d, "Q-2026-000006").quote.id).comments[-1].internal),
    Journey("team", TERESA, (*FAROS, "@Representative", "@To whom the account can be given"), "Elena"),
    Journey("reassign", TERESA, (*FAROS, "@Representative", "@Give the account to somebody else", "1", YES),
            effect=lambda d: _account(d).representative_id != "" ),
)  # fmt: skip


def desk_of(house: Services, user_id: str) -> Desk:
    """A person's desk at the first account they can reach."""
    store = house.store()
    credential, standing = standing_of(store, user_id)
    return open_desk(store, house.clock, standings(store, credential), standing)


JOURNEYS = (*CENTER, *ENTERPRISE, *DESK)


def _credited(desk: Desk) -> bool:
    from billing.history import Question, StateFilter, list_invoices

    with desk.read(Act.SEE_INVOICES):
        return any(i.reason == "Late" for i in list_invoices(desk, Question(state=StateFilter.NOTES)).rows)
