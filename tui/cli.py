"""The command line: `ventanilla` opens the counter; its commands do the same for scripts, and keep the data behind it.

Exit codes: 0 done, 1 refused (the sentence on standard error says why), 2 not understood, 130 interrupted; the finer
ones are in `tui.commands.exits` and `docs/commands.md`. Commands import what they need when they run, so that the
counter paints without any of it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from billing.errors import N_, Refusal
from tui.commands.exits import DONE, INTERRUPTED, REFUSED
from tui.commands.words import CUSTOMER, OPERATOR, Instead, LateParser, Run, add_topics, minutes, pace, positive

if TYPE_CHECKING:
    from billing.desk import Clock
    from billing.language import Language
    from billing.payment_gateway import PaymentGateway
    from billing.store import Store
    from tui.commands.call import Call
    from tui.commands.identity import Identity
    from tui.commands.streams import Streams

DATA = ("init", "import", "export", "sample")
"""Commands that make, fill, copy and invent data."""

FOR_OTHERS = frozenset({"export", *(topic.name for topic in (*CUSTOMER, *OPERATOR) if topic.for_others)})
"""What a store's owner does for other commands of the same machine, which cannot open it meanwhile."""


class NotHere(Refusal):
    """A command that cannot be given from where it came."""

    message = N_("{command} cannot be done from here. Nothing was done.")


@cache
def parser() -> LateParser:
    """The words of the command line. One for all: parsers hold themselves, and only the collector frees them."""
    top = LateParser(prog="ventanilla", description="A billing counter in a terminal.")
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    _visit_options(top)
    top.add_argument(
        "--store", metavar="URL", help="where the data is: tinydb:PATH or sqlite:PATH (default: your data folder)"
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    demo = commands.add_parser("demo", help="open the counter on the demonstration's data; nothing is kept")
    _visit_options(demo, default=argparse.SUPPRESS)
    demo.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DAY", help="the day it takes place on (default: today)"
    )
    demo.add_argument("--tour", action="store_true", help="let it play itself first, with captions")
    demo.add_argument("--pace", type=pace, default=1.0, metavar="N", help="of the tour: 2 is twice as slow")
    demo.add_argument(
        "--reset-after", type=minutes, metavar="MINUTES", help="without a key, and it begins anew (0.5 is 30 s)"
    )
    init = commands.add_parser("init", help="make a new store")
    source = init.add_mutually_exclusive_group()
    source.add_argument("--from", dest="source", metavar="FILE", help="fill it from a data file")
    source.add_argument("--demo", action="store_true", help="fill it with the demonstration's data")
    init.add_argument("--if-missing", action="store_true", help="do nothing where the store exists")
    load = commands.add_parser("import", help="fill an empty store from a data file; all of it or nothing")
    load.add_argument("file", metavar="FILE")
    save = commands.add_parser("export", help="write all data of a store to a file (- for standard output)")
    save.add_argument("file", metavar="FILE")
    sample = commands.add_parser("sample", help="write invented data of any size, the same for the same seed")
    sample.add_argument("--accounts", type=positive, default=100, metavar="N")
    sample.add_argument("--years", type=positive, default=3, metavar="Y")
    sample.add_argument("--seed", type=int, default=1, metavar="S")
    sample.add_argument("--busiest", type=positive, default=None, metavar="N", help="invoices of the busiest account")
    sample.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DAY", help="the day it is made for (default: today)"
    )
    sample.add_argument("--demo", action="store_true", help="the demonstration's own data instead")
    sample.add_argument("--output", default="-", metavar="FILE", help="where to (default: standard output)")
    for command in (init, load, save):
        command.add_argument("--store", metavar="URL", default=argparse.SUPPRESS, help="where the data is")
    for command in (init, load, save, sample):
        _language_option(command, argparse.SUPPRESS)
    add_topics(commands, CUSTOMER)
    add_topics(commands, OPERATOR)
    return top


