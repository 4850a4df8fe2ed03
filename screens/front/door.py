"""The front door: two counters, the language, and what this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from billing.errors import N_
from billing.language import NAMES, Language
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.banner import Banner
from tui.widgets.menu import Choice, Menu

if TYPE_CHECKING:
    from billing.front_door import Welcome


class Door(CounterScreen[None]):
    """Where a person chooses a counter. It paints before the data is opened; the vendor's name follows."""

    TOPIC = "door"
    BINDINGS = [Binding("f2", "settings", N_("Language and look"))]

    _welcome: Welcome | None = None

    def heading(self) -> tuple[str, str]:
        """The vendor's name once it is known."""
        return (self._welcome.brand if self._welcome else self.app.title), self.say(N_("Billing counter"))

    def body(self) -> ComposeResult:
        """The name of the house and the choices."""
        with Vertical(id="door"):
            yield Static(content(self._title()), id="brand")
            yield Static(content(self.say(N_("Choose a counter with the arrows, then press Enter."))), id="lead")
            yield Menu(self._choices(), pointer=self.session.look.glyphs.pointer, id="counters")

    def _title(self) -> str:
        return self._welcome.product if self._welcome else ""

    def _choices(self) -> list[Choice]:
        product = self._title() or self.say(N_("your plan"))
        other = next(tag for tag in NAMES if tag != self.language.tag)
        return [
            Choice(
                "center",
                self.say(N_("Billing Center")),
                self.say(N_("Plans, payment and invoices of {product}, managed by yourself."), product=product),
            ),
            Choice(
                "enterprise",
                self.say(N_("Enterprise Billing Portal")),
                self.say(N_("For corporate accounts, with the user ID printed on your invoice.")),
            ),
            *self._desk(),
            Choice("language", NAMES[other], Language(other).say(N_("Continue in English"))),
            Choice("about", self.say(N_("What is this?")), self.say(N_("How to sign in, and help if you cannot."))),
        ]

    def _desk(self) -> list[Choice]:
        """The vendor's own door, where this is its place."""
        if not self.session.services.desk_door:
            return []
        about = self.say(N_("For the vendor's representatives."))
        return [Choice("desk", self.say(N_("Representative's desk")), about)]

    def fill(self) -> None:
        """Open the data and show whose counter this is."""
        if self._welcome is None:
            self.attempt(self._open)

    async def _open(self) -> None:
        self._welcome = await self.ask(self._meet)
        self.query_one("#brand", Static).update(content(self._title()))
        self.query_one(Menu).show(self._choices())
        self.query_one(Banner).show(*self.heading())
        services, session = self.session.services, self.session
        if (arrived := session.arrived) is not None and self.is_current:
            from screens.front.sign_in import arrive

            session.arrived = None
            arrive(self, arrived)
            return
        if services.desk_door and not services.demo_people and self.is_current:  # by `ventanilla desk`: straight to it
            self._go("desk")

    def _meet(self) -> Welcome:
        from billing.front_door import welcome

        return welcome(self.session.services.store())

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Go where the person chose."""
        match event.choice.id:
            case "language":
                other = next(tag for tag in NAMES if tag != self.language.tag)
                self.session.language = Language(other)
                self.run_worker(self.retell())
            case "about":
                self.action_help()
            case counter:
                self._go(counter)

    def _go(self, counter: str) -> None:
        from billing.credentials import Counter
        from screens.front.sign_in import SignIn

        self.app.push_screen(SignIn(Counter(counter)))

    def action_settings(self) -> None:
        """Choose language and look."""
        from screens.front.settings import Settings

        self.app.push_screen(Settings())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing before the door to go back to."""
        del parameters
        return action != "back"
