"""`plans` and `subscriptions`: what can be had, what is had, and every change to it, first shown and then done."""

from __future__ import annotations

from collections.abc import Iterable

from billing.catalogue import Plan
from billing.changes import (
    AddPlan,
    Cancel,
    ChangeFrequency,
    ChangeLicences,
    ChangePlan,
    KeepOn,
    UndoPending,
    Wish,
)
from billing.desk import Desk
from billing.errors import N_
from billing.history import subscriptions
from billing.money import Money
from billing.payment_methods import PaymentMethod
from billing.periods import Frequency
from billing.permissions import Act
from billing.plan_changes import Preview, PreviewStale, catalogue, confirm, preview, running, set_method
from billing.subscriptions import Subscription
from tui.commands import shapes
from tui.commands.call import Call, key_of
from tui.commands.exits import DONE
from tui.commands.render import Part, Table
from tui.commands.words import LateParser, Run, consent, key, positive, somebody

FREQUENCIES = {
    Frequency.WEEKLY: N_("weekly"),
    Frequency.MONTHLY: N_("monthly"),
    Frequency.QUARTERLY: N_("quarterly"),
    Frequency.HALF_YEARLY: N_("half-yearly"),
    Frequency.YEARLY: N_("yearly"),
}

FREQUENCY_CHOICES = tuple(f.value for f in Frequency)


def words(topic: str, parser: LateParser) -> None:
    """The words after `plans` and `subscriptions`."""
    group = parser.group()
    if topic == "plans":
        parser.command(group, "list", _plans, "plans on offer, with their prices in the account's currency", somebody)
        return
    listing = parser.command(group, "list", _list, "subscriptions that run or are to begin", somebody)
    listing.add_argument("--all", action="store_true", help="past ones too")

    def change(name: str, about: str, run: Run = _change, *, subject: bool = True) -> LateParser:
        command = parser.command(group, name, run, about, somebody, consent)
        if run is _change:
            command.add_argument("--fingerprint", default="", metavar="TEXT", help="of the preview that was agreed to")
        if subject:
            command.add_argument("subscription", metavar="SUBSCRIPTION", help="its id")
        return command

    add = change("add", "subscribe to a plan", subject=False)
    add.add_argument("plan", metavar="PLAN", help="its id")
    add.add_argument("--licences", type=positive, default=1, metavar="N")
    add.add_argument("--frequency", choices=FREQUENCY_CHOICES, default="monthly")
    add.add_argument("--coupon", default="", metavar="CODE")
    key(add)
    change("change-plan", "another plan").add_argument("plan", metavar="PLAN", help="its id")
    change("licences", "more or fewer licences").add_argument("licences", type=positive, metavar="N")
    change("frequency", "another billing frequency").add_argument("frequency", choices=FREQUENCY_CHOICES)
    change("cancel", "do not renew").add_argument("--reason", default="", metavar="TEXT")
    change("keep", "take a cancellation back")
    change("undo", "take a waiting reduction back")
    charged = change("method", "what it is charged to", _method)
    charged.add_argument("method", metavar="METHOD", help="a payment method's id, or default")


def wish_of(call: Call) -> Wish:
    """What the words ask for."""
    o = call.options
    match o.act:
        case "add":
            return AddPlan(plan_id=o.plan, quantity=o.licences, frequency=Frequency(o.frequency), coupon=o.coupon)
        case "change-plan":
            return ChangePlan(subscription_id=o.subscription, plan_id=o.plan)
        case "licences":
            return ChangeLicences(subscription_id=o.subscription, quantity=o.licences)
        case "frequency":
            return ChangeFrequency(subscription_id=o.subscription, frequency=Frequency(o.frequency))
        case "cancel":
            return Cancel(subscription_id=o.subscription, reason=o.reason)
        case "keep":
            return KeepOn(subscription_id=o.subscription)
        case _:
            return UndoPending(subscription_id=o.subscription)


