"""A trial that is about to cost something is told a week ahead, once, and only where it will cost something."""

from __future__ import annotations

from datetime import date, timedelta

from billing.changes import Cancel
from billing.notices import Notice
from billing.outbox import OutboxMessage
from billing.trial_ending import REMIND_AHEAD, warn_of_trials
from tests.billing.shop import FIRST_OF_MARCH, Shop

STARTS = FIRST_OF_MARCH + timedelta(days=14)


def told(shop: Shop, day: date) -> int:
    """How many were told on a day."""
    return warn_of_trials(shop.go(day).store, shop.now())


def mails(shop: Shop) -> list[OutboxMessage]:
    """The mail about trials that end."""
    return [m for m in shop.all(OutboxMessage) if m.template == "trial_ends"]


def test_a_trial_that_ends_is_told_a_week_ahead_and_never_again() -> None:
    shop = Shop()
    shop.subscribe("tried", 2)
    shop.subscribe("basic")
    week_ahead = STARTS - timedelta(days=REMIND_AHEAD)
    assert [told(shop, week_ahead - timedelta(days=1)), told(shop, week_ahead), told(shop, week_ahead)] == [0, 1, 0]
    assert told(shop, STARTS - timedelta(days=1)) == 0
    (mail,) = mails(shop)
    assert (mail.to, mail.values["plan"]) == ("acme@example.com", "Tried")
    shop.go(STARTS)
    first = [i for i in (issued.invoice for issued in shop.renew().issued) if i.lines[0].quantity == 2]
    assert mail.values["amount"].replace(".", "").startswith(f"€{first[0].gross}")
    assert sum("trial" in notice.id for notice in shop.all(Notice)) == 1
    shop.agree()


def test_whoever_cancelled_in_the_trial_is_not_told() -> None:
    shop = Shop()
    trial = shop.subscribe("tried")
    shop.ask(Cancel(subscription_id=trial.id))
    assert told(shop, STARTS - timedelta(days=1)) == 0
    assert mails(shop) == []


def test_a_server_that_was_down_all_week_tells_on_the_last_day_but_not_after_it() -> None:
    shop = Shop()
    shop.subscribe("tried")
    assert told(shop, STARTS) == 0
    assert told(shop, STARTS - timedelta(days=1)) == 1
