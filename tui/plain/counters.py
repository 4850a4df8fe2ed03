"""What can be done at each counter, in the order in which it is offered."""

from __future__ import annotations

from billing.credentials import Counter
from billing.errors import N_
from billing.inbox import unread
from billing.permissions import Act
from screens.session import Session
from tui.plain import (
    account,
    billing_info,
    desk,
    invoices,
    keys,
    mail,
    methods,
    orders,
    paying,
    people,
    plans,
    quotes,
    sign_in,
)
from tui.plain.menu import Group, Task, menu, offered, open_group, perform
from tui.plain.speech import GivenUp
from tui.plain.talk import Talk


def _keeps(session: Session) -> bool:
    return session.services.exports is not None


def _not_center(session: Session) -> bool:
    return session.desk is not None and session.desk.counter is not Counter.CENTER


def _at_desk(session: Session) -> bool:
    return session.desk is not None and session.desk.counter is Counter.DESK


SEE, SUBSCRIBE, METHODS = Act.SEE_ACCOUNT, Act.CHANGE_SUBSCRIPTION, Act.CHANGE_PAYMENT_METHODS
PEOPLE, ORDERS = Act.CHANGE_CONTACTS, Act.CHANGE_ORDERS

GLANCE = Task(N_("Overview"), account.overview, SEE, ("overview",), ("center.overview", "enterprise.overview"))
ASK = Group(
    N_("The billing contact"),
    (
        Task(N_("Who is the billing contact?"), people.whom_to_ask, Act.SEE_BILLING_CONTACT, (),
             ("center.not_contact",)),
        Task(
            N_("Write to the billing contact"), people.write_to_contact, Act.ASK_BILLING_CONTACT, (),
            ("center.ask_contact",),
        ),
    ),
    "ask_contact",
)  # fmt: skip
GROUPS = (
    Group(
        N_("Invoices"),
        (
            Task(N_("All documents, newest first"), invoices.history, Act.SEE_INVOICES,
                 ("invoices list", "invoices show", "invoices save"),
                 ("center.history", "center.invoice", "center.export", "center.printing", "center.mail_invoice")),
            Task(N_("Search"), invoices.search, Act.SEE_INVOICES),
            Task(N_("Only what is overdue"), invoices.overdue, Act.SEE_INVOICES),
            Task(N_("One document by its number"), invoices.by_number, Act.SEE_INVOICES, (), ("center.go_to",)),
            Task(N_("Statement of account"), account.statement, Act.SEE_INVOICES, ("statement",),
                 ("center.statement",)),
            Task(N_("Save the statement"), account.keep_statement, Act.SEE_INVOICES, (), ("center.save_statement",),
                 _keeps),
        ),
        "history",
    ),
    Group(
        N_("Pay"),
        (
            Task(N_("Pay everything that is open"), paying.pay_all, Act.PAY, ("pay",), ("center.pay",)),
            Task(N_("Pay some invoices"), paying.pay_some, Act.PAY),
            Task(N_("Pay a part of one invoice"), paying.pay_part, Act.PAY, (), ("center.part_payment",)),
            Task(N_("Payments under way"), paying.look_again, Act.PAY, (),
                 ("center.payment_result", "center.sandbox_bank")),
        ),
        "pay",
    ),
    Group(
        N_("Plans"),
        (
            Task(N_("What runs"), plans.listed, SEE, ("subscriptions list",), ("center.plans", "center.terms")),
            Task(N_("Everything, past plans too"), plans.all_listed, Act.SEE_INVOICES),
            Task(N_("Plans on offer"), plans.on_offer, SEE, ("plans list",), ("center.catalogue",)),
            Task(N_("Add a plan"), plans.add, SUBSCRIBE, ("subscriptions add",),
                 ("center.add_plan", "center.preview", "center.preview_page")),
            Task(N_("Change to another plan"), plans.change_plan, SUBSCRIBE, ("subscriptions change-plan",),
                 ("center.change_plan", "center.plan_choice")),
            Task(N_("More or fewer licences"), plans.licences, SUBSCRIBE, ("subscriptions licences",),
                 ("center.licences",)),
            Task(N_("Change how often it is billed"), plans.frequency, SUBSCRIBE, ("subscriptions frequency",),
                 ("center.frequency",)),
            Task(N_("Cancel the renewal"), plans.cancel, SUBSCRIBE, ("subscriptions cancel",), ("center.cancel",)),
            Task(N_("Take a cancellation back"), plans.keep, SUBSCRIBE, ("subscriptions keep",)),
            Task(N_("Take a waiting reduction back"), plans.undo, SUBSCRIBE, ("subscriptions undo",)),
            Task(N_("What a plan is charged to"), plans.method, METHODS, ("subscriptions method",),
                 ("center.method_for_subscription",)),
        ),
        "plans",
    ),
    Group(
        N_("Payment methods"),
        (
            Task(N_("What is charged"), methods.listed, Act.SEE_PAYMENT_METHODS, ("payment-methods list",),
                 ("center.payment_methods",)),
            Task(N_("Add a card"), methods.card, METHODS, (),
                 ("center.add_method", "center.add_card", "center.hosted_page", "center.sandbox_page")),
            Task(N_("Add a bank account"), methods.bank_debit, METHODS, ("payment-methods add-bank-debit",),
                 ("center.bank_debit",)),
            Task(N_("Charge another one by default"), methods.default, METHODS, ("payment-methods default",)),
            Task(N_("Remove one"), methods.remove, METHODS, ("payment-methods remove",), ("center.remove_method",)),
        ),
        "payment_methods",
    ),
    Group(
        N_("Billing information"),
        (
            Task(N_("What invoices are made out to"), billing_info.show, SEE, ("billing-info show",),
                 ("center.billing_information",)),
            Task(N_("Change it"), billing_info.change, Act.CHANGE_BILLING_INFORMATION, ("billing-info set",),
                 ("center.billing_review",)),
        ),
        "billing_information",
    ),
    Group(
        N_("Contacts and what they may do"),
        (
            Task(N_("Everybody on the account"), people.listed, Act.SEE_CONTACTS, ("contacts list",),
                 ("enterprise.contacts",)),
            Task(N_("One person"), people.show, Act.SEE_CONTACTS, ("contacts show",), ("enterprise.contact",)),
            Task(N_("Invite somebody"), people.invite, PEOPLE, ("contacts invite",), ("enterprise.invite",)),
            Task(N_("Change a name, an address or a role"), people.edit, PEOPLE, ("contacts edit",),
                 ("enterprise.conflict",)),
            Task(N_("Send an invitation once more"), people.resend, PEOPLE, ("contacts resend",)),
            Task(N_("Take somebody off the account"), people.remove, PEOPLE, ("contacts remove",)),
            Task(N_("Take a change back"), people.undo, PEOPLE, ("contacts undo",)),
            Task(N_("Hand the account over"), people.hand_over, PEOPLE, ("contacts hand-over",),
                 ("enterprise.handover",)),
            Task(N_("Withdraw a handover"), people.withdraw, PEOPLE, ("contacts withdraw",)),
            Task(N_("Accept a handover"), people.accept, Act.SEE_CONTACTS, ("contacts accept",)),
            Task(N_("Decline a handover"), people.decline, Act.SEE_CONTACTS, ("contacts decline",)),
        ),
        "contacts",
    ),
    Group(
        N_("Purchase orders"),
        (
            Task(N_("All orders, and what waits for one"), orders.listed, Act.SEE_ORDERS, ("orders list",),
                 ("enterprise.orders",), _not_center),
            Task(N_("One order"), orders.show, Act.SEE_ORDERS, ("orders show",), ("enterprise.order",), _not_center),
            Task(N_("Enter an order"), orders.create, ORDERS, ("orders create",), ("enterprise.order_form",),
                 _not_center),
            Task(N_("Edit an order"), orders.edit, ORDERS, ("orders edit",), (), _not_center),
            Task(N_("Let a draft count"), orders.activate, ORDERS, ("orders activate",), (), _not_center),
            Task(N_("Close an order"), orders.close, ORDERS, ("orders close",), (), _not_center),
            Task(N_("Let a subscription draw on an order"), orders.attach, ORDERS, ("orders attach",),
                 ("enterprise.order_attach",), _not_center),
            Task(N_("Let a subscription draw on no order"), orders.detach, ORDERS, ("orders detach",), (),
                 _not_center),
        ),
        "orders",
    ),
    Group(
        N_("Quotes"),
        (
            Task(N_("All quotes"), quotes.listed, Act.SEE_QUOTES, ("quotes list",), ("enterprise.quotes",),
                 _not_center),
            Task(N_("Open a quote: answer, compare, accept"), quotes.choose, Act.SEE_QUOTES,
                 ("quotes show", "quotes compare", "quotes counter", "quotes price", "quotes comment",
                  "quotes approve", "quotes accept", "quotes decline", "quotes withdraw", "quotes send-back",
                  "quotes let-out"),
                 ("enterprise.quote", "enterprise.quote_accept", "enterprise.quote_compare", "enterprise.quote_more",
                  "enterprise.quote_words", "enterprise.words_dialog"), _not_center),
            Task(N_("Ask for a quote"), quotes.request, Act.NEGOTIATE, ("quotes request",),
                 ("enterprise.quote_terms",), _not_center),
            Task(N_("Open a quote with an offer"), quotes.request, Act.PRICE_QUOTE, ("quotes offer",), (), _at_desk),
            Task(N_("Approval of quotes"), quotes.approval_rule, Act.ACCEPT_QUOTE, (),
                 ("enterprise.approval_rule",), _not_center),
        ),
        "quotes",
    ),
    Group(
        N_("Notices and mail"),
        (
            Task(N_("Notices"), mail.told, SEE, ("notices list",), ("center.inbox", "center.subject")),
            Task(N_("Mark all notices as read"), mail.mark_read, Act.READ_NOTICES, ("notices read",)),
            Task(N_("Mail that was sent"), mail.sent, SEE, (), ("center.outbox", "center.read_mail")),
            Task(N_("Who receives which mail"), mail.who_receives, Act.CHOOSE_MAIL, ("mail-choices show",),
                 ("center.mail_choices",)),
            Task(N_("Choose who receives which mail"), mail.choose, Act.CHOOSE_MAIL, ("mail-choices set",)),
        ),
        "mail_choices",
    ),
    Group(
        N_("What happened"),
        (
            Task(N_("Timeline: what happened, day by day"), account.timeline, SEE, ("timeline",),
                 ("center.timeline",)),
            Task(N_("Who did what"), account.audit, Act.SEE_AUDIT, ("audit list", "audit show"),
                 ("enterprise.audit",)),
            Task(N_("Where the chain of the trail ends"), account.audit_head, Act.SEE_AUDIT, ("audit head",)),
            Task(N_("Save the trail"), account.keep_audit, Act.SEE_AUDIT, ("audit export",), (), _keeps),
        ),
        "timeline",
    ),
    ASK,
    Group(
        N_("Representative"),
        (
            Task(N_("The account at a glance"), desk.account, SEE, ("desk account",), (), _at_desk),
            Task(N_("How the account is invoiced"), desk.terms, Act.CHANGE_TERMS, ("desk terms",), ("desk.terms",)),
            Task(N_("To whom the account can be given"), desk.team, Act.REASSIGN, ("desk team",)),
            Task(N_("Give the account to somebody else"), desk.reassign, Act.REASSIGN, ("desk reassign",),
                 ("desk.reassign",)),
        ),
        "terms",
    ),
    Group(
        N_("Password, keys and language"),
        (
            Task(N_("Change your password"), sign_in.new_password, SEE, (), ("front.change_password",)),
            Task(N_("Your SSH keys"), keys.listed, SEE, ("keys list",), ("front.access_keys",)),
            Task(N_("Enrol a key"), keys.add, SEE, ("keys add",), ("front.add_key",)),
            Task(N_("Call a key something else"), keys.rename, SEE, ("keys rename",), ("front.key_name",)),
            Task(N_("Revoke a key"), keys.revoke, SEE, ("keys revoke",)),
            Task(N_("Language"), sign_in.speak_other, None, (), ("front.settings",)),
        ),
        "settings",
    ),
)  # fmt: skip
"""An account's, at every counter; what a person's role or the counter does not allow is left out."""

