"""`forgot` and `set-password`: a code by mail, and a password made with it. No code or password is ever an argument."""

from __future__ import annotations

from contextlib import suppress

from billing.credentials import Counter
from billing.errors import N_, Refusal
from billing.forgotten_password import ANSWER, request_access, set_password
from tui.commands.call import Call
from tui.commands.exits import NotUnderstood
from tui.commands.words import LateParser, output

SOURCE = "command"
"""Where these tries come from, for counting them."""


class PasswordsDiffer(NotUnderstood):
    """The two passwords that were typed differ."""

    message = N_("The two passwords are not the same. Nothing was changed. Run the command again.")


class NothingTyped(NotUnderstood):
    """Standard input ended too soon."""

    message = N_("Give the code and the new password, each on a line of standard input. Nothing was changed.")


def words(topic: str, parser: LateParser) -> None:
    """The words after `forgot` and `set-password`."""
    parser.does(_forgot if topic == "forgot" else _set, output)
    if topic == "forgot":
        parser.add_argument("user_id", metavar="USER_ID", help="whose password is forgotten, or not made yet")
    counters = tuple(counter.value for counter in Counter)
    parser.add_argument("--counter", choices=counters, required=True, help="at which counter")


def _forgot(call: Call) -> int:
    from tui.outbox_commands import delivery

    with call.store() as store:
        request_access(store, call.clock, Counter(call.options.counter), call.options.user_id, SOURCE)
        answered = call.answer({"asked": True}, call.say(ANSWER))
        with suppress(Refusal):  # answered already, alike for everybody; what cannot be sent now waits
            delivery(store, call.clock)
    return answered


def _set(call: Call) -> int:
    from gateways.passwords import Argon2Passwords
    from tui.outbox_commands import delivery

    code, password = _asked(call) if call.streams.interactive else _read(call)
    with call.store() as store:
        set_password(store, Argon2Passwords(), call.clock, Counter(call.options.counter), code, password, SOURCE)
        with suppress(Refusal):
            delivery(store, call.clock)
    return call.answer({"changed": True}, call.say(N_("The new password is saved. Sign in with it.")))


def _asked(call: Call) -> tuple[str, str]:
    """Typed unseen on the terminal."""
    code = call.streams.secret(call.say(N_("Code from the mail")) + ": ")
    password = call.streams.secret(call.say(N_("New password, at least 12 characters")) + ": ")
    if call.streams.secret(call.say(N_("Once more")) + ": ") != password:
        raise PasswordsDiffer
    return code, password


def _read(call: Call) -> tuple[str, str]:
    """From two lines, for programs."""
    code, password = (call.streams.stdin.readline().rstrip("\r\n") for _ in range(2))
    if not code or not password:
        raise NothingTyped
    return code, password
