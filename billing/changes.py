"""What becomes of a subscription when its customer asks for something: now, or at the end of what is paid.

More (a dearer plan by price per day, more licences, a longer frequency) happens at once, prorated. Less waits for the
end of the billed period and of a minimum term, and can be undone until then (Stripe's portal, Lago). Everything here is
pure: the preview and the change are the same function on the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import msgspec

from billing.accounts import Account, Standing
from billing.catalogue import Coupon, Plan
from billing.errors import N_, Refusal
from billing.invoices import Line
from billing.periods import Frequency, boundary
from billing.proration import PERIODS_A_YEAR, Writer, period_line, rest_line, unused_line, yearly_price
from billing.record import Id, changed
from billing.renewals import anchor_day_of, first_boundary, next_renewal, without_coupon
from billing.subscriptions import Pending, Subscription


class AddPlan(msgspec.Struct, frozen=True, kw_only=True, tag="add_plan"):
    """Subscribe to a plan."""

    plan_id: Id
    quantity: int
    frequency: Frequency
    coupon: str = ""


class ChangePlan(msgspec.Struct, frozen=True, kw_only=True, tag="change_plan"):
    """Another plan for the same licences."""

    subscription_id: Id
    plan_id: Id


class ChangeLicences(msgspec.Struct, frozen=True, kw_only=True, tag="change_licences"):
    """More or fewer licences."""

    subscription_id: Id
    quantity: int


class ChangeFrequency(msgspec.Struct, frozen=True, kw_only=True, tag="change_frequency"):
    """Another billing frequency."""

    subscription_id: Id
    frequency: Frequency


class Cancel(msgspec.Struct, frozen=True, kw_only=True, tag="cancel"):
    """Do not renew."""

    subscription_id: Id
    reason: str = ""


class KeepOn(msgspec.Struct, frozen=True, kw_only=True, tag="keep_on"):
    """Take a cancellation back."""

    subscription_id: Id


class UndoPending(msgspec.Struct, frozen=True, kw_only=True, tag="undo_pending"):
    """Take a reduction back that has not happened yet."""

    subscription_id: Id


Wish: TypeAlias = AddPlan | ChangePlan | ChangeLicences | ChangeFrequency | Cancel | KeepOn | UndoPending


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a wish comes to: the subscription before and after, from which day, and what is billed at once."""

    before: Subscription | None
    after: Subscription
    effective: date
    lines: tuple[Line, ...] = ()
    renewals: tuple[str, ...] = ()

    @property
    def is_reduction(self) -> bool:
        """Whether it waits for a later day."""
        return self.before is not None and self.after.pending is not None and self.after.pending != self.before.pending


class NotSold(Refusal):
    """The plan has no price for this frequency in the account's currency, or is not offered any more."""

    message = N_("{plan} is not sold this way ({frequency}, {currency}). Nothing was changed. Choose another.")


class NothingChanges(Refusal):
    """What is asked for is what is."""

    message = N_("That is what you have now. Nothing was changed. Choose something else.")


class QuantityOutOfRange(Refusal):
    """More licences than the plan allows, or fewer than one."""

    message = N_("Choose from 1 to {most} licences. Nothing was changed.")


class Ended(Refusal):
    """The subscription has been cancelled or has ended."""

    message = N_("This subscription ends on {day}. Nothing was changed. Take the cancellation back first.")


class AgreedPrice(Refusal):
    """The subscription runs, or is to run, on the terms of an accepted quote."""

    message = N_(
        "{plan} runs on the terms of quote {quote}. Nothing was changed. Ask your representative for a new offer."
    )


class NothingToUndo(Refusal):
    """There is no cancellation, or no waiting change, to take back."""

    message = N_("There is nothing to take back. Nothing was changed.")


class CouponRefused(Refusal):
    """An unknown, expired or foreign coupon."""

    message = N_("The code {code} cannot be used here. Nothing was changed. Check it, or go on without it.")


class AccountClosed(Refusal):
    """Payments are so late that nothing can be added."""

    message = N_("The account is suspended because of unpaid invoices. Nothing was changed. Pay what is overdue first.")


