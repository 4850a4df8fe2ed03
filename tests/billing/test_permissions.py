"""Every use case of the Billing Center, by every role, and with everybody else's ids."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from billing.accounts import CUSTOMER_ROLES, Account, Membership, Person, Role
from billing.billing_information import (
    change_billing_information,
    preview_billing_information,
    read_billing_information,
)
from billing.changes import AddPlan, Cancel, ChangeFrequency, ChangeLicences, ChangePlan
from billing.charges import Charge, Share
from billing.delivering import account_mail
from billing.desk import Desk
from billing.errors import NotAllowed, NotFound, Refusal
from billing.inbox import mark_read, notices, unread
from billing.kinds import KINDS
from billing.mail_choices import choices, choose
from billing.mail_invoice import mail_addresses, mail_invoice
from billing.mandate import mandate_text
from billing.member_message import Wish, draft, send
from billing.notices import Notice
from billing.outbox import MailKind
from billing.paying import pay, till, watch
from billing.payment_methods import MethodRequest
from billing.periods import Frequency
from billing.permissions import ALLOWED, Act
from billing.plan_changes import catalogue, confirm, preview, running, set_method
from billing.record import Id, Record
from billing.statement import beginning, statement
from billing.store import Span
from billing.timeline import timeline
from billing.under_way import under_way
from billing.wallet import add_bank_debit, consequences, make_default, open_page, remove, wallet, watch_page
from tests.billing.shop import Shop
from tests.screens.till import Till

Y = Frequency.YEARLY
IBAN = "ES9121000418450200051332"


@dataclass(frozen=True)
class Own:
    """What one account has: the ids that a use case is given."""

    subscription: Id
    invoice: Id
    method: Id
    charge: Id
    request: Id
    membership: Id


def _confirm(desk: Desk, own: Own) -> Any:
    """A preview that the owner made, taken up at this desk."""
    wish = ChangeLicences(subscription_id=own.subscription, quantity=5)
    with desk.store.read() as books:
        memberships = books.find(Membership, Span("account", (desk.account.id, Role.OWNER.value))).rows
        person = books.get(Person, memberships[0].person_id)
    return confirm(desk, preview(replace(desk, person=person, role=Role.OWNER), wish))


def _change_information(desk: Desk, _: Own) -> Any:
    wanted = replace(read_billing_information(desk), name="Another name, S.L.")
    return change_billing_information(desk, preview_billing_information(desk, wanted))


PAYS = Till()
USE_CASES: dict[str, tuple[Act, Callable[[Desk, Own], Any]]] = {
    "catalogue": (Act.SEE_ACCOUNT, lambda d, _: catalogue(d)),
    "running": (Act.SEE_ACCOUNT, lambda d, _: running(d)),
    "preview add": (
        Act.CHANGE_SUBSCRIPTION, lambda d, _: preview(d, AddPlan(plan_id="basic", quantity=1, frequency=Y)),
    ),
    "preview plan": (
        Act.CHANGE_SUBSCRIPTION, lambda d, o: preview(d, ChangePlan(subscription_id=o.subscription, plan_id="plus")),
    ),
    "preview frequency": (
        Act.CHANGE_SUBSCRIPTION, lambda d, o: preview(d, ChangeFrequency(subscription_id=o.subscription, frequency=Y)),
    ),
    "preview cancel": (Act.CHANGE_SUBSCRIPTION, lambda d, o: preview(d, Cancel(subscription_id=o.subscription))),
    "confirm": (Act.CHANGE_SUBSCRIPTION, _confirm),
    "set_method": (Act.CHANGE_PAYMENT_METHODS, lambda d, o: set_method(d, o.subscription, o.method)),
    "wallet": (Act.SEE_PAYMENT_METHODS, lambda d, _: wallet(d)),
    "consequences": (Act.SEE_PAYMENT_METHODS, lambda d, o: consequences(d, o.method)),
    "open_page": (Act.CHANGE_PAYMENT_METHODS, lambda d, _: open_page(d, PAYS, key="new")),
    "watch_page": (Act.CHANGE_PAYMENT_METHODS, lambda d, o: watch_page(d, PAYS, o.request)),
    "add_bank_debit": (Act.CHANGE_PAYMENT_METHODS, lambda d, _: add_bank_debit(d, PAYS, IBAN, "Ana", key="k" * 16)),
    "mandate_text": (Act.CHANGE_PAYMENT_METHODS, lambda d, _: mandate_text(d)),
    "make_default": (Act.CHANGE_PAYMENT_METHODS, lambda d, o: make_default(d, o.method)),
    "remove": (Act.CHANGE_PAYMENT_METHODS, lambda d, o: remove(d, PAYS, o.method)),
    "till": (Act.PAY, lambda d, _: till(d)),
    "pay": (Act.PAY, lambda d, o: pay(d, PAYS, (Share(o.invoice, 100),), o.method, key="key")),
    "watch": (Act.PAY, lambda d, o: watch(d, PAYS, o.charge)),
    "under_way": (Act.PAY, lambda d, _: under_way(d)),
    "timeline": (Act.SEE_ACCOUNT, lambda d, _: timeline(d)),
    "notices": (Act.SEE_ACCOUNT, lambda d, _: notices(d)),
    "unread": (Act.SEE_ACCOUNT, lambda d, _: unread(d)),
    "mark_read": (Act.READ_NOTICES, lambda d, _: mark_read(d)),
    "account_mail": (Act.SEE_ACCOUNT, lambda d, _: account_mail(d)),
    "statement": (Act.SEE_INVOICES, lambda d, _: statement(d, d.today - timedelta(days=90), d.today)),
    "beginning": (Act.SEE_INVOICES, lambda d, _: beginning(d)),
    "mail_addresses": (Act.MAIL_INVOICE, lambda d, _: mail_addresses(d)),
    "mail_invoice": (Act.MAIL_INVOICE, lambda d, o: mail_invoice(d, o.invoice, d.person.email, key="key")),
    "choices": (Act.CHOOSE_MAIL, lambda d, _: choices(d)),
    "choose for others": (Act.CHOOSE_MAIL_FOR_OTHERS, lambda d, o: choose(d, o.membership, (MailKind.PERSONAL,))),
    "read_billing_information": (Act.SEE_ACCOUNT, lambda d, _: read_billing_information(d)),
    "change_billing_information": (Act.CHANGE_BILLING_INFORMATION, _change_information),
    "draft": (Act.SEE_BILLING_CONTACT, lambda d, _: draft(d, Wish.CANCEL)),
    "send": (Act.ASK_BILLING_CONTACT, lambda d, _: send(d, draft(d, Wish.CANCEL), "Please.")),
}  # fmt: skip
"""Every use case of plans, money, mail and notices, and the act it needs."""

BY_ID = ("preview plan", "preview frequency", "preview cancel", "set_method", "consequences", "watch_page",
         "make_default", "remove", "pay", "watch", "mail_invoice", "choose for others")  # fmt: skip
"""Those that are given an id, which may be somebody else's."""


