"""Agreeing to a quote: approval by the customer's own rule, acceptance of one exact revision, and its terms in force.

What renews a subscription takes effect with its next renewal; a new one begins on its day. The agreed price holds to
the end of the term, and the engine bills it like any other.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta

from billing.accounts import Account
from billing.catalogue import Plan
from billing.changes import months_later
from billing.desk import AccountBooks, AccountWriting, Desk
from billing.errors import N_, Refusal
from billing.language import Language
from billing.money import Money
from billing.ordering import enter_order
from billing.permissions import Act
from billing.purchase_orders import OrderTerms, PurchaseOrder
from billing.quote_telling import tell_customer, tell_vendor
from billing.quote_views import current_id, needs_approval, visible_quote
from billing.quotes import (
    Acceptance,
    Approval,
    Move,
    Quote,
    QuoteLine,
    QuoteRevision,
    QuoteState,
    QuoteTerms,
    require,
)
from billing.quoting import QuoteMoved, moved, named
from billing.record import Id, changed
from billing.renewals import anchor_day_of, bill_next
from billing.store import Span
from billing.subscriptions import Pending, Subscription
from billing.vendor import Vendor


class ApprovalMissing(Refusal):
    """The account's own rule asks for an approver first."""

    message = N_(
        "Quote {number} is above the account's threshold of {threshold}: an approver has to approve it first. "
        "Nothing was changed. They have been told."
    )


class OrderNeeded(Refusal):
    """The account requires a purchase order on every invoice."""

    message = N_("Quote {number} needs a purchase order number. Nothing was changed. Enter it and accept again.")


class NothingToRenew(Refusal):
    """A line renews a subscription that does not renew any more."""

    message = N_(
        "{plan} does not renew any more, so quote {number} cannot be accepted. Nothing was changed. "
        "Ask your representative for a new offer."
    )


def approve(desk: Desk, quote_id: Id, revision_hash: str) -> Quote:
    """An approver's word on the offer that lies before them, and no other. Approving again changes nothing."""
    with desk.write(Act.APPROVE_QUOTE) as books:
        quote = visible_quote(desk, books, quote_id)
        require(quote, Move.APPROVE, desk.today)
        revision = exact(books, quote, revision_hash)
        if needs_approval(quote, revision, books.get(Account, desk.account.id)):
            word = Approval(
                person_id=desk.person.id, name=desk.person.name, at=desk.clock().astimezone(UTC), hash=revision.hash
            )
            quote = moved(desk, books, quote, approvals=(*quote.approvals, word))
            books.record(N_("Approved revision {revision} of quote {number}."), quote.id, **named(quote))
            tell_customer(desk, books, quote, N_("it is approved and can be accepted"))
        return quote


def exact(books: AccountBooks, quote: Quote, revision_hash: str) -> QuoteRevision:
    """The offer before the customer, where it is the one meant by its hash; `QuoteMoved` otherwise."""
    revision = books.get(QuoteRevision, current_id(quote))
    if revision.hash != revision_hash:
        raise QuoteMoved(quote.number, revision.name, revision.number, ())
    return revision


