"""One person's visit: the language they read, the look they see, who they are, and the services they reach.

Screens hold a session and nothing else. The services are wired once, in `tui`; a screen asks a use case for an answer
through `ask`, off the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from billing.credentials import Counter, Passwords
    from billing.desk import Clock, Desk
    from billing.export import Documents, Printer
    from billing.language import Language
    from billing.payment_gateway import PaymentGateway
    from billing.sign_in import SignedIn
    from billing.store import Store
    from tui.look import Look

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as, shown where everything is a demonstration."""

    counter: Counter
    user_id: str
    password: str
    about: str
    """A catalogue message: what is special about them."""


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card that stands for a behaviour. It has a name and no number: there is no field to type one in."""

    __test__ = False

    name: str
    about: str
    """A catalogue message: what comes of it."""


class SandboxPages(Protocol):
    """The sandbox's own pages, drawn here where there is no browser: nobody enters anything real in them."""

    @property
    def cards(self) -> tuple[TestCard, ...]:
        """The cards that can be entered."""
        ...

    def enter(self, collection_id: str, card: str) -> None:
        """What a customer would do on the page that collects a card."""
        ...

    def confirm(self, url: str, agreed: bool) -> None:
        """What a customer would say on the page on which a bank has a payment confirmed."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What a visit needs from the outside, each opened or loaded on first use."""

    store: Callable[[], Store]
    clock: Clock
    passwords: Passwords
    executor: Executor
    """Where use cases run: a bounded pool, so that nothing blocks the event loop."""
    proving: Executor
    """Where passwords are proven and made, which is slow on purpose: whoever guesses keeps nobody's screen waiting."""
    documents: Callable[[], Documents]
    printer: Callable[[], Printer] | None
    """Paper; None where the printer would be somebody else's, as a server's."""
    payments: Callable[[], PaymentGateway]
    exports: Path | None
    """The folder first offered for saving; None where nothing may be saved on this machine."""
    demo_people: tuple[DemoPerson, ...] = ()
    sandbox: Callable[[], SandboxPages] | None = None
    """The payment sandbox's pages; None where money is real."""
    deliver: Callable[[], None] = lambda: None
    """Have the mail that waits sent, soon and behind; quiet where mail is not set up. Returns at once."""
    mailbox: Callable[[], tuple[str, ...]] | None = None
    """What was mailed in a demonstration, newest first: there is no other way to read it."""
    desk_door: bool = False
    """Whether the front door leads to the representative's desk too."""
    source: str = "local"
    """Where the visit comes from, for counting failed tries: this terminal, an address, a key."""

    def end_threads(self, *, wait: bool = False) -> None:
        """Take nothing more to do, drop what has not begun, and `wait` for the rest or not."""
        for pool in (self.executor, self.proving):
            pool.shutdown(wait=wait, cancel_futures=True)


@dataclass(slots=True)
class Session:
    """One visit, from the front door to signing out."""

    services: Services
    language: Language
    look: Look
    identity: SignedIn | None = None
    desk: Desk | None = field(default=None)
    arrived: SignedIn | None = None
    """Somebody proven before the front door, as by a password over SSH: the door lets them straight through, once."""

    async def ask(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case off the event loop and wait for its answer; its refusals are raised here."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.services.executor, partial(use_case, *args, **kwargs))

    async def prove(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `ask`, for what tries a password, or makes one."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.services.proving, partial(use_case, *args, **kwargs))

    def sign_out(self) -> None:
        """Forget who was here."""
        self.identity = None
        self.desk = None


class House(Protocol):
    """What screens may ask of the program they are shown by."""

    session: Session
    away: bool
    """Whether the person is at another machine."""

    def wear(self, look: Look) -> None:
        """Put on a look."""
        ...

    async def retell(self) -> None:
        """Draw every open screen anew; what was typed stays."""
        ...

    def mind_the_room(self) -> None:
        """Cover the counter while the window is too small for it, and uncover it."""
        ...

    async def sign_out(self) -> None:
        """Forget who was here and go back to the front door."""
        ...
