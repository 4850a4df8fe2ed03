"""Doing what a command of the command line does, with the same words, within a conversation.

A change is run twice: once to see what it comes to, and, when the person has agreed, again for real. The second run
goes on only where it comes to the same; nothing is held open while the person thinks.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from billing.desk import Desk, fresh_id
from billing.errors import N_
from billing.sign_in import SignedIn, as_now
from billing.store import Store
from tui.commands.call import Call, NotAgreed
from tui.commands.completion import subcommands
from tui.commands.exits import DONE
from tui.commands.render import Part, to_json
from tui.commands.streams import Streams
from tui.commands.words import MODULES, LateParser

if TYPE_CHECKING:
    from screens.session import Session
    from tui.plain.talk import Talk

MOVED = N_("What this comes to has changed meanwhile. Nothing was changed yet. This is how it stands now:")


@dataclass(slots=True)
class Said:
    """What a command answered, or what it wants to be agreed to."""

    shape: Any = None
    parts: tuple[Part, ...] = ()
    asks: bool = False
    code: int = DONE


class _Unagreed(Exception):
    """A change that is still to be agreed to."""


@dataclass(frozen=True, slots=True)
class _InTalk(Call):
    """A command run for whoever is in a conversation."""

    here: Desk | None
    who: SignedIn
    agreed_to: str
    said: Said = field(default_factory=Said)

    @contextmanager
    def signed_in(self) -> Iterator[tuple[Store, SignedIn]]:
        """See `Call`: their accounts as they are now."""
        with self.store() as store:
            yield store, as_now(store, self.who)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """See `Call`: the desk that is open."""
        assert self.here is not None  # noqa: S101 - a task of an account
        yield self.here

    def answer(self, shape: Any, *parts: Part) -> int:
        """See `Call`: kept, to be shown afterwards."""
        self.said.shape, self.said.parts = shape, parts
        return DONE

    def agreed(self, shape: Any, parts: Sequence[Part]) -> bool:
        """See `Call`: only to what was shown."""
        if self.agreed_to and self.agreed_to == to_json(shape):
            return True
        self.said.shape, self.said.parts, self.said.asks = shape, tuple(parts), True
        raise _Unagreed


@cache
def _defaults(command: str) -> Mapping[str, Any]:
    """The options of a command as they are where none is given, by destination."""
    topic, *act = command.split()
    parser = LateParser(prog=topic)
    import_module(f"tui.commands.{MODULES[topic]}").words(topic, parser)
    leaf = subcommands(parser)[act[0]] if act else parser
    actions = leaf._actions  # noqa: SLF001 - as in `tui.commands.completion`: argparse has no public name for them
    found = {action.dest: action.default for action in actions if action.default is not argparse.SUPPRESS}
    return MappingProxyType({**found, "act": act[0] if act else "", "run": leaf.get_default("run")})


def options_of(command: str, values: Mapping[str, Any]) -> argparse.Namespace:
    """The options of a command with some of them given, already read."""
    defaults = _defaults(command)
    assert values.keys() <= defaults.keys(), f"{command}: {values.keys() - defaults.keys()}"  # noqa: S101
    return argparse.Namespace(**{**defaults, **values, "command": command.split()[0]})


def run(session: Session, command: str, values: Mapping[str, Any], agreed_to: str = "") -> Said:
    """Run a command off the event loop. Without agreement a change is only looked at."""
    assert session.identity is not None  # noqa: S101 - commands are given by somebody
    services, who = session.services, session.identity
    call = _InTalk(
        options_of(command, values),
        session.language,
        services.clock,
        lambda *_: who,
        services.payments,
        Streams(io.StringIO(), io.StringIO(), io.StringIO(), interactive=True, environment={}),
        lambda: nullcontext(services.store()),
        session.desk,
        who,
        agreed_to,
    )
    try:
        call.said.code = call.options.run(call)
    except _Unagreed:
        return call.said
    return call.said


async def do(talk: Talk, command: str, **values: Any) -> Any:
    """Do what a command does and show its answer; its JSON shape. Raises `NotAgreed`, and whatever it refuses."""
    if "key" in _defaults(command):
        values.setdefault("key", fresh_id())
    said = await talk.ask(run, talk.session, command, values)
    while said.asks:
        await talk.show(*said.parts)
        if not await talk.agree():
            raise NotAgreed
        agreed_to = to_json(said.shape)
        said = await talk.ask(run, talk.session, command, values, agreed_to)
        if said.asks:
            await talk.tell(MOVED)
        else:
            await talk.deliver()
    await talk.show(*said.parts)
    return said.shape