def _plans(call: Call) -> int:
    with call.desk() as desk:
        offered, currency = catalogue(desk), desk.account.currency
    headings = tuple(call.say(m) for m in (N_("Plan"), N_("Name"), N_("Frequency"), N_("Price"), N_("About")))
    rows = [
        (plan.id, plan.name, call.say(FREQUENCIES[price.frequency]), call.money(price.amount, currency), plan.about)
        for plan in offered
        for price in plan.prices
        if price.currency == currency
    ]
    shape = {"plans": [_plan(plan, currency) for plan in offered]}
    return call.answer(shape, Table(headings, rows, frozenset({3})))


def _plan(plan: Plan, currency: str) -> shapes.Shape:
    return {
        "id": plan.id,
        "name": plan.name,
        "about": plan.about,
        "prices": [
            {"frequency": p.frequency, "price": Money(p.amount, currency)}
            for p in plan.prices
            if p.currency == currency
        ],
        "trial_days": plan.trial_days,
        "minimum_months": plan.minimum_months,
        "most_licences": plan.most_licences,
    }


def _list(call: Call) -> int:
    with call.desk() as desk:
        rows, currency = subscriptions(desk) if call.options.all else running(desk), desk.account.currency
    return call.answer({"subscriptions": [shapes.subscription(s, currency) for s in rows]}, terms(call, rows, currency))


def terms(call: Call, rows: Iterable[Subscription], currency: str) -> Table:
    """Subscriptions in columns, with what will become of them."""
    heads = (N_("Subscription"), N_("Plan"), N_("Licences"), N_("Price"), N_("Frequency"), N_("Renews"), N_("Note"))
    return Table(
        tuple(call.say(m) for m in heads),
        [
            (
                s.id, s.plan_name, call.language.number(s.quantity), call.money(s.unit_price, currency),
                call.say(FREQUENCIES[s.frequency]), call.date(s.renews_on), _note(call, s, currency),
            )
            for s in rows
        ],
        frozenset({2, 3}),
    )  # fmt: skip


def _note(call: Call, held: Subscription, currency: str) -> str:
    if held.end is not None:
        return call.say(N_("ends on {day}"), day=held.end)
    if (later := held.pending) is not None:
        price, often = call.money(later.unit_price, currency), call.say(FREQUENCIES[later.frequency])
        return call.say(
            N_("from {day}: {plan}, {number} licences, {price} {often}"),
            day=later.on, plan=later.plan_name, number=later.quantity, price=price, often=often,
        )  # fmt: skip
    return ""


def preview_shape(seen: Preview) -> shapes.Shape:
    """Everything a preview shows, and the fingerprint to agree to."""
    currency = seen.currency

    def sums(amounts: tuple[int, ...]) -> list[Money]:
        return [Money(amount, currency) for amount in amounts]

    return {
        "day": seen.day,
        "effective": seen.effective,
        "at_once": seen.at_once,
        "before": seen.before and shapes.subscription(seen.before, currency),
        "after": shapes.subscription(seen.after, currency),
        "lines": [shapes.line(each, currency) for each in seen.lines],
        "totals": shapes.totals(seen.totals, currency),
        "credit": Money(seen.credit, currency),
        "due_today": seen.due_today,
        "upcoming": [
            {
                "on": e.on,
                "end": e.end,
                "plan": e.plan,
                "net": Money(e.net, currency),
                "tax": Money(e.tax, currency),
                "gross": Money(e.gross, currency),
            }
            for e in seen.upcoming
        ],
        "months_before": sums(seen.months_before),
        "months_after": sums(seen.months_after),
        "minimum_until": seen.plan_minimum,
        "fingerprint": seen.fingerprint,
    }


