"""The one file that joins the rooms: which store, which clock, which gateways a visit reaches."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from gateways.passwords import AT_ONCE, QUEUE, Argon2Passwords
from screens.session import DemoPerson, Services, TestCard
from tui.behind import Behind

if TYPE_CHECKING:
    from billing.delivering import Mailer
    from billing.desk import Clock
    from billing.export import Documents, Printer
    from billing.payment_gateway import PaymentGateway
    from billing.store import Store
    from tui.demo.mailbox import Mailbox

WORKERS = 4
"""How many use cases of one process run at a time."""


def data_folder() -> Path:
    """A person's own data: `ventanilla` in the XDG data folder."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ventanilla"


def default_store_url() -> str:
    """Where a person's own data is: `VENTANILLA_STORE`, else a TinyDB file in the XDG data folder."""
    return os.environ.get("VENTANILLA_STORE") or f"tinydb:{data_folder() / 'ventanilla.json'}"


def exports_folder() -> Path:
    """The folder first offered for saving documents: Downloads where there is one, else home."""
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.home()


def host_key_file() -> Path:
    """Where the server's own key is kept: beside the data."""
    return data_folder() / "host_ed25519"


def system_clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


class OpenOnce:
    """Opens the store on first use, once, from whichever thread asks first; and closes it at the end."""

    def __init__(self, opener: Callable[[], Store]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._store: Store | None = None

    def __call__(self) -> Store:
        """The open store; a refusal is raised again on each try, so a mended fault needs no restart."""
        with self._lock:
            if self._store is None:
                self._store = self._opener()
            return self._store

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None


def own_store(url: str) -> Callable[[], Store]:
    """An opener for a person's own store, which must exist."""

    def opener() -> Store:
        from billing.kinds import KINDS
        from storage.registry import open_store

        return open_store(url, KINDS)

    return opener


def services(
    store: Callable[[], Store],
    *,
    clock: Clock = system_clock,
    demo_people: tuple[DemoPerson, ...] = (),
    sandbox_journal: Path | None = None,
    desk_door: bool = False,
) -> Services:
    """Everything a visit needs. `sandbox_journal` is where the payment sandbox remembers; None for nowhere."""
    payments = cache(partial(gateway, clock, sandbox_journal))
    mailbox = None
    if demo_people and not mail_is_set_up():
        from tui.demo.mailbox import Mailbox

        mailbox = Mailbox()
    return Services(
        store=store,
        clock=clock,
        passwords=Argon2Passwords(),
        documents=_documents,
        printer=_printer,
        payments=payments,
        sandbox=None if STRIPE_KEY_FILE in os.environ else cache(lambda: _Pages(payments())),
        executor=ThreadPoolExecutor(WORKERS, thread_name_prefix="ask"),
        proving=ThreadPoolExecutor(AT_ONCE + QUEUE + 1, thread_name_prefix="prove"),  # one beyond: it is told so
        exports=exports_folder(),
        demo_people=demo_people,
        desk_door=desk_door or bool(demo_people),
        deliver=Behind(_sender(store, clock, mailbox, whole=not demo_people)).ask,
        mailbox=mailbox.read if mailbox else None,
    )


def closed_services(store: Store, clock: Clock, people: tuple[DemoPerson, ...]) -> Services:
    """A demonstration that reaches nothing outside: the sandbox's money, no printer, no mail, nothing saved."""
    from gateways.payments.sandbox import Sandbox

    payments, thread = Sandbox(clock), ThreadPoolExecutor(1, thread_name_prefix="show")
    return Services(
        store=lambda: store,
        clock=clock,
        passwords=Argon2Passwords(),
        documents=_documents,
        printer=None,
        payments=lambda: payments,
        sandbox=cache(lambda: _Pages(payments)),
        executor=thread,
        proving=thread,
        exports=None,
        demo_people=people,
        desk_door=True,
        source="show",
    )


@cache
def _documents() -> Documents:
    from gateways.documents.local import LocalDocuments

    return LocalDocuments()


@cache
def _printer() -> Printer:
    from gateways.printer import CupsPrinter

    return CupsPrinter()


STRIPE_KEY_FILE, STRIPE_WEBHOOK_FILE = "VENTANILLA_STRIPE_KEY_FILE", "VENTANILLA_STRIPE_WEBHOOK_FILE"
"""Files that hold Stripe's secrets; without them payments go to the sandbox."""


def gateway(clock: Clock, journal: Path | None = None) -> PaymentGateway:
    """Stripe where the vendor set it up, else the sandbox, which remembers in `journal`."""
    if path := os.environ.get(STRIPE_KEY_FILE):
        from gateways.payments.stripe_gateway import StripeGateway

        webhook = os.environ.get(STRIPE_WEBHOOK_FILE, "")
        return StripeGateway(_secret(path), _secret(webhook) if webhook else "")
    from gateways.payments.sandbox import Sandbox

    if journal is not None:
        journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Sandbox(clock, journal)


def _secret(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip()


def sandbox_journal() -> Path:
    """Where the sandbox remembers what was paid from a person's own store."""
    return data_folder() / "sandbox.jsonl"


class _Pages:
    """The sandbox's pages as screens know them."""

    def __init__(self, payments: PaymentGateway) -> None:
        from gateways.payments.sandbox import TEST_CARDS, Sandbox

        assert isinstance(payments, Sandbox)  # noqa: S101 - made only where it is
        self._sandbox = payments
        self.cards = tuple(TestCard(card.name, card.about) for card in TEST_CARDS)

    def enter(self, collection_id: str, card: str) -> None:
        """See `screens.session.SandboxPages`."""
        self._sandbox.enter(collection_id, card)

    def confirm(self, url: str, agreed: bool) -> None:
        """See `screens.session.SandboxPages`."""
        self._sandbox.confirm(url, agreed)


def random_number() -> int:
    """130 bits that nobody can guess."""
    return secrets.randbits(130)


def _sender(store: Callable[[], Store], clock: Clock, mailbox: Mailbox | None, *, whole: bool) -> Callable[[], None]:
    """What sends the mail of a visit at once; without a mailer it waits in the outbox. Not `whole`: codes only."""

    def send() -> None:
        from billing.access_mail import deliver_access
        from billing.delivering import deliver
        from billing.errors import Refusal
        from billing.vendor import Vendor

        with suppress(Refusal):
            way = mailbox or mailer()
            with store().read() as books:
                vendor = books.get(Vendor, Vendor.ID)
            deliver_access(store(), way, vendor, clock, random_number)
            if whole:  # a demonstration's other mail is read in its outbox
                deliver(store(), way, _documents(), vendor, clock)

    return send


def mail_is_set_up() -> bool:
    """Whether the environment says where mail goes."""
    return bool(os.environ.get("VENTANILLA_SMTP_URL") or os.environ.get("VENTANILLA_MAIL_FOLDER"))


@cache
def mailer() -> Mailer:
    """Where mail goes: SMTP or a folder, by the environment."""
    from gateways.mail.settings import mailer_of

    return mailer_of(os.environ)