def decide(
    wish: Wish,
    subscription: Subscription | None,
    plan: Plan | None,
    account: Account,
    writer: Writer,
    today: date,
    *,
    new_id: Id = "",
    coupon: Coupon | None = None,
    had_plan: bool = False,
) -> Outcome:
    """What the wish comes to on `today`. `subscription` has been billed up to `today`.

    `plan` is the one wished for (or, for other wishes, the present one); `coupon` is the one typed, or the one it has.
    Raises a `Refusal` where it cannot be.
    """
    if isinstance(wish, AddPlan):
        _require_open(account)
        assert plan is not None  # noqa: S101 - callers look it up
        return _added(wish, plan, account, writer, today, new_id, coupon, had_plan)
    assert subscription is not None  # noqa: S101 - callers look it up
    if subscription.quote and (subscription.end is None or today < subscription.end):
        raise AgreedPrice(plan=subscription.plan_name, quote=subscription.quote)
    match wish:
        case KeepOn():
            return _kept_on(subscription, account, today)
        case UndoPending():
            if subscription.pending is None:
                raise NothingToUndo
            return Outcome(subscription, changed(subscription, pending=None), today)
    if subscription.end is not None:
        raise Ended(day=subscription.end)
    match wish:
        case Cancel():
            return _cancelled(wish, subscription, today)
        case ChangeLicences(quantity=quantity):
            assert plan is not None  # noqa: S101 - callers look it up
            _require_quantity(quantity, plan)
            wanted = changed(subscription, quantity=quantity)
        case ChangePlan(plan_id=plan_id):
            assert plan is not None  # noqa: S101 - callers look it up
            _require_quantity(subscription.quantity, plan)
            price = _price(plan, subscription.frequency, account)
            wanted = changed(subscription, plan_id=plan_id, plan_name=plan.name, unit_price=price)
            if coupon is not None and coupon.plan_ids and plan_id not in coupon.plan_ids:
                wanted = without_coupon(wanted)
        case ChangeFrequency(frequency=frequency):
            assert plan is not None  # noqa: S101 - callers look it up
            price = _price(plan, frequency, account, offered=False)
            wanted = changed(subscription, frequency=frequency, unit_price=price)
    return _changed(subscription, wanted, plan, account, writer, today)


def _require_open(account: Account) -> None:
    if account.standing in (Standing.SUSPENDED, Standing.CANCELLED):
        raise AccountClosed


def _require_quantity(quantity: int, plan: Plan) -> None:
    if not 1 <= quantity <= plan.most_licences:
        raise QuantityOutOfRange(most=plan.most_licences)


