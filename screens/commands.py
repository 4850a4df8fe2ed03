"""The command for this: what a script would type to get what a screen shows. `docs/commands.md` explains the words."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

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
from billing.history import Order, Question, StateFilter


def command_line(words: Sequence[str], account_id: str = "") -> str:
    """The words as a shell takes them; `account_id` where the person has several accounts."""
    return shlex.join(["ventanilla", *words, *(["--account", account_id] if account_id else [])])


def of_question(question: Question) -> tuple[str, ...]:
    """The list of invoices with its filters; what is as usual is left out."""
    words = ["invoices", "list"]
    if question.state is not StateFilter.ALL:
        words += ["--state", question.state.value]
    if question.year is not None:
        words += ["--year", str(question.year)]
    if question.subscription_id:
        words += ["--subscription", question.subscription_id]
    if question.text.strip():
        words.append(f"--search={question.text.strip()}")
    if question.order is not Order.NEWEST:
        words += ["--order", question.order.value]
    return tuple(words)


def of_wish(wish: Wish) -> tuple[str, ...]:
    """A change of a subscription, to be looked at first."""
    match wish:
        case AddPlan():
            coupon = (f"--coupon={wish.coupon}",) if wish.coupon else ()
            terms = ("--licences", str(wish.quantity), "--frequency", wish.frequency.value)
            words = ("add", wish.plan_id, *terms, *coupon)
        case ChangePlan():
            words = ("change-plan", wish.subscription_id, wish.plan_id)
        case ChangeLicences():
            words = ("licences", wish.subscription_id, str(wish.quantity))
        case ChangeFrequency():
            words = ("frequency", wish.subscription_id, wish.frequency.value)
        case Cancel():
            words = ("cancel", wish.subscription_id, *((f"--reason={wish.reason}",) if wish.reason else ()))
        case KeepOn():
            words = ("keep", wish.subscription_id)
        case UndoPending():
            words = ("undo", wish.subscription_id)
    return ("subscriptions", *words, "--preview")