def accept(desk: Desk, quote_id: Id, revision_hash: str, purchase_order: str = "") -> Quote:
    """Accept the exact offer that was read, against a purchase order where the account needs one. It happens once.

    Raises `NotNow`, `QuoteMoved`, `ApprovalMissing`, `OrderNeeded` or `NothingToRenew`; then nothing was changed.
    """
    with desk.write(Act.ACCEPT_QUOTE) as books:
        quote = visible_quote(desk, books, quote_id)
        if quote.accepted is not None and quote.accepted.hash == revision_hash:
            return quote
        require(quote, Move.ACCEPT, desk.today)
        revision = exact(books, quote, revision_hash)
        account = books.get(Account, desk.account.id)
        if needs_approval(quote, revision, account):
            threshold = Money(account.approval_above or 0, account.currency)
            raise ApprovalMissing(number=quote.number, threshold=threshold)
        number = purchase_order.strip()
        if account.order_required and not number:
            raise OrderNeeded(number=quote.number)
        if number:
            _know_order(desk, books, quote, revision.terms, number)
        accepted = Acceptance(
            person_id=desk.person.id,
            name=desk.person.name,
            at=desk.clock().astimezone(UTC),
            revision=revision.number,
            hash=revision.hash,
            purchase_order=number,
            effective_on=_take_effect(desk, books, account, quote, revision.terms, number),
        )
        quote = moved(desk, books, quote, state=QuoteState.ACCEPTED, accepted=accepted)
        books.record(
            N_("Accepted revision {revision} of quote {number}: {net} before tax in its term."), quote.id,
            net=Money(revision.terms.whole, revision.terms.currency), **named(quote),
        )  # fmt: skip
        tell_vendor(desk, books, quote, N_("it was accepted"))
        return quote


def _know_order(desk: Desk, books: AccountWriting, quote: Quote, terms: QuoteTerms, number: str) -> None:
    """Enter the order where the account has none of this number: for this quote, for as long and as much as it is."""
    if books.count(PurchaseOrder, Span("number", (number,))):
        return
    last = months_later(max(terms.starts_on or desk.today, desk.today), 2 * terms.months) - timedelta(days=1)
    said = Language(desk.account.language).say(N_("Quote {number}"), number=quote.number)
    enter_order(
        desk, books, number,
        OrderTerms(issuer=desk.person.name, valid_from=desk.today, valid_until=last, budget=terms.whole, note=said),
    )  # fmt: skip


def _take_effect(
    desk: Desk, books: AccountWriting, account: Account, quote: Quote, terms: QuoteTerms, order: str
) -> date:
    """Put every line in force; the day on which the last of them is."""
    days = [
        _renew(desk, books, quote, terms, line, order) if line.subscription_id
        else _begin(desk, books, account, quote, terms, line, order)
        for line in terms.lines
    ]  # fmt: skip
    return max(days)


def _renew(desk: Desk, books: AccountWriting, quote: Quote, terms: QuoteTerms, line: QuoteLine, order: str) -> date:
    """From its next renewal on, a subscription runs on the agreed terms. What it was to become is replaced."""
    held = books.get(Subscription, line.subscription_id)
    on = held.renews_on
    if on is None:
        raise NothingToRenew(plan=held.plan_name, number=quote.number)
    pending = Pending(
        on=on,
        plan_id=line.plan_id,
        plan_name=line.plan_name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        frequency=terms.frequency,
        asked_on=desk.today,
        ends_coupon=True,
    )
    end = months_later(on, terms.months)
    agreed = {"end": end, "minimum_until": end, "quote": quote.number, "cancelled_on": None, "cancel_reason": ""}
    books.put(changed(held, pending=pending, purchase_order=order or held.purchase_order, **agreed))
    return on


def _begin(
    desk: Desk,
    books: AccountWriting,
    account: Account,
    quote: Quote,
    terms: QuoteTerms,
    line: QuoteLine,
    order: str,
) -> date:
    """A new subscription on the agreed terms; one that begins today is billed at once."""
    start = max(terms.starts_on or desk.today, desk.today)
    end = months_later(start, terms.months)
    made = books.put(
        Subscription(
            id=desk.ids(),
            account_id=account.id,
            plan_id=books.get(Plan, line.plan_id).id,
            plan_name=line.plan_name,
            quantity=line.quantity,
            unit_price=line.unit_price,
            frequency=terms.frequency,
            anchor_day=anchor_day_of(start, terms.frequency),
            start=start,
            end=end,
            minimum_until=end,
            purchase_order=order,
            quote=quote.number,
            renews_on=start,
        )
    )
    if start <= desk.today:
        vendor = books.get(Vendor, Vendor.ID)
        bill_next(books.ledger, vendor, account, made, desk.issue_day(vendor), desk.clock())
    return start