def _price(plan: Plan, frequency: Frequency, account: Account, *, offered: bool = True) -> int:
    price = plan.price(frequency, account.currency)
    if price is None or (offered and not plan.offered):
        raise NotSold(plan=plan.name, frequency=frequency.value, currency=account.currency)
    return price.amount


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last."""
    return boundary(day, Frequency.MONTHLY, day.day, months)


def _added(
    wish: AddPlan,
    plan: Plan,
    account: Account,
    writer: Writer,
    today: date,
    new_id: Id,
    coupon: Coupon | None,
    had_plan: bool,
) -> Outcome:
    _require_quantity(wish.quantity, plan)
    trial = timedelta(days=0 if had_plan else plan.trial_days)
    start = today + trial
    subscription = Subscription(
        id=new_id,
        account_id=account.id,
        plan_id=plan.id,
        plan_name=plan.name,
        quantity=wish.quantity,
        unit_price=_price(plan, wish.frequency, account),
        frequency=wish.frequency,
        anchor_day=anchor_day_of(start, wish.frequency),
        start=start,
        renews_on=start,
        trial_from=today if trial else None,
        minimum_until=months_later(start, plan.minimum_months) if plan.minimum_months else None,
    )
    if wish.coupon:
        subscription = _with_coupon(subscription, wish.coupon, coupon, today)
    if trial:
        return Outcome(None, subscription, today)
    renewal = next_renewal(subscription)
    assert renewal is not None  # noqa: S101 - it begins today
    lines = (period_line(writer, subscription, renewal.period),)
    return Outcome(None, renewal.after, today, lines, (renewal.key,))


def _with_coupon(subscription: Subscription, code: str, coupon: Coupon | None, today: date) -> Subscription:
    if (
        coupon is None
        or (coupon.valid_from and today < coupon.valid_from)
        or (coupon.valid_until and today > coupon.valid_until)
        or (coupon.plan_ids and subscription.plan_id not in coupon.plan_ids)
    ):
        raise CouponRefused(code=code[:40])
    until = (
        boundary(subscription.start, subscription.frequency, subscription.anchor_day, coupon.periods)
        if coupon.periods
        else None
    )
    return changed(subscription, coupon=coupon.id, discount_percent=coupon.percent, discount_until=until)


def _cancelled(wish: Cancel, subscription: Subscription, today: date) -> Outcome:
    """It runs on until what is billed, and its minimum term, are over; a trial until it would be billed."""
    end = first_boundary(subscription, max(subscription.renews_on or today, subscription.minimum_until or today))
    after = changed(
        subscription,
        end=end,
        renews_on=subscription.renews_on if subscription.renews_on and subscription.renews_on < end else None,
        pending=None,
        cancelled_on=today,
        cancel_reason=wish.reason[:500],
    )
    return Outcome(subscription, after, end)


def _kept_on(subscription: Subscription, account: Account, today: date) -> Outcome:
    if subscription.cancelled_on is None or subscription.end is None or today >= subscription.end:
        raise NothingToUndo
    _require_open(account)
    after = changed(
        subscription,
        end=None,
        renews_on=subscription.renews_on or subscription.end,
        cancelled_on=None,
        cancel_reason="",
    )
    return Outcome(subscription, after, today)


def _changed(
    old: Subscription, wanted: Subscription, plan: Plan | None, account: Account, writer: Writer, today: date
) -> Outcome:
    """Another plan, number or frequency: at once where it is more, with the next renewal where it is less."""
    if wanted == old:
        raise NothingChanges
    longer = PERIODS_A_YEAR[wanted.frequency] < PERIODS_A_YEAR[old.frequency]
    if today < old.start:
        return Outcome(old, _in_trial(old, wanted, plan), today)
    if wanted.frequency is old.frequency:
        more = yearly_price(wanted.quantity, wanted.unit_price, wanted.frequency) >= yearly_price(
            old.quantity, old.unit_price, old.frequency
        )
    else:
        more = longer
    if not more:
        return _reduced(old, wanted, today)
    _require_open(account)
    period = old.period_on(today)
    assert period is not None  # noqa: S101 - it has started
    wanted = changed(wanted, pending=None)
    if plan is not None and plan.minimum_months and plan.id != old.plan_id:
        minimum = months_later(today, plan.minimum_months)
        wanted = changed(wanted, minimum_until=max(minimum, old.minimum_until or minimum))
    if longer:
        wanted = changed(wanted, anchored_on=today, anchor_day=anchor_day_of(today, wanted.frequency), renews_on=today)
        renewal = next_renewal(wanted)
        assert renewal is not None  # noqa: S101 - it begins today
        lines = (unused_line(writer, old, today, period), period_line(writer, wanted, renewal.period))
        # Where a billed period begins today too, its renewal has this key already.
        keys = () if period.start == today else (renewal.key,)
        return _unless_negative(Outcome(old, renewal.after, today, lines, keys), old, wanted, today)
    lines = (unused_line(writer, old, today, period), rest_line(writer, wanted, today, period))
    return _unless_negative(Outcome(old, wanted, today, lines), old, wanted, today)


def _unless_negative(outcome: Outcome, old: Subscription, wanted: Subscription, today: date) -> Outcome:
    """Where the credit would be more than the charge (an odd price list), the change waits like any reduction."""
    if sum(line.net for line in outcome.lines) < 0:
        return _reduced(old, wanted, today)
    return outcome


def _in_trial(old: Subscription, wanted: Subscription, plan: Plan | None) -> Subscription:
    """Nothing has been billed: the new terms simply hold, and the trial's days go on counting."""
    if plan is not None and plan.id != old.plan_id:
        minimum = months_later(old.start, plan.minimum_months) if plan.minimum_months else None
        wanted = changed(wanted, minimum_until=minimum)
    return changed(wanted, anchor_day=anchor_day_of(old.start, wanted.frequency), pending=None)


def _reduced(old: Subscription, wanted: Subscription, today: date) -> Outcome:
    on = first_boundary(old, max(old.renews_on or today, old.minimum_until or today))
    pending = Pending(
        on=on,
        plan_id=wanted.plan_id,
        plan_name=wanted.plan_name,
        quantity=wanted.quantity,
        unit_price=wanted.unit_price,
        frequency=wanted.frequency,
        asked_on=today,
        ends_coupon=bool(old.coupon) and not wanted.coupon,
    )
    return Outcome(old, changed(old, pending=pending), on)
