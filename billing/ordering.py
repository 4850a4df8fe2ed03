"""Working with purchase orders: entering, editing, attaching and closing them; reading is in `billing.order_views`."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from billing.accounts import Account
from billing.audit import Change
from billing.conflict import Conflict, merged
from billing.desk import AccountWriting, Desk
from billing.errors import N_, Refusal
from billing.holds import ORDER_REASONS, HeldInvoice
from billing.language import Language, Word
from billing.money import Money
from billing.order_views import (
    MOST_ORDERS,
    OrderRow,
    OrderView,
    attachable,
    held_for_an_order,
    list_orders,
    open_order,
    order_named,
    revision_id,
    terms_read,
)
from billing.permissions import Act
from billing.purchase_orders import (
    FIELD_WORDS,
    LONGEST_NUMBER,
    MOST_LINES,
    STATE_WORDS,
    OrderRevision,
    OrderState,
    OrderTerms,
    PurchaseOrder,
)
from billing.record import Id, changed
from billing.renewals import Renewed, bill_next, next_renewal
from billing.store import Span
from billing.subscriptions import Subscription
from billing.vendor import Vendor

__all__ = [
    "OrderConflict",
    "OrderIs",
    "OrderRow",
    "OrderView",
    "OrderWrong",
    "activate_order",
    "attach_order",
    "attachable",
    "change_order",
    "checked",
    "close_order",
    "create_order",
    "detach_order",
    "enter_order",
    "held_for_an_order",
    "list_orders",
    "open_order",
    "order_named",
    "term_text",
    "terms_read",
]


class OrderWrong(Refusal):
    """Terms that can be no order."""

    message = N_("The order cannot be kept like this: {reason}. Nothing was saved. Correct it.")

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason=Word(reason))
        self.field = field


class OrderIs(Refusal):
    """The state of the order does not allow it."""

    message = N_("Purchase order {number} is {state}: this cannot be done with it. Nothing was changed.")


class OrderConflict(Conflict):
    """Somebody edited the order since it was read. `proposal` holds all that does not disagree."""

    message = N_(
        "{who} changed purchase order {number} meanwhile. Nothing of yours was saved yet, and nothing is lost: "
        "choose between both, field by field."
    )


def create_order(
    desk: Desk, number: str, terms: OrderTerms, *, draft: bool = False, attach: tuple[Id, ...] = ()
) -> PurchaseOrder:
    """Enter an order, at once active unless it is a draft, for the subscriptions named; held invoices go out."""
    with desk.write(Act.CHANGE_ORDERS) as books:
        order = enter_order(desk, books, number, terms, draft=draft)
        changes = []
        for subscription_id in dict.fromkeys(attach):
            held = books.get(Subscription, subscription_id)
            books.put(changed(held, purchase_order=order.number))
            changes.append(Change(held.plan_name, held.purchase_order, order.number))
        books.record(N_("Entered purchase order {number}."), order.id, tuple(changes), number=order.number)
        _release(desk, books)
        return order


def enter_order(
    desk: Desk, books: AccountWriting, number: str, terms: OrderTerms, *, draft: bool = False
) -> PurchaseOrder:
    """Store a new order; `OrderWrong` where it can be none, or its number is taken."""
    account = books.get(Account, desk.account.id)
    named = number.strip()
    if not 1 <= len(named) <= LONGEST_NUMBER:
        raise OrderWrong("number", N_("the number is from 1 to 60 characters"))
    if books.count(PurchaseOrder, Span("number", (named,))):
        raise OrderWrong("number", N_("there is an order with this number already"))
    order = books.put(
        PurchaseOrder(
            id=desk.ids(),
            account_id=account.id,
            number=named,
            state=OrderState.DRAFT if draft else OrderState.ACTIVE,
            currency=account.currency,
            terms=checked(terms),
            updated_at=desk.clock().astimezone(UTC),
        )
    )
    _revise(desk, books, order, ())
    return order


def checked(terms: OrderTerms) -> OrderTerms:
    """The terms, where they can be an order's."""
    if not terms.issuer.strip():
        raise OrderWrong("issuer", N_("it needs the name of whoever issued it"))
    if terms.valid_until is not None and terms.valid_until < terms.valid_from:
        raise OrderWrong("valid_until", N_("its last day lies before its first"))
    if terms.budget is not None and terms.budget < 0:
        raise OrderWrong("budget", N_("the budget is below nothing"))
    if len(terms.lines) > MOST_LINES or len(terms.files) > MOST_LINES:
        raise OrderWrong("lines", N_("it has too many lines"))
    if any(line.quantity < 1 or line.amount < 0 or not line.description.strip() for line in terms.lines):
        raise OrderWrong("lines", N_("each line needs words, a quantity and an amount"))
    return terms


