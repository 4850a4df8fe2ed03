"""Adding a plan, changing it, ending it: what it would come to, and then exactly that.

The preview and the change run the same code for the same day. A preview carries the fingerprint of everything it came
to; the change computes it again and refuses if anything moved: the day, the subscription, a price, the tax, the credit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import msgspec

from billing.accounts import Account
from billing.audit import Change
from billing.catalogue import Coupon, Plan
from billing.changes import (
    AddPlan,
    Cancel,
    ChangeFrequency,
    ChangeLicences,
    ChangePlan,
    KeepOn,
    Outcome,
    UndoPending,
    Wish,
    decide,
)
from billing.desk import AccountWriting, Desk
from billing.errors import N_, NotFound, Refusal
from billing.forecast import Expected, by_month, expected, horizon
from billing.holds import HOLD_WORDS
from billing.invoices import Invoice, Line
from billing.issuing import Sale, hold_reason, issue
from billing.language import Language
from billing.money import Money
from billing.order_ledger import order_reason
from billing.outbox import MailKind
from billing.permissions import Act
from billing.proration import Writer
from billing.record import Id, changed
from billing.renewals import bill_next
from billing.store import Span
from billing.subscriptions import Subscription
from billing.tax import TaxTotals, tax_totals
from billing.tax_treatment import treatment
from billing.telling import mail
from billing.vendor import Vendor

NEXT_INVOICES = 3
MOST_SUBSCRIPTIONS = 1000


class PreviewStale(Refusal):
    """Something the preview relied on moved since."""

    message = N_("Something changed since this preview: the day, a price or the subscription. Nothing was changed. "
                 "Look at the new preview and confirm that.")  # fmt: skip


class RenewalWaits(Refusal):
    """The current period's invoice is held, so nothing can be prorated against it."""

    message = N_("The current invoice of this subscription is held. Nothing was changed. Clear what holds it first.")


class CannotInvoice(Refusal):
    """The change must be invoiced now, and may not be."""

    message = N_("This cannot be invoiced yet: {reason} Nothing was changed.")


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a wish comes to. Amounts are minor units of `currency`; `months_…` are twelve, the current month first."""

    wish: Wish
    day: date
    currency: str
    before: Subscription | None
    after: Subscription
    effective: date
    lines: tuple[Line, ...]
    totals: TaxTotals
    credit: int
    """What the account's credit pays of it."""
    upcoming: tuple[Expected, ...]
    months_before: tuple[int, ...]
    months_after: tuple[int, ...]
    plan_minimum: date | None = None
    fingerprint: str = ""

    @property
    def due_today(self) -> Money:
        """What is to be paid now, with tax."""
        return Money(self.totals.gross - self.credit, self.currency)

    @property
    def at_once(self) -> bool:
        """Whether it takes effect today."""
        return self.effective == self.day


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done: the subscription as it stands, and the invoice that was issued for it, if any."""

    subscription: Subscription
    invoice: Invoice | None


def catalogue(desk: Desk) -> tuple[Plan, ...]:
    """The plans on offer that have a price in the account's currency, by their first price."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        plans = books.plans()
    currency = desk.account.currency
    sold = [p for p in plans if p.offered and any(price.currency == currency for price in p.prices)]
    return tuple(sorted(sold, key=lambda p: (min(x.amount for x in p.prices if x.currency == currency), p.id)))


def running(desk: Desk) -> tuple[Subscription, ...]:
    """The account's subscriptions that run today or are still to begin, oldest first."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        rows = books.find(Subscription, Span("account"), limit=MOST_SUBSCRIPTIONS).rows
    return tuple(s for s in rows if s.end is None or s.end > desk.today)


def preview(desk: Desk, wish: Wish, *, new_id: Id = "") -> Preview:
    """What the wish would come to today. Nothing is kept: it is done, and undone."""
    seen: list[Preview] = []
    try:
        with desk.write(Act.CHANGE_SUBSCRIPTION) as books:
            seen.append(_prepare(desk, books, wish, new_id or desk.ids())[0])
            raise _Undo
    except _Undo:
        return seen[0]


class _Undo(Exception):
    """Ends a preview's transaction without a commit."""


