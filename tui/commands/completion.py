"""`completion`: a script that completes the words of the command line, made from the words themselves."""

from __future__ import annotations

import argparse

from tui.commands.call import Call
from tui.commands.exits import DONE
from tui.commands.render import write
from tui.commands.words import LateParser

SHELLS = ("bash", "zsh", "fish")


def words(topic: str, parser: LateParser) -> None:
    """The words after `completion`."""
    del topic
    parser.does(_completion)
    parser.add_argument("shell", choices=SHELLS)


def _completion(call: Call) -> int:
    import shtab

    from tui.cli import parser

    top = whole(parser())
    write([shtab.complete(top, shell=call.options.shell)], call.streams.stdout)
    return DONE


def whole(parser: LateParser) -> LateParser:
    """The parser with every topic's words."""
    for below in subcommands(parser.filled()).values():
        whole(below)
    return parser


def subcommands(parser: argparse.ArgumentParser) -> dict[str, LateParser]:
    """The parsers of a parser's commands."""
    actions = parser._actions  # noqa: SLF001 - argparse has no public name for them; shtab reads them too
    groups = [a.choices for a in actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001
    return {name: below for group in groups for name, below in group.items()}
