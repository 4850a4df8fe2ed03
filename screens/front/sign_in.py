"""Signing in at one of the two counters, with the words the vendor's help article promises (M14)."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from billing.credentials import Counter
from billing.errors import N_, Refusal
from billing.sign_in import InvalidCredentials, SignedIn, Standing, open_desk
from billing.throttle import authenticate
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.notice import Notice

COUNTER_NAMES = {
    Counter.CENTER: N_("Billing Center"),
    Counter.ENTERPRISE: N_("Enterprise Billing Portal"),
    Counter.DESK: N_("Representative's desk"),
}

HINTS = {
    Counter.CENTER: N_("Use your product log-in: your e-mail address and password."),
    Counter.ENTERPRISE: N_("Use the user ID printed on an invoice sent to you. It is not your product log-in."),
    Counter.DESK: N_("For the vendor's representatives, with a user ID of their own."),
}

WHY_REFUSED = N_(
    "You are not a billing contact of the account, or the user ID or the password is wrong. Nothing was changed. "
    "Check both and try again; F1 tells more."
)


class SignIn(CounterScreen[None]):
    """User ID and password for one counter."""

    CSS_PATH = "sign_in.tcss"
    TOPIC = "sign_in"
    AUTO_FOCUS = "#user"
    BINDINGS = [
        Binding("enter", "to_password", show=False, priority=True),
        Binding("enter", "sign_in", N_("Sign in")),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("f4", "demo", N_("Demo people")),
        Binding("f6", "forgotten", N_("Forgotten?")),
    ]

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self.counter = counter
        self._busy = False

    def heading(self) -> tuple[str, str]:
        """Which counter this is."""
        return self.say(COUNTER_NAMES[self.counter]), self.say(N_("Sign in"))

    def body(self) -> ComposeResult:
        """Two fields and what to type in them."""
        with Vertical(id="sign-in", classes="dialog"):
            yield Static(content(self.say(HINTS[self.counter])), classes="muted")
            user = Input(id="user", max_length=254)
            user.border_title = content(self.say(N_("User ID")))
            password = Input(id="password", password=True, max_length=1024)
            password.border_title = content(self.say(N_("Password")))
            user.cursor_blink = password.cursor_blink = False
            yield user
            yield password
            yield Static("", id="why")

    def on_mount(self) -> None:
        """Name the dialog."""
        super().on_mount()
        self.query_one("#sign-in").border_title = content(self.say(COUNTER_NAMES[self.counter]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Demo people exist only in a demonstration; Enter leads on from the user ID, elsewhere it is the field's."""
        del parameters
        match action:
            case "demo":
                return bool(self.session.services.demo_people)
            case "to_password":
                return self.focused is not None and self.focused.id == "user"
            case _:
                return True

    def action_to_password(self) -> None:
        """Go on to the password at once, so that what is typed ahead arrives there."""
        self.set_focus(self.query_one("#password", Input))

    def on_input_submitted(self) -> None:
        """Enter in the password signs in."""
        self.action_sign_in()

    def action_sign_in(self) -> None:
        """Prove who is here. A second Enter while the first is being answered changes nothing."""
        if not self._busy:
            self._busy = True
            self.query_one(Notice).tell(self.say(N_("One moment…")))
            self.query_one("#why", Static).update("")
            self.run_worker(self._sign_in())

    async def _sign_in(self) -> None:
        services = self.session.services
        user, password = self.query_one("#user", Input), self.query_one("#password", Input)
        try:
            identity = await self.session.prove(
                lambda: authenticate(
                    services.store(),
                    services.passwords,
                    services.clock,
                    self.counter,
                    user.value,
                    password.value,
                    services.source,
                )
            )
        except Refusal as refusal:
            self.refuse(refusal)
            if isinstance(refusal, InvalidCredentials):
                self.query_one("#why", Static).update(content(self.say(WHY_REFUSED)))
                password.value = ""
                password.focus()
            else:
                user.focus()
        else:
            self.query_one(Notice).clear()
            password.value = ""
            arrive(self, identity)
        finally:
            self._busy = False

    def action_forgotten(self) -> None:
        """A new password, with a code that is mailed; also for the first access."""
        from screens.front.forgotten import Forgotten

        self.app.push_screen(Forgotten(self.counter, self.query_one("#user", Input).value))

    def action_demo(self) -> None:
        """Choose somebody of the demonstration to sign in as."""
        from screens.front.demo_people import DemoPeople

        def fill(chosen: tuple[str, str] | None) -> None:
            if chosen:
                self.query_one("#user", Input).value, self.query_one("#password", Input).value = chosen
                self.query_one("#password", Input).focus()

        self.app.push_screen(DemoPeople(self.counter), fill)


def arrive(screen: CounterScreen[None], identity: SignedIn) -> None:
    """Let a proven person in: to the desk's queue, their account, the choice of it, or the counter that serves them."""
    screen.session.identity = identity
    match identity.standings:
        case (_, *_) if identity.counter is Counter.DESK:
            from screens.desk.queue import QueueScreen

            screen.app.push_screen(QueueScreen())
        case ():
            from screens.front.wrong_counter import WrongCounter

            screen.app.push_screen(WrongCounter(identity))
        case (only,):
            enter_account(screen, only)
        case _:
            from screens.center.accounts import Accounts

            screen.app.push_screen(Accounts(identity))


def enter_account(screen: CounterScreen[None], standing: Standing) -> None:
    """Open the account: its overview, or whom to ask where the person has no billing rights (M7)."""
    from billing.permissions import Act

    session = screen.session
    if session.identity is None:
        return
    services = session.services
    session.desk = open_desk(services.store(), services.clock, session.identity, standing)
    if session.desk.may(Act.SEE_ACCOUNT):
        screen.app.push_screen(_first_screen(session.desk.counter))
    else:
        from screens.center.not_contact import NotContact

        screen.app.push_screen(NotContact())


def _first_screen(counter: Counter) -> CounterScreen[None]:
    """Where a person with billing rights arrives."""
    if counter is Counter.ENTERPRISE:
        from screens.enterprise.overview import EnterpriseOverview

        return EnterpriseOverview()
    from screens.center.overview import OverviewScreen

    return OverviewScreen()
