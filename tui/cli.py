"""The command line: `ventanilla` opens the counter; its commands do the same for scripts, and keep the data behind it.

Exit codes: 0 done, 1 refused (the sentence on standard error says why), 2 not understood, 130 interrupted; the finer
ones are in `tui.commands.exits` and `docs/commands.md`. Commands import what they need when they run, so that the
counter paints without any of it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tui.commands.words import CUSTOMER, OPERATOR, LateParser, Run, add_topics

if TYPE_CHECKING:
    from billing.desk import Clock
    from billing.errors import Refusal
    from billing.language import Language
    from billing.payment_gateway import PaymentGateway
    from tui.commands.identity import Identity

DONE, REFUSED, INTERRUPTED = 0, 1, 130


def parser() -> LateParser:
    """The words of the command line."""
    top = LateParser(prog="ventanilla", description="A billing counter in a terminal.")
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    _visit_options(top)
    top.add_argument("--store", metavar="URL", help="where the data is: tinydb:PATH (default: your data folder)")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    demo = commands.add_parser("demo", help="open the counter on the demonstration's data; nothing is kept")
    _visit_options(demo, default=argparse.SUPPRESS)
    demo.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DAY", help="the day it takes place on (default: today)"
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
    sample.add_argument("--accounts", type=_positive, default=100, metavar="N")
    sample.add_argument("--years", type=_positive, default=3, metavar="Y")
    sample.add_argument("--seed", type=int, default=1, metavar="S")
    sample.add_argument("--busiest", type=_positive, default=None, metavar="N", help="invoices of the busiest account")
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

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and leave."""
        from importlib.metadata import version

        print(f"ventanilla {version('ventanilla')}")  # noqa: T201
        parser.exit()


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


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
) -> int:
    """Run one command and return its exit code. What is not given is the machine's: clock, owner and wiring."""
    from billing.errors import Refusal
    from billing.language import preferred

    options = parser().parse_args(argv)
    os.umask(0o077)
    language = preferred(options.lang or "", *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")))
    try:
        match options.command:
            case None | "demo":
                from tui.visit import visit

                return visit(options, language)
            case "init" | "import" | "export" | "sample":
                from tui.data_commands import run

                run(options, language)
                return DONE
            case _:
                return _call(options, language, clock, identity, gateway)
    except Refusal as refusal:
        return _refused(refusal, options, language)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED


def _call(
    options: argparse.Namespace,
    language: Language,
    clock: Clock | None,
    identity: Identity | None,
    gateway: Callable[[], PaymentGateway] | None,
) -> int:
    from tui.commands import identity as own
    from tui.commands.call import Call
    from tui.wiring import system_clock

    run: Run = options.run
    return run(Call(options, language, clock or system_clock, identity or own.identity, gateway or own.gateway))


def _refused(refusal: Refusal, options: argparse.Namespace, language: Language) -> int:
    from tui.commands.exits import code_of
    from tui.commands.render import error_shape, lines, to_json, write

    as_json = getattr(options, "json", False)
    write([to_json(error_shape(refusal, language))] if as_json else lines([language.refusal(refusal)]), sys.stderr)
    return code_of(refusal)


if __name__ == "__main__":
    sys.exit(main())
