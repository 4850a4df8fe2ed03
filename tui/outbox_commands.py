"""`ventanilla outbox`: the mail that waits, went or failed; and its delivery. For the operator.

What a message says is never shown: only whom it goes to, what it is about, and how far it has come.
"""

from __future__ import annotations

import os
from typing import Any

from billing.access_mail import deliver_access
from billing.delivering import Delivered, deliver, list_outbox, send_again
from billing.desk import Clock
from billing.errors import N_
from billing.language import Language
from billing.outbox import OutboxMessage, OutboxState
from billing.record import Id
from billing.store import Store
from billing.vendor import Vendor
from tui.commands.call import Call
from tui.commands.render import Part, Table, error_shape
from tui.wiring import random_number

MOST_LISTED = 200
MOST_DELIVERED = 1000
"""Messages of one run where `--limit` names no other number."""

_STATES = {
    OutboxState.WAITING: N_("waiting"),
    OutboxState.SENDING: N_("being sent"),
    OutboxState.SENT: N_("sent"),
    OutboxState.FAILED: N_("failed"),
}
_HEADINGS = (N_("Written"), N_("To"), N_("Message"), N_("State"), N_("Tries"), N_("Last error"))
_AGAIN = N_("The message to {address} waits again. It goes out with the next delivery.")


def run(call: Call) -> int:
    """List, deliver or retry, say what was found or done, and return the exit code: 1 where delivery had to stop."""
    options, language, clock = call.options, call.language, call.clock
    limit: int | None = getattr(options, "limit", None)
    with call.store() as store:
        if options.act == "list":
            state = getattr(options, "state", None)
            account_id: Id | None = getattr(options, "account", None)
            rows = list_outbox(store, account_id, limit or MOST_LISTED, OutboxState(state) if state else None)
            return call.answer([_shape(message) for message in rows], *_listed(rows, language))
        if options.act == "retry":
            message = send_again(store, clock, options.message)
            return call.answer(_shape(message), language.say(_AGAIN, address=message.to))
        done = delivery(store, clock, limit or MOST_DELIVERED)
    shape, parts = told(done, language)
    return call.answer(shape, *parts) or int(done.paused is not None)


def delivery(store: Store, clock: Clock, limit: int = MOST_DELIVERED) -> Delivered:
    """Deliver what waits in a store, the way the environment says. Raises `gateways.mail.settings.MailNotSetUp`."""
    from gateways.documents.local import LocalDocuments
    from gateways.mail.settings import mailer_of

    mailer = mailer_of(os.environ)
    with store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
    deliver_access(store, mailer, vendor, clock, random_number, limit)
    return deliver(store, mailer, LocalDocuments(), vendor, clock, limit)


def told(done: Delivered, language: Language) -> tuple[dict[str, Any], list[Part]]:
    """What a run did, for programs and for people."""
    paused = error_shape(done.paused, language)["error"] if done.paused else None
    shape = {
        "sent": done.sent, "put_off": done.put_off, "failed": done.failed, "waiting": done.waiting, "paused": paused,
    }  # fmt: skip
    facts = (
        (language.say(N_("Sent")), done.sent),
        (language.say(N_("Put off")), done.put_off),
        (language.say(N_("Failed")), done.failed),
        (language.say(N_("Still waiting")), done.waiting),
    )
    parts: list[Part] = [[(label, language.number(number)) for label, number in facts]]
    if done.paused:
        parts.append(language.refusal(done.paused))
    return shape, parts


def _shape(message: OutboxMessage) -> dict[str, Any]:
    """A message without what it says: values and texts may be personal."""
    names = (
        "id", "account_id", "mail", "template", "to", "language", "attach", "state", "attempts", "written_at",
        "next_at", "sent_at", "last_error",
    )  # fmt: skip
    return {name: getattr(message, name) for name in names}


def _listed(rows: tuple[OutboxMessage, ...], language: Language) -> list[Part]:
    if not rows:
        return [language.say(N_("There is no such mail in the outbox."))]
    cells = [
        (
            f"{m.written_at:%Y-%m-%d %H:%M}", m.to, m.template, language.say(_STATES[m.state]), str(m.attempts),
            m.last_error,
        )
        for m in rows
    ]  # fmt: skip
    return [Table(tuple(language.say(heading) for heading in _HEADINGS), cells, frozenset({4}))]
