"""One command being run: what was asked, in which language, and how it answers."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billing.desk import Clock, Desk, fresh_id
from billing.errors import N_, Refusal
from billing.language import Language
from billing.money import Money
from billing.record import Id
from billing.sign_in import SignedIn, open_desk
from billing.store import Store
from tui.commands.exits import DONE, NotUnderstood
from tui.commands.identity import Identity, standing
from tui.commands.render import Part, lines, to_json, write
from tui.commands.streams import Streams

if TYPE_CHECKING:
    from billing.export import Documents
    from billing.payment_gateway import PaymentGateway

QUESTION = N_("Do this? Type {yes} and Enter: ")
YES = N_("yes")


class NeedsYes(NotUnderstood):
    """A change without a word of consent, and nobody to ask."""

    message = N_("This changes something and nobody is there to ask. Nothing was changed. "
                 "Look at it with --preview, then give --yes.")  # fmt: skip


class NotAgreed(Refusal):
    """The person looked and did not say yes."""

    message = N_("Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Call:
    """A command line that was understood, and what it reaches."""

    options: argparse.Namespace
    language: Language
    clock: Clock
    identity: Identity
    gateway: Callable[[], PaymentGateway]
    streams: Streams
    store: Callable[[], AbstractContextManager[Store]]
    """The whole store: for the vendor's own runs."""

    @contextmanager
    def signed_in(self) -> Iterator[tuple[Store, SignedIn]]:
        """Whoever asks, and the store they are in."""
        with self.store() as store:
            yield store, self.identity(store, self.options, self.streams.environment)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk of whoever asks, at the account they name."""
        with self.signed_in() as (store, who):
            yield open_desk(store, self.clock, who, standing(who, self.options))

    def say(self, message: str, **values: Any) -> str:
        """A sentence in the person's language; dates and amounts among its values are written in it."""
        return self.language.say(message, **{name: self.language.write(value) for name, value in values.items()})

    def money(self, minor: int, currency: str) -> str:
        """An amount, written out."""
        return self.language.money(Money(minor, currency))

    def date(self, day: Any) -> str:
        """A day, written out; nothing for none."""
        return self.language.date(day) if day else ""

    def documents(self) -> Documents:
        """What draws documents, and keeps them where whoever gives the command keeps files."""
        from gateways.documents.local import LocalDocuments

        class Theirs(LocalDocuments):
            """Kept by the command's own way to files."""

            files = self.streams.files

            def save(self, folder: str, name: str, data: bytes) -> str:
                """See `tui.commands.streams.Files`."""
                return self.files.keep(folder, name, data)

        return Theirs()

    def answer(self, shape: Any, *parts: Part) -> int:
        """Write the answer: the shape with `--json`, else the parts."""
        write([to_json(shape)] if self.options.json else lines(parts), self.streams.stdout)
        return DONE

    def agreed(self, shape: Any, parts: Sequence[Part]) -> bool:
        """Whether to go on with a change: at once with `--yes`; else it is shown, and without `--preview` asked for.

        False where showing it was all that was wanted. Raises `NeedsYes` with nobody to ask, `NotAgreed` for a no.
        """
        if self.options.yes:
            return True
        if self.options.preview:
            self.answer({"preview": shape}, *parts)
            return False
        streams = self.streams
        if not streams.interactive:
            raise NeedsYes
        write(lines(parts), streams.stderr)
        yes = self.say(YES)
        streams.stderr.write(self.say(QUESTION, yes=yes))
        streams.stderr.flush()
        if streams.stdin.readline().strip().casefold() != yes.casefold():
            raise NotAgreed
        return True


def key_of(desk: Desk, typed: str) -> Id:
    """The identifier a customer's own key stands for: the same for the same key, and no other account's."""
    return hashlib.sha256(f"{desk.account.id}:{typed}".encode()).hexdigest()[:32] if typed else fresh_id()