def _filled(shop: Shop, account: Id) -> Own:
    method = shop.give_card(account)
    subscription = shop.subscribe(account=account, quantity=2)
    shop.put(MethodRequest(id=f"page-{account}", account_id=account, opened_at=shop.now()))
    invoice = next(i for i in shop.invoices if i.account_id == account)
    with shop.store.write() as books:
        for role in CUSTOMER_ROLES:
            books.put(Person(id=f"{role.value}-{account}", name=role.value, email=f"{role.value}@{account}.example"))
            membership = Membership(
                id=f"{role.value}.{account}", account_id=account, person_id=f"{role.value}-{account}", role=role
            )
            books.put(membership)
    charge = pay(shop.desk(account), PAYS, (Share(invoice.id, 10),), method.id, key=f"first-{account}")
    return Own(subscription.id, invoice.id, method.id, charge.id, f"page-{account}", f"member.{account}")


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.open_account("other")
    PAYS.collections.clear()
    for key in ("acme", "other"):
        PAYS.start_collection(key, key=key)
    return made


def desk(shop: Shop, role: Role, account: Id = "acme") -> Desk:
    """The desk of the person of that role."""
    return replace(shop.desk(account), person=shop.get(Person, f"{role.value}-{account}"), role=role)


def everything(shop: Shop) -> list[tuple[Record, ...]]:
    return [shop.all(kind) for kind in KINDS]