def change_order(desk: Desk, order_id: Id, terms: OrderTerms, *, based_on: int) -> PurchaseOrder:
    """Edit an order. What two people changed in different fields is put together; where they disagree, both are told.

    `based_on` is the revision that was read. Raises `OrderConflict`, `OrderWrong` or `OrderIs`.
    """
    with desk.write(Act.CHANGE_ORDERS) as books:
        order = books.get(PurchaseOrder, order_id)
        _require(order, OrderState.DRAFT, OrderState.ACTIVE)
        wanted = checked(terms)
        if based_on != order.revision:
            read = books.get(OrderRevision, revision_id(order.id, based_on))
            theirs = books.get(OrderRevision, revision_id(order.id, order.revision))
            wanted, disagreements = merged(read.terms, order.terms, wanted)
            if disagreements:
                raise OrderConflict(
                    disagreements, wanted, based_on=order.revision, who=theirs.name, at=theirs.at, number=order.number
                )
            wanted = checked(wanted)
        changes = _changes(desk, order, wanted)
        if not changes:
            return order
        order = books.put(
            changed(order, terms=wanted, revision=order.revision + 1, updated_at=desk.clock().astimezone(UTC))
        )
        _revise(desk, books, order, changes)
        books.record(
            N_("Changed purchase order {number} (revision {revision})."), order.id, changes,
            number=order.number, revision=str(order.revision),
        )  # fmt: skip
        _release(desk, books)
        return order


def _revise(desk: Desk, books: AccountWriting, order: PurchaseOrder, changes: tuple[Change, ...]) -> None:
    books.put(
        OrderRevision(
            id=revision_id(order.id, order.revision),
            account_id=order.account_id,
            order_id=order.id,
            number=order.revision,
            at=desk.clock().astimezone(UTC),
            person_id=desk.person.id,
            name=desk.person.name,
            door=desk.counter.value,
            terms=order.terms,
            changes=changes,
        )
    )


def _changes(desk: Desk, order: PurchaseOrder, after: OrderTerms) -> tuple[Change, ...]:
    language = Language(desk.account.language)
    return tuple(
        Change(
            language.say(FIELD_WORDS[name]),
            term_text(name, getattr(order.terms, name), order.currency, language),
            term_text(name, getattr(after, name), order.currency, language),
        )
        for name in FIELD_WORDS
        if getattr(order.terms, name) != getattr(after, name)
    )


def term_text(field: str, value: Any, currency: str, language: Language) -> str:
    """One field of an order's terms in words."""
    if value is None:
        return ""
    if field == "budget":
        return language.money(Money(value, currency))
    if field == "lines":
        return "; ".join(
            f"{line.quantity} x {line.description} ({language.money(Money(line.amount, currency))})" for line in value
        )
    return language.write(value)


def _require(order: PurchaseOrder, *states: OrderState) -> None:
    if order.state not in states:
        raise OrderIs(number=order.number, state=Word(STATE_WORDS[order.state]))


def activate_order(desk: Desk, order_id: Id) -> PurchaseOrder:
    """Make a draft count; held invoices that it covers go out."""
    return _set_state(desk, order_id, OrderState.ACTIVE, N_("Activated purchase order {number}."), OrderState.DRAFT)


def close_order(desk: Desk, order_id: Id) -> PurchaseOrder:
    """Let nothing more be drawn, or drop a draft. What was invoiced under it stays as it is."""
    before = (OrderState.DRAFT, OrderState.ACTIVE)
    return _set_state(desk, order_id, OrderState.CLOSED, N_("Closed purchase order {number}."), *before)


def _set_state(desk: Desk, order_id: Id, now: OrderState, message: str, *before: OrderState) -> PurchaseOrder:
    with desk.write(Act.CHANGE_ORDERS) as books:
        order = books.get(PurchaseOrder, order_id)
        if order.state is now:
            return order
        _require(order, *before)
        words = [Language(desk.account.language).say(STATE_WORDS[state]) for state in (order.state, now)]
        order = books.put(changed(order, state=now, updated_at=desk.clock().astimezone(UTC)))
        change = Change(Language(desk.account.language).say(N_("state")), *words)
        books.record(message, order.id, (change,), number=order.number)
        _release(desk, books)
        return order


def attach_order(desk: Desk, order_id: Id, subscription_id: Id) -> Subscription:
    """Let a subscription's invoices draw on the order from now on; held ones go out."""
    with desk.write(Act.CHANGE_ORDERS) as books:
        order = books.get(PurchaseOrder, order_id)
        _require(order, OrderState.DRAFT, OrderState.ACTIVE)
        return _attached(desk, books, subscription_id, order.number)


def detach_order(desk: Desk, subscription_id: Id) -> Subscription:
    """Let a subscription draw on no order any more."""
    with desk.write(Act.CHANGE_ORDERS) as books:
        return _attached(desk, books, subscription_id, "")


def _attached(desk: Desk, books: AccountWriting, subscription_id: Id, number: str) -> Subscription:
    held = books.get(Subscription, subscription_id)
    if held.purchase_order == number:
        return held
    change = Change(Language(desk.account.language).say(N_("purchase order")), held.purchase_order, number)
    held = books.put(changed(held, purchase_order=number))
    books.record(N_("Changed the purchase order of {plan}."), held.id, (change,), plan=held.plan_name)
    _release(desk, books)
    return held


def _release(desk: Desk, books: AccountWriting) -> None:
    """Bill what was held for want of an order, as far as there is one now."""
    held = [h for h in books.find(HeldInvoice, Span("account"), limit=MOST_ORDERS).rows if h.reason in ORDER_REASONS]
    if not held:
        return
    vendor, now = books.get(Vendor, Vendor.ID), desk.clock()
    for waiting in held:
        while True:
            subscription = books.get(Subscription, waiting.subscription_id)
            renewal = next_renewal(subscription)
            if renewal is None or renewal.period.start > desk.today:
                break
            account = books.get(Account, desk.account.id)
            done = bill_next(books.ledger, vendor, account, subscription, desk.issue_day(vendor), now)
            if not isinstance(done, Renewed):
                break