def preview_parts(call: Call, seen: Preview) -> list[Part]:
    """A preview for people."""
    currency = seen.currency
    held = terms(call, [s for s in (seen.before, seen.after) if s], currency)
    moments = [call.say(N_("Before")), call.say(N_("After"))][-len(held.rows) :]
    before = Table(
        ("", *held.headings),
        [(moment, *row) for moment, row in zip(moments, held.rows, strict=True)],
        frozenset(column + 1 for column in held.right),
    )
    lines = Table(
        (call.say(N_("Line")), call.say(N_("Amount"))),
        [(each.description, call.money(each.net, currency)) for each in seen.lines],
        frozenset({1}),
    )
    coming = Table(
        (call.say(N_("Next invoices")), call.say(N_("Plan")), call.say(N_("Total"))),
        [(call.date(e.on), e.plan, call.money(e.gross, currency)) for e in seen.upcoming],
        frozenset({2}),
    )
    facts = [
        (call.say(N_("Takes effect")), call.date(seen.effective)),
        (call.say(N_("Before tax")), call.money(seen.totals.net, currency)),
        (call.say(N_("Tax")), call.money(seen.totals.tax, currency)),
        (call.say(N_("From your credit")), call.money(seen.credit, currency)),
        (call.say(N_("To pay today")), call.language.money(seen.due_today)),
        (call.say(N_("Twelve months before")), call.money(sum(seen.months_before), currency)),
        (call.say(N_("Twelve months after")), call.money(sum(seen.months_after), currency)),
    ]
    if seen.plan_minimum:
        facts.append((call.say(N_("Cannot be reduced before")), call.date(seen.plan_minimum)))
    parts: list[Part] = [before, ""]
    if seen.lines:
        parts += [lines, ""]
    parts += [facts, ""]
    return [*parts, coming] if seen.upcoming else parts


def _change(call: Call) -> int:
    with call.desk() as desk:
        seen = preview(desk, wish_of(call), new_id=key_of(desk, call.options.key) if call.options.act == "add" else "")
        if call.options.fingerprint not in ("", seen.fingerprint):
            raise PreviewStale
        if not call.agreed(preview_shape(seen), preview_parts(call, seen)):
            return DONE
        receipt = confirm(desk, seen)
        currency, today = desk.account.currency, desk.today
    issued = receipt.invoice
    shape = {
        "subscription": shapes.subscription(receipt.subscription, currency),
        "invoice": issued and shapes.invoice(issued, today),
    }
    parts: list[Part] = [call.say(N_("Done.")), terms(call, [receipt.subscription], currency)]
    if issued:
        total = call.money(issued.gross, issued.currency)
        parts.append(call.say(N_("Invoice {number} was issued: {total}."), number=issued.number, total=total))
    return call.answer(shape, *parts)


def _method(call: Call) -> int:
    o = call.options
    wanted = "" if o.method == "default" else o.method
    with call.desk() as desk:
        currency = desk.account.currency
        held, before, after = _methods(desk, o.subscription, wanted)
        default = call.say(N_("the default payment method"))
        facts = [
            (call.say(N_("Subscription")), held.plan_name),
            (call.say(N_("Charged to now")), before.label if before else default),
            (call.say(N_("Charged to from now on")), after.label if after else default),
        ]
        shape = {
            "subscription": shapes.subscription(held, currency),
            "before": before and shapes.method(before),
            "after": after and shapes.method(after),
        }
        if not call.agreed(shape, [facts]):
            return DONE
        done = set_method(desk, o.subscription, wanted)
    return call.answer({"subscription": shapes.subscription(done, currency)}, call.say(N_("Done.")), facts)


def _methods(
    desk: Desk, subscription_id: str, wanted: str
) -> tuple[Subscription, PaymentMethod | None, PaymentMethod | None]:
    """The subscription, and what it is charged to by name before and after."""
    with desk.read(Act.CHANGE_PAYMENT_METHODS) as books:
        held = books.get(Subscription, subscription_id)
        before, after = (books.get(PaymentMethod, i) if i else None for i in (held.method_id, wanted))
        return held, before, after