class _Version(argparse.Action):
    """Reads the installed version only when asked: the package metadata is slow to import."""

    def __call__(self, *_: object) -> None:
        """Say it."""
        from importlib.metadata import version

        raise Instead(f"ventanilla {version('ventanilla')}", DONE)


def _language_option(command: argparse.ArgumentParser, default: str | None) -> None:
    command.add_argument("--lang", choices=("es", "en"), default=default, help="language (default: from LANG)")


def _visit_options(command: argparse.ArgumentParser, default: str | None = None) -> None:
    _language_option(command, default)
    palettes = ("dark", "light", "contrast", "16", "none")
    command.add_argument("--colours", choices=palettes, default=default, help="palette (default: from the terminal)")
    command.add_argument("--lines", choices=("round", "solid", "ascii"), default=default, help="borders and signs")


def main(
    argv: Sequence[str] | None = None,
    *,
    clock: Clock | None = None,
    identity: Identity | None = None,
    gateway: Callable[[], PaymentGateway] | None = None,
    store: Store | None = None,
    streams: Streams | None = None,
    allowed: Collection[str] | None = None,
) -> int:
    """Run one command and return its exit code. What is not given is the machine's own.

    A `store` that is given stays open. With `streams` nothing of the process is touched: it may be another's command.
    `allowed` names the commands that may be run; None for all.
    """
    from tui.commands.streams import own_streams

    given = sys.argv[1:] if argv is None else list(argv)
    streams = streams or own_streams()
    try:
        options = parser().parse_args(given)
    except Instead as instead:
        return _instead(instead, streams)
    if streams.own:
        os.umask(0o077)
    language = _language(options, streams)
    try:
        if allowed is not None and options.command not in allowed:
            raise NotHere(command=options.command or "ventanilla")
        if options.command in (None, "demo"):
            from tui.visit import visit

            return visit(options, language)
        if store is None and (answered := _owner_answers(given, options, streams)) is not None:
            return answered
        return _run(_call(options, language, clock, identity, gateway, store, streams))
    except Refusal as refusal:
        return _refused(refusal, options, language, streams)
    except BrokenPipeError:
        if streams.own:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED


def _language(options: argparse.Namespace, streams: Streams) -> Language:
    from billing.language import preferred

    said = (streams.environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return preferred(options.lang or "", *said)


def _owner_answers(given: Sequence[str], options: argparse.Namespace, streams: Streams) -> int | None:
    """The exit code where the store has an owner that answers for it; else None."""
    if options.command not in FOR_OTHERS:
        return None
    from tui.owner.client import ask_owner
    from tui.wiring import default_store_url

    return ask_owner(options.store or default_store_url(), given, streams)


def _call(
    options: argparse.Namespace,
    language: Language,
    clock: Clock | None,
    identity: Identity | None,
    gateway: Callable[[], PaymentGateway] | None,
    store: Store | None,
    streams: Streams,
) -> Call:
    from tui.commands import identity as own
    from tui.commands.call import Call
    from tui.wiring import system_clock

    return Call(
        options,
        language,
        clock or system_clock,
        identity or own.person,
        gateway or own.gateway,
        streams,
        (lambda: own.opened(options)) if store is None else (lambda: nullcontext(store)),
    )


def _run(call: Call) -> int:
    if call.options.command in DATA:
        from tui.data_commands import run

        return run(call)
    does: Run = call.options.run
    return does(call)


def _instead(instead: Instead, streams: Streams) -> int:
    from tui.commands.render import lines, write

    write(lines([instead.said.rstrip("\n")]), streams.stderr if instead.code else streams.stdout)
    return instead.code


def _refused(refusal: Refusal, options: argparse.Namespace, language: Language, streams: Streams) -> int:
    from tui.commands.exits import code_of
    from tui.commands.render import error_shape, lines, to_json, write

    as_json = getattr(options, "json", False)
    said = [to_json(error_shape(refusal, language))] if as_json else lines([language.refusal(refusal)])
    write(said, streams.stderr)
    return code_of(refusal)


if __name__ == "__main__":
    sys.exit(main())