@pytest.mark.parametrize("role", CUSTOMER_ROLES)
@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(shop: Shop, use_case: str, role: Role) -> None:
    own = _filled(shop, "acme")
    act, run = USE_CASES[use_case]
    at = desk(shop, role)
    before = everything(shop)
    if act in ALLOWED[role]:
        assert run(at, own) is not None
    else:
        with pytest.raises(NotAllowed):
            run(at, own)
        assert everything(shop) == before


@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_desk_that_claims_another_account_gets_nothing(shop: Shop, use_case: str) -> None:
    own, theirs = _filled(shop, "acme"), _filled(shop, "other")
    _, run = USE_CASES[use_case]
    forged = replace(desk(shop, Role.OWNER), account=shop.get(Account, "other"))
    before = everything(shop)
    for ids in (own, theirs):
        with pytest.raises(NotFound if use_case == "confirm" and ids is own else NotAllowed):
            run(forged, ids)
    assert everything(shop) == before


@pytest.mark.parametrize("use_case", BY_ID)
def test_the_ids_of_another_account_are_not_found_and_nothing_happens(shop: Shop, use_case: str) -> None:
    _filled(shop, "acme")
    theirs = _filled(shop, "other")
    _, run = USE_CASES[use_case]
    before, asked = everything(shop), dict(PAYS.asked)
    with pytest.raises(NotFound):
        run(desk(shop, Role.OWNER), theirs)
    assert everything(shop) == before
    assert PAYS.asked == asked


def test_one_foreign_id_among_ones_own_is_not_found_either(shop: Shop) -> None:
    own, theirs = _filled(shop, "acme"), _filled(shop, "other")
    at, before = desk(shop, Role.OWNER), everything(shop)
    mixed: Collection[Callable[[], Any]] = (
        lambda: pay(at, PAYS, (Share(own.invoice, 100), Share(theirs.invoice, 100)), own.method, key="k"),
        lambda: pay(at, PAYS, (Share(own.invoice, 100),), theirs.method, key="k"),
        lambda: set_method(at, own.subscription, theirs.method),
        lambda: set_method(at, theirs.subscription, own.method),
    )
    for run in mixed:
        with pytest.raises(NotFound):
            run()
    assert everything(shop) == before


def test_the_key_of_another_accounts_payment_starts_and_tells_nothing(shop: Shop) -> None:
    own, theirs = _filled(shop, "acme"), _filled(shop, "other")
    asked = dict(PAYS.asked)
    with pytest.raises(Refusal):
        pay(desk(shop, Role.OWNER), PAYS, (Share(own.invoice, 100),), own.method, key=theirs.charge)
    assert PAYS.asked == asked
    assert shop.get(Charge, theirs.charge).account_id == "other"


def test_a_removed_method_is_chosen_for_nothing(shop: Shop) -> None:
    own = _filled(shop, "acme")
    at = desk(shop, Role.OWNER)
    remove(at, PAYS, own.method)
    for choose_it in (lambda: make_default(at, own.method), lambda: set_method(at, own.subscription, own.method)):
        with pytest.raises(NotFound):
            choose_it()


def test_notices_of_others_are_not_marked(shop: Shop) -> None:
    _filled(shop, "acme")
    _filled(shop, "other")
    shop.put(Notice(id="n", account_id="other", at=shop.now(), message="x"))
    with pytest.raises(NotFound):
        mark_read(desk(shop, Role.OWNER), ["n"])
    assert mark_read(desk(shop, Role.OWNER, "other"), ["n"]) == 1
