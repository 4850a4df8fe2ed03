"""The words of the command line: a table of topics, and the options they share.

Each topic's own words live with what they do, in `tui.commands.<module>`, and are read only when that topic was
chosen: building all of them would cost every start some milliseconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from tui.commands.exits import NOT_UNDERSTOOD

if TYPE_CHECKING:
    from tui.commands.call import Call

Run = Callable[["Call"], int]


class Topic(NamedTuple):
    """A word after `ventanilla`, what `--help` says of it, and the module that knows the rest."""

    name: str
    help: str
    module: str
    for_others: bool = True
    """Whether one process can do it for another: not what needs a terminal, a port, or no store at all."""


CUSTOMER = (
    Topic("accounts", "the accounts of a person", "accounts"),
    Topic("overview", "the account at a glance", "accounts"),
    Topic("invoices", "list, show, save or mail invoices and credit notes", "invoices"),
    Topic("plans", "what can be subscribed to", "subscriptions"),
    Topic("subscriptions", "see and change what the account is subscribed to", "subscriptions"),
    Topic("payment-methods", "see and change what is charged", "payment_methods"),
    Topic("pay", "pay invoices now", "pay"),
    Topic("billing-info", "see and change what invoices are made out to", "billing_info"),
    Topic("statement", "what was billed and paid, with its balance", "statement"),
    Topic("quotes", "ask for prices, offer, answer, compare, accept", "quotes"),
    Topic("contacts", "who is on the account, and what each may do", "contacts"),
    Topic("orders", "see, enter and change purchase orders", "orders"),
    Topic("desk", "the representative's desk: open it, or see and do one thing there", "desk"),
    Topic("timeline", "what happened on the account", "timeline"),
    Topic("audit", "who did what on the account", "audit"),
    Topic("notices", "what the counter told the account", "notices"),
    Topic("mail-choices", "choose which mail people receive", "mail_choices"),
    Topic("keys", "SSH keys that open the account without a password", "keys"),
    Topic("forgot", "have a code mailed, for a forgotten password or a first one", "access"),
    Topic("set-password", "make a password with a mailed code", "access"),
)
"""What a customer does, each through a desk."""

OPERATOR = (
    Topic("renew", "invoice every period that has begun", "runs"),
    Topic("collect", "charge what is due, settle what is unsettled", "runs"),
    Topic("dun", "remind, and move accounts that do not pay", "runs"),
    Topic("daily", "renew, collect, dun and deliver mail, in this order", "runs"),
    Topic("serve", "let people in over SSH", "serve", for_others=False),
    Topic("jobs", "the daily work that a server does, with its last results", "jobs", for_others=False),
    Topic("plain", "the counter line by line, for screen readers and scripts", "plain", for_others=False),
    Topic("kiosk", "the counter on a terminal that anybody walks up to", "kiosk", for_others=False),
    Topic("outbox", "mail that waits or failed; deliver it", "runs"),
    Topic("verify", "prove that the books agree with themselves", "verify"),
    Topic("completion", "a script that completes these words in a shell", "completion", for_others=False),
)
"""What the vendor runs, on the whole store."""

MODULES = {topic.name: topic.module for topic in (*CUSTOMER, *OPERATOR)}


_FILLING = Lock()
"""A server's threads parse with the same parser."""


class Instead(Exception):
    """What the words of the command line lead to instead of a command: help, a version, or what is wrong with them."""

    def __init__(self, said: str, code: int) -> None:
        super().__init__(said)
        self.said, self.code = said, code


class LateParser(argparse.ArgumentParser):
    """A parser that learns its own words when it is first asked for them."""

    def __init__(self, *args: Any, fill: Callable[[LateParser], None] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._fill = fill

    def print_help(self, file: Any = None) -> NoReturn:
        """Say all of it, to whoever asked: a parser knows no streams."""
        del file
        raise Instead(self.format_help(), 0)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong."""
        raise Instead(f"{self.format_usage()}{self.prog}: error: {message}\n", NOT_UNDERSTOOD)

    def filled(self) -> LateParser:
        """The parser with its words."""
        with _FILLING:
            if (fill := self._fill) is not None:
                fill(self)
                self._fill = None
        return self

    def parse_known_args(self, *args: Any, **options: Any) -> Any:
        """See `argparse`."""
        return super(LateParser, self.filled()).parse_known_args(*args, **options)

    def command(
        self,
        group: argparse._SubParsersAction[LateParser],
        name: str,
        run: Run,
        about: str,
        *groups: Callable[[LateParser], None],
    ) -> LateParser:
        """A command of this topic, with groups of shared options."""
        made = group.add_parser(name, help=about, description=about)
        made.does(run, *groups)
        return made

    def does(self, run: Run, *groups: Callable[[LateParser], None]) -> None:
        """Say what this command runs, and which shared options it takes."""
        self.set_defaults(run=run)
        for options in groups:
            options(self)

    def group(self) -> argparse._SubParsersAction[LateParser]:
        """Where a topic's commands go; one must be given."""
        return self.add_subparsers(dest="act", metavar="COMMAND", title="commands", required=True)


def add_topics(commands: argparse._SubParsersAction[LateParser], topics: Sequence[Topic]) -> None:
    """Put topics into the top level, each to be filled when it is chosen."""
    for topic in topics:
        commands.add_parser(topic.name, help=topic.help, description=topic.help, fill=_filler(topic))


def _filler(topic: Topic) -> Callable[[LateParser], None]:
    def fill(parser: LateParser) -> None:
        import_module(f"tui.commands.{topic.module}").words(topic.name, parser)

    return fill


def output(parser: LateParser) -> None:
    """How the answer is written, and from which store it comes."""
    parser.add_argument("--json", action="store_true", help="answer in JSON (docs/commands.md)")
    place(parser)


def place(parser: LateParser) -> None:
    """Which store, and in which language."""
    absent = argparse.SUPPRESS
    parser.add_argument("--store", metavar="URL", default=absent, help="where the data is")
    parser.add_argument("--lang", choices=("es", "en"), default=absent, help="language (default: from LANG)")


def somebody(parser: LateParser) -> None:
    """For whom, and how the answer is written."""
    output(parser)
    counters = ("center", "enterprise", "desk")
    parser.add_argument("--as", dest="person", metavar="USER_ID", help="whom to act as (default: VENTANILLA_USER)")
    parser.add_argument("--account", metavar="ID", help="which account, where the person has several")
    parser.add_argument("--counter", choices=counters, help="whose user ID it is (default: the one that knows it)")


def consent(parser: LateParser) -> None:
    """For a change: only look, or do it without asking."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--preview", action="store_true", help="show what it would come to, and do nothing")
    either.add_argument("--yes", action="store_true", help="do it without asking")


def key(parser: LateParser) -> None:
    """For what must not happen twice."""
    parser.add_argument("--key", default="", metavar="TEXT", help="with the same key it happens once")


def day(text: str) -> date:
    """An ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-23") from None


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number of at least 1")
    return int(text)


def natural(text: str) -> int:
    """A whole number from 0 on."""
    return 0 if text == "0" else positive(text)


def pace(text: str) -> float:
    """How much slower than by itself the tour is played."""
    return _number(text, 10, "a number")


def minutes(text: str) -> float:
    """A time of at most a day; decimals are taken."""
    return _number(text, 24 * 60, "a number of minutes")


def _number(text: str, most: float, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= most:
        raise argparse.ArgumentTypeError(f"must be {name} above 0 and at most {most:g}")
    return value
