"""Adding a card: a link to the payment service's own page, and waiting for what comes of it.

No card number is typed, shown or held here; there is no field for one (PCI DSS, SAQ A).
"""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_, Refusal
from billing.payment_gateway import Collection, CollectionState
from billing.payment_methods import PaymentMethod
from billing.wallet import open_page, watch_page
from screens.center.hosted_page import HostedPage
from screens.center.watching import Watch
from screens.counter_screen import CounterScreen
from tui.look import Borders
from tui.widgets.key_bar import KeyBar

WAITING = N_(
    "1. Open the link above on your phone or in a browser{code}.\n\n"
    "2. Enter the card there, on the payment service's own page.\n\n"
    "3. Come back: this screen notices by itself.\n\n"
    "{sign} Waiting for you\n\n"
    "The link works once, until {time}. Esc leaves and nothing is lost: a card entered by then is taken up when you "
    "look at the payment methods again."
)


class AddCard(CounterScreen[PaymentMethod | None]):
    """Shows the page's link until there is a card, a refusal, or the link has expired. Hands the card back."""

    TOPIC = "add_card"
    BINDINGS = [
        Binding("enter", "go_on", N_("New link")),
        Binding("f4", "sandbox", N_("Sandbox page here")),
    ]
    DEFAULT_CSS = "AddCard HostedPage { margin: 1 0 0 0; }"

    def __init__(self) -> None:
        super().__init__()
        self.collection: Collection | None = None
        self.method: PaymentMethod | None = None
        self._key = ""
        self._watch = Watch(self, self._look)

    def heading(self) -> tuple[str, str]:
        """What is being done, and for whom."""
        desk = self.session.desk
        return self.say(N_("Add a card")), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The sandbox's page only where there is one, a new link only where the old one is of no use."""
        del parameters
        waiting = self.collection is not None and self.collection.state is CollectionState.WAITING
        match action:
            case "sandbox":
                return self.session.services.sandbox is not None and waiting
            case "go_on":
                return self.collection is not None and not waiting and self.method is None
            case _:
                return True

    def body(self) -> ComposeResult:
        """The link and its code."""
        yield HostedPage(code=self.session.look.borders is not Borders.ASCII)

    def fill(self) -> None:
        """Open the page, once; drawn anew, show it again."""
        if self.collection is None:
            self.query_one(HostedPage).show("", self.say(N_("One moment…")))
            self.attempt(self._open)
        else:
            self._show()

    async def _open(self) -> None:
        desk, services = self.session.desk, self.session.services
        if desk is None:
            return
        # The same key while the answer is lost, so that trying again opens no second page.
        self._key = self._key or desk.ids()
        try:
            self.collection = await self.ask(lambda: open_page(desk, services.payments(), key=self._key))
        except Refusal:
            self.query_one(HostedPage).show("", "")
            raise
        self._show()
        self._watch.start()

    async def _look(self) -> bool:
        desk, services = self.session.desk, self.session.services
        if desk is None or self.collection is None:
            return False
        opened = self.collection
        seen, self.method = await self.ask(lambda: watch_page(desk, services.payments(), opened.id))
        self.collection = seen
        if self.method is not None:
            self.dismiss(self.method)
            return False
        waiting = seen.state is CollectionState.WAITING
        if not waiting:
            self._show()
        return waiting

    def _show(self) -> None:
        assert self.collection is not None  # noqa: S101
        page = self.query_one(HostedPage)
        match self.collection.state:
            case CollectionState.WAITING:
                page.show(self.collection.url, "")
                self.call_after_refresh(self._tell_what_to_do)
            case CollectionState.REFUSED:
                page.show(
                    "", self.say(N_("! No card was entered on the page. Nothing was added.\n\nEnter opens a new link."))
                )
            case _:
                page.show("", self.say(N_("! The link has expired. Nothing was added.\n\nEnter opens a new link.")))
        self.query_one(KeyBar).show(self.shown_keys())

    def _tell_what_to_do(self) -> None:
        """Only now is known whether the code shows."""
        if self.collection is None or self.collection.state is not CollectionState.WAITING:
            return
        page, glyphs = self.query_one(HostedPage), self.session.look.glyphs
        until = self.collection.expires_at.astimezone(self._zone())
        words = self.say(
            WAITING,
            code=self.say(N_(", or point your camera at the code")) if page.has_code else "",
            sign=glyphs.ellipsis,
            time=f"{until:%H:%M}",
        )
        page.show(self.collection.url, words)

    def _zone(self) -> ZoneInfo:
        assert self.session.desk is not None  # noqa: S101
        return ZoneInfo(self.session.desk.account.time_zone)

    def action_go_on(self) -> None:
        """A new link, under a new key: the old one is of no use any more."""
        self.collection, self._key = None, ""
        self.fill()

    def action_sandbox(self) -> None:
        """The same page, drawn here."""
        from screens.center.sandbox_page import SandboxPage

        if self.collection is not None and (sandbox := self.session.services.sandbox) is not None:
            self.app.push_screen(SandboxPage(sandbox), partial(self._enter, self.collection.id))

    def _enter(self, collection_id: str, card: str | None) -> None:
        if card:
            self.attempt(partial(self._enter_card, collection_id, card))

    async def _enter_card(self, collection_id: str, card: str) -> None:
        if (sandbox := self.session.services.sandbox) is not None:
            await self.ask(lambda: sandbox().enter(collection_id, card))
            self._watch.now()