DESK = Group(
    N_("Representative's desk"),
    (
        Task(N_("What waits on your accounts"), desk.waits, None, ("desk queue",), ("desk.queue",)),
        Task(N_("The accounts you look after"), desk.accounts, None, ("desk accounts",), ("desk.accounts",)),
    ),
    "queue",
)
"""A representative's, before an account is opened."""

ELSEWHERE = ("accounts list", "desk credit", "forgot", "set-password")
"""Commands whose twins are no entries of these menus: choosing an account, signing in, an invoice's own menu."""


async def at_account(talk: Talk) -> None:
    """The open account's menu, until the person signs out."""
    while await sign_in.still_here(talk):
        here = talk.desk
        groups = [g for g in GROUPS if offered(talk.session, g.tasks)]
        glance = offered(talk.session, (GLANCE,))
        entries = [talk.say(t.title) for t in glance] + [talk.say(g.title) for g in groups]
        out = N_("Back to the desk") if here.counter is Counter.DESK else N_("Leave this account")
        before = await _news(talk) if glance else [talk.say(N_("Your role does not include billing."))]
        heading = f"{here.account.name}, {here.person.name}"
        chosen = await menu(talk, heading, [*entries, talk.say(out)], "overview", before=before)
        if chosen is None or chosen == len(entries):
            return
        if chosen < len(glance):
            await perform(talk, glance[0])
        else:
            await open_group(talk, groups[chosen - len(glance)])


async def _news(talk: Talk) -> list[str]:
    count = await talk.ask(unread, talk.desk)
    if not count:
        return []
    return [talk.language.count("{number} unread notice.", "{number} unread notices.", count)]


async def at_desk(talk: Talk) -> None:
    """The representative's menu, until they sign out."""
    talk.session.desk = None
    while True:
        talk.session.desk = None
        titles = [talk.say(t.title) for t in DESK.tasks]
        titles += [talk.say(N_("Open an account")), talk.say(N_("Sign out"))]
        chosen = await menu(talk, talk.say(DESK.title), titles, DESK.topic)
        if chosen is None or chosen == len(titles) - 1:
            return
        if chosen < len(DESK.tasks):
            await perform(talk, DESK.tasks[chosen])
            continue
        try:
            await sign_in.enter(talk, await desk.which_account(talk))
        except GivenUp:
            continue
        await at_account(talk)
