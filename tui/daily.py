"""The vendor's daily work: what is done, and in which order. For `ventanilla daily` and a server that does it itself.

Each piece may be repeated and interrupted; one that cannot be done keeps no other from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from billing.collecting import collect
from billing.dunning import dun
from billing.order_warnings import warn_of_orders
from billing.renewals import renew
from billing.store import Store
from billing.trial_ending import warn_of_trials

if TYPE_CHECKING:
    from billing.desk import Clock
    from billing.payment_gateway import PaymentGateway


@dataclass(frozen=True, slots=True)
class Work:
    """What the work is done on."""

    store: Store
    clock: Clock
    gateway: Callable[[], PaymentGateway]
    as_of: date | None = None
    """As if it were that day; None for each account's own today."""


def _mail(work: Work) -> Any:
    from tui.outbox_commands import delivery

    return delivery(work.store, work.clock)


MAIL = "outbox"

STEPS: Mapping[str, Callable[[Work], Any]] = {
    "renew": lambda w: renew(w.store, w.clock(), as_of=w.as_of),
    "collect": lambda w: collect(w.store, w.gateway(), w.clock(), as_of=w.as_of),
    "dun": lambda w: dun(w.store, w.clock(), as_of=w.as_of),
    "orders": lambda w: warn_of_orders(w.store, w.clock(), as_of=w.as_of),
    "trials": lambda w: warn_of_trials(w.store, w.clock(), as_of=w.as_of),
    MAIL: _mail,
}
"""By name, in order: what is renewed can be collected, what is not collected is reminded of, and then all mail goes."""