def confirm(desk: Desk, agreed: Preview) -> Receipt:
    """Do what the preview showed, or refuse with `PreviewStale`. Confirming twice does it once."""
    with desk.write(Act.CHANGE_SUBSCRIPTION) as books:
        try:
            found, vendor, account, sale = _prepare(desk, books, agreed.wish, agreed.after.id)
        except Refusal as refusal:
            raise PreviewStale from refusal
        if found.fingerprint != agreed.fingerprint:
            raise PreviewStale
        after = books.put(found.after)
        invoice = None
        if found.lines:
            reason = hold_reason(vendor, account, sale) or order_reason(
                books.ledger, account, sale, desk.issue_day(vendor)
            )
            if reason is not None:
                raise CannotInvoice(reason=Language(account.language).say(HOLD_WORDS[reason]))
            invoice = issue(books.ledger, vendor, account, sale, desk.issue_day(vendor), desk.clock())
        _tell(desk, books, found, after, account)
        return Receipt(after, invoice)


def _prepare(desk: Desk, books: AccountWriting, wish: Wish, new_id: Id) -> tuple[Preview, Vendor, Account, Sale]:
    today = desk.today
    vendor, account = books.get(Vendor, Vendor.ID), books.get(Account, desk.account.id)
    writer = Writer(Language(account.language), treatment(vendor, account, today))
    subscription = None if isinstance(wish, AddPlan) else books.get(Subscription, wish.subscription_id)
    if subscription is not None:
        subscription = _up_to_date(desk, books, vendor, account, subscription)
        account = books.get(Account, account.id)  # its credit may have paid what was just billed
    plan = _plan(books, wish, subscription)
    had_plan, coupon = False, _coupon(books, subscription.coupon) if subscription else None
    if isinstance(wish, AddPlan):
        rows = books.find(Subscription, Span("account"), limit=MOST_SUBSCRIPTIONS).rows
        # Its own earlier confirmation does not count: confirming again must meet the same terms, and then the id.
        had_plan = any(s.plan_id == wish.plan_id and s.id != new_id for s in rows)
        coupon = _coupon(books, wish.coupon)
    outcome = decide(wish, subscription, plan, account, writer, today, new_id=new_id, coupon=coupon, had_plan=had_plan)
    return _preview(wish, today, vendor, account, outcome), vendor, account, sale_of(outcome)


def sale_of(outcome: Outcome) -> Sale:
    """The invoice to be for what a change costs at once."""
    after = outcome.after
    return Sale(outcome.lines, after.id, outcome.renewals, after.purchase_order, after.quote)


def _up_to_date(
    desk: Desk, books: AccountWriting, vendor: Vendor, account: Account, subscription: Subscription
) -> Subscription:
    """Bill what the daily run has not come to yet, so that the change is reckoned against a billed period."""
    while subscription.renews_on is not None and subscription.renews_on <= desk.today:
        bill_next(books.ledger, vendor, account, subscription, desk.issue_day(vendor), desk.clock())
        later = books.get(Subscription, subscription.id)
        if later == subscription:
            raise RenewalWaits
        subscription = later
    return subscription


def _plan(books: AccountWriting, wish: Wish, subscription: Subscription | None) -> Plan | None:
    match wish:
        case AddPlan(plan_id=plan_id) | ChangePlan(plan_id=plan_id):
            return books.get(Plan, plan_id)
        case ChangeLicences() | ChangeFrequency() if subscription is not None:
            return books.get(Plan, subscription.plan_id)
        case _:
            return None


def _coupon(books: AccountWriting, code: str) -> Coupon | None:
    try:
        return books.get(Coupon, code.strip().upper()) if code.strip() else None
    except NotFound:
        return None


def _preview(wish: Wish, today: date, vendor: Vendor, account: Account, outcome: Outcome) -> Preview:
    totals = tax_totals(outcome.lines)
    until = horizon(today)
    before = expected(vendor, account, outcome.before, until) if outcome.before else ()
    later = expected(vendor, account, outcome.after, max(until, date(today.year + 4, today.month, 1)))
    after = [e for e in later if e.on < until]
    made = Preview(
        wish=wish,
        day=today,
        currency=account.currency,
        before=outcome.before,
        after=outcome.after,
        effective=outcome.effective,
        lines=outcome.lines,
        totals=totals,
        credit=min(account.credit, max(totals.gross, 0)),
        upcoming=later[:NEXT_INVOICES],
        months_before=by_month(today, ((e.on, e.gross) for e in before)),
        months_after=by_month(today, [(today, totals.gross), *((e.on, e.gross) for e in after)]),
        plan_minimum=outcome.after.minimum_until,
    )
    digest = hashlib.sha256(msgspec.json.encode(made)).hexdigest()
    return msgspec.structs.replace(made, fingerprint=digest)


def _tell(desk: Desk, books: AccountWriting, found: Preview, after: Subscription, account: Account) -> None:
    """The audit trail in the account's words, and mail to those who want it."""
    number, plan = after.quantity, after.plan_name
    event = f"change:{desk.ids()}"
    who, moved = desk.person.name, _moved(found.before, after, account)
    match found.wish:
        case AddPlan():
            books.record(N_("Added {plan} (licences: {number})."), after.id, moved, plan=plan, number=number)
        case ChangePlan():
            books.record(
                N_("Changed the plan to {plan} from {day}."), after.id, moved, plan=_to(after), day=found.effective
            )
        case ChangeLicences():
            wanted = after.pending.quantity if after.pending else number
            message = N_("Changed the licences of {plan} to {number} from {day}.")
            books.record(message, after.id, moved, plan=plan, number=wanted, day=found.effective)
        case ChangeFrequency(frequency=frequency):
            message = N_("Changed the billing frequency of {plan} to {frequency} from {day}.")
            books.record(message, after.id, moved, plan=plan, frequency=frequency.value, day=found.effective)
        case Cancel():
            books.record(N_("Cancelled {plan}; it ends on {day}."), after.id, moved, plan=plan, day=found.effective)
            mail(
                books.ledger, account, event, desk.clock(), MailKind.SUBSCRIPTION, "subscription_cancelled",
                plan=plan, last_day=date.fromordinal(found.effective.toordinal() - 1), person=who,
            )  # fmt: skip
            return
        case KeepOn():
            books.record(N_("Took the cancellation of {plan} back."), after.id, moved, plan=plan)
            mail(
                books.ledger, account, event, desk.clock(), MailKind.SUBSCRIPTION, "subscription_reactivated",
                plan=plan, person=who,
            )  # fmt: skip
            return
        case UndoPending():
            books.record(N_("Took the waiting change of {plan} back."), after.id, moved, plan=plan)
    mail(
        books.ledger, account, event, desk.clock(), MailKind.SUBSCRIPTION, "subscription_changed",
        what=plan, from_day=found.effective, person=who,
    )  # fmt: skip


def _moved(before: Subscription | None, after: Subscription, account: Account) -> tuple[Change, ...]:
    """Field by field what stood before and what stands now, or will when the change that waits comes."""
    old, new = _terms(before, account), _terms(after, account)
    return tuple(Change(field, old.get(field, ""), text) for field, text in new.items() if old.get(field, "") != text)


def _terms(subscription: Subscription | None, account: Account) -> dict[str, str]:
    if subscription is None:
        return {}
    coming, written = subscription.pending or subscription, Language(account.language)
    return {
        "plan": coming.plan_name,
        "quantity": str(coming.quantity),
        "unit_price": written.money(Money(coming.unit_price, account.currency)),
        "frequency": coming.frequency.value,
        "end": subscription.end.isoformat() if subscription.end else "",
    }


def _to(after: Subscription) -> str:
    return after.pending.plan_name if after.pending else after.plan_name


def set_method(desk: Desk, subscription_id: Id, method_id: Id) -> Subscription:
    """Charge a subscription to one of the account's payment methods; empty for the default."""
    from billing.payment_methods import PaymentMethod

    with desk.write(Act.CHANGE_PAYMENT_METHODS) as books:
        subscription = books.get(Subscription, subscription_id)
        label = ""
        if method_id:
            method = books.get(PaymentMethod, method_id)
            if method.removed_on is not None:
                raise NotFound(kind=PaymentMethod.kind, id=method.label)
            label = method.label
        done = books.put(changed(subscription, method_id=method_id))
        message = (
            N_("{plan} is charged to {method} from now on.")
            if method_id
            else N_("{plan} is charged to the default payment method from now on.")
        )
        old = subscription.method_id
        before = books.get(PaymentMethod, old).label if old else ""
        change = Change("method", before, label)
        books.record(message, subscription_id, (change,), plan=subscription.plan_name, method=label)
        return done
